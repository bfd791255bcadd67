"""No sequence of events leaves an active, unsuppressed, unacknowledged alarm invisible."""

import math

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from alarms.model import AlarmType
from tags.clock import NS_PER_S
from tags.status import StatusCode
from tests.unit.alarms.cell import FAULT, LEVEL, RUNNING, START_NS, TRIP, Station, alarm, seconds

S = NS_PER_S
BAD_SENSOR = int(StatusCode.BadSensorFailure)
DEFINITIONS = [
    alarm("HI", deadband_eu=5.0),
    alarm("LO", AlarmType.LO, 20, suppression_expression="not Pump.Running"),
    alarm("TRIP", AlarmType.TRIP, 1, tag="Pump.Trip", latching=True),
    alarm("FAULT", AlarmType.OFF_NORMAL, 3, tag="Pump.Fault", ack_required=False),
    alarm("Q", AlarmType.BAD_QUALITY, tag="Tank.Level"),
]
IDS = [item.alarm_id for item in DEFINITIONS]


class Operator(RuleBasedStateMachine):
    """Drive a manager and keep, in the simplest words, what must be seen.

    ``true`` are the conditions that are true by the last usable sample; ``hidden`` says by what each alarm is
    hidden; ``handled`` are the alarms that were acknowledged since they were last annunciated.
    """

    def __init__(self) -> None:
        super().__init__()
        self.station = Station(DEFINITIONS)
        self.time_s = 0.0
        self.true: set[str] = set()
        self.latched: set[str] = set()
        self.handled: set[str] = set()
        self.hidden: dict[str, set[str]] = {alarm_id: set() for alarm_id in IDS}
        self.one_shot: set[str] = set()
        self.until: dict[str, float] = {}
        self.seen_ids: list[str] = []
        self.lost = False
        self.masked = False
        self.masked_until = 0.0
        self.stopped = False
        self.released_at = math.inf

    def _later(self, by_s: float = 1.0) -> float:
        self.time_s += by_s
        return self.time_s

    def _set(self, alarm_id: str, is_true: bool) -> None:
        if is_true and alarm_id not in self.true:
            self.true.add(alarm_id)
            if alarm_id in self.latched:
                self.latched.discard(alarm_id)
            else:
                self.handled.discard(alarm_id)
        elif not is_true and alarm_id in self.true:
            self.true.discard(alarm_id)
            if alarm_id == "TRIP":
                self.latched.add(alarm_id)
            if alarm_id in self.one_shot:
                self._show(alarm_id, "shelved")

    def _show(self, alarm_id: str, means: str) -> None:
        self.one_shot -= {alarm_id} if means == "shelved" else set()
        self.until.pop(alarm_id, None) if means == "shelved" else None
        if means in self.hidden[alarm_id]:
            self.hidden[alarm_id].remove(means)
            if not self.hidden[alarm_id]:
                self.handled.discard(alarm_id)

    def _release(self, is_over: bool) -> None:
        """The pump has run for two periods of the level's: its low alarm is no longer suppressed."""
        if is_over:
            self.released_at = math.inf
            self._show("LO", "design")

    @rule(value=st.sampled_from([0.0, 10.0, 20.0, 50.0, 76.0, 80.0, 90.0]))
    def level(self, value: float) -> None:
        self.station.feed((LEVEL, value, self._later()))
        self._release(self.released_at <= self.time_s)
        self._set("HI", value > 80 or ("HI" in self.true and value >= 75))
        self._set("LO", value < 20 or ("LO" in self.true and value <= 20))
        self._set("Q", False)

    @rule()
    def bad_level(self) -> None:
        self.station.feed((LEVEL, math.nan, self._later(), BAD_SENSOR))
        self._release(self.released_at <= self.time_s)
        if "Q" not in self.true and self.masked:
            self.hidden["Q"].add("connection")
        self._set("Q", True)

    @rule(value=st.booleans())
    def trip(self, value: bool) -> None:
        self.station.feed((TRIP, value, self._later()))
        self._set("TRIP", value)

    @rule(value=st.sampled_from([0, 3, 4]))
    def fault(self, value: int) -> None:
        self.station.feed((FAULT, value, self._later()))
        self._set("FAULT", value == 3)

    @rule(value=st.booleans())
    def running(self, value: bool) -> None:
        self.station.feed((RUNNING, value, self._later()))
        if not value:
            self._release(self.released_at <= self.time_s)
            self.released_at = math.inf
            self.hidden["LO"].add("design")
        elif self.stopped:
            self.released_at = self.time_s + 2
        self.stopped = not value

    @rule()
    def acknowledge_all(self) -> None:
        for alarm_id, row in list(self.station.list.items()):
            refused = self.station.acknowledge(alarm_id, at=self._later())
            is_hidden = row.state.value in {"SHLVD", "DSUPR", "OOSRV"}
            assert bool(refused) == (is_hidden and row.occurrence_id != "")
            if not refused:
                self.handled.add(alarm_id)

    @rule(data=st.data())
    def acknowledge_something_seen_before(self, data: st.DataObject) -> None:
        """An old screen's acknowledgement may only ever hit an occurrence that was on that screen."""
        if not self.seen_ids:
            return
        event_id = data.draw(st.sampled_from(self.seen_ids))
        newest = {row.event_id: alarm_id for alarm_id, row in self.station.list.items()}
        before = {alarm_id: row.acknowledged for alarm_id, row in self.station.list.items()}
        events = len(self.station.events)
        refused = self.station.manager.acknowledge([event_id], "anna", "d", "", seconds(self._later()))
        if event_id in newest and not refused:
            self.handled.add(newest[event_id])
        elif len(self.station.events) > events:
            [event] = self.station.events[events:]
            assert not before[event.alarm_id]
            assert not refused
            self.handled.add(event.alarm_id)

    @rule(alarm_id=st.sampled_from(IDS), hours=st.sampled_from([1, 8, 9]))
    def shelve(self, alarm_id: str, hours: int) -> None:
        refused = self.station.manager.shelve(
            [alarm_id], hours * 3600 * S, "anna", "d", "test", seconds(self._later())
        )
        assert bool(refused) == (hours > 8)
        if not refused:
            self.hidden[alarm_id].add("shelved")
            self.one_shot.discard(alarm_id)
            self.until[alarm_id] = self.time_s + hours * 3600

    @rule(alarm_id=st.sampled_from(IDS))
    def shelve_once(self, alarm_id: str) -> None:
        assert not self.station.manager.shelve([alarm_id], None, "anna", "d", "test", seconds(self._later()))
        self.hidden[alarm_id].add("shelved")
        self.one_shot.add(alarm_id)
        self.until[alarm_id] = self.time_s + 8 * 3600

    @rule(alarm_id=st.sampled_from(IDS))
    def unshelve(self, alarm_id: str) -> None:
        refused = self.station.manager.unshelve([alarm_id], "anna", "d", "", seconds(self._later()))
        assert bool(refused) == ("shelved" not in self.hidden[alarm_id])
        self._show(alarm_id, "shelved")

    @rule(alarm_id=st.sampled_from(IDS), is_out=st.booleans())
    def service(self, alarm_id: str, is_out: bool) -> None:
        self.station.manager.out_of_service([alarm_id], is_out, "max", "d", "WO 1", seconds(self._later()))
        if is_out:
            self.hidden[alarm_id].add("service")
        else:
            self._show(alarm_id, "service")

    @rule()
    def reset(self) -> None:
        refused = self.station.manager.reset(["TRIP"], "anna", "d", "", seconds(self._later()))
        if not refused:
            assert "TRIP" in self.latched
            assert "TRIP" in self.handled
            self.latched.discard("TRIP")

    @rule(hours=st.sampled_from([0.001, 0.5, 4.0]))
    def wait(self, hours: float) -> None:
        self._later(hours * 3600)
        self.station.clock.set_now_ns(seconds(self.time_s))
        self.station.manager.tick(seconds(self.time_s))
        for alarm_id, until in list(self.until.items()):
            if until <= self.time_s:
                self._show(alarm_id, "shelved")
        self._release(self.released_at + 1 <= self.time_s)
        if not self.lost and self.masked_until <= self.time_s:
            self.masked = False
            self._show("Q", "connection")

    @precondition(lambda self: not self.lost)
    @rule()
    def lose_connection(self) -> None:
        self.station.manager.connection_changed("filling", True, seconds(self._later()), "gone")
        self.lost = self.masked = True
        if "Q" in self.true:
            self.hidden["Q"].add("connection")

    @precondition(lambda self: self.lost)
    @rule()
    def regain_connection(self) -> None:
        self.station.manager.connection_changed("filling", False, seconds(self._later()), "back")
        self.lost = False
        self.masked_until = self.time_s + 5

    @rule()
    def restart(self) -> None:
        """Kill the station and take the alarms up from all events so far."""
        before = self.station
        self.station = Station(DEFINITIONS, start=False)
        self.station.clock = before.clock
        self.station.manager._ledger._new_id = before.manager._ledger._new_id
        hiding = self.station.manager._hiding
        self.station.manager._conditions = hiding._conditions = before.manager._conditions
        hiding._suppression = before.manager._hiding._suppression
        hiding.mask = before.manager._hiding.mask
        self.station.source = hiding._suppression._inputs
        hiding._suppression._source = self.station.source
        self.station.manager.restore(before.events, before.manager.sequence)
        self.station.events = before.events + self.station.events
        if self.released_at < math.inf:
            # What was about to end begins to do so anew.
            self.released_at = (self.station.clock.now_ns() - START_NS) / S + 2

    @invariant()
    def what_must_be_seen_is_seen(self) -> None:
        rows = self.station.list
        for alarm_id in IDS:
            must_show = alarm_id in self.true or alarm_id in self.latched
            if must_show and not self.hidden[alarm_id] and alarm_id not in self.handled:
                row = rows[alarm_id]
                assert row.state.value == ("UNACK" if alarm_id in self.true else "LATUN")
                assert row.active == (alarm_id in self.true)
                assert not row.acknowledged
                assert row.event_id in self.station.manager._ledger.seen._present

    @invariant()
    def hidden_ones_are_listed_as_hidden(self) -> None:
        for alarm_id in IDS:
            hidden = self.hidden[alarm_id]
            row = self.station.list.get(alarm_id)
            assert (row is not None and row.state.value in {"SHLVD", "DSUPR", "OOSRV"}) == bool(hidden)

    @invariant()
    def list_and_sequence_are_whole(self) -> None:
        rows = {row.alarm_id: row for row in self.station.manager.snapshot()}
        assert rows == self.station.list
        self.seen_ids += [row.event_id for row in rows.values() if row.event_id not in self.seen_ids]
        assert [event.sequence for event in self.station.events] == list(
            range(1, len(self.station.events) + 1)
        )


Operator.TestCase.settings = settings(
    max_examples=80,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
TestOperator = Operator.TestCase
