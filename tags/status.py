"""OPC UA status codes: the one quality model of every value, from the wire to the pixel (DQ-01..04).

A status travels as a plain unsigned 32-bit integer, because a server may send codes that no list knows and
those must survive; :class:`StatusCode` names the ones that Vigie sets or explains.
"""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray


class Quality(IntEnum):
    """Rank a status by its two top bits; a larger number is worse."""

    GOOD = 0
    UNCERTAIN = 1
    BAD = 2


class StatusCode(IntEnum):
    """Name the status codes that drivers, database and screens use (DQ-03)."""

    Good = 0x00000000
    GoodLocalOverride = 0x00960000
    GoodClamped = 0x00300000
    GoodNoData = 0x00A50000
    GoodOverload = 0x002F0000
    Uncertain = 0x40000000
    UncertainNoCommunicationLastUsableValue = 0x408F0000
    UncertainLastUsableValue = 0x40900000
    UncertainSubstituteValue = 0x40910000
    UncertainInitialValue = 0x40920000
    UncertainSensorNotAccurate = 0x40930000
    UncertainEngineeringUnitsExceeded = 0x40940000
    UncertainSubNormal = 0x40950000
    UncertainDataSubNormal = 0x40A40000
    UncertainSimulatedValue = 0x42090000
    Bad = 0x80000000
    BadUnexpectedError = 0x80010000
    BadInternalError = 0x80020000
    BadCommunicationError = 0x80050000
    BadEncodingError = 0x80060000
    BadDecodingError = 0x80070000
    BadUnknownResponse = 0x80090000
    BadTimeout = 0x800A0000
    BadServiceUnsupported = 0x800B0000
    BadShutdown = 0x800C0000
    BadServerHalted = 0x800E0000
    BadTooManyOperations = 0x80100000
    BadCertificateInvalid = 0x80120000
    BadSecurityChecksFailed = 0x80130000
    BadCertificateUntrusted = 0x801A0000
    BadUserAccessDenied = 0x801F0000
    BadNoCommunication = 0x80310000
    BadWaitingForInitialData = 0x80320000
    BadNodeIdInvalid = 0x80330000
    BadNodeIdUnknown = 0x80340000
    BadAttributeIdInvalid = 0x80350000
    BadIndexRangeInvalid = 0x80360000
    BadNotReadable = 0x803A0000
    BadNotWritable = 0x803B0000
    BadOutOfRange = 0x803C0000
    BadNotSupported = 0x803D0000
    BadNotFound = 0x803E0000
    BadNotImplemented = 0x80400000
    BadTypeMismatch = 0x80740000
    BadConfigurationError = 0x80890000
    BadNotConnected = 0x808A0000
    BadDeviceFailure = 0x808B0000
    BadSensorFailure = 0x808C0000
    BadOutOfService = 0x808D0000
    BadDeadbandFilterInvalid = 0x808E0000
    BadEventIdUnknown = 0x809A0000
    BadNoData = 0x809B0000
    BadDataLost = 0x809D0000
    BadDataUnavailable = 0x809E0000
    BadBoundNotFound = 0x80D70000
    BadInvalidState = 0x80AF0000
    BadInvalidArgument = 0x80AB0000
    BadConnectionClosed = 0x80AE0000
    BadResourceUnavailable = 0x80040000


_CODE_MASK = 0xFFFF0000
_NAMES = {code.value: code.name for code in StatusCode}


def quality(status: int) -> Quality:
    """Return the quality of ``status``; the reserved severity 11 counts as bad (DQ-02)."""
    return Quality(min((status >> 30) & 0b11, 2))


def qualities(statuses: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Return the :class:`Quality` of each status as uint8, same shape."""
    ranks: NDArray[np.uint8] = np.minimum(statuses >> np.uint32(30), np.uint32(2)).astype(np.uint8)
    return ranks


def is_good(status: int) -> bool:
    """Tell whether a value of this status may be used without care."""
    return (status >> 30) & 0b11 == 0


def is_bad(status: int) -> bool:
    """Tell whether a value of this status must never be used (DQ-01)."""
    return bool(status & 0x80000000)


def name(status: int) -> str:
    """Return the OPC UA name of ``status``; info bits do not change it, an unknown code keeps its number."""
    known = _NAMES.get(status & _CODE_MASK)
    if known is not None:
        return known
    return f"{quality(status).name.capitalize()} (0x{status:08X})"


def worst(*statuses: int) -> int:
    """Return the status of worst quality, the first of several; Good when there is none (DQ-04)."""
    if not statuses:
        return int(StatusCode.Good)
    return max(statuses, key=quality)
