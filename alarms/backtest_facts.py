"""What a back-test found, as plain facts that travel over the link; see :mod:`alarms.backtest`."""

from collections.abc import Mapping
from dataclasses import dataclass

from alarms.settings import Setting
from tags.clock import NS_PER_S, iso_utc

MOST_MISSED = 1000
"""How many missed activations are listed one by one; their number is always whole."""


@dataclass(frozen=True, slots=True)
class AlarmEffect:
    """Tell what the change does to one alarm.

    ``missed`` are the sequence numbers (of the side before) of activations during which the changed alarm
    never stood; ``added`` is how many it has at times when the present one did not stand. The added delays
    are from the present activation to the changed one, over those not missed; 0 when none.
    """

    alarm_id: str
    activations_before: int
    activations_after: int
    chattering_before: int
    chattering_after: int
    missed: tuple[int, ...]
    added: int
    mean_added_delay_ns: int
    longest_added_delay_ns: int

    @property
    def is_changed(self) -> bool:
        """Tell whether anything is different."""
        return bool(
            self.missed
            or self.added
            or self.longest_added_delay_ns
            or self.activations_before != self.activations_after
        )


@dataclass(frozen=True, slots=True)
class FloodFacts:
    """Describe a flood (KPI-20); times are UTC nanoseconds."""

    start_ns: int
    end_ns: int
    count: int
    peak: int
    first_out: str


@dataclass(frozen=True, slots=True)
class KpiFacts:
    """Hold one figure as it is shown: its value in words and how it stands to its target."""

    kpi_id: str
    name: str
    text: str
    verdict: str


@dataclass(frozen=True, slots=True)
class SideFacts:
    """Hold what one set of settings gives; ``per_10_min`` counts activations in wall-clock windows."""

    activations: int
    floods: tuple[FloodFacts, ...]
    kpis: tuple[KpiFacts, ...]
    per_10_min: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MissedActivation:
    """Name an activation of the present settings that the changed ones would not have raised."""

    alarm_id: str
    source_ns: int
    message: str


@dataclass(frozen=True, slots=True)
class ProposalFacts:
    """Propose settings for a chattering alarm, by column of ``alarms.csv``, with the predicted effect."""

    alarm_id: str
    changes: Mapping[str, Setting]
    effect: AlarmEffect
    text: str


@dataclass(frozen=True, slots=True)
class BackTestResult:
    """Hold both sides of a back-test and what differs, for the settings ``changes`` by alarm and column.

    ``warnings`` are rules that the changed settings offend against, with their reasons. ``samples`` were
    looked at, ``fed`` of them reached an engine.
    """

    start_ns: int
    end_ns: int
    is_indicative: bool
    changes: Mapping[str, Mapping[str, Setting]]
    effects: tuple[AlarmEffect, ...]
    before: SideFacts
    after: SideFacts
    missed: tuple[MissedActivation, ...]
    warnings: tuple[str, ...]
    proposals: tuple[ProposalFacts, ...]
    samples: int
    fed: int
    duration_s: float

    @property
    def sentence(self) -> str:
        """Return the effect in one sentence, for the record of a change that rests on it."""
        changed = [item for item in self.effects if item.alarm_id in self.changes]
        missed = sum(len(item.missed) for item in self.effects)
        start, end = (iso_utc(at_ns)[:16] for at_ns in (self.start_ns, self.end_ns))
        longest_s = max((item.longest_added_delay_ns for item in self.effects), default=0) / NS_PER_S
        before = sum(item.activations_before for item in changed)
        after = sum(item.activations_after for item in changed)
        return (
            f"back-test {start}Z to {end}Z: {before} activations become "
            f"{after}, {missed} missed, at most {longest_s:g} s later, "
            f"floods {len(self.before.floods)} become {len(self.after.floods)}"
        )
