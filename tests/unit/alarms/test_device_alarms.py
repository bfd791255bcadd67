"""Alarms that devices keep: list, journal, refresh, branches and requests, at the seam to the driver."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from itertools import count

import pytest

from alarms.device_alarms import DeviceAlarms
from alarms.device_record import AT_REST, parts_of, ranked, steps
from alarms.model import (
    AlarmEvent,
    AlarmSnapshot,
    AlarmState,
    MessageClass,
    Priority,
    Transition,
)
from alarms.state import Variables
from tags.clock import NS_PER_S, ManualClock
from tags.conditions import ConditionOperation, ConditionRequest, DeviceCondition, DeviceShelving
from tags.status import StatusCode

START_NS = 1_700_000_000 * NS_PER_S


def at(seconds: float) -> int:
    return START_NS + round(seconds * NS_PER_S)


class Device:
    """Reports conditions of the connection ``line`` and keeps all that comes of them."""

    def __init__(self) -> None:
        self.clock = ManualClock(START_NS)
        self.events: list[AlarmEvent] = []
        self.rows: dict[str, AlarmSnapshot] = {}
        self.notices: list[tuple[str, str]] = []
        self.requests: list[ConditionRequest] = []
        self.answer = ("", 0)
        self.number = count(1)
        self._ids = count(1)
        self.alarms = self.new()

    def new(self) -> DeviceAlarms:
        return DeviceAlarms(
            ("line", "filling"),
            self.clock,
            self._take,
            lambda connection, text: self.notices.append((connection, text)),
            self._send,
            lambda: next(self.number),
            lambda: f"id{next(self._ids)}",
            lambda tag_id: f"Line.Tag{tag_id}",
        )

    def restart(self) -> None:
        """Begin anew from the journal, as a station does."""
        rest = {e.alarm_id: e.sequence for e in self.events if e.flags == AT_REST.to_flags()}
        self.alarms = self.new()
        self.rows = {}
        self.alarms.restore([e for e in self.events if e.sequence > rest.get(e.alarm_id, 0)])
        self.rows = {row.alarm_id: row for row in self.alarms.snapshot()}

    def _take(self, events: list[AlarmEvent], rows: list[AlarmSnapshot], removed: list[str]) -> None:
        self.events += events
        self.rows.update({row.alarm_id: row for row in rows})
        for alarm_id in removed:
            self.rows.pop(alarm_id, None)
        assert {row.alarm_id: row for row in self.alarms.snapshot()} == self.rows

    async def _send(self, connection: str, request: ConditionRequest) -> tuple[str, int]:
        assert connection == "line"
        self.requests.append(request)
        return self.answer

    def report(self, *conditions: DeviceCondition) -> None:
        self.alarms.reported("line", conditions)

    def refresh(self, *conditions: DeviceCondition) -> None:
        self.alarms.refresh_began("line")
        self.report(*conditions)
        self.alarms.refresh_ended("line")

    @property
    def transitions(self) -> list[str]:
        return [event.transition.value for event in self.events]

    @property
    def row(self) -> AlarmSnapshot:
        (row,) = self.rows.values()
        return row


@pytest.fixture
def device() -> Device:
    return Device()


_events = count(1)


def condition(
    seconds: float, active: bool, acked: bool, confirmed: bool, retain: bool, **changes: object
) -> DeviceCondition:
    facts = DeviceCondition(
        condition="ns=2;s=Torque",
        event=f"{next(_events):032x}",
        name="Torque",
        source="Capper",
        message="Capping torque low",
        severity=500,
        source_ns=at(seconds),
        is_retained=retain,
        active=active,
        acked=acked,
        confirmed=confirmed,
    )
    return replace(facts, **changes)  # type: ignore[arg-type]


F, T = False, True
SINGLE_STATE = [
    # Active, Acked, Confirmed, Retain; what the journal says; what the list shows (OPA-06).
    ((F, T, T, F), [], None),
    ((T, F, T, T), ["activated"], AlarmState.UNACKNOWLEDGED),
    ((T, T, F, T), ["acknowledged"], AlarmState.ACKNOWLEDGED),
    ((F, T, F, T), ["returned"], AlarmState.NORMAL),
    ((F, T, T, F), ["confirmed"], None),
    ((T, F, T, T), ["activated"], AlarmState.UNACKNOWLEDGED),
    ((F, F, T, T), ["returned"], AlarmState.RETURNED_UNACKNOWLEDGED),
    ((F, T, F, T), ["acknowledged"], AlarmState.NORMAL),
    ((F, T, T, F), ["confirmed"], None),
]


def test_the_standard_s_single_state_example(device: Device) -> None:
    for second, (facts, transitions, state) in enumerate(SINGLE_STATE):
        before = len(device.events)
        device.report(condition(second, *facts))
        assert device.transitions[before:] == transitions, second
        if state is None:
            assert not device.rows, second
        else:
            assert device.row.state is state, second
            assert device.row.confirmed is facts[2], second
    assert [event.sequence for event in device.events] == list(range(1, len(device.events) + 1))
    occurrences = [event.occurrence_id for event in device.events]
    assert occurrences == [occurrences[0]] * 4 + [occurrences[-1]] * 4
    assert occurrences[0] != occurrences[-1]
    assert device.events[-1].flags == AT_REST.to_flags()


def test_the_list_holds_exactly_what_is_retained(device: Device) -> None:
    """OPA-04: also a condition in its normal state, and none that is not retained."""
    device.report(
        condition(1, F, T, T, T, condition="ns=2;s=A"),
        condition(1, T, F, T, F, condition="ns=2;s=B"),
        condition(1, T, F, T, T, condition="ns=2;s=C"),
    )
    assert [row.state for row in device.rows.values()] == [AlarmState.NORMAL, AlarmState.UNACKNOWLEDGED]
    device.report(
        condition(2, F, T, T, F, condition="ns=2;s=A"), condition(2, T, F, T, F, condition="ns=2;s=C")
    )
    assert not device.rows
    # Its last event leaves it at rest although the device still calls it active: no restart brings it back.
    assert device.transitions == ["activated", "returned"]
    device.restart()
    assert not device.rows


def test_a_row_says_whose_it_is_where_and_how_bad(device: Device) -> None:
    limit = condition(3, T, F, T, T, tag_id=7, limit=1.4, area="Line", active_ns=at(1), severity=850)
    device.report(limit)
    row = device.row
    assert (row.device, row.tag, row.area, row.limit) == ("line", "Line.Tag7", "Line", 1.4)
    assert (row.priority, row.severity, row.active_ns) == (Priority.URGENT, 850, at(1))
    assert device.events[0].source_ns == at(1)
    assert parts_of(row.alarm_id) == ("line", "ns=2;s=Torque", "")
    device.report(condition(4, T, F, T, T, severity=300))
    assert (device.row.tag, device.row.priority) == ("line/Capper", Priority.LOW)
    assert device.transitions == ["activated", "severity_changed"]


@pytest.mark.parametrize(
    ("severity", "priority", "message_class"),
    [
        (1, Priority.LOW, MessageClass.ALERT),
        (200, Priority.LOW, MessageClass.ALERT),
        (201, Priority.LOW, MessageClass.ALARM),
        (400, Priority.LOW, MessageClass.ALARM),
        (401, Priority.MEDIUM, MessageClass.ALARM),
        (601, Priority.HIGH, MessageClass.ALARM),
        (801, Priority.URGENT, MessageClass.ALARM),
        (1000, Priority.URGENT, MessageClass.ALARM),
    ],
)
def test_severity_bands(severity: int, priority: Priority, message_class: MessageClass) -> None:
    assert ranked(severity) == (priority, message_class)


def test_counts_follow_and_alerts_do_not_count(device: Device) -> None:
    device.report(
        condition(1, T, F, T, T, condition="a"),
        condition(1, T, T, T, T, condition="b"),
        condition(1, T, F, T, T, condition="c", severity=100),
        condition(1, T, F, T, T, condition="d", shelving=DeviceShelving.TIMED, shelved_until_ns=at(60)),
    )
    counts = device.alarms.counts()
    assert counts.unacknowledged[Priority.MEDIUM] == 1
    assert counts.active[Priority.MEDIUM] == 2
    assert (counts.shelved, sum(counts.active.values())) == (1, 2)
    device.report(condition(2, F, T, T, F, condition="a"), condition(2, F, T, T, F, condition="d"))
    counts = device.alarms.counts()
    assert (sum(counts.unacknowledged.values()), sum(counts.active.values()), counts.shelved) == (0, 1, 0)


def test_a_refresh_drops_what_the_device_retains_no_longer(device: Device) -> None:
    kept, lost = condition(1, T, F, T, T, condition="kept"), condition(1, T, T, T, T, condition="lost")
    device.report(kept, lost)
    before = len(device.events)
    device.refresh(kept)
    assert [row.alarm_id for row in device.rows.values()] == ["@line/kept"]
    (event,) = device.events[before:]
    assert (event.alarm_id, event.transition) == ("@line/lost", Transition.RETURNED)
    assert event.flags == AT_REST.to_flags()
    assert event.comment


def test_an_older_state_in_a_refresh_does_not_overwrite_a_newer_one(device: Device) -> None:
    device.report(condition(1, T, F, T, T))
    device.alarms.refresh_began("line")
    device.report(condition(5, F, F, T, T))
    device.report(condition(1, T, F, T, T))
    device.alarms.refresh_ended("line")
    assert device.row.state is AlarmState.RETURNED_UNACKNOWLEDGED
    # After the refresh a report with an earlier time is news again: the device's clock may have been set.
    device.report(condition(2, T, F, T, T))
    assert device.row.state is AlarmState.UNACKNOWLEDGED


def test_a_lost_connection_makes_rows_doubtful_and_never_normal(device: Device) -> None:
    first = condition(1, T, F, T, T)
    device.report(first)
    device.alarms.connection_lost("line")
    assert (device.row.state, device.row.doubtful) == (AlarmState.UNACKNOWLEDGED, True)
    assert device.transitions == ["activated"]
    device.refresh(first)
    assert (device.row.state, device.row.doubtful) == (AlarmState.UNACKNOWLEDGED, False)
    assert device.transitions == ["activated"]


def test_a_device_that_cannot_refresh_is_told_once_and_its_rows_stay_in_doubt(device: Device) -> None:
    device.report(condition(1, T, F, T, T))
    device.alarms.connection_lost("line")
    for _ in range(3):
        device.alarms.refresh_refused("line", "it cannot")
    assert device.notices == [("line", "it cannot")]
    assert device.row.doubtful
    device.report(condition(9, T, T, T, T))
    assert not device.row.doubtful


def test_what_happened_during_an_outage_is_told_in_order(device: Device) -> None:
    device.report(condition(1, T, F, T, T))
    device.alarms.connection_lost("line")
    device.refresh(condition(9, F, T, F, T, user="Petra", comment="cleaned"))
    assert device.transitions == ["activated", "returned", "acknowledged"]
    assert (device.events[-1].user, device.events[-1].comment) == ("Petra", "cleaned")


def test_a_restart_takes_the_rows_up_in_doubt_and_repeats_nothing(device: Device) -> None:
    device.report(condition(1, T, F, T, T, area="Line"))
    device.report(condition(2, T, T, T, T, user="Petra", area="Line"))
    told = len(device.events)
    device.restart()
    row = device.row
    assert (row.state, row.doubtful, row.area, row.message) == (
        AlarmState.ACKNOWLEDGED, True, "Line", "Capping torque low",
    )  # fmt: skip
    assert row.acknowledged_by == "Petra"
    assert device.alarms.counts().active[Priority.MEDIUM] == 1
    device.refresh(condition(2, T, T, T, T, area="Line"))
    assert not device.row.doubtful
    assert len(device.events) == told
    assert device.row.active_ns == at(1)


def test_an_open_alarm_that_ended_while_the_station_was_off_is_closed(device: Device) -> None:
    device.report(condition(1, T, F, T, T))
    device.restart()
    device.refresh()
    assert not device.rows
    assert device.transitions == ["activated", "returned"]
    device.restart()
    assert not device.rows


def test_a_branch_is_a_row_of_its_own_with_its_own_event(device: Device) -> None:
    device.report(condition(1, T, F, T, T), condition(2, F, F, T, T))
    branch = condition(2, F, F, T, T, branch="ns=1;i=55")
    again = condition(3, T, F, T, T)
    device.report(branch, again)
    assert sorted(device.rows) == ["@line/ns=2;s=Torque", "@line/ns=2;s=Torque;branch=ns=1;i=55"]
    assert device.transitions == ["activated", "returned", "branched", "re_alarmed"]
    assert device.alarms.counts().activations == 2
    kept = device.rows["@line/ns=2;s=Torque;branch=ns=1;i=55"]
    assert kept.state is AlarmState.RETURNED_UNACKNOWLEDGED
    asyncio.run(device.alarms.acknowledge([kept.event_id], "Petra", "desk", ""))
    assert [request.event for request in device.requests] == [branch.event]
    device.report(condition(4, F, T, T, F, branch="ns=1;i=55"))
    assert list(device.rows) == ["@line/ns=2;s=Torque"]
    assert device.transitions[-1] == "acknowledged"


def test_an_acknowledgement_carries_what_was_seen_and_is_put_down_to_the_operator(device: Device) -> None:
    seen = condition(1, T, F, T, T)
    device.report(seen)
    shown = device.row
    device.report(condition(2, T, F, T, T, message="Capping torque very low"))
    assert device.row.event_id != shown.event_id
    refusals = asyncio.run(device.alarms.acknowledge([shown.event_id], "Petra", "desk", "looking"))
    assert not refusals
    (request,) = device.requests
    assert (request.operation, request.event, request.comment) == (
        ConditionOperation.ACKNOWLEDGE, seen.event, "looking",
    )  # fmt: skip
    # Nothing changes before the device says so.
    assert device.row.state is AlarmState.UNACKNOWLEDGED
    device.report(condition(3, T, T, T, T, user="anonymous"))
    assert (device.row.state, device.row.acknowledged_by) == (AlarmState.ACKNOWLEDGED, "Petra")
    event = device.events[-1]
    assert (event.user, event.workstation, event.comment) == ("Petra", "desk", "looking")
    # A later change is put down to whom the device names.
    device.report(condition(4, F, T, T, F), condition(5, T, F, T, T), condition(6, T, T, T, T, user="Paul"))
    assert device.events[-1].user == "Paul"


def test_no_comment_leaves_the_device_s_and_an_empty_one_clears_it(device: Device) -> None:
    """OPA-08."""
    device.report(condition(1, T, F, T, T))
    row = device.row
    asyncio.run(device.alarms.acknowledge([row.event_id], "Petra", "desk", ""))
    asyncio.run(device.alarms.operate(ConditionOperation.COMMENT, [row.alarm_id], "Petra", "desk", ""))
    assert [request.comment for request in device.requests] == [None, ""]
    device.report(condition(2, T, F, T, T, comment="by hand"))
    assert (device.transitions[-1], device.events[-1].user) == ("commented", "Petra")


def test_an_alarm_that_came_again_since_it_was_seen_is_not_acknowledged(device: Device) -> None:
    device.report(condition(1, T, F, T, T))
    seen = device.row.event_id
    device.report(condition(2, F, F, T, T), condition(3, T, F, T, T))
    (refusal,) = asyncio.run(device.alarms.acknowledge([seen], "Petra", "desk", ""))
    assert refusal.text == "Capping torque low: it came again since it was seen"
    assert not device.requests


def test_an_area_is_acknowledged_as_far_as_it_was_seen(device: Device) -> None:
    device.report(
        condition(1, T, F, T, T, condition="a", area="Line.Capper"),
        condition(1, T, F, T, T, condition="b", area="Liner"),
    )
    seen = device.events[-1].sequence
    device.report(condition(2, T, F, T, T, condition="c", area="Line"))
    refusals = asyncio.run(device.alarms.acknowledge_area("Line", seen, "Petra", "desk", ""))
    assert [request.condition for request in device.requests] == ["a"]
    assert [refusal.text for refusal in refusals] == ["Capping torque low: it came after what was seen"]


def test_shelving_goes_to_the_device_and_its_end_comes_back(device: Device) -> None:
    device.report(condition(1, T, F, T, T))
    alarm_id = device.row.alarm_id
    asyncio.run(
        device.alarms.operate(
            ConditionOperation.SHELVE_TIMED, [alarm_id], "Petra", "desk", "repair", 900 * NS_PER_S
        )
    )
    assert device.requests[0].duration_ns == 900 * NS_PER_S
    shelved = {"shelving": DeviceShelving.TIMED, "shelved_until_ns": at(902)}
    device.report(condition(2, T, F, T, T, **shelved))
    row = device.row
    assert (row.state, row.hidden_by, row.hidden_reason) == (AlarmState.SHELVED, "Petra", "repair")
    assert row.shelved_until_ns == at(902)
    # The comment that follows is the reason of the shelving, and hers as well.
    device.report(condition(3, T, F, T, T, comment="repair", **shelved))
    assert device.events[-1].user == "Petra"
    device.report(condition(902, T, F, T, T, comment="repair"))
    assert device.transitions[-1] == "unshelved"
    assert device.row.state is AlarmState.UNACKNOWLEDGED


def test_a_refusal_is_told_with_the_alarm_s_words(device: Device) -> None:
    device.report(condition(1, T, F, T, T))
    row = device.row
    device.answer = ("the server does not allow shelving for so long", int(StatusCode.BadOutOfRange))
    (refusal,) = asyncio.run(
        device.alarms.operate(
            ConditionOperation.SHELVE_TIMED,
            [
                row.alarm_id,
            ],
            "Petra",
            "desk",
            "x",
            1,
        )
    )
    assert refusal.subject == row.alarm_id
    assert refusal.text == "Capping torque low: the server does not allow shelving for so long"
    device.report(condition(2, T, F, T, T, shelving=DeviceShelving.TIMED, user="Paul"))
    assert device.events[-1].user == "Paul", "a refused request is nobody's deed"


def test_a_doubtful_row_that_the_device_does_not_know_goes_when_it_is_acknowledged(device: Device) -> None:
    """Without a refresh nothing else would ever take it off the list."""
    device.report(condition(1, T, F, T, T))
    row = device.row
    device.answer = ("it came again or is over since it was seen", int(StatusCode.BadEventIdUnknown))
    asyncio.run(device.alarms.acknowledge([row.event_id], "Petra", "desk", ""))
    assert device.rows, "as long as the device is heard, its word counts and not its refusal"
    device.alarms.connection_lost("line")
    asyncio.run(device.alarms.acknowledge([row.event_id], "Petra", "desk", ""))
    assert not device.rows


def test_after_a_restart_nothing_is_asked_about_what_the_device_has_not_reported(device: Device) -> None:
    device.report(condition(1, T, F, T, T))
    device.restart()
    row = device.row
    refusals: Sequence[object] = asyncio.run(
        device.alarms.acknowledge([row.event_id, "nonsense"], "Petra", "desk", "")
    )
    assert len(refusals) == 2
    assert asyncio.run(device.alarms.operate(ConditionOperation.CONFIRM, [row.alarm_id], "P", "d", ""))
    assert not device.requests


def test_a_disabled_condition_leaves_the_list(device: Device) -> None:
    device.report(condition(1, T, F, T, T), condition(2, T, F, T, F, enabled=False))
    assert not device.rows
    assert device.events[-1].flags == AT_REST.to_flags()
    assert "disabled" in device.transitions


@pytest.mark.parametrize("before", range(64))
def test_steps_lead_from_any_state_to_any_other(before: int) -> None:
    def variables(number: int) -> Variables | None:
        active, acked, latched, enabled, suppressed, out = (bool(number >> bit & 1) for bit in range(6))
        if active and latched:
            return None
        return Variables(active, acked, latched, enabled, AT_REST.shelving, suppressed, out)

    start = variables(before)
    for number in range(64):
        goal = variables(number)
        if start is None or goal is None:
            continue
        found = steps(start, goal)
        reached = found[-1][1] if found else start
        if goal.enabled or start.enabled:
            assert reached == goal, (start, goal, found)
        if start == goal:
            assert found == []
