"""Values of the library's types as tags hold them."""

from datetime import datetime
from typing import Any

from asyncua import ua

from tags.drivers.opcua_columns import BAD
from tags.drivers.opcua_times import checked_ns, time_ns
from tags.model import Scalar, Value
from tags.status import StatusCode


def sample_of(data_value: ua.DataValue) -> tuple[Value | None, int, int]:
    """Return value, status and source time of a DataValue; the time is 0 when the server gave none.

    A value that Vigie has no form for (a structure, a time outside 1677 to 2262) is BadOutOfRange or
    BadNotSupported; a bad status has no value (DQ-07).
    """
    status = 0 if data_value.StatusCode is None else int(data_value.StatusCode.value)
    source_ns = time_ns(data_value.SourceTimestamp) or time_ns(data_value.ServerTimestamp)
    if status & BAD:
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
        return checked_ns(raw)
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
