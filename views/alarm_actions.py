"""What an operator may ask for beside acknowledging, and why a row does not allow it (ALM-08, ALM-12)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QCoreApplication

from alarms.model import AlarmDefinition, AlarmSnapshot, AlarmState
from alarms.policy import shelve_role
from tags.roles import Action, Role
from tags.roles import refusal as action_refusal
from views.language import station_text
from views.local_text import duration


class AlarmAction(StrEnum):
    """Name the requests; each is journaled by the station with who asked and why."""

    RESET = "reset"
    """Clear a latched alarm whose cause is gone; starts nothing."""
    SHELVE = "shelve"
    UNSHELVE = "unshelve"
    REMOVE = "remove"
    """Take out of service."""
    RETURN = "return"
    """Put back into service."""
    CONFIRM = "confirm"
    """Say of a device's alarm that its cause is dealt with."""
    COMMENT = "comment"
    """Tell something about a device's alarm, to the device too."""


@dataclass(frozen=True, slots=True)
class AlarmRequest:
    """Ask for one action on alarms; ``duration_ns`` None shelves until the next return (one-shot)."""

    action: AlarmAction
    alarm_ids: tuple[str, ...]
    reason: str = ""
    duration_ns: int | None = None


NEEDS_REASON = frozenset({AlarmAction.SHELVE, AlarmAction.REMOVE, AlarmAction.RETURN, AlarmAction.COMMENT})
"""These are asked for in a dialog."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("AlarmAction", text)


def action_text(action: AlarmAction) -> str:
    """Return the words of a button; an ellipsis announces a dialog."""
    return {
        AlarmAction.RESET: _tr("Reset"),
        AlarmAction.SHELVE: _tr("Shelve…"),
        AlarmAction.UNSHELVE: _tr("Unshelve"),
        AlarmAction.REMOVE: _tr("Out of service…"),
        AlarmAction.RETURN: _tr("Return to service…"),
        AlarmAction.CONFIRM: _tr("Confirm"),
        AlarmAction.COMMENT: _tr("Comment…"),
    }[action]


def action_tip(action: AlarmAction) -> str:
    """Return what an action does, in one sentence."""
    return {
        AlarmAction.RESET: _tr("Clear latched alarms whose cause is gone"),
        AlarmAction.SHELVE: _tr("Hide alarms for a time, with a reason"),
        AlarmAction.UNSHELVE: _tr("Show shelved alarms again now"),
        AlarmAction.REMOVE: _tr("Hide alarms under maintenance until they are returned, with a reason"),
        AlarmAction.RETURN: _tr("Show alarms again that were out of service"),
        AlarmAction.CONFIRM: _tr("Say that the cause of a device's alarm is dealt with"),
        AlarmAction.COMMENT: _tr("Give a device's alarm a comment, which the device keeps"),
    }[action]


_NEEDS: Mapping[AlarmAction, Action] = {
    AlarmAction.RESET: Action.RESET,
    AlarmAction.SHELVE: Action.SHELVE,
    AlarmAction.UNSHELVE: Action.SHELVE,
    AlarmAction.REMOVE: Action.REMOVE_FROM_SERVICE,
    AlarmAction.RETURN: Action.REMOVE_FROM_SERVICE,
    AlarmAction.CONFIRM: Action.ACKNOWLEDGE,
    AlarmAction.COMMENT: Action.ACKNOWLEDGE,
}


def role_refusal(action: AlarmAction, role: Role, definition: AlarmDefinition | None) -> str:
    """Say why a role may not do this to an alarm; empty when it may (ALM-12, ALM-14, SEC-10)."""
    text = action_refusal(role, _NEEDS[action])
    if text or action is not AlarmAction.SHELVE or definition is None:
        return station_text(text)
    needed = shelve_role(definition)
    if role.includes(needed):
        return ""
    return _tr("Shelving this alarm takes the role {role}.").format(role=needed.value)


def refusal(action: AlarmAction, row: AlarmSnapshot, definition: AlarmDefinition | None) -> str:
    """Say why a row does not allow an action; empty when it does. The station decides in the end."""
    state = row.state
    if action in (AlarmAction.CONFIRM, AlarmAction.COMMENT):
        return _device_refusal(action, row)
    if action is AlarmAction.RESET:
        return _reset_refusal(state)
    if action is AlarmAction.UNSHELVE:
        return "" if state is AlarmState.SHELVED else _tr("The alarm is not shelved.")
    if action is AlarmAction.RETURN:
        return "" if state is AlarmState.OUT_OF_SERVICE else _tr("The alarm is not out of service.")
    if state in (AlarmState.OUT_OF_SERVICE, AlarmState.DISABLED):
        return _tr("The alarm is not in service.")
    if action is AlarmAction.REMOVE:
        is_allowed = definition is None or definition.removable
        return "" if is_allowed else _tr("The alarm's class forbids taking it out of service.")
    if state is AlarmState.SUPPRESSED_BY_DESIGN:
        return _tr("The alarm is suppressed already.")
    is_allowed = definition is None or definition.shelvable
    return "" if is_allowed else _tr("This alarm must not be shelved.")


def _device_refusal(action: AlarmAction, row: AlarmSnapshot) -> str:
    if not row.device:
        return _tr("The station keeps this alarm itself: it needs no more than its acknowledgement.")
    if row.doubtful:
        return _tr("The device that keeps this alarm is out of reach.")
    if action is AlarmAction.CONFIRM and row.confirmed:
        return _tr("The device asks for no confirmation of this alarm.")
    if action is AlarmAction.CONFIRM and not row.acknowledged:
        return _tr("Acknowledge the alarm before you confirm it.")
    return ""


def _reset_refusal(state: AlarmState) -> str:
    if state is AlarmState.LATCHED_ACKNOWLEDGED:
        return ""
    if state is AlarmState.LATCHED_UNACKNOWLEDGED:
        return _tr("Acknowledge the alarm before you reset it.")
    return _tr("Only a latched alarm whose cause is gone can be reset.")


def names_text(rows: list[AlarmSnapshot], most: int = 4) -> str:
    """Name alarms by their messages, one a line; the rest as a number."""
    lines = [row.message or row.alarm_id for row in rows[:most]]
    if len(rows) > most:
        lines.append(QCoreApplication.translate("AlarmAction", "and %n more", "", len(rows) - most))
    return "\n".join(lines)


def duration_text(duration_s: int | None) -> str:
    """Return a shelving's duration in words; None is one-shot."""
    return _tr("Until it returns to normal") if duration_s is None else duration(duration_s)
