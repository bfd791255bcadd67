"""No sequence of events hides what must be seen: levels, deviations, expressions, classes, new limits."""

import math
from collections.abc import Collection

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from alarms.model import AlarmType
from alarms.policy import AlarmClass, classed
from alarms.settings import SettingChange
from tags.clock import NS_PER_S
from tests.unit.alarms.cell import FAULT, LEVEL, PRESSURE, RUNNING, TRIP, Station, alarm, seconds

S = NS_PER_S
AWAITED = AlarmClass(auto_ack=True, auto_ack_after_s=30)
DEFINITIONS = [
    alarm("H", exclusive=True, realarm_ns=60 * S, group="tank"),
    alarm("HH", AlarmType.HIHI, 90, exclusive=True, realarm_ns=60 * S, group="tank"),
    alarm("D", AlarmType.DEVIATION, 10, setpoint_tag="Tank.Pressure", group="tank"),
    alarm("E", AlarmType.EXPRESSION, 0, expression="Pump.Running and Pump.Fault > 2"),
    classed(alarm("B", AlarmType.BIT, 1, tag="Pump.Fault", bit=1), AWAITED),
    alarm("T", AlarmType.TRIP, 1, tag="Pump.Trip", suppression_expression="Pump.Running", group="tank"),
]
SHOWN = ("H", "D", "E", "B", "T")
SUPPRESSIONS = ("Pump.Running", "", "Pump.Fault > 2", "not Pump.Running")


