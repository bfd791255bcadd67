"""The trust list on disk: nobody is trusted by himself, and decisions are kept with who and why."""

import json
from pathlib import Path

import pytest

from tags.drivers.certificates import (
    CertificateFacts,
    TrustDecision,
    TrustError,
    TrustList,
    TrustState,
    thumbprint,
)
from tests.support.certificates import certificate

D = TrustDecision
URL = "opc.tcp://127.0.0.1:4840"


@pytest.fixture
def trust(tmp_path: Path) -> TrustList:
    return TrustList(tmp_path / "pki")


def decide(
    trust: TrustList, der: bytes, decision: TrustDecision, reason: str = "compared"
) -> CertificateFacts:
    return trust.decide(thumbprint(der), decision, "anna", reason, 5)


def test_an_unknown_certificate_waits_with_all_its_facts(trust: TrustList) -> None:
    der = certificate("oven")
    facts = trust.check(der, URL)
    assert facts.state is TrustState.WAITING
    assert facts.subject == facts.issuer == "CN=oven"
    assert facts.names == ("urn:oven", "oven.local")
    assert facts.seen == (URL,)
    assert facts.valid_from_ns < facts.valid_until_ns
    assert len(facts.thumbprint) == 40
    assert len(facts.fingerprint) == 64
    assert "256 bits" in facts.key
    assert trust.check(der, URL).seen == (URL,), "asked again, it is the same one"
    assert len(trust.certificates()) == 1


def test_accepted_rejected_and_forgotten(trust: TrustList) -> None:
    der = certificate("oven")
    trust.check(der, URL)
    accepted = decide(trust, der, D.ACCEPT)
    assert (accepted.state, accepted.decided_by, accepted.reason) == (TrustState.TRUSTED, "anna", "compared")
    assert trust.check(der, URL).state is TrustState.TRUSTED
    assert decide(trust, der, D.REJECT, "stolen").state is TrustState.REJECTED
    assert trust.check(der, URL).state is TrustState.REJECTED, "a rejected one does not ask again"
    decide(trust, der, D.REMOVE)
    assert trust.certificates() == []
    again = trust.check(der, URL)
    assert (again.state, again.decided_by) == (TrustState.WAITING, "")


def test_a_certificate_moved_by_hand_is_trusted_and_can_be_taken_back(
    trust: TrustList, tmp_path: Path
) -> None:
    der = certificate("oven")
    (tmp_path / "pki" / "trusted").mkdir(parents=True)
    (tmp_path / "pki" / "trusted" / "anything.der").write_bytes(der)
    assert trust.check(der, URL).state is TrustState.TRUSTED
    assert decide(trust, der, D.REJECT).state is TrustState.REJECTED
    assert trust.check(der, URL).state is TrustState.REJECTED


def test_another_certificate_of_the_same_name_is_not_trusted(trust: TrustList) -> None:
    first, second = certificate("oven"), certificate("oven", 30)
    trust.check(first, URL)
    decide(trust, first, D.ACCEPT)
    assert trust.check(second, URL).state is TrustState.WAITING
    assert [facts.state for facts in trust.certificates()] == [TrustState.WAITING, TrustState.TRUSTED]


def test_decisions_are_appended_with_who_when_and_why(trust: TrustList, tmp_path: Path) -> None:
    der = certificate("oven")
    trust.check(der, URL)
    decide(trust, der, D.ACCEPT)
    decide(trust, der, D.REMOVE, "scrapped")
    lines = (tmp_path / "pki" / "decisions.jsonl").read_text(encoding="utf-8").splitlines()
    told = [json.loads(line) for line in lines]
    assert [(entry["decision"], entry["user"], entry["reason"], entry["at_ns"]) for entry in told] == [
        ("accept", "anna", "compared", 5),
        ("remove", "anna", "scrapped", 5),
    ]


def test_a_few_digits_name_a_certificate_unless_several_have_them(trust: TrustList) -> None:
    ders = [certificate("oven", days) for days in range(40, 60)]
    for der in ders:
        trust.check(der, URL)
    mark = thumbprint(ders[0])
    assert trust.find(f"{mark[:2]}:{mark[2:4]} {mark[4:12]}".lower()).thumbprint == mark
    with pytest.raises(TrustError, match="begins with"):
        trust.find("")
    with pytest.raises(TrustError, match="no certificate"):
        trust.find("0" * 40)
    # Of 20 certificates at least two share one of the 16 first digits.
    firsts = [thumbprint(der)[0] for der in ders]
    shared = next(digit for digit in firsts if firsts.count(digit) > 1)
    with pytest.raises(TrustError, match="certificates have a thumbprint"):
        trust.find(shared)


@pytest.mark.parametrize("reason", ["", "  "])
def test_no_decision_without_a_reason(trust: TrustList, reason: str) -> None:
    der = certificate("oven")
    trust.check(der, URL)
    with pytest.raises(TrustError, match="reason"):
        decide(trust, der, D.ACCEPT, reason)
    assert trust.check(der, URL).state is TrustState.WAITING


def test_what_is_no_certificate_is_shown_and_cannot_be_accepted(trust: TrustList) -> None:
    facts = trust.check(b"rubbish", URL)
    assert facts.fault
    with pytest.raises(TrustError, match="no certificate"):
        decide(trust, b"rubbish", D.ACCEPT)
    decide(trust, b"rubbish", D.REMOVE)
    assert trust.certificates() == []


def test_damaged_notes_beside_the_certificates_lose_nothing_else(trust: TrustList, tmp_path: Path) -> None:
    der = certificate("oven")
    trust.check(der, URL)
    decide(trust, der, D.ACCEPT)
    (tmp_path / "pki" / "seen.json").write_text("{", encoding="utf-8")
    with (tmp_path / "pki" / "decisions.jsonl").open("a", encoding="utf-8") as file:
        file.write("{broken\n[]\n")
    assert trust.check(der, URL).state is TrustState.TRUSTED


def test_there_is_no_own_certificate_before_the_first_secured_connection(
    trust: TrustList, tmp_path: Path
) -> None:
    assert trust.own() is None
    with pytest.raises(TrustError, match="first secured connection"):
        trust.own_der()
    (tmp_path / "pki" / "own").mkdir(parents=True)
    (tmp_path / "pki" / "own" / "vigie.der").write_bytes(certificate("vigie"))
    own = trust.own()
    assert own is not None
    assert own.subject == "CN=vigie"
    assert trust.own_der() == certificate("vigie")
