"""Documents of alarms are shown by the desktop, and a project's text starts nothing else."""

import pytest
from PySide6.QtGui import QDesktopServices

from hmi.desktop.documents import open_document
from tests.support.fake_station import snapshot


@pytest.fixture
def opened(monkeypatch) -> list[str]:
    found: list[str] = []

    def take(url) -> bool:
        found.append(url.toString())
        return "missing" not in found[-1]

    monkeypatch.setattr(QDesktopServices, "openUrl", take)
    return found


@pytest.mark.parametrize("address", ["https://example.org/a.pdf", "http://example.org", "file:///srv/a.pdf"])
def test_a_document_is_opened(qapp, opened, address):
    assert open_document(address) == ""
    assert opened == [address]


@pytest.mark.parametrize(
    "address", ["", "a.pdf", "/bin/sh", "javascript:alert(1)", "smb://host/x", "http:// space", "FILE"]
)
def test_nothing_else_is(qapp, opened, address):
    assert "begins with http" in open_document(address)
    assert opened == []


def test_a_desktop_without_a_viewer_is_told(qapp, opened):
    assert "Nothing on this computer" in open_document("file:///missing.pdf")


def test_a_refusal_stands_in_the_status_line(qtbot, opened, station, window):
    station.set_alarms([snapshot("LT1_HI")])
    with qtbot.waitSignal(window.workspace.told) as told:
        window.workspace.alarms.document_requested.emit("javascript:1")
    assert told.args[1]
    with qtbot.assertNotEmitted(window.workspace.told):
        window.workspace.screens.guidance.document_requested.emit("https://example.org")
    assert opened == ["https://example.org"]
