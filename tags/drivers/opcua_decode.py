"""Turn OPC UA notifications into columns: one NumPy pass where a message is uniform, exact for all others.

Python objects per value are what makes the library's decoder slow (39 us of CPU per notification through its
callbacks, 14 us undispatched, below 1 us here, texts 2 us). Layout: OPC 10000-6 sections 5.2.2.17
(DataValue) and 5.2.2.16 (Variant).
"""

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import nodeid_from_binary, struct_from_binary
from numpy.typing import NDArray

from tags.drivers.base import Item
from tags.drivers.opcua_variants import count_of, data_value, variant
from tags.model import Batch, DataType, Scalar, Value, needs_extra, to_float
from tags.status import StatusCode

_FILETIME_AT_1970 = 116_444_736_000_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_US = (2**63 - 1) // 1000
_BAD = 0x80000000

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
class Columns:
    """Hold notifications in the order of the message; arrays of one length n.

    ``handles`` uint32 are the client handles; ``source_ns`` is 0 where the server gave neither a source nor a
    server time. ``extras`` maps a row to its exact value where a double cannot hold it; rows of bad status
    have NaN and no extra.
    """

    handles: NDArray[np.uint32]
    values: NDArray[np.float64]
    statuses: NDArray[np.uint32]
    source_ns: NDArray[np.int64]
    extras: dict[int, Value] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.handles)


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
        filetime=_filetime_of(message.PublishTime),
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
        return _empty_columns(0)
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
    whole = _empty_columns(count)
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


def _empty_columns(rows: int) -> Columns:
    return Columns(
        np.zeros(rows, np.uint32),
        np.full(rows, np.nan),
        np.zeros(rows, np.uint32),
        np.zeros(rows, np.int64),
    )


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
    good = statuses & np.uint32(_BAD) == 0
    if variant == _DATE_TIME:
        fits = _fits(raw)
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
                source_ns = _one_filetime_ns(struct.unpack_from("<q", data, at)[0])
            at += 8
    columns.handles[row], columns.statuses[row], columns.source_ns[row] = handle, status, source_ns
    if not status & _BAD:
        columns.extras[row] = text


def columns_of(items: Sequence[ua.MonitoredItemNotification]) -> Columns:
    """Return columns of notifications that the library decoded."""
    rows = len(items)
    columns = _empty_columns(rows)
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


def sample_of(data_value: ua.DataValue) -> tuple[Value | None, int, int]:
    """Return value, status and source time of a DataValue; the time is 0 when the server gave none.

    A value that Vigie has no form for (a structure, a time outside 1677 to 2262) is BadOutOfRange or
    BadNotSupported; a bad status has no value (DQ-07).
    """
    status = 0 if data_value.StatusCode is None else int(data_value.StatusCode.value)
    source_ns = time_ns(data_value.SourceTimestamp) or time_ns(data_value.ServerTimestamp)
    if status & _BAD:
        return None, status, source_ns
    variant = data_value.Value
    raw = None if variant is None else variant.Value
    if raw is None:
        return _empty(variant, status, source_ns)
    try:
        return _plain(raw), status, source_ns
    except OverflowError:
        return None, int(StatusCode.BadOutOfRange), source_ns
    except TypeError:
        return None, int(StatusCode.BadNotSupported), source_ns


def _empty(variant: ua.Variant | None, status: int, source_ns: int) -> tuple[Value | None, int, int]:
    """Return what a null value means: an empty text or array, otherwise no data."""
    if variant is not None and variant.is_array:
        return (), status, source_ns
    if variant is not None and variant.VariantType in (ua.VariantType.String, ua.VariantType.ByteString):
        return "", status, source_ns
    return None, int(StatusCode.BadNoData), source_ns


def _plain(raw: Any) -> Value:
    if isinstance(raw, str):
        # The library keeps bytes that are no UTF-8 as lone surrogates, which nothing behind could encode.
        return raw.encode("utf-8", errors="surrogateescape").decode("utf-8", errors="replace")
    if isinstance(raw, (bool, float)):
        return raw
    if isinstance(raw, int):
        return int(raw)
    if isinstance(raw, datetime):
        return _checked_ns(raw)
    if isinstance(raw, bytes):
        return raw.hex()
    if isinstance(raw, ua.LocalizedText):
        return raw.Text or ""
    if isinstance(raw, ua.QualifiedName):
        return raw.Name or ""
    if isinstance(raw, ua.StatusCode):
        return int(raw.value)
    if isinstance(raw, ua.NodeId):
        return str(raw.to_string())
    if isinstance(raw, ua.Variant):
        return _plain(raw.Value)
    if isinstance(raw, (list, tuple)):
        flat: list[Scalar] = []
        for member in raw:
            value = _plain(member)
            if isinstance(value, tuple):
                flat.extend(value)
            else:
                flat.append(value)
        return tuple(flat)
    if type(raw).__name__ == "UUID":
        return str(raw)
    raise TypeError(f"no plain value: {type(raw).__name__}")


