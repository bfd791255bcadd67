"""Turn OPC UA notifications into columns: one NumPy pass where a message is uniform, exact for all others.

Python objects per value are what makes the library's decoder slow (39 us of CPU per notification through its
callbacks, 14 us undispatched, below 1 us here, texts 2 us). Layout: OPC 10000-6 sections 5.2.2.17
(DataValue) and 5.2.2.16 (Variant).
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import nodeid_from_binary, struct_from_binary
from numpy.typing import NDArray

from tags.drivers.opcua_columns import BAD, Columns, empty_columns
from tags.drivers.opcua_samples import sample_of
from tags.drivers.opcua_times import are_in_range, filetime_ns, filetime_of, one_filetime_ns
from tags.drivers.opcua_variants import count_of, data_value, variant
from tags.model import Value, needs_extra, to_float
from tags.status import StatusCode

_HAS_VALUE, _HAS_STATUS, _HAS_SOURCE, _HAS_SERVER = 0x01, 0x02, 0x04, 0x08
_KNOWN_MASK = _HAS_VALUE | _HAS_STATUS | _HAS_SOURCE | _HAS_SERVER
_BOOLEAN, _STRING, _DATE_TIME = 1, 12, 13
_NUMBERS = {
    _BOOLEAN: "<u1",
    2: "<i1",
    3: "<u1",
    4: "<i2",
    5: "<u2",
    6: "<i4",
    7: "<u4",
    8: "<i8",
    9: "<u8",
    10: "<f4",
    11: "<f8",
    _DATE_TIME: "<i8",
}
"""Built-in types of fixed length by their number in a Variant; the rest goes to the library's decoder."""
_WIDE = (8, 9)
_PUBLISH_RESPONSE, _DATA_CHANGE, _STATUS_CHANGE, _EVENTS = 829, 811, 820, 916


@dataclass(slots=True)
class Published:
    """Hold one publish response. ``ended`` is the status with which the server ended the subscription.

    ``events`` are the selected fields of each event. ``filetime`` is when the server made the message by its
    own clock, in 100 ns since 1601; ``age_ns`` what the publisher makes of it.
    """

    subscription_id: int
    sequence_number: int
    more: bool
    keep_alive: bool
    items: list[Columns] = field(default_factory=list)
    events: list[list[ua.Variant]] = field(default_factory=list)
    ended: int | None = None
    filetime: int = 0
    age_ns: int = 0


def decode_publish(body: bytes) -> Published:
    """Decode a whole PublishResponse, the fast way where it is made of plain values.

    Raises:
        ValueError: the body is no publish response.
        ua.UaStatusCodeError: the service failed.
    """
    published = _decode_plain(body)
    return decode_generic(body) if published is None else published


def decode_generic(body: bytes) -> Published:
    """Decode a whole PublishResponse with the library's decoder, whatever it holds.

    Raises:
        ValueError: the body is no publish response.
        ua.UaStatusCodeError: the service failed.
    """
    buffer = Buffer(body)
    try:
        nodeid_from_binary(buffer)
        header = struct_from_binary(ua.ResponseHeader, buffer)
    except Exception as error:
        raise ValueError(f"no publish response: {error}") from error
    header.ServiceResult.check()
    try:
        return _generic_result(buffer)
    except Exception as error:
        raise ValueError(f"no publish response: {error}") from error


def _generic_result(buffer: Buffer) -> Published:
    (subscription_id,) = struct.unpack("<I", buffer.read(4))
    buffer.skip(4 * count_of(buffer))
    more, number, filetime = struct.unpack("<?Iq", buffer.read(13))
    count = count_of(buffer)
    published = Published(subscription_id, number, more, keep_alive=not count, filetime=filetime)
    for _ in range(count):
        kind = nodeid_from_binary(buffer).Identifier
        _, length = struct.unpack("<Bi", buffer.read(5))
        if not 0 <= length <= len(buffer):
            raise ValueError(f"a notification of {length} bytes")
        content = buffer.copy(length)
        buffer.skip(length)
        if kind == _DATA_CHANGE:
            published.items.append(columns_of([_notification(content) for _ in range(count_of(content))]))
            _check_end(content.read(len(content)), 0)
        elif kind == _EVENTS:
            published.events += [_event_fields(content) for _ in range(count_of(content))]
        elif kind == _STATUS_CHANGE:
            (published.ended,) = struct.unpack("<I", content.read(4))
    buffer.skip(4 * count_of(buffer))
    _check_end(buffer.read(len(buffer)), 0)
    return published


