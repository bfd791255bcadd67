"""Propose a deadband and delays for each chattering alarm, with what they would have done (KPI-09, KPI-21).

Every proposal is tried by a back-test over the same history, so that its effect is computed and not guessed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from alarms.backtest import AlarmEffect, effect, stands
from alarms.backtest_journal import History, replay
from alarms.conditions import LIMITS
from alarms.metrics_events import Period
from alarms.model import AlarmDefinition, AlarmType
from tags.clock import NS_PER_S
from tags.model import Tag

DELAY_SHARE: Final = 0.25
"""An on-delay takes less than this share of the time to respond (ALM-31)."""
_SPAN_PERCENTS: Final = (0.5, 1.0, 2.0, 5.0, 10.0)
"""Deadbands to try, in percent of the span: 1 to 5 are the starting values of ALM-30."""
_DELAYS_S: Final = (0, 2, 5, 10, 15, 30, 60)
"""Delays to try: those of ALM-30, and shorter ones first because a delay makes late."""
_UNPROPOSED: Final = frozenset(
    (AlarmType.TRIP, AlarmType.COMMUNICATION, AlarmType.STALE, AlarmType.INSTRUMENT)
)
"""A trip must not be late; connections and stale tags have times of their own."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Propose settings for one alarm; ``effect`` is what they do to the history of the period."""

    present: AlarmDefinition
    proposed: AlarmDefinition
    effect: AlarmEffect

    @property
    def text(self) -> str:
        """Return the proposal and its effect in one sentence."""
        new, effect = self.proposed, self.effect
        delays = ("on-delay", new.on_delay_ns), ("off-delay", new.off_delay_ns)
        settings = [f"{name} {delay_ns / NS_PER_S:g} s" for name, delay_ns in delays]
        if new.type in LIMITS:
            settings.insert(0, f"deadband {new.deadband_eu:g} {new.unit}".rstrip())
        return (
            f"{new.alarm_id}: {', '.join(settings)}: {effect.activations_before} activations become "
            f"{effect.activations_after}, {len(effect.missed)} are missed, the others come at most "
            f"{effect.longest_added_delay_ns / NS_PER_S:g} s later"
        )


def propose(
    history: History, definitions: Sequence[AlarmDefinition], alarm_ids: Sequence[str], period: Period
) -> list[Proposal]:
    """Return for each of these alarms the mildest settings that end its chattering.

    Of the candidates that leave the fewest chattering activations, the one that misses least wins, then the
    one that is least late, then the smallest deadband. An alarm that nothing helps is left out. The search
    reads the alarm's own tag and the inputs of its suppression, once. Blocking; runs in any thread.
    """
    by_id = {item.alarm_id: item for item in definitions}
    found = [
        _propose(history, by_id[alarm_id], period)
        for alarm_id in alarm_ids
        if alarm_id in by_id and by_id[alarm_id].type not in _UNPROPOSED
    ]
    return [item for item in found if item is not None]


def candidates(definition: AlarmDefinition, tag: Tag) -> list[AlarmDefinition]:
    """Return the settings to try, from mild to strong; never weaker than the present ones."""
    deadbands = [definition.deadband_eu]
    if definition.type in LIMITS:
        deadbands += [value for value in _deadbands(definition, tag) if value > definition.deadband_eu]
    longest_ns = round(definition.time_to_respond_s * DELAY_SHARE * NS_PER_S)
    found = []
    for deadband_eu in deadbands:
        found += [
            replace(
                definition,
                deadband_eu=deadband_eu,
                on_delay_ns=max(definition.on_delay_ns, on_delay_ns),
                off_delay_ns=max(definition.off_delay_ns, off_delay_ns),
            )
            for on_delay_ns, off_delay_ns in _delays(longest_ns)
        ]
    return [item for item in dict.fromkeys(found) if item != definition]


def _delays(longest_ns: int) -> list[tuple[int, int]]:
    """Return on- and off-delays to try; an on-delay is shorter than ``longest_ns`` unless that is 0.

    An off-delay alone comes first: it holds the bursts of a loose contact together and misses none of them.
    """
    delays_ns = [delay_s * NS_PER_S for delay_s in _DELAYS_S]
    alike = [(one, one) for one in delays_ns if one and not (longest_ns and one >= longest_ns)]
    return [*((0, one) for one in delays_ns), *alike]


def _deadbands(definition: AlarmDefinition, tag: Tag) -> list[float]:
    if tag.eu_low is not None and tag.eu_high is not None:
        span_eu = tag.eu_high - tag.eu_low
    else:
        span_eu = abs(definition.setpoint)
    return [float(f"{span_eu * percent / 100:.3g}") for percent in _SPAN_PERCENTS]


def _propose(history: History, present_row: AlarmDefinition, period: Period) -> Proposal | None:
    # Alone, without what ties it to other alarms.
    definition = replace(present_row, group="", exclusive=False)
    choices = candidates(definition, history.tags.by_path(definition.tag))
    # All candidates run side by side in one engine, each as an alarm of its own.
    variants = {f"{definition.alarm_id}#{number}": choice for number, choice in enumerate(choices)}
    renamed = [replace(choice, alarm_id=name) for name, choice in variants.items()]
    own = [event for event in history.operations if event.alarm_id == definition.alarm_id]
    repeated = [replace(event, alarm_id=name) for event in own for name in variants]
    side_by_side = replace(history, operations=[*own, *repeated])
    found = replay(side_by_side, ((definition,), renamed), period.start_ns, period.end_ns)
    present, changed = (stands(events, period) for events in found.journals)
    before = present.get(definition.alarm_id, [])
    best: tuple[tuple[float, ...], Proposal] | None = None
    for name, choice in variants.items():
        tried = effect(definition.alarm_id, before, changed.get(name, []))
        if tried.chattering_after >= tried.chattering_before:
            continue
        rank = (
            tried.chattering_after,
            len(tried.missed),
            tried.longest_added_delay_ns,
            choice.deadband_eu,
            choice.off_delay_ns,
        )
        if best is None or rank < best[0]:
            best = rank, Proposal(present_row, _with(present_row, choice), tried)
    return None if best is None else best[1]


def _with(definition: AlarmDefinition, choice: AlarmDefinition) -> AlarmDefinition:
    return replace(
        definition,
        deadband_eu=choice.deadband_eu,
        on_delay_ns=choice.on_delay_ns,
        off_delay_ns=choice.off_delay_ns,
    )
