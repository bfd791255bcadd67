"""How old a value may be: arithmetic over columns of polling periods, shape (n,), int64 nanoseconds."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tags.clock import NS_PER_MS

_JITTER_NS: Final = 100 * NS_PER_MS

_Column = NDArray[np.int64]


def bad_after_ns(period_ns: _Column) -> _Column:
    """Return the age from which a value is bad: two periods, at least one and 200 ms for jitter."""
    return np.maximum(2 * period_ns, period_ns + 2 * _JITTER_NS)


def uncertain_after_ns(period_ns: _Column, margin_ns: int) -> _Column:
    """Return the age from which a value is uncertain: 1.5 periods, with room for jitter, at most two.

    ``margin_ns`` is the time until the next look.
    """
    after_ns: _Column = np.maximum(period_ns + period_ns // 2, period_ns + _JITTER_NS)
    return np.minimum(after_ns, 2 * period_ns - margin_ns)


def behind_ns(period_ns: _Column, age_ns: int) -> _Column:
    """Return how much earlier a value of this age becomes stale than a new one.

    A value is good for 1.5 periods, and may be a quarter of one old at the start: within the two allowed.
    """
    return np.maximum(age_ns - period_ns // 4, 0)
