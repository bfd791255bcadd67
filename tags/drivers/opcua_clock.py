"""How old a message of a server is, though nobody knows what its clock is set to.

A server dates each answer by its own clock, which may be an hour off. But the answer was made after its
request was sent and before it came in, which bounds how far that clock is ahead (Cristian's method). The
bounds of all answers together tell it to within the fastest one's time on its way.
"""

import struct
from typing import Final

from tags.clock import NS_PER_MS, NS_PER_S

_FILETIME_AT_1970: Final = 116_444_736_000_000_000
_DRIFT_PPM: Final = 500
"""The most by which a clock may be made to run fast or slow while it is put right (NTP's limit)."""
_FINEST_NS: Final = 100
_IMPLAUSIBLE_NS: Final = 100 * NS_PER_MS


def answer_filetime(body: bytes) -> int:
    """Return when a server says that it made an answer; 0 when it says nothing (OPC 10000-4 section 7.33)."""
    is_plain = len(body) >= 12 and body[:2] == b"\x01\x00"
    return int(struct.unpack_from("<q", body, 4)[0]) if is_plain else 0


class ServerClock:
    """Keep the bounds within which a server's clock is ahead of the station's monotonic one.

    Times of the server are its FILETIMEs, int, 100 ns since 1601; 0 or less where it told none. An answer
    that no setting within the bounds explains tells that the clock was set: the bounds begin anew with it. A
    clock that counts whole seconds or tenths is recognised, and is believed no further than that.
    """

    def __init__(self) -> None:
        self._low_ns: int | None = None
        self._high_ns: int | None = None
        self._noted_ns = 0
        self._resolution_ns = NS_PER_S

    def heard(self, filetime: int, sent_ns: int, received_ns: int) -> None:
        """Note when a server says that it answered a request; monotonic times of the request and answer."""
        if filetime > _FILETIME_AT_1970:
            time_ns = self._told_ns(filetime)
            self._narrow(time_ns - received_ns, time_ns + self._resolution_ns - sent_ns, received_ns)

    def age_ns(self, filetime: int, received_ns: int, sent_ns: int | None = None) -> int:
        """Return how old a message was when it came in, at least; 0 when the server does not date it.

        What came fastest so far counts as new: how long each message is on its way at least cannot be known.
        A message that claims to be older than the request for it (``sent_ns``) is not dated by the clock that
        dates the answers.
        """
        if filetime <= _FILETIME_AT_1970:
            return 0
        time_ns = self._told_ns(filetime)
        low_ns = self._narrow(time_ns - received_ns, None, received_ns)
        age_ns = max(received_ns - time_ns - self._resolution_ns + low_ns, 0)
        if sent_ns is not None and age_ns > received_ns - sent_ns + _IMPLAUSIBLE_NS:
            return 0
        return age_ns

    def _told_ns(self, filetime: int) -> int:
        time_ns = (filetime - _FILETIME_AT_1970) * 100
        while self._resolution_ns > _FINEST_NS and time_ns % self._resolution_ns:
            self._resolution_ns //= 10
        return time_ns

    def _narrow(self, low_ns: int, high_ns: int | None, now_ns: int) -> int:
        """Put another pair of bounds to those so far, and return the lower one that comes of it."""
        drift_ns = (now_ns - self._noted_ns) * _DRIFT_PPM // 1_000_000
        self._noted_ns = now_ns
        if self._low_ns is not None:
            self._low_ns -= drift_ns
        if self._high_ns is not None:
            self._high_ns += drift_ns
        was_set_forward = self._high_ns is not None and low_ns > self._high_ns
        was_set_back = self._low_ns is not None and high_ns is not None and high_ns < self._low_ns
        if was_set_forward or was_set_back:
            self._low_ns = self._high_ns = None
        self._low_ns = low_ns if self._low_ns is None else max(self._low_ns, low_ns)
        if high_ns is not None:
            self._high_ns = high_ns if self._high_ns is None else min(self._high_ns, high_ns)
        return self._low_ns
