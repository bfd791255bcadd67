"""How a value's status is shown: one mark per kind of trouble, and one sentence that says why (HMI-16)."""

from enum import IntEnum
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QT_TRANSLATE_NOOP

from tags.status import Quality, StatusCode, quality
from tags.status import name as status_name
from views.words import word


class Mark(IntEnum):
    """Name the decorations of a live value; a larger number says more about the trouble."""

    NONE = 0
    FORCED = 1
    SIMULATED = 2
    WAITING = 3
    NO_VALUE = 4
    """There is none now, and nothing is wrong: no mean without a case, no reason without a stop."""
    UNCERTAIN = 5
    STALE = 6
    NOT_CONNECTED = 7
    BAD = 8

    @property
    def hides_value(self) -> bool:
        """Tell whether the last value must not be shown (DQ-01)."""
        return self in _HIDING

    @property
    def is_muted(self) -> bool:
        """Tell whether what stands for the value steps back: it is no trouble of this value."""
        return self in _MUTED


_HIDING: Final = frozenset({Mark.WAITING, Mark.NO_VALUE, Mark.NOT_CONNECTED, Mark.BAD})
_MUTED: Final = frozenset({Mark.WAITING, Mark.NO_VALUE, Mark.NOT_CONNECTED})


BAD_TEXT: Final = "----"
NOT_CONNECTED_TEXT: Final = "---"
WAITING_TEXT: Final = "…"

_BY_CODE: Final = MappingProxyType(
    {
        StatusCode.GoodLocalOverride: Mark.FORCED,
        StatusCode.UncertainSimulatedValue: Mark.SIMULATED,
        StatusCode.UncertainSubstituteValue: Mark.FORCED,
        StatusCode.UncertainNoCommunicationLastUsableValue: Mark.STALE,
        StatusCode.UncertainLastUsableValue: Mark.STALE,
        StatusCode.BadWaitingForInitialData: Mark.WAITING,
        StatusCode.BadNoData: Mark.NO_VALUE,
        StatusCode.BadDataUnavailable: Mark.NO_VALUE,
        StatusCode.BadNoCommunication: Mark.NOT_CONNECTED,
        StatusCode.BadNotConnected: Mark.NOT_CONNECTED,
        StatusCode.BadConnectionClosed: Mark.NOT_CONNECTED,
        StatusCode.BadShutdown: Mark.NOT_CONNECTED,
        StatusCode.BadServerHalted: Mark.NOT_CONNECTED,
        StatusCode.BadCommunicationError: Mark.NOT_CONNECTED,
        StatusCode.BadTimeout: Mark.NOT_CONNECTED,
    }
)
_BY_NUMBER: Final = {int(code): mark for code, mark in _BY_CODE.items()}
_CODE_MASK: Final = 0xFFFF0000


def mark_text(shown: Mark) -> str:
    """Return what a decoration means, in one sentence."""
    return {
        Mark.NONE: word("The value is good."),
        Mark.FORCED: word("The value is set by hand, not measured."),
        Mark.SIMULATED: word("The value is simulated."),
        Mark.WAITING: word("No value has arrived yet."),
        Mark.NO_VALUE: word("There is no value now: it does not apply."),
        Mark.UNCERTAIN: word("The value may be wrong."),
        Mark.STALE: word("The value is no longer refreshed: this is the last one."),
        Mark.NOT_CONNECTED: word("The controller does not answer."),
        Mark.BAD: word("The value cannot be used."),
    }[shown]


def mark(status: int) -> Mark:
    """Return the decoration of a status."""
    if status == 0:
        return Mark.NONE
    known = _BY_NUMBER.get(status & _CODE_MASK)
    if known is not None:
        return known
    return (Mark.NONE, Mark.UNCERTAIN, Mark.BAD)[quality(status)]


