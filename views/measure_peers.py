"""The same screen drawn as others draw it: one graphics item per element, and PyDM with one label each.

``python -m views.measure_peers KIND COUNT FRAMES`` prints the figures as JSON. It is a process of its own:
PyDM brings an application object.
"""

import importlib
import importlib.util
import json
import os
import subprocess
import sys
import time
from typing import Any, Final

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QApplication,
    QGraphicsItem,
    QGraphicsScene,
    QGraphicsView,
    QStyleOptionGraphicsItem,
    QWidget,
)

from views.measure import HEIGHT, WIDTH, cell_of
from views.style import LABEL_PX, Theme, font, load_fonts, load_theme

_WARM_UP: Final = 5
GRAPHICS: Final = "graphics"
PYDM: Final = "pydm"


def has_pydm() -> bool:
    """Tell whether PyDM can be imported here."""
    return importlib.util.find_spec("pydm") is not None


def measure_peer(kind: str, count: int, frames: int, timeout_s: float = 300.0) -> dict[str, float] | None:
    """Return ``open_ms``, ``frame_p50_ms``, ``frame_p99_ms`` and ``cpu_ms`` per frame; None when it fails.

    ``kind`` is :data:`GRAPHICS` or :data:`PYDM`. Blocks until the process has ended.
    """
    command = [sys.executable, "-m", "views.measure_peers", kind, str(count), str(frames)]
    environment = {**os.environ, "QT_API": "pyside6", "QT_QPA_PLATFORM": "offscreen"}
    try:
        done = subprocess.run(  # noqa: S603  this program and fixed words
            command, capture_output=True, text=True, env=environment, timeout=timeout_s, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        return None
    found: dict[str, float] = json.loads(lines[-1])
    return found


class _Item(QGraphicsItem):
    """Paint one element of the mixed screen by itself, as a plain Qt program would."""

    def __init__(self, row: int, box: QRectF, theme: Theme) -> None:
        super().__init__()
        self._row, self._box, self._theme = row, box, theme
        self.value = 0.0

    def boundingRect(self) -> QRectF:  # noqa: N802  Qt's name
        """Return the box."""
        return self._box

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,  # noqa: ARG002
        widget: QWidget | None = None,  # noqa: ARG002
    ) -> None:
        """Paint a number, a disc, a bar or a text."""
        theme, kind = self._theme, self._row % 10
        if kind in (6, 7):
            painter.setPen(theme.outline)
            painter.setBrush(theme.running if self.value > 50 else theme.stopped)
            painter.drawEllipse(QRectF(self._box.x() + 1, self._box.center().y() - 9, 18, 18))
        elif kind == 8:
            painter.fillRect(self._box, theme.track)
            body = QRectF(self._box)
            body.setWidth(body.width() * self.value / 100)
            painter.fillRect(body.adjusted(0, 2, 0, -2), theme.text_muted)
        else:
            painter.setFont(font(LABEL_PX, bold=kind != 9))
            painter.setPen(theme.value)
            painter.drawText(self._box, Qt.AlignmentFlag.AlignRight, f"{self.value:.1f}")


def graphics(count: int, frames: int) -> dict[str, float]:
    """Measure a graphics scene with one item per element, all of which change in every frame."""
    application = QApplication.instance() or QApplication([])
    load_fonts()
    theme, random = load_theme("light"), np.random.default_rng(1)
    start = time.perf_counter_ns()
    scene = QGraphicsScene(0, 0, WIDTH, HEIGHT)
    items = [_Item(row, QRectF(*cell_of(row, count)), theme) for row in range(count)]
    for item in items:
        scene.addItem(item)
    view = QGraphicsView(scene)
    view.setRenderHint(QPainter.RenderHint.Antialiasing)
    view.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
    view.resize(WIDTH, HEIGHT)
    view.show()
    application.processEvents()
    open_ms = (time.perf_counter_ns() - start) / 1e6

    def frame() -> None:
        for item, value in zip(items, random.uniform(0, 100, count).tolist(), strict=True):
            item.value = value
            item.update()
        view.viewport().repaint()

    return _timed(frame, frames, open_ms)


def pydm(count: int, frames: int) -> dict[str, float]:
    """Measure a PyDM display with one PyDMLabel per readout, each on a channel of its own."""
    data_plugins: Any = importlib.import_module("pydm.data_plugins")  # not a requirement of Vigie
    base: Any = importlib.import_module("pydm.data_plugins.plugin")
    widgets: Any = importlib.import_module("pydm.widgets")
    connections: list[Any] = []

    class Connection(base.PyDMConnection):  # type: ignore[misc]  # untyped library
        def __init__(self, channel: Any, address: str, protocol: Any = None, parent: Any = None) -> None:
            super().__init__(channel, address, protocol, parent)
            self.add_listener(channel)
            self.connection_state_signal.emit(True)
            connections.append(self)

    class Plugin(base.PyDMPlugin):  # type: ignore[misc]  # untyped library
        protocol = "vigie"
        connection_class = Connection

    application = importlib.import_module("pydm").PyDMApplication(use_main_window=False)
    # Its own plugins want libraries of control systems; their absence must not end the measurement.
    vars(data_plugins)["__plugins_initialized"] = True
    data_plugins.add_plugin(Plugin)
    random = np.random.default_rng(1)
    start = time.perf_counter_ns()
    page = QWidget()
    page.resize(WIDTH, HEIGHT)
    for row in range(count):
        label = widgets.PyDMLabel(page, init_channel=f"vigie://{row}")
        label.setGeometry(*cell_of(row, count))
    page.show()
    application.processEvents()
    open_ms = (time.perf_counter_ns() - start) / 1e6
    if len(connections) != count:
        raise RuntimeError(f"{len(connections)} of {count} channels are connected")

    def frame() -> None:
        for connection, value in zip(connections, random.uniform(0, 100, count).tolist(), strict=True):
            connection.new_value_signal[float].emit(value)
        application.processEvents()
        page.repaint()

    return _timed(frame, frames, open_ms)


def _timed(frame: Any, frames: int, open_ms: float) -> dict[str, float]:
    spent, cpu_ns = [], 0
    for number in range(frames + _WARM_UP):
        cpu_start, start = time.process_time_ns(), time.perf_counter_ns()
        frame()
        if number >= _WARM_UP:
            spent.append((time.perf_counter_ns() - start) / 1e6)
            cpu_ns += time.process_time_ns() - cpu_start
    p50, p99 = np.percentile(spent, [50, 99]).tolist()
    return {"open_ms": open_ms, "frame_p50_ms": p50, "frame_p99_ms": p99, "cpu_ms": cpu_ns / frames / 1e6}


if __name__ == "__main__":
    measured = {GRAPHICS: graphics, PYDM: pydm}[sys.argv[1]](int(sys.argv[2]), int(sys.argv[3]))
    sys.stdout.write(json.dumps(measured) + "\n")
    sys.stdout.flush()
    os._exit(0)  # tearing thousands of items down is no part of what is measured
