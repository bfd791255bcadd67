"""How old a value may be, and what is late: columns of polling periods, shape (n,), int64 nanoseconds."""

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


def follows(source_ns: _Column, order_ns: _Column, period_ns: _Column) -> NDArray[np.bool_]:
    """Return which samples may follow the newest ones so far, by their source times.

    One that is older comes late and is history. Older than a value may be before it is bad, it cannot have
    waited so long on its way: the device's clock was set back, and this is the newest that there is. Measured
    on a server whose clock went back an hour: the values from before stayed good, and stayed.
    """
    following: NDArray[np.bool_] = source_ns >= order_ns
    late = np.flatnonzero(~following)
    following[late] = source_ns[late] < order_ns[late] - bad_after_ns(period_ns[late])
    return following
