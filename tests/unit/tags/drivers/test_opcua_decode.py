"""The fast decoder gives what the library's own decoder gives, whatever a server sends."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from asyncua import ua
from asyncua.ua.ua_binary import struct_to_binary
from hypothesis import given, settings
from hypothesis import strategies as st

from tags.addresses.opcua import parse
from tags.drivers import opcua_decode
from tags.drivers.base import Item
from tags.drivers.opcua_columns import Columns, ItemTable
from tags.drivers.opcua_decode import Published, decode_generic, decode_publish
from tags.model import DataType
from tags.status import StatusCode

VT = ua.VariantType
_START = datetime(1601, 1, 1, tzinfo=UTC)


def response(items: list[ua.MonitoredItemNotification], extra: list[object] | None = None) -> bytes:
    """A publish response as a server sends it."""
    answer = ua.PublishResponse()
    result = answer.Parameters
    result.SubscriptionId = 7
    result.AvailableSequenceNumbers = [1, 2, 3]
    result.MoreNotifications = True
    result.NotificationMessage.SequenceNumber = 42
    result.NotificationMessage.PublishTime = datetime(2026, 1, 1, tzinfo=UTC)
    notifications: list[object] = []
    if items:
        notification = ua.DataChangeNotification()
        notification.MonitoredItems = items
        notifications.append(notification)
    result.NotificationMessage.NotificationData = notifications + (extra or [])
    return struct_to_binary(answer)


def item(
    handle: int, variant: ua.Variant, status: int | None = None, **times: object
) -> ua.MonitoredItemNotification:
    code = None if status is None else ua.StatusCode(status)
    return ua.MonitoredItemNotification(handle, ua.DataValue(variant, code, **times))


def assert_same(fast: Published, generic: Published) -> None:
    assert (fast.subscription_id, fast.sequence_number, fast.more, fast.keep_alive, fast.ended) == (
        generic.subscription_id,
        generic.sequence_number,
        generic.more,
        generic.keep_alive,
        generic.ended,
    )
    assert len(fast.items) == len(generic.items)
    for ours, theirs in zip(fast.items, generic.items, strict=True):
        for column in ("handles", "values", "statuses", "source_ns"):
            one, other = getattr(ours, column), getattr(theirs, column)
            assert one.dtype == other.dtype, column
            np.testing.assert_array_equal(one, other, column)
        assert repr(ours.extras) == repr(theirs.extras)


DATETIMES = st.integers(0, 265_000_000_000_000_000).map(lambda us: _START + timedelta(microseconds=us))
SCALARS = st.one_of(
    st.booleans().map(lambda value: ua.Variant(value, VT.Boolean)),
    st.integers(-128, 127).map(lambda value: ua.Variant(value, VT.SByte)),
    st.integers(0, 255).map(lambda value: ua.Variant(value, VT.Byte)),
    st.integers(-(2**15), 2**15 - 1).map(lambda value: ua.Variant(value, VT.Int16)),
    st.integers(0, 2**16 - 1).map(lambda value: ua.Variant(value, VT.UInt16)),
    st.integers(-(2**31), 2**31 - 1).map(lambda value: ua.Variant(value, VT.Int32)),
    st.integers(0, 2**32 - 1).map(lambda value: ua.Variant(value, VT.UInt32)),
    st.integers(-(2**63), 2**63 - 1).map(lambda value: ua.Variant(value, VT.Int64)),
    st.integers(0, 2**64 - 1).map(lambda value: ua.Variant(value, VT.UInt64)),
    st.floats(width=32).map(lambda value: ua.Variant(value, VT.Float)),
    st.floats().map(lambda value: ua.Variant(value, VT.Double)),
    st.text().map(lambda value: ua.Variant(value, VT.String)),
    DATETIMES.map(lambda value: ua.Variant(value, VT.DateTime)),
)
EXOTIC = st.one_of(
    st.just(ua.Variant()),
    st.just(ua.Variant(None, VT.String)),
    st.lists(st.floats()).map(lambda value: ua.Variant(value, VT.Double, is_array=True)),
    st.lists(st.text()).map(lambda value: ua.Variant(value, VT.String, is_array=True)),
    st.text().map(lambda value: ua.Variant(ua.LocalizedText(value), VT.LocalizedText)),
    st.binary().map(lambda value: ua.Variant(value, VT.ByteString)),
    st.uuids().map(lambda value: ua.Variant(value, VT.Guid)),
    st.just(ua.Variant(ua.NodeId(5, 2), VT.NodeId)),
    st.just(ua.Variant(ua.StatusCode(0x80340000), VT.StatusCode)),
    st.just(ua.Variant(ua.Range(Low=1.0, High=2.0), VT.ExtensionObject)),
)
STATUSES = st.one_of(
    st.none(), st.sampled_from([0, 0x40000000, 0x80340000, 0x00000480]), st.integers(0, 2**32 - 1)
)
TIMES = st.one_of(st.none(), DATETIMES)


@st.composite
def runs(draw: st.DrawFn, variants: st.SearchStrategy[ua.Variant]) -> list[ua.MonitoredItemNotification]:
    """Items in runs of one kind, as servers send them, and in any other order too."""
    items: list[ua.MonitoredItemNotification] = []
    for _ in range(draw(st.integers(0, 5))):
        first = draw(variants)
        status, source, server = draw(STATUSES), draw(TIMES), draw(TIMES)
        for _ in range(draw(st.sampled_from([1, 1, 2, 3, 70]))):
            handle = draw(st.integers(0, 2**32 - 1)) if draw(st.booleans()) else len(items)
            times = {"SourceTimestamp": source, "ServerTimestamp": server}
            items.append(item(handle, first, status, **times))
    return items


@settings(max_examples=150, deadline=None)
@given(runs(SCALARS))
def test_plain_messages_decode_alike(items):
    body = response(items)
    fast = opcua_decode._decode_plain(body)
    assert fast is not None
    assert_same(fast, decode_generic(body))


@settings(max_examples=100, deadline=None)
@given(runs(st.one_of(SCALARS, EXOTIC)))
def test_any_message_decodes_alike(items):
    body = response(items)
    assert_same(decode_publish(body), decode_generic(body))


@settings(max_examples=100, deadline=None)
@given(runs(SCALARS), st.data())
def test_damaged_messages_raise_only_what_is_declared(items, data):
    body = bytearray(response(items))
    for _ in range(data.draw(st.integers(1, 3))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    del body[data.draw(st.integers(0, len(body))) :]
    try:
        decode_publish(bytes(body))
    except (ValueError, ua.UaError):
        return


def test_keep_alive_and_end_of_subscription():
    published = decode_publish(response([]))
    assert published.keep_alive
    assert published.items == []
    ended = ua.StatusChangeNotification(Status=ua.StatusCode(StatusCode.BadTimeout))
    published = decode_publish(response([], [ended]))
    assert published.ended == StatusCode.BadTimeout
    assert not published.keep_alive


def test_times():
    now = datetime(2026, 11, 23, 22, 0, 0, 123456, tzinfo=UTC)
    later = now + timedelta(seconds=1)
    value = ua.Variant(1.0, VT.Double)
    items = [
        item(0, value, SourceTimestamp=now, ServerTimestamp=later),
        item(1, value, ServerTimestamp=later),
        item(2, value),
        item(3, value, SourceTimestamp=_START, ServerTimestamp=later),
    ]
    (columns,) = decode_publish(response(items)).items
    expected_ns = 1_795_471_200_123_456_000
    assert columns.source_ns.tolist() == [expected_ns, expected_ns + 10**9, 0, expected_ns + 10**9]


def table(*data_types: DataType) -> ItemTable:
    return ItemTable(
        [
            Item(100 + row, parse(f"i={row}", data_type), data_type, 100)
            for row, data_type in enumerate(data_types)
        ]
    )


def columns_of_values(*values: object) -> Columns:
    items = [
        item(row, value if isinstance(value, ua.Variant) else ua.Variant(value))
        for row, value in enumerate(values)
    ]
    return decode_publish(response(items)).items[0]


def test_a_batch_has_the_tags_ids_and_the_receive_time_where_there_is_no_other():
    batch = table(DataType.FLOAT64, DataType.STRING).batch(columns_of_values(2.5, "text"), 77)
    assert batch.tag_ids.tolist() == [100, 101]
    assert [batch.value_at(0), batch.value_at(1)] == [2.5, "text"]
    assert batch.source_ns.tolist() == [77, 77]
    assert batch.receive_ns == 77


@pytest.mark.parametrize(
    ("data_type", "value", "fits"),
    [
        (DataType.FLOAT64, "text", False),
        (DataType.STRING, 5.0, False),
        (DataType.STRING, "", True),
        (DataType.BOOL, True, True),
        (DataType.BOOL, ua.Variant(5, VT.Int32), False),
        (DataType.INT16, ua.Variant(40_000, VT.Int32), False),
        (DataType.INT16, ua.Variant(-5, VT.Int64), True),
        (DataType.FLOAT32, float("nan"), True),
        (DataType.FLOAT64, float("inf"), True),
        (DataType.UINT64, ua.Variant(2**64 - 1, VT.UInt64), True),
        (DataType.FLOAT64, ua.Variant([1.0, 2.0], VT.Double, is_array=True), True),
        (DataType.FLOAT64, ua.Variant(["a"], VT.String, is_array=True), False),
    ],
)
def test_a_value_of_another_type_is_no_value(data_type, value, fits):
    batch = table(data_type).batch(columns_of_values(value), 1)
    assert int(batch.statuses[0]) == (StatusCode.Good if fits else StatusCode.BadTypeMismatch)
    if not fits:
        assert np.isnan(batch.values[0])
        assert not batch.extras


def test_a_handle_that_was_never_given_out_is_left_out():
    items = [item(5, ua.Variant("x")), item(1, ua.Variant("y"))]
    (columns,) = decode_publish(response(items)).items
    batch = table(DataType.STRING, DataType.STRING).batch(columns, 1)
    assert batch.tag_ids.tolist() == [101]
    assert batch.value_at(0) == "y"
