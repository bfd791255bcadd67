"""Which devices' certificates the station trusts: shown, decided by role, and put down in the plant log."""

import asyncio
from collections.abc import Callable

from hmi.link import ChangeTrust, Trust
from tags.clock import Clock
from tags.drivers.certificates import CertificateFacts, TrustDecision, TrustError, TrustList
from tags.roles import Action, Actor, refusal

_DONE = {
    TrustDecision.ACCEPT: "Certificate accepted",
    TrustDecision.REJECT: "Certificate rejected",
    TrustDecision.REMOVE: "Certificate removed",
}


class TrustDesk:
    """Answer questions about certificates; files are read and written in threads.

    ``log`` takes subject and text of a plant log entry; ``decided`` has connections follow a decision.
    """

    def __init__(
        self,
        clock: Clock,
        log: Callable[[str, str], None],
        decided: Callable[[TrustDecision, CertificateFacts], None],
    ) -> None:
        self._clock = clock
        self._log = log
        self._decided = decided

    async def show(self, request_id: int) -> Trust:
        """Return all certificates and the own one."""
        return await asyncio.to_thread(_read, request_id)

    async def decide(self, request: ChangeTrust, actor: Actor) -> Trust:
        """Carry a decision out and return all certificates after it; the connections follow it at once.

        Raises:
            TrustError: the role may not, the reason is missing, or there is no such certificate.
        """
        who = f"{actor.user} at {actor.workstation}"
        try:
            denied = refusal(actor.role, Action.TRUST)
            if denied:
                raise TrustError(denied)
            facts: CertificateFacts = await asyncio.to_thread(
                TrustList().decide,
                request.thumbprint,
                request.decision,
                actor.user,
                request.reason,
                self._clock.now_ns(),
            )
        except TrustError as error:
            self._log(request.thumbprint, f"Refused to {who}: {request.decision.value} certificate: {error}")
            raise
        self._log(facts.thumbprint, f"{_DONE[request.decision]} by {who}: {facts.subject}: {request.reason}")
        self._decided(request.decision, facts)
        return await self.show(request.request_id)


def _read(request_id: int) -> Trust:
    trust = TrustList()
    try:
        der = trust.own_der()
    except TrustError:
        der = b""
    return Trust(request_id, trust.certificates(), trust.own(), der)
