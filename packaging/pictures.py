"""Take the guides' pictures of the window from the running demo: ``python packaging/pictures.py``.

Simulator, station and window are those of ``vigie demo``, in folders of their own and without a display. The
script lets the cell run, provokes its faults so that alarms chatter and flood, and photographs every page on
the way: some ten minutes. ``--only TEXT`` writes only the pictures whose names have the text.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PySide6.QtGui import QImage
    from PySide6.QtWidgets import QWidget

    from hmi.desktop.workspace import Workspace

ROOT = Path(__file__).resolve().parents[1]
SMALL: Final = (1366, 768)
LARGE: Final = (1920, 1080)
COLOURS: Final = 256
EXECUTE: Final = 6
"""The PackML state of a cell that produces."""
FOLDERS: Final = (
    "VIGIE_DATA_DIR",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_STATE_HOME",
    "XDG_CACHE_HOME",
)
FACEPLATES: Final = {
    "motor": "Infeed.Motor",
    "valve": "Filling.RefillValve",
    "analog": "Air.Pressure",
    "pid": "Filling.Tank.LevelControl",
    "packml_unit": "Line",
}
PAGES: Final = (
    "overview-light",
    "alarms-light",
    "alarm-flood-dark",
    "journal-light",
    "performance-light",
    "priorities-light",
    "backtest-light",
    "trend-dark",
    "connections-light",
    "frames-dark",
    "why-dark",
)
FLOOD: Final = (
    "agitator_trip",
    "downstream_blocked",
    "low_air_pressure",
    "heater_stuck_on",
    "cap_magazine_empty",
    "photo_eye_blinded",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line and take the pictures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images", help="folder of the pictures")
    parser.add_argument("--only", default="", metavar="TEXT", help="only pictures whose names have this text")
    chosen = parser.parse_args(arguments)
    (chosen.out / "cell").mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["LOGNAME"] = "operator"  # who starts the station, as its log shows it
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", ""))))
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory(prefix="vigie-pictures-", ignore_cleanup_errors=True) as folder:
        for name in FOLDERS:
            os.environ[name] = str(Path(folder) / name.lower())
        with ExitStack() as stack:
            Photographer(stack, Path(folder), chosen.out, chosen.only).walk()
    return 0


def names(screens: Iterable[str]) -> list[str]:
    """Return the names of all pictures of a project with these screens, without ``.png``."""
    sizes = (f"{width}x{height}" for width, height in (SMALL, LARGE))
    cell = [f"cell/{screen}-{size}" for size in sizes for screen in screens]
    return [*cell, *(f"cell/faceplate-{name}" for name in FACEPLATES), *PAGES]


class Photographer:
    """Run the demo with a window in this process, provoke what is to be seen, and save it."""

    def __init__(self, stack: ExitStack, folder: Path, out: Path, only: str) -> None:
        from hmi import endpoint as endpoints
        from hmi.cli.demo import DEMO_PROJECT
        from hmi.desktop.app import make_application
        from hmi.desktop.client import StationClient
        from hmi.desktop.connector import Identity, LinkState
        from hmi.desktop.main_window import MainWindow
        from hmi.desktop.settings import WindowSettings
        from hmi.processes import Child, start_simulator, station_arguments, wait_for_station
        from projects.examples import example_path
        from projects.files import parse_tolerant
        from views.language import LANGUAGE

        self._out, self._only = out, only
        project = example_path(DEMO_PROJECT)
        simulator, overrides = start_simulator(stack, ["--seed", "3", "--no-random-faults"])
        self._control_port = int(simulator.wait_ready()["control"]["port"])
        station = stack.enter_context(Child("station", station_arguments(project, overrides)))
        station.wait_ready()
        wait_for_station(project, station.process)
        self._application = make_application()
        LANGUAGE.use("en")
        identity = Identity("vigie window", "operator", "desk 1")
        client = StationClient(lambda: endpoints.find(project), parse_tolerant, identity)
        self.window: MainWindow = MainWindow(client, WindowSettings(folder / "window.ini"), theme="light")
        stack.callback(self.window.end)
        self.window.resize(*SMALL)
        self.window.show()
        self.window.start()
        wait_for(lambda: client.link_state is LinkState.CONNECTED, "the station's welcome")
        wait_for(lambda: self.window.workspace is not None, "the project")

    @property
    def workspace(self) -> "Workspace":
        """Return the pages of the demo's project."""
        found = self.window.workspace
        if found is None:
            raise SystemExit("the window shows no project any more")
        return found

    def walk(self) -> None:
        """Take all pictures."""
        print("The cell runs for a minute, so that its trends have something to show.", flush=True)
        wait(60)
        print("One alarm chatters, then several faults at once: a flood.", flush=True)
        for _ in range(5):
            self._tell("inject", "mains_voltage_low")
            self._provoke("level_sensor_failed", 7)
            self._tell("clear", "mains_voltage_low")
            wait(12)
        for fault in FLOOD:
            self._tell("inject", fault)
        wait(50)
        self._alarms()
        self._maintenance()
        for fault in FLOOD:
            self._tell("clear", fault)
        self._trend()
        self._connections()
        print("The cell comes back to production, and its alarms are acknowledged.", flush=True)
        self._recover()
        self._screens()
        self._faceplates()

    # The cell

    def _tell(self, command: str, fault: str, what: str = "fault") -> None:
        from tags.simulator.control import ask

        asyncio.run(ask(self._control_port, command, **{what: fault}))

    def _provoke(self, fault: str, seconds: float) -> None:
        self._tell("inject", fault)
        wait(seconds)
        self._tell("clear", fault)

    def _recover(self) -> None:
        self.workspace.show_screen("overview")
        state = self.workspace.project.tags.by_path("Line.Status.StateCurrent")
        wait_for(lambda: self.workspace.live.value(state.id) == EXECUTE, "the cell's return", 300)
        wait(20)
        alarms = self.workspace.alarms
        self.workspace.show_page("alarms")
        alarms.show_group(None)
        alarms.flood.fold_requested.emit(False)
        wait(2)
        alarms.acknowledge_visible()
        for _ in range(2):  # its sentence takes the place of the one about the flood, and goes away by itself
            self.window.actions_by_name["sound"].trigger()
        wait(21)

    # The pictures

    def _shoot(self, name: str, size: tuple[int, int] = SMALL, theme: str = "light") -> None:
        if self._only not in name:
            return
        if self.window.theme.name != theme:
            self.window.set_theme(theme)
            self.window.settle()
        self.window.resize(*size)
        wait(1.2)
        self._save(name, self.window)

    def _save(self, name: str, widget: "QWidget") -> None:
        from views.scene import BLINK_NS

        # Symbols that flash are photographed while they are on.
        wait_for(lambda: BLINK_NS // 4 < time.time_ns() % (2 * BLINK_NS) < BLINK_NS * 3 // 4, "a blink", 5)
        path = self._out / f"{name}.png"
        if not with_palette(widget.grab().toImage()).save(str(path), "PNG", 0):
            raise SystemExit(f"{path} cannot be written")
        print(f"{path}: {path.stat().st_size // 1024} kB", flush=True)

    def _screens(self) -> None:
        for size in (SMALL, LARGE):
            for screen_id in self.workspace.project.screens:
                name = f"cell/{screen_id}-{size[0]}x{size[1]}"
                if self._only in name:
                    self.workspace.show_screen(screen_id)
                    wait(1.5)
                    self._shoot(name, size)
        self.workspace.show_screen("overview")
        self._shoot("overview-light")

    def _faceplates(self) -> None:
        for faceplate, instance in FACEPLATES.items():
            name = f"cell/faceplate-{faceplate}"
            if self._only in name:
                opened = self.workspace.screens.open_faceplate(faceplate, instance)
                wait(3)
                self._save(name, opened)
                opened.close()

    def _alarms(self) -> None:
        from alarms.model import Transition

        page = self.workspace.alarms
        self.workspace.show_page("alarms")
        wait_for(lambda: page.flood.flood is not None, "the flood", 60)
        page.flood.fold_requested.emit(False)
        wait(1)
        page.table.selectRow(0)
        self._shoot("alarms-light")
        page.flood.fold_requested.emit(True)
        wait(1)
        page.table.selectRow(0)
        self._shoot("alarm-flood-dark", theme="dark")
        page.tabs.setCurrentIndex(page.tabs.count() - 1)
        history = page.history
        wait_for(lambda: history.model.rowCount() > 0 and history.export.isEnabled(), "the journal")
        rows = range(history.model.rowCount())
        came = [row for row in rows if history.model.event_at(row).transition is Transition.ACTIVATED]
        history.table.selectRow(next(row for row in came if row > 2))
        self._shoot("journal-light")

    def _maintenance(self) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        from views.alarm_figures import SHOWN

        self.workspace.show_page("performance")
        maintenance = self.workspace.maintenance
        page = maintenance.page
        page.period.lengths.setCurrentIndex(0)
        wait_for(lambda: page.shown is not None and not page.stop.isVisible(), "the figures")
        wait(0.5)
        chattering = page.tiles.tile(SHOWN.index("KPI-09")).center()
        QTest.mouseClick(page.tiles, Qt.MouseButton.LeftButton, pos=chattering)
        self._shoot("performance-light")
        page.show_tab_of(maintenance.matrix)
        wait(1)
        self._shoot("priorities-light")
        maintenance.show_back_test("ENE-001")
        test = maintenance.back_test
        test.period.lengths.setCurrentIndex(0)
        wait(1)
        test.form.fields["setpoint"].setText("360")
        test.form.fields["off_delay_s"].setText("30")
        test.run.click()
        wait_for(lambda: test.apply.isEnabled(), "the back-test", 120)
        self._shoot("backtest-light")
        page.show_tab_of(maintenance.changes)

    def _trend(self) -> None:
        pens = ["Filling.Tank.Level", "Filling.Tank.Temperature", "Air.Pressure.Value", "Energy.ActivePower"]
        self.workspace.trend.set_pens(pens)
        self.workspace.show_page("trend")
        wait(3)
        self._shoot("trend-dark", (1600, 900), "dark")

    def _connections(self) -> None:
        self.workspace.show_page("connections")
        page = self.workspace.connections
        wait(2)
        self._shoot("connections-light", LARGE)
        self.window.resize(*SMALL)
        page.open_details("conveyors")
        if page.details is not None:
            log = page.details.frames
            page.details.tabs.setCurrentWidget(log)
            wait_for(lambda: any(row.size > 40 for row in log.model.rows), "a long frame")
            log.pause.setChecked(True)
            log.table.selectRow(max(at for at, row in enumerate(log.model.rows) if row.size > 40))
        wait(1)
        self._shoot("frames-dark", theme="dark")
        self._tell("stop", "filling", "controller")
        self.workspace.show_screen("filling")
        wait(6)
        self.workspace.inquiry.why_tag("Filling.Tank.Level")
        wait(6)
        self._shoot("why-dark", theme="dark")
        self.workspace.inquiry.why.hide()
        self._tell("start", "filling", "controller")


def wait(seconds: float) -> None:
    """Let the window live for a while."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


def wait_for(condition: Callable[[], bool], what: str, timeout_s: float = 30.0) -> None:
    """Let the window live until a condition holds.

    Raises:
        SystemExit: it did not come true in time.
    """
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"{what} did not come within {timeout_s:.0f} s")
        wait(0.05)


def with_palette(image: "QImage") -> "QImage":
    """Return an image of at most 256 colours, which takes a third of the room as a PNG.

    The most frequent colours are kept as they are; each other one becomes the nearest of them.
    """
    import numpy as np
    from PySide6.QtGui import QImage

    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    width, height = plain.width(), plain.height()
    pixels = np.frombuffer(plain.constBits(), np.uint32).reshape(height, plain.bytesPerLine() // 4)
    flat = pixels[:, :width].ravel() & np.uint32(0xFFFFFF)
    colours, places, counts = np.unique(flat, return_inverse=True, return_counts=True)
    parts = np.stack([(colours >> shift) & 0xFF for shift in (16, 8, 0)], axis=1).astype(np.int32)
    kept = _spread(parts, counts)
    distance = np.empty((len(colours), len(kept)), np.int32)
    for place, colour in enumerate(parts[kept]):
        distance[:, place] = ((parts - colour) ** 2).sum(axis=1)
    nearest = distance.argmin(axis=1).astype(np.uint8)
    indexes = np.ascontiguousarray(nearest[places].reshape(height, width))
    shown = QImage(indexes.data, width, height, width, QImage.Format.Format_Indexed8)
    shown.setColorTable([int(colour) | 0xFF000000 for colour in colours[kept]])
    return shown.copy()


def _spread(parts: "object", counts: "object") -> list[int]:
    """Return which colours to keep: frequent ones first, and none that is all but the same as one kept."""
    import numpy as np

    colours, weights = np.asarray(parts), np.asarray(counts, np.float64)
    kept: list[int] = []
    distance = np.full(len(colours), np.inf)
    while len(kept) < min(COLOURS, len(colours)):
        # What is far from every colour kept counts more: the few pixels of an alarm symbol are worth one.
        score = weights * np.minimum(distance, 3_000.0) if kept else weights
        best = int(score.argmax())
        if score[best] <= 0:
            break
        kept.append(best)
        distance = np.minimum(distance, ((colours - colours[best]) ** 2).sum(axis=1))
    return kept


if __name__ == "__main__":
    sys.exit(main())
