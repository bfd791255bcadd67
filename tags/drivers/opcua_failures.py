"""What the bad statuses of an OPC UA server's answers mean for a connection and for a single request."""

from typing import Final

from asyncua import ua
from asyncua.ua.status_codes import code_to_name_doc

from tags.drivers.base import DriverError, DriverFault
from tags.status import StatusCode
from tags.status import name as own_name

_LOST_CODES: Final = frozenset(
    {
        ua.StatusCodes.BadSessionIdInvalid,
        ua.StatusCodes.BadSessionClosed,
        ua.StatusCodes.BadSecureChannelIdInvalid,
        ua.StatusCodes.BadSecureChannelClosed,
        ua.StatusCodes.BadConnectionClosed,
        ua.StatusCodes.BadServerHalted,
        ua.StatusCodes.BadShutdown,
        ua.StatusCodes.BadNoSubscription,
        ua.StatusCodes.BadSubscriptionIdInvalid,
        ua.StatusCodes.BadTcpInternalError,
        ua.StatusCodes.BadCommunicationError,
    }
)
_CODE_MASK: Final = 0xFFFF0000
_NO_ROOM: Final = frozenset({ua.StatusCodes.BadTooManySessions, ua.StatusCodes.BadMaxConnectionsReached})
CONFIGURATION_CODES: Final = frozenset(
    {
        ua.StatusCodes.BadUserAccessDenied,
        ua.StatusCodes.BadIdentityTokenRejected,
        ua.StatusCodes.BadIdentityTokenInvalid,
        ua.StatusCodes.BadSecurityPolicyRejected,
        ua.StatusCodes.BadSecurityModeRejected,
        ua.StatusCodes.BadSecurityModeInsufficient,
        ua.StatusCodes.BadCertificateUntrusted,
        ua.StatusCodes.BadCertificateInvalid,
        ua.StatusCodes.BadSecurityChecksFailed,
    }
)
"""A project's settings have to change before the server can let Vigie in."""


def code_name(status: int) -> str:
    """Return the standard's name of a status, also of those that Vigie itself never gives."""
    known = code_to_name_doc.get(status & _CODE_MASK)
    return own_name(status) if known is None else str(known[0])


def answered(url: str, what: str, status: int) -> DriverError:
    """Return the error of a service that the server answered with a bad status."""
    fault = DriverFault.REFUSED
    if status in _LOST_CODES:
        fault = DriverFault.LOST
    elif status == StatusCode.BadTimeout:
        fault = DriverFault.TIMEOUT
    text = f"{url}, {what}: {code_name(status)}"
    if status in _NO_ROOM:
        text = (
            f"{url}, {what}: the server has no room for another client ({code_name(status)}); close other "
            "clients, or wait until it forgets those that were cut off"
        )
    return DriverError(fault, text, status)


def refusal(text: str, status: int) -> DriverError:
    """Return the error of an operation on ``text`` that the server answered with a bad status."""
    unknown = (StatusCode.BadNodeIdUnknown, StatusCode.BadNodeIdInvalid)
    fault = DriverFault.ADDRESS if status in unknown else DriverFault.REFUSED
    return DriverError(fault, f"{text}: the server answered {code_name(status)}", status)
