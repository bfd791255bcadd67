"""Conditions that a device keeps itself: what it reports of them, and what people ask it to do with them.

Alarms and drivers share these facts and nothing else: neither knows the other. Designed after OPC UA Part 9;
another protocol fills in what it has.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from tags.status import StatusCode


class DeviceShelving(StrEnum):
    """Name how the device says that a condition is shelved."""

    NONE = "none"
    TIMED = "timed"
    ONE_SHOT = "one_shot"


@dataclass(frozen=True, slots=True)
class DeviceCondition:
    """Hold what a device said last about one condition, or about one branch of it (OPA-03, OPA-06).

    ``condition`` and ``branch`` name it within its device; an empty ``branch`` is the present state, any
    other an earlier occurrence that still waits for its acknowledgement. ``event`` names what was reported:
    an acknowledgement carries the one that was seen. ``is_retained`` is whether it belongs into the list of
    alarms (OPA-04). A device that knows no acknowledgement or no confirmation reports ``acked`` or
    ``confirmed`` true. ``severity`` is 1 to 1000, ``status`` the quality of what the condition is judged by.
    ``user`` and ``comment`` belong to what was done last. Times are UTC nanoseconds: ``source_ns`` of this
    report, ``active_ns`` since when it is active (0: unknown), ``shelved_until_ns`` (0: not shelved, or
    without end). ``tag_id`` is the tag that the condition is about, where the connection reads it.
    """

    condition: str
    event: str
    name: str
    source: str
    message: str
    severity: int
    source_ns: int
    is_retained: bool
    active: bool
    branch: str = ""
    acked: bool = True
    confirmed: bool = True
    enabled: bool = True
    latched: bool = False
    suppressed: bool = False
    out_of_service: bool = False
    shelving: DeviceShelving = DeviceShelving.NONE
    shelved_until_ns: int = 0
    active_ns: int = 0
    status: int = int(StatusCode.Good)
    limit: float | None = None
    user: str = ""
    comment: str = ""
    area: str = ""
    tag_id: int | None = None


class ConditionOperation(StrEnum):
    """Name what people may ask a device to do with one of its conditions."""

    ACKNOWLEDGE = "acknowledge"
    CONFIRM = "confirm"
    """Say that the cause is dealt with; some devices ask for it after the acknowledgement."""
    COMMENT = "comment"
    RESET = "reset"
    SHELVE_TIMED = "shelve for a time"
    SHELVE_ONE_SHOT = "shelve once"
    UNSHELVE = "unshelve"
    REMOVE_FROM_SERVICE = "remove from service"
    RETURN_TO_SERVICE = "return to service"


@dataclass(frozen=True, slots=True)
class ConditionRequest:
    """Ask a device to do something with a condition.

    ``event`` is the report that the operator saw. ``comment`` None leaves the device's comment as it is, an
    empty one clears it (OPA-08). ``duration_ns`` counts for SHELVE_TIMED only.
    """

    operation: ConditionOperation
    condition: str
    event: str
    comment: str | None = None
    duration_ns: int = 0


class ConditionSink(Protocol):
    """Take what a device reports of its conditions. Called on the station's loop only; never blocks."""

    def refresh_began(self) -> None:
        """Doubt all that is known of the device's conditions: it is about to report those that it retains."""
        ...

    def reported(self, conditions: Sequence[DeviceCondition]) -> None:
        """Take reports in the order in which the device made them."""
        ...

    def refresh_ended(self) -> None:
        """Drop what is still in doubt: the device retains it no longer (OPA-05)."""
        ...

    def refresh_refused(self, text: str) -> None:
        """Note in one sentence that the device cannot report what it retains: doubts stay."""
        ...
