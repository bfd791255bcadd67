"""Events of the plant in the operator's words: their kind, how they ended, and why samples are missing."""

from PySide6.QtCore import QCoreApplication

from alarms.model import Transition
from historian.happening import Happening
from historian.model import GapReason
from historian.words import GAP_WORDS, KIND_WORDS, OUTCOME_WORDS
from projects.event_words import detail_word
from tags.model import WriteOutcome
from views.alarm_journal import transition_text


def kind_text(kind: str) -> str:
    """Return a kind of event in one word."""
    return QCoreApplication.translate("EventLog", KIND_WORDS[kind]) if kind in KIND_WORDS else kind


def gap_text(reason: GapReason) -> str:
    """Return in two words why nobody recorded samples."""
    return QCoreApplication.translate("EventLog", GAP_WORDS[reason])


def outcome_text(outcome: WriteOutcome) -> str:
    """Return how a write ended."""
    return QCoreApplication.translate("EventLog", OUTCOME_WORDS[outcome])


def detail_text(event: Happening) -> str:
    """Return how a write ended, what an alarm did, why samples are missing, or nothing."""
    context, source = detail_word(event)
    return QCoreApplication.translate(context, source) if context else source


def detail_texts() -> list[str]:
    """Return all that :func:`detail_text` may say, for the width of a column."""
    return [*map(transition_text, Transition), *map(outcome_text, WriteOutcome), *map(gap_text, GapReason)]
