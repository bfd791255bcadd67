"""Statuses, raw values and ranges in plain words, for explanations."""

from collections.abc import Mapping
from typing import Final

from tags.counting import counted
from tags.drivers.inspection import Inspection
from tags.model import Tag, Value
from tags.status import StatusCode, is_bad, is_good


def status_words(status: int) -> str:
    """Return an OPC UA status in plain words."""
    words = _WORDS.get(status & 0xFFFF0000)
    if words is not None:
        return words
    return "good" if is_good(status) else "bad" if is_bad(status) else "uncertain"


_WORDS: Final[Mapping[int, str]] = {
    StatusCode.Good: "good",
    StatusCode.GoodClamped: "held at the end of its range",
    StatusCode.UncertainNoCommunicationLastUsableValue: "the last value; no newer one came in time",
    StatusCode.UncertainInitialValue: "an initial value that nobody has written yet",
    StatusCode.UncertainEngineeringUnitsExceeded: "outside its range",
    StatusCode.UncertainSensorNotAccurate: "the sensor is not accurate",
    StatusCode.UncertainSubstituteValue: "a substitute, not measured",
    StatusCode.BadNoCommunication: "the device does not answer",
    StatusCode.BadTimeout: "no answer in time",
    StatusCode.BadNotConnected: "not connected",
    StatusCode.BadWaitingForInitialData: "no value has come yet",
    StatusCode.BadConfigurationError: "the device or the project is configured otherwise; no such address",
    StatusCode.BadNodeIdUnknown: "the server has no such node",
    StatusCode.BadNodeIdInvalid: "the node's name is not valid",
    StatusCode.BadNotReadable: "it cannot be read",
    StatusCode.BadUserAccessDenied: "access is denied",
    StatusCode.BadTypeMismatch: "it is of another type",
    StatusCode.BadDecodingError: "its bytes make no value of this type",
    StatusCode.BadOutOfRange: "no finite or allowed number, for example a division by zero",
    StatusCode.BadNoData: "there is no value",
    StatusCode.BadDeviceFailure: "the device reports a failure",
    StatusCode.BadSensorFailure: "the sensor has failed",
    StatusCode.BadOutOfService: "out of service",
    StatusCode.BadResourceUnavailable: "the device is busy",
}


def raw_text(value: Value | None) -> str:
    """Return a raw value with its hexadecimal form when it is a whole number."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, float) and (not value.is_integer() or abs(value) >= 2**53):
        return f"{value:g}"
    whole = int(value)
    return f"{whole} (0x{whole:X})" if whole >= 0 else str(whole)


_ROW_BYTES = 16
_ROWS_AROUND = 1
_MOST_ROWS = 8


def bytes_text(inspection: Inspection) -> str:
    """Return where a value lies in its answer, as the rest of a sentence."""
    if not inspection.positions:
        return ""
    shown = inspection.value_bytes[:_ROW_BYTES].hex(" ").upper()
    shown = f"{shown} …" if len(inspection.positions) > _ROW_BYTES else shown
    if inspection.bit is not None:
        return f"; bit {inspection.bit} of the byte {shown}"
    if len(inspection.positions) == 1:
        return f"; its byte is {shown}"
    return f"; its bytes are {shown}, the most significant first"


def dump_of(inspection: Inspection) -> str:
    """Return the rows of an answer that hold a value and those beside them, its bytes in brackets.

    Below them stands what else the device says of the value.
    """
    data, marked = inspection.data, set(inspection.positions)
    if not marked:
        return inspection.told
    first = max(min(marked) // _ROW_BYTES - _ROWS_AROUND, 0)
    last = min(max(marked) // _ROW_BYTES + _ROWS_AROUND, (len(data) - 1) // _ROW_BYTES)
    if last - first >= _MOST_ROWS:
        last = first + _MOST_ROWS - 1
    starts = range(first * _ROW_BYTES, last * _ROW_BYTES + 1, _ROW_BYTES)
    names = [inspection.place_of(start) for start in starts]
    width = max(map(len, names))
    rows = []
    for name, start in zip(names, starts, strict=True):
        row = f"{name:<{width}} "
        for at in range(start, min(start + _ROW_BYTES, len(data))):
            opens = at in marked and (at == start or at - 1 not in marked)
            closes = at - 1 in marked and at not in marked and at != start
            row += f"{'[' if opens else ']' if closes else ' '}{data[at]:02X}"
        rows.append(f"{row}]" if min(start + _ROW_BYTES, len(data)) - 1 in marked else row)
    before, after = len(data[: starts[0]]), len(data[starts[-1] + _ROW_BYTES :])
    rows = [f"{'…':<{width}}  {counted(before, 'byte')} before", *rows] if before else rows
    rows = [*rows, f"{'…':<{width}}  {counted(after, 'byte')} behind"] if after else rows
    return "\n".join([*rows, inspection.told] if inspection.told else rows)


def sentence(text: str) -> str:
    """Return a text with a capital and one full stop."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def unit_text(unit: str) -> str:
    """Return a unit with the space before it."""
    return f" {unit}" if unit else ""


def with_unit(text: str, unit: str) -> str:
    """Return a value's text with its unit; empty when there is no value."""
    return f"{text}{unit_text(unit)}" if text else ""


def range_text(tag: Tag) -> str:
    """Return a tag's engineering range."""
    low = "-∞" if tag.eu_low is None else f"{tag.eu_low:g}"
    high = "∞" if tag.eu_high is None else f"{tag.eu_high:g}"
    return f"{low} to {high}{unit_text(tag.unit)}"