def _notification(buffer: Buffer) -> ua.MonitoredItemNotification:
    (handle,) = struct.unpack("<I", buffer.read(4))
    return ua.MonitoredItemNotification(ClientHandle=handle, Value=data_value(buffer))


def _event_fields(buffer: Buffer) -> list[ua.Variant]:
    buffer.skip(4)
    return [variant(buffer) for _ in range(count_of(buffer))]


def published_of(subscription_id: int, message: ua.NotificationMessage) -> Published:
    """Return what a decoded message holds."""
    published = Published(
        subscription_id,
        message.SequenceNumber,
        more=False,
        keep_alive=not message.NotificationData,
        filetime=filetime_of(message.PublishTime),
    )
    for notification in message.NotificationData or ():
        if isinstance(notification, ua.DataChangeNotification):
            published.items.append(columns_of(notification.MonitoredItems or ()))
        elif isinstance(notification, ua.EventNotificationList):
            published.events += [list(event.EventFields or ()) for event in notification.Events or ()]
        elif isinstance(notification, ua.StatusChangeNotification):
            published.ended = int(notification.Status.value)
    return published


def _decode_plain(body: bytes) -> Published | None:
    """Decode a response of data changes with plain values; None when it holds anything else."""
    try:
        if struct.unpack_from("<HH", body) != (1, _PUBLISH_RESPONSE):
            return None
        service_result, diagnostics, strings, header_type, header_encoding = struct.unpack_from(
            "<IBiHB", body, 16
        )
        if service_result or diagnostics or strings > 0 or header_type or header_encoding:
            return None
        subscription_id, available = struct.unpack_from("<Ii", body, 28)
        at = 36 + 4 * max(available, 0)
        more, sequence_number, filetime, notifications = struct.unpack_from("<BIqi", body, at)
        at += 17
        published = Published(
            subscription_id, sequence_number, bool(more), notifications <= 0, filetime=filetime
        )
        for _ in range(notifications):
            prefix, kind, encoding, length = struct.unpack_from("<HHBi", body, at)
            if (prefix, kind, encoding) != (1, _DATA_CHANGE, 1) or at + 9 + length > len(body):
                return None
            at += 9
            columns = decode_items(memoryview(body)[at : at + length])
            if columns is None:
                return None
            published.items.append(columns)
            at += length
        (results,) = struct.unpack_from("<i", body, at)
        at += 4 + 4 * max(results, 0)
        _check_end(body, at)
    except struct.error:
        return None
    return published


def decode_items(data: memoryview) -> Columns | None:
    """Decode the monitored items of one data change notification; None when one is of another kind.

    Items that are all alike in type and timestamps, which is what a server sends for one kind of sensor, are
    one NumPy view (0.1 us each); in a mixture each kind is gathered by itself (below 1 us each).

    Raises:
        struct.error: the data end before the last item.
    """
    (count,) = struct.unpack_from("<i", data)
    if count <= 0:
        return empty_columns(0)
    if len(data) < 4 + 6 * count:
        raise struct.error("the items end behind the message")
    number = _NUMBERS.get(data[9])
    if number is not None and _is_known(data[8]):
        record = _record(data[8], number)
        if 4 + count * record.itemsize <= len(data):
            kinds = np.frombuffer(data, np.uint8, count * record.itemsize, 4).reshape(count, -1)[:, 4:6]
            # Each item has the length of the first, so that the next one is found where it must be.
            if (kinds == kinds[0]).all():
                _check_end(data, 4 + count * record.itemsize)
                return _columns_of_run(np.frombuffer(data, record, count, 4), data[9])
    return _decode_mixture(data, count)


def _decode_mixture(data: memoryview, count: int) -> Columns | None:
    """Find where each item starts, then decode all of one kind together."""
    groups: dict[tuple[int, int], tuple[list[int], list[int]]] = {}
    sizes: dict[tuple[int, int], int] = {}
    end = len(data)
    at = 4
    for row in range(count):
        if at + 6 > end:
            raise struct.error("an item ends behind the message")
        kind = (data[at + 4], data[at + 5])
        size = sizes.get(kind)
        if size is None:
            mask, variant = kind
            number = _NUMBERS.get(variant)
            if not _is_known(mask) or (number is None and variant != _STRING):
                return None
            size = sizes[kind] = _record(mask, number or "<u4").itemsize
            groups[kind] = ([], [])
        rows, starts = groups[kind]
        rows.append(row)
        starts.append(at)
        if kind[1] == _STRING and at + 10 <= end:
            (length,) = struct.unpack_from("<i", data, at + 6)
            at += max(length, 0)
        at += size
    if at > end:
        raise struct.error("an item ends behind the message")
    _check_end(data, at)
    whole = empty_columns(count)
    raw = np.frombuffer(data, np.uint8)
    for (mask, variant), (rows, starts) in groups.items():
        if variant == _STRING:
            for row, start in zip(rows, starts, strict=True):
                _put_text(whole, row, data, start, mask)
            continue
        record = _record(mask, _NUMBERS[variant])
        items = raw[np.array(starts)[:, None] + np.arange(record.itemsize)]
        part = _columns_of_run(items.view(record)[:, 0], variant)
        where = np.array(rows)
        whole.handles[where], whole.values[where] = part.handles, part.values
        whole.statuses[where], whole.source_ns[where] = part.statuses, part.source_ns
        whole.extras.update((rows[row], value) for row, value in part.extras.items())
    whole.extras = dict(sorted(whole.extras.items()))
    return whole


