"""How long a query may take, and how its caller gives it up."""

import threading
import time

from historian.model import QueryCancelledError, QueryTimeoutError


class Patience:
    """Bound a query by time and let another thread cancel it; checked between its pieces."""

    __slots__ = ("_cancelled", "_deadline_s", "_timeout_s")

    def __init__(self, timeout_s: float | None = None) -> None:
        self._timeout_s = timeout_s
        self._deadline_s = None if timeout_s is None else time.monotonic() + timeout_s
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """Give the query up; callable from any thread."""
        self._cancelled.set()

    def check(self) -> None:
        """Go on, or raise.

        Raises:
            QueryCancelledError: the caller gave up.
            QueryTimeoutError: the time is over.
        """
        if self._cancelled.is_set():
            raise QueryCancelledError("the query was cancelled")
        if self._deadline_s is not None and time.monotonic() > self._deadline_s:
            raise QueryTimeoutError(
                f"the query took longer than {self._timeout_s:g} s: ask for a shorter period or fewer tags"
            )
