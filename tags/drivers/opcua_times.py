"""Times as OPC UA counts them (100 ns since 1601) and as Vigie does: nanoseconds since 1970, UTC."""

from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

_FILETIME_AT_1970: Final = 116_444_736_000_000_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_US: Final = (2**63 - 1) // 1000


def checked_ns(moment: datetime) -> int:
    """Return UTC nanoseconds, whole microseconds.

    Raises:
        OverflowError: the time is beyond what they hold.
    """
    microseconds = (moment.replace(tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)
    if abs(microseconds) > _MAX_US:
        raise OverflowError(f"{moment} is outside the times that 64 bits of nanoseconds hold")
    return microseconds * 1000


def time_ns(moment: datetime | None) -> int:
    """Return UTC nanoseconds; 0 for no time and for one beyond what they hold."""
    if moment is None:
        return 0
    try:
        return checked_ns(moment)
    except OverflowError:
        return 0


def filetime_of(moment: datetime | None) -> int:
    """Return a time as OPC UA counts it; 0 for none."""
    at_ns = time_ns(moment)
    return at_ns // 100 + _FILETIME_AT_1970 if at_ns else 0


def one_filetime_ns(filetime: int) -> int:
    """Return UTC nanoseconds of a Windows file time; 0 when it is outside 1677 to 2262."""
    microseconds = max(filetime, 0) // 10 - _FILETIME_AT_1970 // 10
    return microseconds * 1000 if abs(microseconds) <= _MAX_US else 0


def are_in_range(filetimes: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which Windows file times lie within 1677 to 2262."""
    microseconds = np.maximum(filetimes, 0) // 10 - _FILETIME_AT_1970 // 10
    found: NDArray[np.bool_] = np.abs(microseconds) <= _MAX_US
    return found


def filetime_ns(filetimes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return UTC nanoseconds of Windows file times, whole microseconds; 0 for those outside 1677 to 2262."""
    microseconds = np.maximum(filetimes, 0) // 10 - _FILETIME_AT_1970 // 10
    return np.where(np.abs(microseconds) <= _MAX_US, microseconds * 1000, 0)
