"""Equipment effectiveness from the state history of a PackML unit (OEE-01..05, PML-08, MNT-01..03).

Nothing here reads a clock or a database: a :class:`Recorder` is fed with samples, from history or live, and
keeps one :class:`Account` per period. Figures are computed from summed times and counts, so that no average
of averages ever arises.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from tags.clock import NS_PER_S

EXECUTE: Final = 6
PRODUCTION: Final = 1
NO_REASON: Final = 0
LOW_SAMPLE: Final = 5
"""Fewer failures than this make a mean time between them doubtful (MNT-03)."""
LEAST_GOOD_PERCENT: Final = 95.0
"""Below this share of good inputs a figure is uncertain (OEE-04)."""
SETTLE_NS: Final = 2 * NS_PER_S
"""How far state and stop reason may be apart: they are two tags, each scanned by its own period."""
_ROLLOVER: Final = 2**32
_NEAR_ROLLOVER: Final = 2**16


class Input(StrEnum):
    """Name what a unit tells, by the path below it (PML-07)."""

    STATE = "Status.StateCurrent"
    MODE = "Status.UnitModeCurrent"
    REASON = "Admin.StopReason.ID"
    PROCESSED = "Admin.ProdProcessedCount"
    DEFECTIVE = "Admin.ProdDefectiveCount"
    DESIGN_SPEED = "Admin.MachDesignSpeed"


@dataclass(frozen=True, slots=True)
class Rules:
    """Say how time is judged.

    ``planned`` and ``excused`` are stop reasons: of planned downtime, which is no loss, and of stops that are
    no failure of the unit, such as an operator's or one by a cause outside (PML-06). Stops shorter than
    ``micro_stop_ns`` are micro-stops (OEE-05).
    """

    micro_stop_ns: int = 300 * NS_PER_S
    planned: frozenset[int] = frozenset()
    excused: frozenset[int] = frozenset()


@dataclass(slots=True)
class Loss:
    """Sum up one stop reason: nanoseconds, and how often it stopped the unit."""

    time_ns: int = 0
    count: int = 0


@dataclass(slots=True)
class Account:
    """Sum up one period of a unit; times in nanoseconds, ``possible`` in products at design speed."""

    start_ns: int
    total_ns: int = 0
    unknown_ns: int = 0
    """Time in which the state or the mode was not known; it belongs to no other sum."""
    planned_ns: int = 0
    """Planned downtime: not in production mode, or stopped for a planned reason."""
    producing_ns: int = 0
    """APT: Execute in production mode."""
    losses: dict[int, Loss] = field(default_factory=dict)
    micro_ns: int = 0
    micro_stops: int = 0
    stops: int = 0
    possible: float = 0.0
    uncounted_ns: int = 0
    """Producing time without a known design speed or with unknown counters."""
    processed: int = 0
    rated: int = 0
    """Products made while the design speed was known: what ``possible`` is compared with."""
    defective: int = 0
    failures: int = 0
    repair_ns: int = 0
    """Time from failures to Execute; a failure that is still there counts until now."""

    @property
    def busy_ns(self) -> int:
        """Return PBT: planned operation less planned downtime, as far as it is known."""
        return self.total_ns - self.unknown_ns - self.planned_ns

    @property
    def percent_good(self) -> float:
        """Return the share of the period in which all inputs were known, 0 to 100; NaN for no time."""
        return ratio(100.0 * (self.total_ns - self.unknown_ns - self.uncounted_ns), self.total_ns)

    @property
    def is_uncertain(self) -> bool:
        """Tell whether too little is known for the figures to be relied on (OEE-04)."""
        return not self.percent_good >= LEAST_GOOD_PERCENT

    def figures(self) -> "Figures":
        """Return the figures of the period so far."""
        return Figures(
            availability=ratio(self.producing_ns, self.busy_ns),
            performance=ratio(self.rated, self.possible),
            quality=ratio(self.processed - self.defective, self.processed),
            mtbf_ns=ratio(self.producing_ns, self.failures),
            mttr_ns=ratio(self.repair_ns, self.failures),
        )

    def pareto(self) -> list[tuple[int, Loss]]:
        """Return the losses by reason, the longest first (OEE-05)."""
        return sorted(self.losses.items(), key=lambda item: (-item[1].time_ns, item[0]))


@dataclass(frozen=True, slots=True)
class Figures:
    """Hold the figures of a period as ratios of one; NaN stands for what cannot be computed (OEE-04).

    ``performance`` is the effectiveness of ISO 22400 and may exceed one (OEE-02).
    """

    availability: float
    performance: float
    quality: float
    mtbf_ns: float
    mttr_ns: float

    @property
    def oee(self) -> float:
        """Return availability x performance x quality."""
        return self.availability * self.performance * self.quality


def ratio(part: float, whole: float) -> float:
    """Return a quotient, NaN where there is nothing to divide by."""
    return part / whole if whole > 0 else math.nan


class Recorder:
    """Follow one unit through its samples and keep the accounts of several periods at once.

    Samples come in the order of their source time; one that comes late counts from the time reached. Not
    thread-safe.
    """

    def __init__(self, rules: Rules, start_ns: int) -> None:
        self._rules = rules
        self._at_ns = start_ns
        self._values: dict[Input, float] = {}
        self._counters: dict[Input, int] = {}
        self._stop: _Stop | None = None
        self._reason_ns = start_ns - 2 * SETTLE_NS
        self._accounts: dict[str, Account] = {}

    @property
    def accounts(self) -> Mapping[str, Account]:
        """Return the running accounts by name."""
        return MappingProxyType(self._accounts)

    @property
    def knows_all(self) -> bool:
        """Tell whether every input has a value that is known."""
        return len(self._values) == len(Input)

    def open(self, name: str) -> Account:
        """Begin an account at the time reached; one of the same name ends."""
        account = Account(self._at_ns)
        self._accounts[name] = account
        if self._stop is not None:
            # A stop that runs on is of both periods, but it happened in the one in which it began.
            self._stop.known_in.pop(name, None)
        return account

    def take(self, source: Input, time_ns: int, value: float | None) -> None:
        """Take a sample; None for a value that is not known."""
        self.advance(time_ns)
        if value is None or not math.isfinite(value):
            self._values.pop(source, None)
            return
        self._values[source] = value
        if source in (Input.PROCESSED, Input.DEFECTIVE):
            self._count(source, int(value))
        elif source is Input.REASON:
            self._reason_ns = time_ns
            self._name_reason()
        elif source in (Input.STATE, Input.MODE):
            self._change_state()

    def advance(self, time_ns: int) -> None:
        """Let time pass under the values last taken."""
        passed_ns = time_ns - self._at_ns
        if passed_ns <= 0:
            return
        self._at_ns = time_ns
        for name, account in self._accounts.items():
            self._pass(name, account, passed_ns)
        if self._stop is not None and not self._stop.reason and self._stop.age_ns(time_ns) >= SETTLE_NS:
            # The same cause as last time: the reason did not change and so never came anew.
            self._name_reason()

    def _pass(self, name: str, account: Account, passed_ns: int) -> None:
        account.total_ns += passed_ns
        state, mode = self._values.get(Input.STATE), self._values.get(Input.MODE)
        if state is None or mode is None:
            account.unknown_ns += passed_ns
        elif mode != PRODUCTION:
            account.planned_ns += passed_ns
        elif state == EXECUTE:
            account.producing_ns += passed_ns
            speed = self._values.get(Input.DESIGN_SPEED)
            if speed is None or Input.PROCESSED not in self._values or Input.DEFECTIVE not in self._values:
                account.uncounted_ns += passed_ns
            if speed is not None:
                account.possible += speed * passed_ns / (60 * NS_PER_S)
        elif self._stop is not None:
            self._stop.passed(name, account, passed_ns, self._rules)

    def _count(self, source: Input, value: int) -> None:
        before = self._counters.get(source)
        self._counters[source] = value
        if before is None or self._values.get(Input.MODE, PRODUCTION) != PRODUCTION:
            return
        if value >= before:
            made = value - before
        elif before >= _ROLLOVER - _NEAR_ROLLOVER and value < _NEAR_ROLLOVER:
            made = value + _ROLLOVER - before
        else:
            made = value
        for account in self._accounts.values():
            if source is Input.PROCESSED:
                account.processed += made
                account.rated += made if Input.DESIGN_SPEED in self._values else 0
            else:
                account.defective += made

    def _change_state(self) -> None:
        state, mode = self._values.get(Input.STATE), self._values.get(Input.MODE)
        if state is None or mode is None:
            return
        is_stopped = mode == PRODUCTION and state != EXECUTE
        if is_stopped and self._stop is None:
            self._stop = _Stop(self._at_ns, self._accounts)
            if self._at_ns - self._reason_ns <= SETTLE_NS:
                self._name_reason()
        elif not is_stopped and self._stop is not None:
            if not self._stop.reason:
                self._name_reason()
            self._stop.end(self._at_ns, self._accounts, self._rules)
            self._stop = None

    def _name_reason(self) -> None:
        reason = int(self._values.get(Input.REASON, NO_REASON))
        if self._stop is not None and reason != NO_REASON:
            self._stop.name(reason, self._accounts, self._rules)


class _Stop:
    """Follow one stop: its time waits for its reason, and goes to the reason that holds after that."""

    def __init__(self, start_ns: int, accounts: Mapping[str, Account]) -> None:
        self._start_ns = start_ns
        self.reason = NO_REASON
        self._waiting_ns: dict[str, int] = {}
        self.known_in: dict[str, Account] = dict(accounts)

    def age_ns(self, at_ns: int) -> int:
        return at_ns - self._start_ns

    def name(self, reason: int, accounts: Mapping[str, Account], rules: Rules) -> None:
        if reason == self.reason:
            return
        is_first = self.reason == NO_REASON
        self.reason = reason
        for name, account in accounts.items():
            waiting_ns = self._waiting_ns.pop(name, 0)
            if waiting_ns:
                _unbook(account, NO_REASON, waiting_ns)
                self._book(account, waiting_ns, rules)
            if reason in rules.planned:
                continue
            account.losses.setdefault(reason, Loss()).count += 1
            if is_first and self.known_in.get(name) is account:
                account.stops += 1
                account.failures += reason not in rules.excused

    def passed(self, name: str, account: Account, passed_ns: int, rules: Rules) -> None:
        if self.reason == NO_REASON:
            self._waiting_ns[name] = self._waiting_ns.get(name, 0) + passed_ns
        self._book(account, passed_ns, rules)

    def end(self, end_ns: int, accounts: Mapping[str, Account], rules: Rules) -> None:
        length_ns = end_ns - self._start_ns
        for name, account in accounts.items():
            if self.known_in.get(name) is not account or self.reason in rules.planned:
                continue
            if self.reason == NO_REASON:
                account.stops += 1
                account.losses.setdefault(NO_REASON, Loss()).count += 1
            if length_ns < rules.micro_stop_ns:
                account.micro_stops += 1
                account.micro_ns += length_ns

    def _book(self, account: Account, passed_ns: int, rules: Rules) -> None:
        if self.reason in rules.planned:
            account.planned_ns += passed_ns
            return
        account.losses.setdefault(self.reason, Loss()).time_ns += passed_ns
        if self.reason != NO_REASON and self.reason not in rules.excused:
            account.repair_ns += passed_ns


def _unbook(account: Account, reason: int, time_ns: int) -> None:
    loss = account.losses[reason]
    loss.time_ns -= time_ns
    if loss.time_ns <= 0 and not loss.count:
        del account.losses[reason]
