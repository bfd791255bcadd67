"""Which elements of a screen have to look again when tags change."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray


class Dependencies:
    """Know which elements a tag touches, as two columns searched at once.

    Built once per screen from each element's tag ids.
    """

    __slots__ = ("_elements", "_tags", "_touched")

    def __init__(self, tag_ids: Sequence[Iterable[int]], tag_count: int) -> None:
        pairs = [(tag_id, row) for row, ids in enumerate(tag_ids) for tag_id in dict.fromkeys(ids)]
        self._tags = np.array([tag_id for tag_id, _ in pairs], np.intp)
        self._elements = np.array([row for _, row in pairs], np.intp)
        self._touched = np.zeros(tag_count, bool)

    @property
    def tag_ids(self) -> NDArray[np.intp]:
        """Return the tags that any element uses, each once, for the station's subscription."""
        return np.unique(self._tags)

    def rows(self, changed: NDArray[np.int32]) -> NDArray[np.intp]:
        """Return the elements to evaluate for these changed tags, each once, in order of painting."""
        if not len(changed) or not len(self._tags):
            return np.empty(0, np.intp)
        self._touched[changed] = True
        rows = np.unique(self._elements[self._touched[self._tags]])
        self._touched[changed] = False
        return rows
