"""Certificates of OPC UA connections: an own one made on first use, and a list of trusted servers on disk.

``<data folder>/pki`` holds ``own``, ``trusted`` and ``rejected``. A server's certificate is never trusted by
itself: an unknown one is put into ``rejected``, and somebody moves it to ``trusted`` after comparing its
thumbprint.
"""

import asyncio
import hashlib
import os
import socket
import threading
from pathlib import Path

import platformdirs
from asyncua import Client, ua
from asyncua.crypto import security_policies

from tags.drivers.base import DriverError, DriverFault
from tags.status import StatusCode

_POLICIES = {
    "Basic256Sha256": security_policies.SecurityPolicyBasic256Sha256,
    "Aes128Sha256RsaOaep": security_policies.SecurityPolicyAes128Sha256RsaOaep,
    "Aes256Sha256RsaPss": security_policies.SecurityPolicyAes256Sha256RsaPss,
}
_making = threading.Lock()
"""Two connections of one station must not make two keys."""
_MODES = {
    "sign": ua.MessageSecurityMode.Sign,
    "sign_and_encrypt": ua.MessageSecurityMode.SignAndEncrypt,
}


def application_uri() -> str:
    """Return the URI that names this installation in its certificate and sessions."""
    return f"urn:{socket.gethostname()}:vigie"


def pki_folder() -> Path:
    """Return the folder of certificates in the user's data folder."""
    override = os.environ.get("VIGIE_DATA_DIR")
    data = Path(override) if override else Path(platformdirs.user_data_dir("vigie", appauthor=False))
    return data / "pki"


async def secure(client: Client, security: str, policy: str) -> None:
    """Prepare ``client`` for signed or encrypted messages; asks the server for its certificate.

    Raises:
        DriverError: CONFIGURATION, the server's certificate is not trusted or it offers no such security.
    """
    folder = pki_folder()
    own = folder / "own"
    certificate, key = await asyncio.to_thread(_own_certificate, client, own)
    try:
        await client.set_security(_POLICIES[policy], str(certificate), str(key), mode=_MODES[security])
    except ua.UaError as error:
        raise DriverError(
            DriverFault.CONFIGURATION,
            f"the server offers no endpoint with {policy} and {security} ({error})",
            int(StatusCode.BadSecurityChecksFailed),
        ) from None
    _check_trust(folder, client.security_policy.peer_certificate or b"")


def _own_certificate(client: Client, own: Path) -> tuple[Path, Path]:
    """Return certificate and key, made on first use. In a thread: a key of 2048 bits takes up to a second."""
    making = client.setup_self_signed_certificate(
        own / "vigie-key.pem", own / "vigie.der", {"organizationName": "Vigie"}
    )
    with _making:
        certificate, key = asyncio.run(making)
        key.chmod(0o600)
    return certificate, key


def _check_trust(folder: Path, server_certificate: bytes) -> None:
    name = f"{hashlib.sha1(server_certificate, usedforsecurity=False).hexdigest().upper()}.der"
    trusted, rejected = folder / "trusted", folder / "rejected"
    for place in (trusted, rejected):
        place.mkdir(parents=True, exist_ok=True)
    if any(entry.read_bytes() == server_certificate for entry in trusted.glob("*.der")):
        return
    (rejected / name).write_bytes(server_certificate)
    raise DriverError(
        DriverFault.CONFIGURATION,
        f"the server's certificate is not trusted yet; compare its thumbprint {name[:-4]}, then move "
        f"{rejected / name} to {trusted}",
        int(StatusCode.BadCertificateUntrusted),
    )
