"""How a value's status is shown: one mark per kind of trouble, and one sentence that says why (HMI-16)."""

from enum import IntEnum
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tags.status import Quality, StatusCode, quality
from tags.status import name as status_name
from views.words import word


class Mark(IntEnum):
    """Name the decorations of a live value; a larger number says more about the trouble."""

    NONE = 0
    FORCED = 1
    SIMULATED = 2
    WAITING = 3
    UNCERTAIN = 4
    STALE = 5
    NOT_CONNECTED = 6
    BAD = 7

    @property
    def hides_value(self) -> bool:
        """Tell whether the last value must not be shown (DQ-01)."""
        return self in (Mark.WAITING, Mark.NOT_CONNECTED, Mark.BAD)


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
    return WAITING_TEXT if shown is Mark.WAITING else BAD_TEXT


def reason(status: int) -> str:
    """Return the status in words for a tool tip: what it means, and its OPC UA name."""
    text = mark_text(mark(status))
    return text if quality(status) is Quality.GOOD and status == 0 else f"{text} ({status_name(status)})"
