"""The security of OPC UA connections: an own certificate made on first use, and none but trusted servers."""

import asyncio
import socket
import threading
from pathlib import Path

from asyncua import Client, ua
from asyncua.crypto import security_policies

from tags.drivers.base import DriverError, DriverFault
from tags.drivers.certificates import OWN_CERTIFICATE, OWN_KEY, TrustList, TrustState, pki_folder
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


async def secure(client: Client, url: str, security: str, policy: str) -> None:
    """Prepare ``client`` for signed or encrypted messages; asks the server for its certificate.

    Raises:
        DriverError: CONFIGURATION, the server's certificate is not trusted or it offers no such security.
    """
    own = pki_folder() / "own"
    certificate, key = await asyncio.to_thread(_own_certificate, client, own)
    try:
        await client.set_security(_POLICIES[policy], str(certificate), str(key), mode=_MODES[security])
    except ua.UaError as error:
        raise DriverError(
            DriverFault.CONFIGURATION,
            f"the server offers no endpoint with {policy} and {security} ({error})",
            int(StatusCode.BadSecurityChecksFailed),
        ) from None
    await asyncio.to_thread(_check_trust, client.security_policy.peer_certificate or b"", url)


def _own_certificate(client: Client, own: Path) -> tuple[Path, Path]:
    """Return certificate and key, made on first use. In a thread: a key of 2048 bits takes up to a second."""
    making = client.setup_self_signed_certificate(
        own / OWN_KEY, own / OWN_CERTIFICATE, {"organizationName": "Vigie"}
    )
    with _making:
        certificate, key = asyncio.run(making)
        key.chmod(0o600)
    return certificate, key


def _check_trust(server_certificate: bytes, url: str) -> None:
    """Let nobody in whose certificate somebody has not accepted."""
    facts = TrustList().check(server_certificate, url)
    if facts.state is TrustState.TRUSTED:
        return
    subject = facts.subject or facts.fault
    if facts.state is TrustState.REJECTED:
        text = (
            f"the server's certificate was rejected by {facts.decided_by or 'somebody'}: {subject}, "
            f"thumbprint {facts.thumbprint}"
        )
    else:
        text = (
            f"the server's certificate is not trusted yet: {subject}, thumbprint {facts.thumbprint}; "
            "compare it with the server's, then accept or reject it under Connections, or by: "
            f"vigie trust accept {facts.thumbprint[:8]} --reason WHY"
        )
    raise DriverError(DriverFault.CONFIGURATION, text, int(StatusCode.BadCertificateUntrusted))
