"""The certificates of secured connections: the own one, and which devices' certificates are trusted.

``<data folder>/pki`` holds ``own``, ``trusted`` and ``rejected`` as DER files, as OPC UA stacks lay them out.
A device's certificate is never trusted by itself: an unknown one is put into ``rejected``, and stays there
until somebody decides. Decisions are appended to ``decisions.jsonl``: who, when, which and why.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import platformdirs
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tags.clock import NS_PER_S

OWN_CERTIFICATE: Final = "vigie.der"
OWN_KEY: Final = "vigie-key.pem"
_MOST_SEEN: Final = 20
"""So many addresses are remembered for one certificate."""


class TrustError(Exception):
    """Tell why a decision about a certificate cannot be carried out, in one sentence."""


class TrustState(StrEnum):
    """Say what has been decided about a certificate."""

    TRUSTED = "trusted"
    WAITING = "waiting"
    """Nobody has decided yet."""
    REJECTED = "rejected"


class TrustDecision(StrEnum):
    """Name what may be decided."""

    ACCEPT = "accept"
    REJECT = "reject"
    REMOVE = "remove"
    """Forget the certificate and what was decided; the next connection asks again."""


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """Say what a certificate says of itself, and what was decided about it.

    ``thumbprint`` is the SHA-1 and ``fingerprint`` the SHA-256 of the whole certificate, in capital
    hexadecimal digits. Times are UTC nanoseconds. ``names`` are its subject alternative names: URIs, host
    names, addresses. ``seen`` are the addresses at which it was shown. A file that is no certificate has a
    ``fault`` and little else.
    """

    thumbprint: str
    fingerprint: str
    state: TrustState
    subject: str = ""
    issuer: str = ""
    valid_from_ns: int = 0
    valid_until_ns: int = 0
    names: tuple[str, ...] = ()
    key: str = ""
    seen: tuple[str, ...] = ()
    decided_by: str = ""
    decided_ns: int = 0
    reason: str = ""
    path: str = ""
    fault: str = ""


def pki_folder() -> Path:
    """Return the folder of certificates in the user's data folder."""
    override = os.environ.get("VIGIE_DATA_DIR")
    data = Path(override) if override else Path(platformdirs.user_data_dir("vigie", appauthor=False))
    return data / "pki"


def thumbprint(der: bytes) -> str:
    """Return the SHA-1 of a certificate, by which OPC UA tools name it; nothing is secured by it."""
    return hashlib.sha1(der, usedforsecurity=False).hexdigest().upper()


