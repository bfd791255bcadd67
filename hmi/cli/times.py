"""Times and spans as people write them on the command line."""

import re
import time
from datetime import UTC, datetime

from hmi.cli.exits import CommandError, Exit
from tags.clock import NS_PER_S

_SPAN = re.compile(r"(\d+(?:\.\d+)?)(s|min|h|d|w)", re.ASCII)
_UNITS_S = {"s": 1, "min": 60, "h": 3_600, "d": 86_400, "w": 604_800}


def time_ns(text: str) -> int:
    """Return UTC nanoseconds of a time: ISO 8601 (local without an offset), or how long ago, such as 30d.

    Raises:
        CommandError: it is neither.
    """
    span = _SPAN.fullmatch(text)
    if span is not None:
        return time.time_ns() - int(float(span[1]) * _UNITS_S[span[2]] * NS_PER_S)
    try:
        moment = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise CommandError(
            f"{text!r}: expected a time such as 2026-11-23T08:00 or 2026-11-23T08:00Z, or how long ago: 30d",
            Exit.USAGE,
        ) from None
    return int(moment.replace(microsecond=0).timestamp()) * NS_PER_S + moment.microsecond * 1000


def span_ns(text: str) -> int:
    """Return nanoseconds of a time span such as 10s, 15min, 1h or 1d.

    Raises:
        CommandError: it is none.
    """
    match = _SPAN.fullmatch(text)
    if match is None or not float(match[1]):
        raise CommandError(f"{text!r}: expected a time span such as 10s, 15min, 1h or 1d", Exit.USAGE)
    return int(float(match[1]) * _UNITS_S[match[2]] * NS_PER_S)


def span_text(seconds: float) -> str:
    """Return a time span in the largest unit that fits, such as 2.5 h."""
    for unit in ("d", "h", "min"):
        if seconds >= _UNITS_S[unit]:
            return f"{seconds / _UNITS_S[unit]:,.1f} {unit}"
    return f"{seconds:.0f} s"


def local_offset_ns(at_ns: int) -> int:
    """Return what this machine's time zone is ahead of UTC at a time."""
    offset = datetime.fromtimestamp(at_ns / NS_PER_S, UTC).astimezone().utcoffset()
    return 0 if offset is None else int(offset.total_seconds()) * NS_PER_S
