"""What a screen reads: live station, replay and preview show the same face, and only live can write."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tags.model import TagTable, Value


class TagSource(Protocol):
    """Offer current values as columns with one row per tag id.

    Arrays are read-only views that the owner updates in place on the reader's own thread; a reader keeps a
    cursor and asks what changed since.
    """

    @property
    def tags(self) -> TagTable:
        """Return the definitions; row numbers of all columns are tag ids."""
        ...

    @property
    def values(self) -> NDArray[np.float64]:
        """Return engineering values; NaN where bad, text or array."""
        ...

    @property
    def statuses(self) -> NDArray[np.uint32]:
        """Return OPC UA status codes."""
        ...

    @property
    def source_ns(self) -> NDArray[np.int64]:
        """Return source times, UTC nanoseconds."""
        ...

    def value(self, tag_id: int) -> Value | None:
        """Return the exact value in the tag's own type; None while it is bad."""
        ...

    def changed_since(self, cursor: int) -> tuple[NDArray[np.int32], int]:
        """Return the ids of tags that changed after ``cursor``, and the cursor for the next call.

        Cursor 0 returns every tag that ever had a value, so that a new reader starts with the current ones.
        """
        ...
