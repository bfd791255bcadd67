"""The words of states, transitions, priorities and classes: one source for the window and for files."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from alarms.model import AlarmState, MessageClass, Priority, Transition

CONTEXT: Final = "Alarm"
"""Where the translations of these words are."""
PRIORITY_WORDS: Final[Mapping[Priority, str]] = MappingProxyType(
    {Priority.URGENT: "Urgent", Priority.HIGH: "High", Priority.MEDIUM: "Medium", Priority.LOW: "Low"}
)
STATE_WORDS: Final[Mapping[AlarmState, str]] = MappingProxyType(
    {
        AlarmState.NORMAL: "Normal",
        AlarmState.UNACKNOWLEDGED: "Active",
        AlarmState.ACKNOWLEDGED: "Acknowledged",
        AlarmState.RETURNED_UNACKNOWLEDGED: "Returned",
        AlarmState.LATCHED_UNACKNOWLEDGED: "Latched",
        AlarmState.LATCHED_ACKNOWLEDGED: "Latched, seen",
        AlarmState.SHELVED: "Shelved",
        AlarmState.SUPPRESSED_BY_DESIGN: "Suppressed",
        AlarmState.OUT_OF_SERVICE: "Out of service",
        AlarmState.DISABLED: "Disabled",
    }
)
"""The states in words (ALM-05)."""
TRANSITION_WORDS: Final[Mapping[Transition, str]] = MappingProxyType(
    {
        Transition.ACTIVATED: "Alarm",
        Transition.RETURNED: "Returned",
        Transition.ACKNOWLEDGED: "Acknowledged",
        Transition.RE_ALARMED: "Alarm again",
        Transition.RESET: "Reset",
        Transition.RESET_REFUSED: "Reset refused",
        Transition.SHELVED: "Shelved",
        Transition.UNSHELVED: "Unshelved",
        Transition.SUPPRESSED: "Suppressed",
        Transition.UNSUPPRESSED: "Suppression ended",
        Transition.REMOVED_FROM_SERVICE: "Out of service",
        Transition.RETURNED_TO_SERVICE: "Back in service",
        Transition.DISABLED: "Disabled",
        Transition.ENABLED: "Enabled",
        Transition.SEVERITY_CHANGED: "Priority changed",
        Transition.CONFIRMED: "Confirmed",
        Transition.COMMENTED: "Commented",
        Transition.BRANCHED: "Earlier one kept",
    }
)
CLASS_WORDS: Final[Mapping[MessageClass, str]] = MappingProxyType(
    {
        MessageClass.ALARM: "Alarm",
        MessageClass.ALERT: "Alert",
        MessageClass.PROMPT: "Prompt",
        MessageClass.EVENT: "Event",
    }
)
TITLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "sequence": "Number",
        "time": "Time",
        "received": "Received",
        "alarm_id": "Alarm",
        "transition": "Event",
        "state_before": "State before",
        "state_after": "State after",
        "priority": "Priority",
        "severity": "Severity",
        "tag": "Tag",
        "area": "Area",
        "message": "Message",
        "value": "Value",
        "limit": "Limit",
        "unit": "Unit",
        "quality": "Quality",
        "first_out": "First-out",
        "level": "Level",
        "user": "By",
        "workstation": "Workstation",
        "comment": "Comment",
        "class": "Class",
        "occurrence_id": "Occurrence",
        "event_id": "Event id",
    }
)
"""The columns of the journal as people read them, by their names in CSV."""
