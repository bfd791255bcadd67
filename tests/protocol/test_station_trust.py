"""A server that nobody trusts yet: told, shown, refused by role, accepted, and connected by itself."""

import json
import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from hmi import link
from hmi.endpoint import station_dir
from tags.connection import ConnectionState, ConnectionStatus
from tags.drivers.certificates import TrustDecision, TrustState
from tags.status import StatusCode
from tests.protocol.test_opcua_driver import secured_server
from tests.protocol.test_station import running
from tests.protocol.test_station_alarms import Operator

PROJECT = """name = "Oven"
format = 1

[connections.plant]
driver = "opcua"
url = "opc.tcp://127.0.0.1:{port}/"
security = "sign_and_encrypt"
timeout_s = 5.0

[roles]
default = "engineer"
operator = ["otto"]
"""


class Engineer(Operator):
    def __init__(self, endpoint, user: str) -> None:
        super().__init__(endpoint)
        self.session.user = user
        self.statuses: dict[str, ConnectionStatus] = {}

    def _take(self, message: link.ToClient) -> None:
        super()._take(message)
        if isinstance(message, link.Connections):
            self.statuses.update({status.name: status for status in message.statuses})


async def test_a_server_is_trusted_by_an_engineer_and_then_connects_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expected_log: Callable[..., object]
) -> None:
    expected_log(r"plant: .*not trusted yet", level=logging.WARNING, logger="tags.connection")
    monkeypatch.setenv("VIGIE_DATA_DIR", str(tmp_path / "data"))
    project = tmp_path / "oven"
    project.mkdir()
    (project / "tags.csv").write_text(
        "path,type,connection,address\nNow,DATETIME,plant,i=2258\n", encoding="utf-8"
    )
    async with secured_server(tmp_path) as port:
        (project / "project.toml").write_text(PROJECT.format(port=port), encoding="utf-8")
        async with running(project) as endpoint, Engineer(endpoint, "anna") as anna:
            await anna.until(lambda: anna.statuses["plant"].state is ConnectionState.FAILED)
            status = anna.statuses["plant"]
            assert status.fault == StatusCode.BadCertificateUntrusted
            trust = await anna.ask(link.QueryTrust)
            (waiting,) = trust.certificates
            assert waiting.state is TrustState.WAITING
            assert waiting.thumbprint in status.text
            assert trust.own.path.endswith("vigie.der")
            assert trust.own_der
            async with Engineer(endpoint, "otto") as otto:
                refused = await otto.ask(
                    link.ChangeTrust, waiting.thumbprint, TrustDecision.ACCEPT, "it looks fine"
                )
                assert isinstance(refused, link.QueryFailed)
                assert "As operator you may not decide which devices are trusted" in refused.text
            refused = await anna.ask(link.ChangeTrust, waiting.thumbprint, TrustDecision.ACCEPT, " ")
            assert "reason" in refused.text
            answer = await anna.ask(link.ChangeTrust, waiting.thumbprint, TrustDecision.ACCEPT, "compared")
            assert answer.certificates[0].state is TrustState.TRUSTED
            await anna.until(lambda: anna.statuses["plant"].state is ConnectionState.CONNECTED)
            assert anna.statuses["plant"].fault == 0
    told = trust_log(project)
    assert any("Refused to otto" in text for text in told)
    assert any(text.startswith("Certificate accepted by anna at desk1: ") for text in told)
    (line,) = (tmp_path / "data" / "pki" / "decisions.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["user"] == "anna"


@pytest.mark.parametrize("decision", [TrustDecision.REJECT, TrustDecision.REMOVE])
async def test_a_session_ends_when_its_server_is_trusted_no_more(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    decision: TrustDecision,
) -> None:
    monkeypatch.setenv("VIGIE_DATA_DIR", str(tmp_path / "data"))
    project = tmp_path / "oven"
    project.mkdir()
    (project / "tags.csv").write_text(
        "path,type,connection,address\nNow,DATETIME,plant,i=2258\n", encoding="utf-8"
    )
    with caplog.at_level(logging.WARNING):
        async with secured_server(tmp_path) as port:
            (project / "project.toml").write_text(PROJECT.format(port=port), encoding="utf-8")
            async with running(project) as endpoint, Engineer(endpoint, "anna") as anna:
                await anna.until(lambda: anna.statuses["plant"].state is ConnectionState.FAILED)
                (waiting,) = (await anna.ask(link.QueryTrust)).certificates
                await anna.ask(link.ChangeTrust, waiting.thumbprint, TrustDecision.ACCEPT, "compared")
                await anna.until(lambda: anna.statuses["plant"].state is ConnectionState.CONNECTED)
                await anna.ask(link.ChangeTrust, waiting.thumbprint, decision, "replaced")
                await anna.until(lambda: anna.statuses["plant"].state is ConnectionState.FAILED)
                assert anna.statuses["plant"].fault == StatusCode.BadCertificateUntrusted
    assert "no longer trusted" in caplog.text


def trust_log(project: Path) -> list[str]:
    databases = [path for path in station_dir(project).rglob("*.db") if path.is_file()]
    found: list[str] = []
    for path in databases:
        with sqlite3.connect(path) as connection:
            found += [
                str(text) for (text,) in connection.execute("SELECT text FROM plant_log WHERE kind = 'trust'")
            ]
    return found
