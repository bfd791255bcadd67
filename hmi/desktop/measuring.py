"""Open a window off-screen and measure it: how soon it is live, how late pixels are, what a frame costs."""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QTimer

from hmi.desktop.app import run
from hmi.desktop.connector import EndpointProvider
from hmi.desktop.frame import FrameFigures
from hmi.desktop.main_window import MainWindow
from tags.model import Batch
from tags.status import StatusCode

PLC_TO_PIXEL_SIZE = (1920, 1080)


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """Hold every change painted on the visible screen: tag ids int32 (n) and latencies float64 (n) in ms.

    ``frames`` sums up the GUI time of all ticks; ``visible`` counts the tags that the screen shows.
    """

    tag_ids: NDArray[np.int32]
    latencies_ms: NDArray[np.float64]
    frames: FrameFigures
    visible: int


def observe(provider: EndpointProvider, warm_up_s: float, seconds: float, settings: Path) -> Observation:
    """Show the home screen for a while and return what was painted when. Blocks in the GUI thread.

    A change is on the screen when the painting that shows it has ended; only good changes of tags that the
    screen shows count, and none that is older than its subscription.
    """
    tag_ids: list[NDArray[np.int32]] = []
    latencies_ms: list[NDArray[np.float64]] = []
    figures: list[FrameFigures] = []
    shown: set[int] = set()

    def opened(window: MainWindow) -> None:
        def painted(batches: list[Batch], _spent_ms: float) -> None:
            now_ns = time.time_ns()
            for batch in batches:
                rows = np.isin(batch.tag_ids, visible()) & (batch.statuses < 1 << 30)
                tag_ids.append(batch.tag_ids[rows])
                latencies_ms.append((now_ns - batch.source_ns[rows]) / 1e6)

        def visible() -> list[int]:
            if not shown and window.workspace is not None:
                canvas = window.workspace.screens.canvas
                if canvas is not None:
                    shown.update(canvas.scene.tag_ids.tolist())
            return sorted(shown)

        def begin() -> None:
            window.frames.forget()
            window.frames.painted.connect(painted)
            QTimer.singleShot(round(seconds * 1000), window, end)

        def end() -> None:
            window.frames.painted.disconnect(painted)
            figures.append(window.frames.figures())
            window.close()

        QTimer.singleShot(round(warm_up_s * 1000), window, begin)

    run(provider, size=PLC_TO_PIXEL_SIZE, settings_path=settings, opened=opened, is_audible=False)
    return Observation(
        np.concatenate(tag_ids) if tag_ids else np.empty(0, np.int32),
        np.concatenate(latencies_ms) if latencies_ms else np.empty(0),
        figures[0],
        len(shown),
    )


def first_live_frame(provider: EndpointProvider, settings: Path) -> int:
    """Open the window and close it with its first live picture; return when that was painted, UTC ns.

    Live is the first painting in which every tag of the visible screen has told a value or why it has none.
    Blocks in the GUI thread; returns 0 when the window was closed before.
    """
    found: list[int] = []

    def opened(window: MainWindow) -> None:
        def painted(_batches: list[Batch], _spent_ms: float) -> None:
            workspace = window.workspace
            canvas = None if workspace is None else workspace.screens.canvas
            if workspace is None or canvas is None or not canvas.isVisible():
                return
            statuses = workspace.live.statuses[canvas.scene.tag_ids]
            if not found and not (statuses == int(StatusCode.BadWaitingForInitialData)).any():
                found.append(time.time_ns())
                window.close()

        window.frames.painted.connect(painted)

    run(provider, size=PLC_TO_PIXEL_SIZE, settings_path=settings, opened=opened, is_audible=False)
    return found[0] if found else 0
