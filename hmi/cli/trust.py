"""``vigie trust``: the certificates of devices, and the own one for their administrators."""

import getpass
import json
import time
from argparse import Namespace
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from hmi.cli.exits import CommandError, Exit
from tags.clock import NS_PER_S
from tags.drivers.certificates import (
    CertificateFacts,
    TrustDecision,
    TrustError,
    TrustList,
    TrustState,
    pem,
    pki_folder,
)

_STATES = {
    TrustState.TRUSTED: "trusted",
    TrustState.WAITING: "waiting for a decision",
    TrustState.REJECTED: "rejected",
}
_DONE = {
    TrustDecision.ACCEPT: "Trusted from now on; a station that waits for it connects within seconds.",
    TrustDecision.REJECT: "Rejected; a connection that is open now stays so until it ends.",
    TrustDecision.REMOVE: "Forgotten; the next connection asks again.",
}


def trust(options: Namespace) -> Exit:
    """Run ``vigie trust``."""
    certificates = TrustList()
    try:
        if options.action == "list":
            return _list(certificates, as_json=options.json)
        if options.action == "own":
            return _own(certificates, options.export)
        decision = TrustDecision(options.action)
        facts = certificates.decide(
            options.thumbprint, decision, getpass.getuser(), options.reason, time.time_ns()
        )
    except TrustError as error:
        raise CommandError(str(error), Exit.FAILED) from error
    print("\n".join(described(facts)))
    print(_DONE[decision])
    return Exit.OK


def _list(certificates: TrustList, *, as_json: bool) -> Exit:
    found = certificates.certificates()
    if as_json:
        print(json.dumps([asdict(facts) for facts in found], indent=1, ensure_ascii=False))
        return Exit.OK
    for facts in found:
        print("\n".join(described(facts)))
        print()
    if not found:
        print(f"No device has shown a certificate yet ({pki_folder()}).")
    return Exit.OK


def _own(certificates: TrustList, export: Path | None) -> Exit:
    der = certificates.own_der()
    if export is not None:
        try:
            export.write_bytes(pem(der) if export.suffix == ".pem" else der)
        except OSError as error:
            raise CommandError(f"{export}: {error.strerror or error}", Exit.ENVIRONMENT) from error
    facts = certificates.own()
    if facts is not None:
        print("\n".join(described(facts)[1:]))
        print(f"  file         {facts.path}")
    if export is not None:
        print(f"Written to {export}: let the server's administrator trust it there.")
    return Exit.OK


def described(facts: CertificateFacts) -> list[str]:
    """Return what there is to say of a certificate, line by line."""
    lines = [f"{facts.thumbprint}  {_STATES[facts.state]}"]
    rows = {
        "fault": facts.fault,
        "subject": facts.subject,
        "issuer": "itself" if facts.issuer == facts.subject else facts.issuer,
        "valid": "" if facts.fault else f"{_day(facts.valid_from_ns)} to {_day(facts.valid_until_ns)}",
        "names": ", ".join(facts.names),
        "key": facts.key,
        "SHA-1": facts.thumbprint,
        "SHA-256": facts.fingerprint,
        "seen at": ", ".join(facts.seen),
        "decided": f"by {facts.decided_by}: {facts.reason}" if facts.decided_by else "",
    }
    lines += [f"  {name:<12} {text}" for name, text in rows.items() if text]
    return lines


def _day(at_ns: int) -> str:
    return datetime.fromtimestamp(at_ns / NS_PER_S, UTC).strftime("%Y-%m-%d")
