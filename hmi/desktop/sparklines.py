"""What small curves on screens show of the past, asked of the station."""

import time
from collections.abc import Callable

from hmi.desktop.client import QueryFailure, StationClient
from hmi.desktop.sample_pairs import samples
from tags.clock import NS_PER_S
from tags.model import Batch
from views.canvas import ScreenCanvas


class Sparklines:
    """Fill the curves of screens; ``is_kept`` tells whether a canvas is still there. GUI thread only."""

    def __init__(self, client: StationClient, is_kept: Callable[[ScreenCanvas], bool]) -> None:
        self._client = client
        self._is_kept = is_kept

    def fill(self, canvas: ScreenCanvas) -> None:
        """Fill a screen's curves with what history has."""
        now_ns = time.time_ns()
        for path, seconds in canvas.history_wanted():

            def answer(found: Batch | QueryFailure, path: str = path) -> None:
                if isinstance(found, Batch) and self._is_kept(canvas):
                    canvas.load_history(path, samples(found))

            start_ns = now_ns - int(seconds * NS_PER_S)
            self._client.query_raw(path, start_ns, now_ns, answer, bounds=True)

    def fill_again(self, canvas: ScreenCanvas) -> None:
        """Fill a screen's curves anew, as after a lost link."""
        canvas.ask_history_again(time.time_ns())
        self.fill(canvas)
