"""A window on a scripted station."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from hmi.desktop.client import StationClient
from hmi.desktop.closing import CloseChoice
from hmi.desktop.connector import Identity, LinkState
from hmi.desktop.main_window import MainWindow
from hmi.desktop.settings import WindowSettings
from tests.support.fake_station import FakeStation
from views.style import load_fonts

ME = Identity("vigie test", "operator", "bench")


@pytest.fixture
def station() -> Iterator[FakeStation]:
    with FakeStation() as station:
        station.set(
            {
                "Tank.Level": 42.5,
                "Tank.Temperature": 61.2,
                "Tank.SetPoint": 40.0,
                "Motor.Running": True,
                "Line.Recipe": "Orange 0.5 l",
                "Line.Count": 1200,
            }
        )
        yield station


@pytest.fixture
def open_window(qtbot: QtBot, station: FakeStation, tmp_path: Path) -> Iterator[Callable[..., MainWindow]]:
    """Opens windows; all are closed without a question at the end."""
    windows: list[MainWindow] = []
    load_fonts()

    def make(*, wait: bool = True, size: tuple[int, int] = (1366, 768), **options: object) -> MainWindow:
        client = StationClient(station.endpoint, station.parse, ME)
        window = MainWindow(client, WindowSettings(tmp_path / "window.ini"), **options)  # type: ignore[arg-type]
        windows.append(window)
        window.resize(*size)
        window.show()
        window.start()
        if wait:
            qtbot.waitUntil(lambda: client.link_state is LinkState.CONNECTED and window.workspace is not None)
        return window

    yield make
    for window in windows:
        window._ask_close = lambda _: CloseChoice.KEEP_RUNNING
        window.close()
        window.client.deleteLater()
        window.deleteLater()


@pytest.fixture
def window(qtbot: QtBot, open_window: Callable[..., MainWindow]) -> MainWindow:
    """A window that the desktop has activated: activated later, it would take the keyboard from others."""
    found = open_window()
    qtbot.waitUntil(found.isActiveWindow)
    return found
