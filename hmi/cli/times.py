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


def local_offset_ns(at_ns: int) -> int:
    """Return what this machine's time zone is ahead of UTC at a time."""
    offset = datetime.fromtimestamp(at_ns / NS_PER_S, UTC).astimezone().utcoffset()
    return 0 if offset is None else int(offset.total_seconds()) * NS_PER_S
