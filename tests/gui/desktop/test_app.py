"""The window's process: opening, ending, and pictures without a window."""

import os
import signal
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QImage, QScreen

from hmi.desktop.app import application_icon, run, screenshot
from hmi.desktop.connector import LinkState
from hmi.desktop.main_window import MainWindow
from hmi.desktop.snapshot import live_values
from hmi.link import LinkError
from tests.support.fake_station import FakeStation, sample_project


def test_runs_until_the_window_is_closed_and_leaves_nothing(qapp, station: FakeStation, tmp_path: Path):
    seen: list[LinkState] = []

    def opened(window: MainWindow) -> None:
        def close() -> None:
            seen.append(window.client.link_state)
            window.close()

        window.client.welcomed.connect(lambda _: QTimer.singleShot(50, window, close))

    code = run(
        station.endpoint,
        theme="dark",
        size=(1100, 700),
        settings_path=tmp_path / "w.ini",
        parse=station.parse,
        opened=opened,
    )
    assert code == 0
    assert seen == [LinkState.CONNECTED]
    assert not [thread for thread in threading.enumerate() if thread.name == "vigie-link"]


def test_remembers_its_size(qapp, station, tmp_path):
    sizes: list[tuple[int, int]] = []

    def opened(window: MainWindow) -> None:
        sizes.append((window.width(), window.height()))
        QTimer.singleShot(0, window, window.close)

    for size in ((1120, 640), None):
        run(
            station.endpoint,
            size=size,
            settings_path=tmp_path / "w.ini",
            parse=station.parse,
            opened=opened,
        )
    # The width is held to the screen of the test; the height was not the default one.
    assert [height for _, height in sizes] == [640, 640]


@pytest.mark.parametrize(
    ("room", "is_whole"), [(QSize(1920, 1040), False), (QSize(1366, 728), True), (QSize(1280, 680), True)]
)
def test_fills_a_monitor_at_first_that_has_no_room_for_it(
    qapp, station, tmp_path, monkeypatch, room: QSize, is_whole: bool
) -> None:
    monkeypatch.setattr(QScreen, "availableSize", lambda _screen: room)
    seen: list[tuple[bool, int]] = []

    def opened(window: MainWindow) -> None:
        seen.append((window.isMaximized(), window.normalGeometry().width() or window.width()))
        QTimer.singleShot(0, window, window.close)

    run(station.endpoint, settings_path=tmp_path / "w.ini", parse=station.parse, opened=opened)
    assert seen == [(is_whole, min(1366, room.width()))]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to a window")
def test_ends_cleanly_on_sigterm(qapp, station, tmp_path):
    before = signal.getsignal(signal.SIGTERM)
    code = run(
        station.endpoint,
        settings_path=tmp_path / "w.ini",
        parse=station.parse,
        opened=lambda window: QTimer.singleShot(50, lambda: os.kill(os.getpid(), signal.SIGTERM)),
    )
    assert code == 0
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_picture_of_a_screen_needs_no_station(qapp, tmp_path):
    project = sample_project()
    out = tmp_path / "shot.png"
    assert screenshot(project, project.screens["overview"], out, theme="dark", size=(640, 360))
    image = QImage(str(out))
    assert (image.width(), image.height()) == (640, 360)
    assert len({image.pixel(x, y) for x in range(0, 640, 7) for y in range(0, 360, 7)}) > 3


def test_a_picture_of_a_running_station_shows_its_values(qapp, station, tmp_path):
    source = live_values(station.project, station.endpoint())
    assert source.value(station.project.tags.by_path("Tank.Level").id) == 42.5
    first, second = tmp_path / "a.png", tmp_path / "b.png"
    screen = station.project.screens["overview"]
    assert screenshot(station.project, screen, first, endpoint=station.endpoint())
    station.set({"Tank.Level": 99.0})
    assert screenshot(station.project, screen, second, endpoint=station.endpoint())
    assert QImage(str(first)) != QImage(str(second))


def test_a_picture_is_not_made_from_another_projects_values(qapp, station):
    with pytest.raises(LinkError, match="another version"):
        live_values(sample_project("other"), station.endpoint())


def test_a_picture_that_cannot_be_written_is_told(qapp, tmp_path):
    project = sample_project()
    assert not screenshot(project, project.screens["overview"], tmp_path / "no folder" / "x.png")


def test_the_icon_has_every_size(qapp):
    assert {size.width() for size in application_icon().availableSizes()} >= {16, 32, 48, 256}
