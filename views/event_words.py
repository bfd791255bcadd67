"""Events of the plant in the operator's words: their kind, how they ended, and why samples are missing."""

import json

from PySide6.QtCore import QCoreApplication

from alarms.model import Transition
from historian.happening import ALARM_KIND, WRITE_KIND, Happening
from historian.model import GapReason
from tags.model import WriteOutcome
from views.alarm_journal import transition_text


def kind_text(kind: str) -> str:
    """Return a kind of event in one word."""
    return {
        "alarm": QCoreApplication.translate("EventLog", "Alarm"),
        "write": QCoreApplication.translate("EventLog", "Write"),
        "connection": QCoreApplication.translate("EventLog", "Connection"),
        "station": QCoreApplication.translate("EventLog", "Station"),
        "gap": QCoreApplication.translate("EventLog", "Gap"),
        "clock": QCoreApplication.translate("EventLog", "Clock"),
        "trust": QCoreApplication.translate("EventLog", "Trust"),
    }.get(kind, kind)


def gap_text(reason: GapReason) -> str:
    """Return in two words why nobody recorded samples."""
    return {
        GapReason.STATION_STOPPED: QCoreApplication.translate("EventLog", "Station off"),
        GapReason.CONNECTION_LOST: QCoreApplication.translate("EventLog", "Link lost"),
        GapReason.DISABLED: QCoreApplication.translate("EventLog", "Switched off"),
        GapReason.DROPPED: QCoreApplication.translate("EventLog", "Dropped"),
    }[reason]


def outcome_text(outcome: WriteOutcome) -> str:
    """Return how a write ended."""
    return {
        WriteOutcome.CONFIRMED: QCoreApplication.translate("EventLog", "Confirmed"),
        WriteOutcome.CLAMPED: QCoreApplication.translate("EventLog", "Clamped"),
        WriteOutcome.REFUSED: QCoreApplication.translate("EventLog", "Refused"),
        WriteOutcome.TIMED_OUT: QCoreApplication.translate("EventLog", "Timed out"),
    }[outcome]


def detail_text(event: Happening) -> str:
    """Return how a write ended, what an alarm did, why samples are missing, or nothing."""
    try:
        if event.kind == ALARM_KIND:
            return transition_text(Transition(event.detail))
        if event.kind == WRITE_KIND:
            return outcome_text(WriteOutcome(event.detail))
        if event.kind == "gap" and event.detail:
            return gap_text(GapReason(json.loads(event.detail)["reason"]))
    except (ValueError, KeyError, TypeError):
        return event.detail  # written by a newer station
    return ""
