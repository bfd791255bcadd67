"""Run a back-test of changed settings and put what it found into plain facts."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from alarms import definitions as definition_rules
from alarms.advice import advice
from alarms.backtest import BackTest, Side, run
from alarms.backtest_facts import (
    MOST_MISSED,
    BackTestResult,
    FloodFacts,
    KpiFacts,
    MissedActivation,
    ProposalFacts,
    SideFacts,
)
from alarms.backtest_journal import History
from alarms.conditions import NOT_FROM_TAGS
from alarms.metrics_events import Period
from alarms.metrics_words import kpi_text
from alarms.model import AlarmDefinition, AlarmError
from alarms.proposals import Proposal, propose
from alarms.settings import SETTINGS, Setting, changed, value_of
from tags.model import TagTable


def with_settings(
    definitions: Sequence[AlarmDefinition], changes: Mapping[str, Mapping[str, Setting]]
) -> tuple[AlarmDefinition, ...]:
    """Return definitions with changed settings, by alarm and column of ``alarms.csv``.

    Raises:
        AlarmError: an alarm or a setting is unknown, or a value is none; the text names the alarm.
    """
    known = {item.alarm_id for item in definitions}
    unknown = [alarm_id for alarm_id in changes if alarm_id not in known]
    if unknown:
        raise AlarmError(f"{unknown[0]}: no alarm has this id")
    found = []
    for item in definitions:
        try:
            found.append(changed(item, changes.get(item.alarm_id, {})))
        except AlarmError as error:
            raise AlarmError(f"{item.alarm_id}: {error}") from None
    return tuple(found)


def try_settings(
    history: History,
    present: Sequence[AlarmDefinition],
    changes: Mapping[str, Mapping[str, Setting]],
    period: Period,
    *,
    has_proposals: bool = False,
    on_progress: Callable[[float], None] = lambda _: None,
) -> BackTestResult:
    """Replay a period with the present and with the changed settings. Blocking; runs in any thread.

    Raises:
        AlarmError: the changed settings cannot run; the text names alarm, column and reason.
    """
    begun = time.monotonic()
    proposed = with_settings(present, changes)
    _refuse_faults(present, proposed, history)
    found = run(history, present, proposed, period, on_progress)
    proposals: Sequence[Proposal] = ()
    if has_proposals:
        chattering = found.after.performance.kpi("KPI-21").alarm_ids
        proposals = propose(history, proposed, chattering, period)
    return BackTestResult(
        period.start_ns,
        period.end_ns,
        found.before.performance.is_indicative,
        changes,
        found.effects,
        _side(found.before),
        _side(found.after),
        _missed(found),
        tuple(_warnings(proposed, changes, history.tags)),
        tuple(_proposal(item) for item in proposals),
        found.samples,
        found.fed,
        time.monotonic() - begun,
    )


def _refuse_faults(
    present: Sequence[AlarmDefinition], proposed: Sequence[AlarmDefinition], history: History
) -> None:
    """Refuse what a running station would refuse, so that only what can be applied is tested."""
    faults = [
        problem
        for before, after in zip(present, proposed, strict=True)
        if before != after
        for problem in definition_rules.faults(after, history.tags)
    ]
    if not faults:
        known = set(definition_rules.review(present, history.tags))
        review = definition_rules.review(proposed, history.tags)
        faults = [problem for problem in review if not problem.is_warning and problem not in known]
    if faults:
        raise AlarmError(f"{faults[0].alarm_id}: {faults[0].column}: {faults[0].text}")


def _warnings(
    proposed: Sequence[AlarmDefinition], changes: Mapping[str, Mapping[str, Setting]], tags: TagTable
) -> list[str]:
    problems = [
        problem
        for item in proposed
        if item.alarm_id in changes and item.type not in NOT_FROM_TAGS
        for problem in advice(item, tags.find(item.tag))
    ]
    problems += [
        problem
        for problem in definition_rules.review(proposed, tags)
        if problem.is_warning and (problem.alarm_id in changes or problem.other in changes)
    ]
    return [f"{problem.alarm_id}: {problem.column}: {problem.text}" for problem in problems]


def _side(side: Side) -> SideFacts:
    performance = side.performance
    return SideFacts(
        int(performance.window_counts.sum()),
        tuple(
            FloodFacts(flood.start_ns, flood.end_ns, flood.count, flood.peak, flood.first_out)
            for flood in performance.floods
        ),
        tuple(
            KpiFacts(item.kpi_id, item.name, kpi_text(item), item.verdict.value) for item in performance.kpis
        ),
        tuple(performance.window_counts.tolist()),
    )


def _missed(found: BackTest) -> tuple[MissedActivation, ...]:
    missed = {sequence for item in found.effects for sequence in item.missed}
    rows = (
        MissedActivation(event.alarm_id, event.source_ns, event.message)
        for event in found.before.events
        if event.sequence in missed
    )
    return tuple(row for row, _ in zip(rows, range(MOST_MISSED), strict=False))


def _proposal(item: Proposal) -> ProposalFacts:
    changes = {
        name: value_of(item.proposed, name)
        for name in SETTINGS
        if value_of(item.proposed, name) != value_of(item.present, name)
    }
    # Numbers of single events mean nothing outside of the journal that the proposal was computed from.
    effect = replace(item.effect, missed=item.effect.missed[:MOST_MISSED])
    return ProposalFacts(item.proposed.alarm_id, changes, effect, item.text)