def _check_end(data: bytes | memoryview, at: int) -> None:
    """Check that nothing but the empty list of diagnostics, which are never asked for, is left.

    A message that lost a byte on the way does not end so; the library's decoder may take minutes over one.

    Raises:
        ValueError: something else is there.
    """
    if len(data) != at + 4 or struct.unpack_from("<i", data, at)[0] > 0:
        raise ValueError("the message does not end where it must")


def _is_known(mask: int) -> bool:
    return bool(mask & _HAS_VALUE) and not mask & ~_KNOWN_MASK


def _record(mask: int, number: str) -> np.dtype[Any]:
    """Return the layout of one notification with a number of fixed length."""
    fields = [("handle", "<u4"), ("mask", "u1"), ("variant", "u1"), ("value", number)]
    if mask & _HAS_STATUS:
        fields.append(("status", "<u4"))
    if mask & _HAS_SOURCE:
        fields.append(("source", "<i8"))
    if mask & _HAS_SERVER:
        fields.append(("server", "<i8"))
    return np.dtype(fields)


def _columns_of_run(run: NDArray[Any], variant: int) -> Columns:
    names = run.dtype.names or ()
    statuses = run["status"].astype(np.uint32) if "status" in names else np.zeros(len(run), np.uint32)
    source_ns = filetime_ns(run["source"]) if "source" in names else np.zeros(len(run), np.int64)
    if "server" in names:
        source_ns = np.where(source_ns == 0, filetime_ns(run["server"]), source_ns)
    raw = run["value"]
    extras: dict[int, Value] = {}
    good = statuses & np.uint32(BAD) == 0
    if variant == _DATE_TIME:
        fits = are_in_range(raw)
        statuses = np.where(good & ~fits, np.uint32(StatusCode.BadOutOfRange), statuses)
        good &= fits
        times = filetime_ns(raw)
        values = times.astype(np.float64)
        extras = {
            row: int(times[row]) for row in np.flatnonzero(good).tolist() if needs_extra(int(times[row]))
        }
    else:
        values = (raw != 0 if variant == _BOOLEAN else raw).astype(np.float64)
        if variant in _WIDE:
            extras = {
                row: int(raw[row]) for row in np.flatnonzero(good).tolist() if needs_extra(int(raw[row]))
            }
    values[~good] = np.nan
    return Columns(run["handle"].astype(np.uint32), values, statuses, source_ns, extras)


def _put_text(columns: Columns, row: int, data: memoryview, at: int, mask: int) -> None:
    """Decode the text item that starts at ``at`` into a row."""
    handle, length = struct.unpack_from("<Ixxi", data, at)
    at += 10
    length = max(length, 0)
    text = str(data[at : at + length], "utf-8", "replace")
    at += length
    status = 0
    if mask & _HAS_STATUS:
        (status,) = struct.unpack_from("<I", data, at)
        at += 4
    source_ns = 0
    for bit in (_HAS_SOURCE, _HAS_SERVER):
        if mask & bit:
            if source_ns == 0:
                source_ns = one_filetime_ns(struct.unpack_from("<q", data, at)[0])
            at += 8
    columns.handles[row], columns.statuses[row], columns.source_ns[row] = handle, status, source_ns
    if not status & BAD:
        columns.extras[row] = text


def columns_of(items: Sequence[ua.MonitoredItemNotification]) -> Columns:
    """Return columns of notifications that the library decoded."""
    rows = len(items)
    columns = empty_columns(rows)
    columns.handles[:] = np.fromiter((item.ClientHandle for item in items), np.uint32, rows)
    for row, item in enumerate(items):
        value, status, source_ns = sample_of(item.Value)
        columns.statuses[row] = status
        columns.source_ns[row] = source_ns
        if value is not None:
            columns.values[row] = to_float(value)
            if needs_extra(value):
                columns.extras[row] = value
    return columns
