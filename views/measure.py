"""What a screen costs: time to open, time per frame, share of a core at a frame rate."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import psutil
from PySide6.QtCore import QEventLoop, Signal
from PySide6.QtGui import QPaintEvent

from projects.model import ElementModel, PropertyValue, Screen, ScreenLevel
from tags.clock import NS_PER_S
from tags.model import DataType, Tag, TagTable
from tags.status import StatusCode
from views.canvas import ScreenCanvas
from views.preview import START_NS, PreviewSource
from views.style import Theme

WIDTH, HEIGHT = 1920, 1080
_WARM_UP = 20
_DOUBTFUL = 9


@dataclass(frozen=True, slots=True)
class ScreenCost:
    """Hold the figures of one run.

    ``open_ms`` runs from the model to the first painted picture; frames are the milliseconds of one
    :meth:`ScreenCanvas.refresh` with every element changed; ``cpu_share`` is the process time that frames at
    ``rate_hz`` would take of one core, ``cpu_ms`` that of one frame; ``memory_mb`` is what the open screen
    added to the process; ``resize_ms`` is a change of size up to its picture; ``doubt_ms`` is the median
    frame while every value is uncertain, as when a controller falls silent.
    """

    elements: int
    open_ms: float
    frame_p50_ms: float
    frame_p99_ms: float
    cpu_share: float
    rate_hz: float
    cpu_ms: float
    memory_mb: float
    resize_ms: float
    doubt_ms: float


_MORE: Final[Mapping[str, Mapping[str, PropertyValue]]] = MappingProxyType(
    {"lamp": {"show_text": False}, "value": {"show_unit": False, "size": "label"}}
)


def cell_of(row: int, count: int) -> tuple[int, int, int, int]:
    """Return the box (x, y, w, h) of one of ``count`` elements that fill the picture."""
    columns = max(1, round((count * WIDTH / HEIGHT * 20 / 48) ** 0.5))
    w, h = WIDTH // columns, max(12, HEIGHT // -(-count // columns))
    return (row % columns) * w, (row // columns) * h, w - 4, h - 2


def mixed_screen(count: int) -> tuple[Screen, TagTable]:
    """Return a screen of ``count`` live elements: 60 % numbers, 20 % symbols, 10 % bars, 10 % texts."""
    kinds = ("value",) * 6 + ("lamp",) * 2 + ("bar", "text")
    return _screen([kinds[row % 10] for row in range(count)])


def readout_screen(count: int) -> tuple[Screen, TagTable]:
    """Return a screen of ``count`` numbers."""
    return _screen(["value"] * count)


def _screen(kinds: list[str]) -> tuple[Screen, TagTable]:
    tags, elements = [], []
    for row, kind in enumerate(kinds):
        path = f"Area{row // 100}.Tag{row}"
        tags.append(
            Tag(row, path, DataType.BOOL)
            if kind == "lamp"
            else Tag(row, path, DataType.FLOAT64, unit="%", eu_low=0, eu_high=100, decimals=1)
        )
        box = cell_of(row, len(kinds))
        if kind == "text":
            elements.append(ElementModel(f"e{row}", kind, *box, {"text": f"=text({path})"}))
        else:
            more = _MORE.get(kind, {})
            elements.append(ElementModel(f"e{row}", kind, *box, {"tag": path, **more}))
    return Screen("bench", "Bench", ScreenLevel.SUPPORT, WIDTH, HEIGHT, tuple(elements)), TagTable(tags)


class _TimedCanvas(ScreenCanvas):
    """Tell when the first picture was painted."""

    painted = Signal()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint, and tell."""
        super().paintEvent(event)
        self.painted.emit()


def measure_screen(
    count: int,
    theme: Theme,
    *,
    frames: int = 50,
    rate_hz: float = 10.0,
    make: Callable[[int], tuple[Screen, TagTable]] = mixed_screen,
) -> ScreenCost:
    """Open a screen of ``count`` elements and change all of them ``frames`` times; GUI thread, blocks.

    Needs a QApplication and its fonts. The canvas is closed again.
    """
    screen, tags = make(count)
    source = PreviewSource(tags)
    process, loop = psutil.Process(), QEventLoop()
    memory = process.memory_info().rss
    start = time.perf_counter_ns()
    canvas = _TimedCanvas(screen, source, theme)
    canvas.painted.connect(loop.quit)
    canvas.resize(WIDTH, HEIGHT)
    canvas.show()
    loop.exec()
    open_ms = (time.perf_counter_ns() - start) / 1e6
    random, spent, cpu_ns = np.random.default_rng(1), [], 0
    for frame in range(frames + _WARM_UP):
        _change(source, tags, random)
        cpu_start = time.process_time_ns()
        ms = canvas.refresh(START_NS + int(frame * NS_PER_S / rate_hz))
        if frame >= _WARM_UP:
            spent.append(ms)
            cpu_ns += time.process_time_ns() - cpu_start
    memory = process.memory_info().rss - memory
    doubtful = []
    for frame in range(_DOUBTFUL):
        _change(source, tags, random, int(StatusCode.UncertainSubNormal))
        doubtful.append(canvas.refresh(START_NS + int((frames + _WARM_UP + frame) * NS_PER_S / rate_hz)))
    doubt_ms = float(np.median(doubtful))
    start = time.perf_counter_ns()
    canvas.resize(WIDTH * 3 // 4, HEIGHT * 3 // 4)
    canvas.repaint()
    resize_ms = (time.perf_counter_ns() - start) / 1e6
    canvas.hide()
    canvas.deleteLater()
    p50, p99 = np.percentile(spent, [50, 99]).tolist()
    cpu_ms = cpu_ns / frames / 1e6
    share = cpu_ms * rate_hz / 1e3
    return ScreenCost(count, open_ms, p50, p99, share, rate_hz, cpu_ms, memory / 1e6, resize_ms, doubt_ms)


def _change(source: PreviewSource, tags: TagTable, random: np.random.Generator, status: int = 0) -> None:
    """Give every tag a new value, with a status that has one."""
    numbers = random.uniform(0, 100, len(tags)).tolist()
    for tag, number in zip(tags, numbers, strict=True):
        is_switch = tag.data_type is DataType.BOOL
        source.put(tag.path, not source.value(tag.id) if is_switch else number, status)