class Operator(RuleBasedStateMachine):
    """Drive a manager; ``severity`` is how bad each alarm is by plain arithmetic over the newest inputs.

    ``seen`` is the highest severity that was acknowledged since the alarm was last at rest or shown again;
    ``causes`` are the expressions that hide the trip, and from when on they no longer do.
    """

    def __init__(self) -> None:
        super().__init__()
        self.station = Station(DEFINITIONS)
        self.changes: list[SettingChange] = []
        self.time_s = 0.0
        self.starts = 0
        self.inputs: dict[int, float] = {}
        self.high = 80.0
        self.suppression = "Pump.Running"
        self.hidden: set[str] = set()
        self.causes: dict[str, float] = {}
        self.seen: dict[str, int] = {}
        self.off: set[str] = set()

    def severity(self) -> dict[str, int]:
        get = self.inputs.get
        level, target, code = get(LEVEL, 0.0), get(PRESSURE), get(FAULT)
        deviates = target is not None and LEVEL in self.inputs and abs(level - target) > 10
        running = get(RUNNING)
        return {
            "H": (level > self.high) + (level > 90) if level > self.high or level > 90 else 0,
            "D": int(deviates),
            "E": int(running == 1 and code is not None and code > 2),
            "B": int(code is not None and int(code) & 2 != 0),
            "T": int(get(TRIP) == 1),
        }

    def _settle(self, before: dict[str, int]) -> None:
        for alarm_id, now in self.severity().items():
            if now == 0 or now > before[alarm_id]:
                # At rest, or worse than before: what was seen no longer counts.
                self.seen.pop(alarm_id, None)

    @rule(
        tag=st.sampled_from((LEVEL, LEVEL, PRESSURE, RUNNING, FAULT, TRIP)),
        number=st.sampled_from((0, 1, 2, 3, 5, 75, 82, 88, 95)),
    )
    def sample(self, tag: int, number: float) -> None:
        before = self.severity()
        self.time_s += 1
        value = float(number % 2) if tag in (RUNNING, TRIP) else float(number)
        self.inputs[tag] = value
        # The tag database has a sample before the alarms do.
        self.station.source.put(tag, None, value, 0, seconds(self.time_s))
        self.station.feed((tag, value, self.time_s))
        if tag == TRIP:
            self._release(self.time_s)
        self._settle(before)
        self._follow_design()

    def _follow_design(self) -> None:
        running, code = self.inputs.get(RUNNING), self.inputs.get(FAULT)
        suppressed = {
            "": False,
            "Pump.Running": running == 1,
            "not Pump.Running": running == 0,
            "Pump.Fault > 2": code is not None and code > 2,
        }[self.suppression]
        if suppressed:
            if self.causes.get(self.suppression, math.inf) < math.inf:
                self._release(self.time_s, {self.suppression})
            self.causes[self.suppression] = math.inf
        for cause, until in self.causes.items():
            if until == math.inf and (cause != self.suppression or not suppressed):
                # The trip's tag is read once a second: within two periods it says something fresh.
                self.causes[cause] = self.time_s + 2

    def _release(self, now_s: float, of: Collection[str] = SUPPRESSIONS) -> None:
        over = {cause for cause, until in self.causes.items() if cause in of and until <= now_s}
        for cause in over:
            del self.causes[cause]
        if over and not self.causes:
            self.seen.pop("T", None)

    @rule(by_s=st.sampled_from((1, 20, 70)))
    def wait(self, by_s: float) -> None:
        self.time_s += by_s
        self.station.manager.tick(seconds(self.time_s))
        self._release(self.time_s - 1)
        if by_s == 70:
            # The re-alarm time of the tank's level is over.
            self.seen.pop("H", None)

    @rule(alarm_id=st.sampled_from(SHOWN))
    def acknowledge(self, alarm_id: str) -> None:
        row = self.station.list.get(alarm_id)
        if row is None:
            return
        self.time_s += 1
        refusals = self.station.acknowledge(alarm_id, at=self.time_s)
        if not refusals and row.active:
            self.seen[alarm_id] = self.severity()[alarm_id]

    @rule(alarm_id=st.sampled_from(SHOWN))
    def shelve(self, alarm_id: str) -> None:
        self.time_s += 1
        manager = self.station.manager
        if not manager.shelve([alarm_id], 28_800 * S, "anna", "desk1", "test", seconds(self.time_s)):
            self.hidden.add(alarm_id)

    @rule(alarm_id=st.sampled_from(SHOWN))
    def unshelve(self, alarm_id: str) -> None:
        self.time_s += 1
        if not self.station.manager.unshelve([alarm_id], "anna", "desk1", "", seconds(self.time_s)):
            self.hidden.discard(alarm_id)
            self.seen.pop(alarm_id, None)

    @rule(limit=st.sampled_from((70.0, 80.0, 89.0, 90.0)))
    def change_limit(self, limit: float) -> None:
        before = self.severity()
        self.time_s += 1
        made, refusals = self.station.manager.change_settings(
            {"H": {"setpoint": limit}}, "anna", "desk1", "test", seconds(self.time_s)
        )
        assert bool(refusals) == (limit == 90)
        self.changes += made
        if made:
            self.high = limit
            self._settle(before)

    @rule(suppression=st.sampled_from(SUPPRESSIONS))
    def change_suppression(self, suppression: str) -> None:
        self.time_s += 1
        made, refusals = self.station.manager.change_settings(
            {"T": {"suppression_expression": suppression}}, "anna", "desk1", "test", seconds(self.time_s)
        )
        assert refusals == []
        assert bool(made) == (suppression != self.suppression)
        self.changes += made
        self.suppression = suppression
        self._follow_design()

    @rule()
    def restart(self) -> None:
        before = self.station
        self.starts += 1
        self.station = Station(DEFINITIONS, start=False, first_id=self.starts * 1_000_000)
        self.station.clock.advance(seconds(self.time_s) - self.station.clock.now_ns())
        for tag_id, value in self.inputs.items():
            self.station.source.put(tag_id, None, value, 0, seconds(self.time_s))
        self.station.manager.adopt_settings(self.changes)
        self.station.manager.restore(before.events, before.manager.sequence)
        self.station.events = [*before.events, *self.station.events]
        if self.causes and math.inf not in self.causes.values():
            # What was about to end begins to do so anew.
            self.causes = {self.suppression: self.time_s + 2}
        else:
            self.causes = {cause: until for cause, until in self.causes.items() if until == math.inf}
        for tag_id, value in self.inputs.items():
            self.time_s += 1
            self.station.feed((tag_id, value, self.time_s))
            if tag_id == TRIP:
                self._release(self.time_s)

    @invariant()
    def what_is_true_is_seen(self) -> None:
        rows = self.station.list
        for alarm_id, severity in self.severity().items():
            if not severity:
                continue
            row = rows.get(alarm_id)
            assert row is not None, f"{alarm_id} is true and not in the list"
            assert row.active
            is_hidden = alarm_id in self.hidden or (alarm_id == "T" and bool(self.causes))
            assert (row.state.value in ("SHLVD", "DSUPR")) == is_hidden
            if not is_hidden:
                assert row.state.value == ("ACKED" if alarm_id in self.seen else "UNACK"), alarm_id
        if "H" in rows and rows["H"].active:
            level = self.inputs[LEVEL]
            assert rows["H"].level == ("HH" if level > 90 else "H")

    @invariant()
    def at_most_one_of_a_group_is_first(self) -> None:
        assert sum(row.first_out for row in self.station.list.values()) <= 1

    @invariant()
    def counters_agree_with_the_list(self) -> None:
        counts = self.station.manager.counts()
        rows = [row for row in self.station.list.values() if row.state.value not in ("SHLVD", "DSUPR")]
        assert sum(counts.active.values()) == sum(row.active for row in rows)
        assert sum(counts.unacknowledged.values()) == sum(not row.acknowledged for row in rows)
        assert counts.shelved + counts.suppressed == len(self.station.list) - len(rows)


Operator.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestGroupsAreSeen = Operator.TestCase
