"""See what a connection sends and receives: the last frames, byte by byte, for the connections page.

A driver that has frames owns one :class:`FrameTap` for its whole life, so that what went before a loss is
still there after it, and offers it as ``frames`` (:class:`Tapped`). The tap is off until somebody looks. A
reader on the station does::

    if isinstance(driver, Tapped):
        driver.frames.start()
        ...
        new = driver.frames.since(last_number)   # every half second
        ...
        driver.frames.stop()
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from typing import Protocol, runtime_checkable

from tags.clock import Clock

CAPACITY = 1000
"""Frames kept; the oldest are dropped."""
LONGEST = 2048
"""Bytes kept of one frame; ``Frame.size`` tells how long it was."""


class Direction(StrEnum):
    """Name the way of a frame."""

    SENT = "sent"
    RECEIVED = "received"


@dataclass(frozen=True, slots=True)
class Frame:
    """Hold one frame: ``number`` counts from 1, ``data`` are at most the first ``LONGEST`` of ``size`` bytes.

    ``text`` says in one line what the frame means.
    """

    number: int
    time_ns: int
    direction: Direction
    size: int
    data: bytes
    text: str


@dataclass(frozen=True, slots=True)
class _Entry:
    number: int
    time_ns: int
    direction: Direction
    size: int
    data: bytes


class FrameTap:
    """Keep the last frames of a connection while it is on; any thread may add, the event loop reads.

    Off, it costs the driver one look at ``is_on`` for each frame. Frames are put into words when they are
    read, not when they pass. ``describe`` must take any bytes, since a peer may send any.
    """

    def __init__(self, describe: Callable[[Direction, bytes], str], clock: Clock) -> None:
        self._describe = describe
        self._clock = clock
        self._entries: deque[_Entry] = deque(maxlen=CAPACITY)
        self._numbers = count(1)
        self.is_on = False

    def start(self) -> None:
        """Keep what passes from now on."""
        self.is_on = True

    def stop(self) -> None:
        """Keep nothing any more; what was kept can still be read."""
        self.is_on = False

    def clear(self) -> None:
        """Forget what was kept."""
        self._entries.clear()

    def add(self, direction: Direction, data: bytes) -> None:
        """Keep a frame, when the tap is on."""
        if self.is_on:
            self._entries.append(
                _Entry(next(self._numbers), self._clock.now_ns(), direction, len(data), bytes(data[:LONGEST]))
            )

    def grow(self, data: bytes) -> None:
        """Keep received bytes; those of the last frame again and more of it take its place."""
        if not self.is_on:
            return
        last = self._entries[-1] if self._entries else None
        if (
            last is not None
            and last.direction is Direction.RECEIVED
            and len(data) > last.size
            and data.startswith(last.data)
        ):
            self._entries.pop()
        self.add(Direction.RECEIVED, data)

    def since(self, number: int = 0) -> list[Frame]:
        """Return the frames after that number, oldest first. Numbers that are missing were dropped."""
        return [
            Frame(
                entry.number,
                entry.time_ns,
                entry.direction,
                entry.size,
                entry.data,
                self._describe(entry.direction, entry.data),
            )
            for entry in tuple(self._entries)
            if entry.number > number
        ]


@runtime_checkable
class Tapped(Protocol):
    """Offer frames, beside :class:`tags.drivers.base.Driver`."""

    @property
    def frames(self) -> FrameTap:
        """Return the driver's tap, the same one over all its connections."""
        ...