class TrustList:
    """Read and change which certificates are trusted. Everything reads and writes files: never on a loop."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or pki_folder()
        self._trusted = self._folder / "trusted"
        self._rejected = self._folder / "rejected"
        self._seen = self._folder / "seen.json"
        self._decisions = self._folder / "decisions.jsonl"

    def check(self, der: bytes, address: str) -> CertificateFacts:
        """Return what is decided about a device's certificate; an unknown one is kept to be decided about."""
        for place in (self._trusted, self._rejected):
            place.mkdir(parents=True, exist_ok=True)
        self._note_seen(thumbprint(der), address)
        if not any(entry.read_bytes() == der for entry in self._trusted.glob("*.der")):
            (self._rejected / f"{thumbprint(der)}.der").write_bytes(der)
        return next(facts for facts in self.certificates() if facts.thumbprint == thumbprint(der))

    def certificates(self) -> list[CertificateFacts]:
        """Return all devices' certificates: those waiting for a decision first."""
        seen, decided = self._read_seen(), self._read_decisions()
        found: dict[str, CertificateFacts] = {}
        for place, is_trusted in ((self._trusted, True), (self._rejected, False)):
            for path, der in _files(place):
                mark = thumbprint(der)
                if mark in found:
                    continue
                last = decided.get(mark, {})
                state = TrustState.TRUSTED if is_trusted else TrustState.WAITING
                if not is_trusted and last.get("decision") == TrustDecision.REJECT.value:
                    state = TrustState.REJECTED
                found[mark] = _facts(der, state, path, seen.get(mark, ()), last)
        order = (TrustState.WAITING, TrustState.TRUSTED, TrustState.REJECTED)
        return sorted(found.values(), key=lambda facts: (order.index(facts.state), facts.subject))

    def own(self) -> CertificateFacts | None:
        """Return this installation's own certificate; None before the first secured connection."""
        path = self._folder / "own" / OWN_CERTIFICATE
        try:
            der = path.read_bytes()
        except OSError:
            return None
        return _facts(der, TrustState.TRUSTED, path, (), {})

    def own_der(self) -> bytes:
        """Return the own certificate as the file that a server's administrator wants.

        Raises:
            TrustError: there is none yet.
        """
        try:
            return (self._folder / "own" / OWN_CERTIFICATE).read_bytes()
        except OSError as error:
            text = "there is no own certificate yet: it is made for the first secured connection"
            raise TrustError(text) from error

    def decide(
        self, mark: str, decision: TrustDecision, user: str, reason: str, at_ns: int
    ) -> CertificateFacts:
        """Carry a decision about the certificate of a thumbprint out and return the facts after it.

        ``mark`` may be any beginning of a thumbprint or fingerprint that names one certificate only.

        Raises:
            TrustError: no or several certificates are meant, or the reason is missing, or a file cannot be
                written.
        """
        if not reason.strip():
            raise TrustError("a decision about a certificate needs a reason")
        facts = self.find(mark)
        name = f"{facts.thumbprint}.der"
        if decision is TrustDecision.ACCEPT and facts.fault:
            raise TrustError(f"{facts.thumbprint}: {facts.fault}")
        try:
            if decision is TrustDecision.REMOVE:
                for place in (self._trusted, self._rejected):
                    _remove(place, facts.thumbprint)
            else:
                is_accepted = decision is TrustDecision.ACCEPT
                target, other = (
                    (self._trusted, self._rejected) if is_accepted else (self._rejected, self._trusted)
                )
                der = Path(facts.path).read_bytes()
                target.mkdir(parents=True, exist_ok=True)
                (target / name).write_bytes(der)
                _remove(other, facts.thumbprint)
            self._append_decision(facts, decision, user, reason.strip(), at_ns)
        except OSError as error:
            raise TrustError(f"{self._folder}: {error.strerror or error}") from error
        return next((one for one in self.certificates() if one.thumbprint == facts.thumbprint), facts)

    def find(self, mark: str) -> CertificateFacts:
        """Return the one certificate whose thumbprint or fingerprint begins so.

        Raises:
            TrustError: there is none, or several.
        """
        wanted = "".join(mark.split()).replace(":", "").upper()
        found = [
            facts
            for facts in self.certificates()
            if wanted and (facts.thumbprint.startswith(wanted) or facts.fingerprint.startswith(wanted))
        ]
        if len(found) != 1:
            what = "no certificate has" if not found else f"{len(found)} certificates have"
            raise TrustError(f"{what} a thumbprint that begins with {mark!r}")
        return found[0]

    # What is kept beside the certificates

    def _note_seen(self, mark: str, address: str) -> None:
        seen = self._read_seen()
        if address in seen.get(mark, ()):
            return
        seen[mark] = (*seen.get(mark, ()), address)[-_MOST_SEEN:]
        waiting = self._seen.with_suffix(".new")
        waiting.write_text(json.dumps(seen, indent=1), encoding="utf-8")
        waiting.replace(self._seen)

    def _read_seen(self) -> dict[str, tuple[str, ...]]:
        try:
            found = json.loads(self._seen.read_text(encoding="utf-8"))
            return {str(mark): tuple(map(str, places)) for mark, places in found.items()}
        except (OSError, ValueError, AttributeError, TypeError):
            # A convenience: without it a certificate only does not say where it was met.
            return {}

    def _append_decision(
        self, facts: CertificateFacts, decision: TrustDecision, user: str, reason: str, at_ns: int
    ) -> None:
        entry = {
            "at_ns": at_ns,
            "thumbprint": facts.thumbprint,
            "subject": facts.subject,
            "decision": decision.value,
            "user": user,
            "reason": reason,
        }
        with self._decisions.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")

    def _read_decisions(self) -> dict[str, dict[str, Any]]:
        """Return the last decision about each certificate."""
        found: dict[str, dict[str, Any]] = {}
        try:
            lines = self._decisions.read_text(encoding="utf-8").splitlines()
        except OSError:
            return found
        for line in lines:
            try:
                entry = json.loads(line)
                found[str(entry["thumbprint"])] = entry
            except (ValueError, KeyError, TypeError):
                continue
        return found


def _files(folder: Path) -> Iterator[tuple[Path, bytes]]:
    for path in sorted(folder.glob("*.der")):
        try:
            yield path, path.read_bytes()
        except OSError:
            continue


def _remove(folder: Path, mark: str) -> None:
    """Remove a certificate from a folder, whatever its file is called."""
    for path, der in _files(folder):
        if thumbprint(der) == mark:
            path.unlink()


def _facts(
    der: bytes, state: TrustState, path: Path, seen: Iterable[str], last: dict[str, Any]
) -> CertificateFacts:
    decided: dict[str, Any] = {}
    if last and last.get("decision") != TrustDecision.REMOVE.value:
        decided = {
            "decided_by": str(last.get("user", "")),
            "decided_ns": int(last.get("at_ns", 0)),
            "reason": str(last.get("reason", "")),
        }
    common: dict[str, Any] = {
        "thumbprint": thumbprint(der),
        "fingerprint": hashlib.sha256(der).hexdigest().upper(),
        "state": state,
        "seen": tuple(seen),
        "path": str(path),
        **decided,
    }
    try:
        certificate = x509.load_der_x509_certificate(der)
        return CertificateFacts(
            **common,
            subject=certificate.subject.rfc4514_string(),
            issuer=certificate.issuer.rfc4514_string(),
            valid_from_ns=round(certificate.not_valid_before_utc.timestamp()) * NS_PER_S,
            valid_until_ns=round(certificate.not_valid_after_utc.timestamp()) * NS_PER_S,
            names=_names(certificate),
            key=_key(certificate),
        )
    except ValueError as error:
        return CertificateFacts(**common, fault=f"the file is no certificate ({error})")


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return ()
    return tuple(str(getattr(name, "value", name)) for name in names)


def _key(certificate: x509.Certificate) -> str:
    size = getattr(certificate.public_key(), "key_size", None)
    algorithm = certificate.signature_hash_algorithm
    return f"{size or '?'} bits, signed with {algorithm.name if algorithm else 'an unknown algorithm'}"


def pem(der: bytes) -> bytes:
    """Return a certificate in PEM, for administrators who want that."""
    return x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM)
