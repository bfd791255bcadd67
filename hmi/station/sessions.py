"""What the station owes each client: the newest values it asked for, and every event in order."""

import asyncio
from collections import deque
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from hmi.link import Columns, Frame, Message, ids
from tags.clock import Clock
from tags.database import TagDatabase
from tags.model import Batch, Value, needs_extra

MIN_FRAME_DISTANCE_S = 1 / 30
MAX_WAITING_EVENTS = 100_000
"""A client this far behind is cut off: it gets the whole truth again when it comes back."""


class Outbox:
    """Collect what one client still has to get. Lives on the station's loop; nothing here blocks.

    Values are state: only the newest of a tag is sent, so a slow client loses frames. Messages are events:
    they are kept in order and never dropped (design.md, section 5).
    """

    __slots__ = ("_clock", "_cursor", "_database", "_events", "_is_first", "_overrun", "_ready", "_wanted")

    def __init__(self, database: TagDatabase, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._cursor = 0
        self._wanted: NDArray[np.bool_] = np.zeros(len(database.tags), dtype=np.bool_)
        self._is_first = False
        self._events: deque[Message] = deque()
        self._ready = asyncio.Event()
        self._overrun = False

    @property
    def is_overrun(self) -> bool:
        """Tell that the client is so far behind that it must be cut off."""
        return self._overrun

    def subscribe(self, tag_ids: Iterable[int] | None) -> None:
        """Replace the wanted tags (None: all); their present values are sent with the next frame."""
        self._wanted[:] = tag_ids is None
        if tag_ids is not None:
            wanted = ids([tag_id for tag_id in tag_ids if 0 <= tag_id < len(self._wanted)])
            self._wanted[wanted] = True
        self._is_first = True
        self._ready.set()

    def values_changed(self) -> None:
        """Note that some tags changed; which ones is asked when the frame is built."""
        self._ready.set()

    def post(self, message: Message) -> None:
        """Append an event."""
        if len(self._events) >= MAX_WAITING_EVENTS:
            self._overrun = True
            self._events.clear()
        self._events.append(message)
        self._ready.set()

    async def wait(self) -> None:
        """Return when there is something to send."""
        await self._ready.wait()

    def take(self) -> list[Message]:
        """Return what has to be sent now, in order; events first, then at most one frame."""
        self._ready.clear()
        messages = list(self._events)
        self._events.clear()
        frame = self._frame()
        if frame is not None:
            messages.append(frame)
        return messages

    def _frame(self) -> Frame | None:
        changed, self._cursor = self._database.changed_since(self._cursor)
        if self._is_first:
            # Also the tags that never had a value: their status says why.
            changed, self._is_first = np.flatnonzero(self._wanted).astype(np.int32), False
        else:
            changed = changed[self._wanted[changed]]
        if not len(changed):
            return None
        return Frame(Columns.pack(current(self._database, changed, self._clock.now_ns())))


def current(database: TagDatabase, tag_ids: NDArray[np.int32], now_ns: int) -> Batch:
    """Return the present state of tags as a batch."""
    extras: dict[int, Value] = {}
    for row in np.flatnonzero(inexact_rows(database, tag_ids)).tolist():
        value = database.value(int(tag_ids[row]))
        if value is not None and needs_extra(value):
            extras[row] = value
    return Batch(
        tag_ids,
        database.values[tag_ids],
        database.statuses[tag_ids],
        database.source_ns[tag_ids],
        now_ns,
        extras,
    )


def inexact_rows(database: TagDatabase, tag_ids: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Return a mask of the tags whose value a double may not hold: not finite, or a whole number too large.

    A text or array shows as NaN in the column, a large integer as a double beyond 2**53, so that the exact
    ones need no look-up.
    """
    values = database.values[tag_ids]
    return np.asarray(~(np.abs(values) <= 2.0**53), dtype=np.bool_)
