"""Alarms in the operator's words: priority, state, value and limit, who acknowledged."""

from PySide6.QtCore import QCoreApplication

from alarms.model import AlarmSnapshot, AlarmState, Priority
from alarms.words import PRIORITY_WORDS, STATE_WORDS
from tags.clock import NS_PER_S
from tags.model import TagTable
from tags.status import is_bad
from tags.status import name as status_name
from views.alarm_fold import Fold
from views.local_text import duration, local_time, number, value_text
from views.project_names import area_text


def priority_text(priority: Priority) -> str:
    """Return a priority's word."""
    return QCoreApplication.translate("Alarm", PRIORITY_WORDS[priority])


def state_text(row: AlarmSnapshot) -> str:
    """Return a row's state in words."""
    if row.state is AlarmState.NORMAL and not row.confirmed:
        return QCoreApplication.translate("Alarm", "To confirm")
    return state_word(row.state)


def state_word(state: AlarmState) -> str:
    """Return a state in words (ALM-05)."""
    return QCoreApplication.translate("Alarm", STATE_WORDS[state])


def doubt_text(row: AlarmSnapshot, tags: TagTable | None) -> str:
    """Say that the alarm's input is bad and its state therefore frozen (ALM-10); empty when it is not.

    A communication alarm names a connection, not a tag, and is no less sure for that. An alarm that a device
    keeps is in doubt while that one is out of reach.
    """
    if row.doubtful:
        text = QCoreApplication.translate(
            "Alarm", "{} keeps this alarm and is out of reach: its state is doubtful"
        )
        return text.format(row.device)
    if not is_bad(row.status) or tags is None or tags.find(row.tag) is None:
        return ""
    return QCoreApplication.translate("Alarm", "input bad: {}").format(status_name(row.status))


def value_and_limit(row: AlarmSnapshot, tags: TagTable | None) -> str:
    """Return the value at the last transition and the limit, with the unit once."""
    tag = tags.find(row.tag) if tags is not None else None
    text = value_text(row.value, tag)
    if row.limit is None or (tag is not None and tag.states):
        return f"{text} {row.unit}".rstrip()
    limit = number(row.limit, tag.decimals if tag is not None else None)
    return f"{text} / {limit} {row.unit}".rstrip()


def acknowledged_text(row: AlarmSnapshot, now_ns: int) -> str:
    """Return when somebody acknowledged and who."""
    if not row.acknowledged_ns:
        return ""
    when = local_time(row.acknowledged_ns, now_ns=now_ns, milliseconds=False)
    return f"{when}  {row.acknowledged_by}".rstrip()


def condition_text(row: AlarmSnapshot) -> str:
    """Return whether a hidden alarm's condition is there, since its state only says what hides it."""
    if row.active:
        return QCoreApplication.translate("Alarm", "Present")
    return QCoreApplication.translate("Alarm", "Gone")


def remaining_text(row: AlarmSnapshot, now_ns: int) -> str:
    """Return how long a shelving still lasts; empty when it has no end."""
    if row.state is not AlarmState.SHELVED or not row.shelved_until_ns:
        return ""
    return duration((row.shelved_until_ns - now_ns) / NS_PER_S)


def fold_text(head: Fold) -> str:
    """Return what a fold stands for: how many alarms of what, and which came first."""
    title = area_text(head.title) or QCoreApplication.translate("Alarm", "Others")
    mark = "▼" if head.is_open else "▶"
    text = QCoreApplication.translate("Alarm", "{mark} {title} ({count}). First: {first}")
    return text.format(mark=mark, title=title, count=number(len(head.rows)), first=head.first.message)
