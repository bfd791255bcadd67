"""``vigie trust`` on the user's own trust list."""

import json
from pathlib import Path

import pytest

from hmi.cli.main import main
from tags.drivers.certificates import TrustList, TrustState, thumbprint
from tests.support.certificates import certificate

DER = certificate("oven")


@pytest.fixture
def trust(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TrustList:
    monkeypatch.setenv("VIGIE_DATA_DIR", str(tmp_path))
    return TrustList()


def test_list_accept_and_reject(trust: TrustList, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trust", "list"]) == 0
    assert "No device has shown a certificate yet" in capsys.readouterr().out
    trust.check(DER, "opc.tcp://127.0.0.1:4840")
    assert main(["trust", "list"]) == 0
    told = capsys.readouterr().out
    for part in (
        "CN=oven",
        "waiting for a decision",
        "urn:oven",
        "opc.tcp://127.0.0.1:4840",
        thumbprint(DER),
    ):
        assert part in told
    assert main(["trust", "accept", thumbprint(DER)[:8], "--reason", "compared"]) == 0
    assert trust.check(DER, "").state is TrustState.TRUSTED
    assert main(["trust", "reject", thumbprint(DER), "--reason", "replaced"]) == 0
    assert "Rejected" in capsys.readouterr().out
    assert main(["trust", "list", "--json"]) == 0
    (facts,) = json.loads(capsys.readouterr().out)
    assert (facts["state"], facts["reason"]) == ("rejected", "replaced")
    assert main(["trust", "remove", thumbprint(DER), "--reason", "gone"]) == 0
    assert trust.certificates() == []


def test_what_goes_wrong_is_said(
    trust: TrustList, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["trust", "accept", "ABC", "--reason", "x"]) == 1
    assert "no certificate has a thumbprint that begins with 'ABC'" in capsys.readouterr().err
    assert main(["trust", "own"]) == 1
    assert "first secured connection" in capsys.readouterr().err
    own = tmp_path / "pki" / "own"
    own.mkdir(parents=True)
    (own / "vigie.der").write_bytes(DER)
    assert main(["trust", "own", "--export", str(tmp_path / "nowhere" / "x.der")]) == 3


def test_the_own_certificate_is_exported(trust: TrustList, tmp_path: Path) -> None:
    own = tmp_path / "pki" / "own"
    own.mkdir(parents=True)
    (own / "vigie.der").write_bytes(DER)
    assert main(["trust", "own", "--export", str(tmp_path / "vigie.der")]) == 0
    assert (tmp_path / "vigie.der").read_bytes() == DER
    assert main(["trust", "own", "--export", str(tmp_path / "vigie.pem")]) == 0
    assert (tmp_path / "vigie.pem").read_bytes().startswith(b"-----BEGIN CERTIFICATE")
