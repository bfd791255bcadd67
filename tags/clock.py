"""One clock format: UTC in int64 nanoseconds, injected so that tests and replay own theirs."""

import time
from datetime import UTC, datetime
from typing import Protocol

NS_PER_S = 1_000_000_000
NS_PER_MS = 1_000_000


class Clock(Protocol):
    """Tell the time to whatever must be testable without waiting."""

    def now_ns(self) -> int:
        """Return UTC as nanoseconds since 1970."""
        ...

    def monotonic_ns(self) -> int:
        """Return nanoseconds that never go back, for ages and delays of the machine itself."""
        ...


class SystemClock:
    """Read the machine's clocks."""

    __slots__ = ()

    def now_ns(self) -> int:
        """Return UTC as nanoseconds since 1970."""
        return time.time_ns()

    def monotonic_ns(self) -> int:
        """Return nanoseconds that never go back."""
        return time.monotonic_ns()


class ManualClock:
    """Hold the time still until it is advanced, for tests, replay and back-tests."""

    __slots__ = ("_monotonic_ns", "_now_ns")

    def __init__(self, now_ns: int = 1_700_000_000 * NS_PER_S) -> None:
        self._now_ns = now_ns
        self._monotonic_ns = 0

    def now_ns(self) -> int:
        """Return the held UTC time."""
        return self._now_ns

    def monotonic_ns(self) -> int:
        """Return the sum of all advances."""
        return self._monotonic_ns

    def advance(self, delta_ns: int) -> None:
        """Let ``delta_ns`` pass on both clocks."""
        if delta_ns < 0:
            raise ValueError("a clock advances by zero or more nanoseconds; set_now_ns models a step back")
        self._now_ns += delta_ns
        self._monotonic_ns += delta_ns

    def set_now_ns(self, now_ns: int) -> None:
        """Step the wall clock only, as an operator or NTP would."""
        self._now_ns = now_ns


def iso_utc(time_ns: int) -> str:
    """Return ISO 8601 UTC with milliseconds, for people and JSON."""
    seconds, rest_ns = divmod(time_ns, NS_PER_S)
    stamp = datetime.fromtimestamp(seconds, UTC)
    return f"{stamp:%Y-%m-%dT%H:%M:%S}.{rest_ns // NS_PER_MS:03d}Z"