def _checked_ns(moment: datetime) -> int:
    microseconds = (moment.replace(tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)
    if abs(microseconds) > _MAX_US:
        raise OverflowError(f"{moment} is outside the times that 64 bits of nanoseconds hold")
    return microseconds * 1000


def time_ns(moment: datetime | None) -> int:
    """Return UTC nanoseconds; 0 for no time and for one beyond what they hold."""
    if moment is None:
        return 0
    try:
        return _checked_ns(moment)
    except OverflowError:
        return 0


def _filetime_of(moment: datetime | None) -> int:
    """Return a time as OPC UA counts it; 0 for none."""
    at_ns = time_ns(moment)
    return at_ns // 100 + _FILETIME_AT_1970 if at_ns else 0


def _one_filetime_ns(filetime: int) -> int:
    microseconds = max(filetime, 0) // 10 - _FILETIME_AT_1970 // 10
    return microseconds * 1000 if abs(microseconds) <= _MAX_US else 0


def _fits(filetimes: NDArray[np.int64]) -> NDArray[np.bool_]:
    microseconds = np.maximum(filetimes, 0) // 10 - _FILETIME_AT_1970 // 10
    fits: NDArray[np.bool_] = np.abs(microseconds) <= _MAX_US
    return fits


def filetime_ns(filetimes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return UTC nanoseconds of Windows file times, whole microseconds; 0 for those outside 1677 to 2262."""
    microseconds = np.maximum(filetimes, 0) // 10 - _FILETIME_AT_1970 // 10
    return np.where(np.abs(microseconds) <= _MAX_US, microseconds * 1000, 0)


class ItemTable:
    """Know what the client handles stand for, and turn columns into a batch of the tags' own types.

    The client handle of an item is its position in ``items``.
    """

    def __init__(self, items: Sequence[Item]) -> None:
        rows = len(items)
        self._tag_ids = np.fromiter((item.tag_id for item in items), np.int32, rows)
        self._is_text = np.fromiter((item.data_type is DataType.STRING for item in items), bool, rows)
        limits = [_limits(item.data_type) for item in items]
        self._low = np.fromiter((low for low, _ in limits), np.float64, rows)
        self._high = np.fromiter((high for _, high in limits), np.float64, rows)

    def batch(self, columns: Columns, receive_ns: int) -> Batch:
        """Return one row per notification; a value that is none of the tag's type is BadTypeMismatch.

        Rows whose handle was never given out are left out; a row without time has the receive time.
        """
        if len(columns) and int(columns.handles.max()) >= len(self._tag_ids):
            columns = _known_only(columns, len(self._tag_ids))
        handles = columns.handles
        values, statuses, extras = columns.values, columns.statuses, columns.extras
        is_text = self._is_text[handles]
        # Written so that NaN is no misfit: a float may be NaN, and a whole number on the wire cannot.
        misfit = (values < self._low[handles]) | (values > self._high[handles])
        misfit |= is_text & ~np.isnan(values)
        if extras:
            for row, value in extras.items():
                members = value if isinstance(value, tuple) else (value,)
                if any(isinstance(member, str) != bool(is_text[row]) for member in members):
                    misfit[row] = True
        if misfit.any():
            values = np.where(misfit, np.nan, values)
            statuses = np.where(misfit, np.uint32(StatusCode.BadTypeMismatch), statuses)
            extras = {row: value for row, value in extras.items() if not misfit[row]}
        source_ns = np.where(columns.source_ns == 0, receive_ns, columns.source_ns)
        return Batch(self._tag_ids[handles], values, statuses, source_ns, receive_ns, extras)


def _limits(data_type: DataType) -> tuple[float, float]:
    if data_type is DataType.BOOL:
        return 0.0, 1.0
    low, high = data_type.integer_range or (-math.inf, math.inf)
    return float(low), float(high)


def _known_only(columns: Columns, known: int) -> Columns:
    rows = np.flatnonzero(columns.handles < known)
    extras = {new: columns.extras[old] for new, old in enumerate(rows.tolist()) if old in columns.extras}
    return Columns(
        columns.handles[rows], columns.values[rows], columns.statuses[rows], columns.source_ns[rows], extras
    )
