"""The certificates of devices in the window: shown in full, and decided about with a reason."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from hmi.desktop.certificates import CertificatesPanel
from hmi.desktop.client import QueryFailure
from hmi.link import ChangeTrust, QueryTrust, Trust
from tags.connection import ConnectionState
from tags.drivers.certificates import TrustDecision, TrustList, thumbprint
from tags.status import StatusCode
from tests.support.certificates import certificate
from tests.support.fake_station import connection_status
from views.language import LANGUAGE

OVEN, LINE = certificate("oven"), certificate("line")
URL = "opc.tcp://127.0.0.1:4841"


class Client:
    """Answers as a station does, from a trust list of its own."""

    def __init__(self, folder: Path) -> None:
        self.list = TrustList(folder)
        self.asked: list[QueryTrust | ChangeTrust] = []
        self.refuse = ""

    def trust(
        self,
        request: Callable[[int], QueryTrust | ChangeTrust],
        callback: Callable[[Trust | QueryFailure], None],
    ) -> None:
        message = request(len(self.asked))
        self.asked.append(message)
        if self.refuse:
            callback(QueryFailure(self.refuse))
            return
        if isinstance(message, ChangeTrust):
            self.list.decide(message.thumbprint, message.decision, "anna", message.reason, 1)
        callback(Trust(0, self.list.certificates(), self.list.own(), b"DER"))


@pytest.fixture
def client(tmp_path: Path) -> Client:
    client = Client(tmp_path / "pki")
    client.list.check(LINE, "opc.tcp://127.0.0.1:4840")
    client.list.check(OVEN, URL)
    return client


@pytest.fixture
def panel(qtbot: QtBot, client: Client) -> Iterator[CertificatesPanel]:
    parent = QWidget()
    qtbot.addWidget(parent)
    panel = CertificatesPanel(client, parent)  # type: ignore[arg-type]
    panel.open(URL)
    yield panel
    del parent


def test_the_certificate_of_the_connection_is_shown_in_full(panel: CertificatesPanel) -> None:
    assert panel.table.rowCount() == 2
    text = panel.facts.text()
    for part in ("CN=oven", "Issued by itself", "urn:oven", "oven.local", "256 bits"):
        assert part in text
    mark = thumbprint(OVEN)
    assert f"{mark[:4]} {mark[4:8]}" in text
    assert not panel.accept.isEnabled(), "no decision without a reason"


def test_accepting_asks_the_station_and_shows_what_it_says(panel: CertificatesPanel, client: Client) -> None:
    panel.reason.setText("compared at the server")
    assert panel.accept.isEnabled()
    panel.accept.click()
    asked = client.asked[-1]
    assert isinstance(asked, ChangeTrust)
    assert (asked.thumbprint, asked.decision, asked.reason) == (
        thumbprint(OVEN), TrustDecision.ACCEPT, "compared at the server",
    )  # fmt: skip
    assert "Trusted by anna" in panel.facts.text()
    assert "tries again by itself" in panel.told.text()
    assert panel.reason.text() == ""
    panel.reason.setText("replaced")
    assert not panel.accept.isEnabled()
    panel.reject.click()
    assert "Rejected by anna" in panel.facts.text()
    panel.reason.setText("scrapped")
    panel.remove.click()
    assert panel.table.rowCount() == 1


def test_a_refusal_is_told_and_keeps_the_reason(panel: CertificatesPanel, client: Client) -> None:
    client.refuse = "As operator you may not decide which devices are trusted."
    panel.reason.setText("compared")
    panel.accept.click()
    assert panel.told.text() == client.refuse
    assert panel.reason.text() == "compared"


def test_the_own_certificate_is_saved_and_failures_are_told(panel: CertificatesPanel, tmp_path: Path) -> None:
    panel.save_own(tmp_path / "vigie.der")
    assert (tmp_path / "vigie.der").read_bytes() == b"DER"
    panel.save_own(tmp_path / "nowhere" / "vigie.der")
    assert "cannot be written" in panel.told.text()


def test_a_connection_that_waits_for_a_decision_offers_it(qtbot, station, window) -> None:
    station.set_connections(
        [
            connection_status("plc", ConnectionState.CONNECTED),
            connection_status("other", ConnectionState.FAILED, fault=int(StatusCode.BadCertificateUntrusted)),
        ]
    )
    window.workspace.show_page("connections")
    page = window.workspace.connections
    # A card that has just been laid out is shown by an event of its own.
    qtbot.waitUntil(lambda: len(page.cards) == 2 and page.cards["other"].trust.isVisible())
    assert not page.cards["plc"].trust.isVisible()


def test_what_a_certificate_says_of_itself_is_told_in_french(qtbot: QtBot, client: Client) -> None:
    LANGUAGE.use("fr")
    try:
        parent = QWidget()
        qtbot.addWidget(parent)
        french = CertificatesPanel(client, parent)  # type: ignore[arg-type]
        french.open(URL)
        text = french.facts.text()
        assert "256 bits, signé avec sha256" in text
        assert "Émis par lui-même" in text
    finally:
        LANGUAGE.use("en")