def marks(statuses: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Return the :class:`Mark` of each status as uint8, same shape (1-D)."""
    if not statuses.any():
        return np.zeros(len(statuses), np.uint8)
    codes, rows = np.unique(statuses & np.uint32(_CODE_MASK), return_inverse=True)
    return np.array([mark(int(code)) for code in codes], np.uint8)[rows]


def hidden_text(shown: Mark) -> str:
    """Return what stands in place of a value that must not be shown."""
    if shown is Mark.NOT_CONNECTED:
        return NOT_CONNECTED_TEXT
    if shown is Mark.NO_VALUE:
        return word("n/a")
    return WAITING_TEXT if shown is Mark.WAITING else BAD_TEXT


_SHORT: Final = MappingProxyType(
    {
        int(StatusCode.BadCommunicationError): QT_TRANSLATE_NOOP("Element", "disturbed"),
        int(StatusCode.BadDecodingError): QT_TRANSLATE_NOOP("Element", "unreadable"),
        int(StatusCode.BadConfigurationError): QT_TRANSLATE_NOOP("Element", "no such address"),
        int(StatusCode.BadNodeIdUnknown): QT_TRANSLATE_NOOP("Element", "no such address"),
        int(StatusCode.BadNodeIdInvalid): QT_TRANSLATE_NOOP("Element", "no such address"),
        int(StatusCode.BadNotReadable): QT_TRANSLATE_NOOP("Element", "not readable"),
        int(StatusCode.BadUserAccessDenied): QT_TRANSLATE_NOOP("Element", "no access"),
        int(StatusCode.BadTypeMismatch): QT_TRANSLATE_NOOP("Element", "wrong type"),
        int(StatusCode.BadOutOfRange): QT_TRANSLATE_NOOP("Element", "no number"),
        int(StatusCode.BadNotSupported): QT_TRANSLATE_NOOP("Element", "not supported"),
        int(StatusCode.BadDeviceFailure): QT_TRANSLATE_NOOP("Element", "device failure"),
        int(StatusCode.BadSensorFailure): QT_TRANSLATE_NOOP("Element", "sensor failure"),
        int(StatusCode.BadOutOfService): QT_TRANSLATE_NOOP("Element", "out of service"),
        int(StatusCode.BadResourceUnavailable): QT_TRANSLATE_NOOP("Element", "device busy"),
    }
)
"""A bad value's reason in a word or three, to stand beside what stands for it."""
_LONG: Final = MappingProxyType(
    {
        int(StatusCode.BadConfigurationError): QT_TRANSLATE_NOOP(
            "Element", "The device or the project is set up otherwise: there is no such address."
        ),
        int(StatusCode.BadNodeIdUnknown): QT_TRANSLATE_NOOP("Element", "The server has no such node."),
        int(StatusCode.BadNotReadable): QT_TRANSLATE_NOOP("Element", "The device does not let it be read."),
        int(StatusCode.BadUserAccessDenied): QT_TRANSLATE_NOOP("Element", "The device denies access to it."),
        int(StatusCode.BadTypeMismatch): QT_TRANSLATE_NOOP(
            "Element", "It is of another type than what it is used for."
        ),
        int(StatusCode.BadDecodingError): QT_TRANSLATE_NOOP(
            "Element", "The bytes that came make no value of its type."
        ),
        int(StatusCode.BadOutOfRange): QT_TRANSLATE_NOOP(
            "Element", "It is no number that can be shown, such as after a division by zero."
        ),
        int(StatusCode.BadDeviceFailure): QT_TRANSLATE_NOOP("Element", "The device reports a failure."),
        int(StatusCode.BadSensorFailure): QT_TRANSLATE_NOOP("Element", "The sensor has failed."),
        int(StatusCode.BadOutOfService): QT_TRANSLATE_NOOP("Element", "It is out of service."),
        int(StatusCode.BadResourceUnavailable): QT_TRANSLATE_NOOP("Element", "The device is too busy."),
    }
)


def short_reason(status: int) -> str:
    """Return why a value is bad in a word or three; empty for one that is not, or says no more than that."""
    code = status & _CODE_MASK
    return word(str(_SHORT[code])) if code in _SHORT else ""


def reason(status: int) -> str:
    """Return the status in words for a tool tip: what it means, and its OPC UA name."""
    code = status & _CODE_MASK
    text = word(str(_LONG[code])) if code in _LONG else mark_text(mark(status))
    return text if quality(status) is Quality.GOOD and status == 0 else f"{text} ({status_name(status)})"
