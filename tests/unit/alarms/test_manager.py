import math
from dataclasses import replace

import numpy as np
import pytest

from alarms.communication import with_communication
from alarms.definitions import check
from alarms.manager import MAX_SHELVE_NS, MAX_SHELVE_SUPERVISOR_NS
from alarms.model import (
    AlarmCounts,
    AlarmError,
    AlarmEvent,
    AlarmType,
    MessageClass,
    Priority,
    Transition,
)
from alarms.record import is_annunciation
from alarms.seen import REMEMBERED_PER_ALARM
from alarms.suppression import RECOVERY_NS
from tags.clock import NS_PER_S
from tags.model import Batch, DataType, Tag, TagTable
from tags.status import StatusCode
from tests.unit.alarms.cell import (
    GOOD,
    LEVEL,
    RUNNING,
    START_NS,
    TRIP,
    Station,
    alarm,
    batch,
    columns,
    float_tags,
    seconds,
)

S = NS_PER_S
BAD_SENSOR = int(StatusCode.BadSensorFailure)
NO_COMMUNICATION = int(StatusCode.BadNoCommunication)


def trip(**changes: object) -> Station:
    return Station([alarm("TRIP", AlarmType.TRIP, 1, tag="Pump.Trip", description="motor", **changes)])


# From a sample to the list


def test_an_activation_reaches_list_and_journal_with_all_facts() -> None:
    station = Station([alarm("HI", setpoint=80.0, unit="%")])
    station.feed((LEVEL, 87.34, 1.5))
    [event] = station.events
    assert event == AlarmEvent(
        sequence=1,
        event_id=f"{2:032x}",
        occurrence_id=f"{1:032x}",
        alarm_id="HI",
        transition=Transition.ACTIVATED,
        source_ns=seconds(1.5),
        receive_ns=seconds(1.5),
        state_before="NORM",  # type: ignore[arg-type]
        state_after="UNACK",  # type: ignore[arg-type]
        value=87.34,
        limit=80.0,
        unit="%",
        status=0,
        priority=Priority.MEDIUM,
        severity=500,
        message="level high (87.3 % > 80.0 %)",
        area="Filling",
        tag="Tank.Level",
        flags=event.flags,
    )
    row = station.list["HI"]
    assert (row.state.value, row.active, row.acknowledged, row.count) == ("UNACK", True, False, 1)
    assert (row.active_ns, row.returned_ns, row.acknowledged_ns) == (seconds(1.5), 0, 0)
    assert row.event_id == event.event_id
    assert station.manager.snapshot() == [row]


def test_acknowledge_then_return_closes_the_occurrence() -> None:
    station = Station([alarm("HI")])
    station.feed((LEVEL, 90, 0))
    assert station.acknowledge("HI", at=2) == []
    row = station.list["HI"]
    assert (row.state.value, row.acknowledged_ns, row.acknowledged_by) == ("ACKED", seconds(2), "anna")
    station.feed((LEVEL, 70, 3))
    assert station.list == {}
    assert station.removed == ["HI"]
    assert station.told() == [("HI", "activated", 0), ("HI", "acknowledged", 2), ("HI", "returned", 3)]
    assert len({event.occurrence_id for event in station.events}) == 1
    assert station.events[1].user == "anna"
    assert station.events[1].workstation == "desk1"
    assert station.events[1].comment == "seen"
    assert station.events[2].message == "level high (70.0 %)"
    station.feed((LEVEL, 90, 4))
    assert station.events[3].occurrence_id != station.events[0].occurrence_id
    assert station.list["HI"].acknowledged_by == ""


def test_return_then_acknowledge_closes_the_occurrence() -> None:
    station = Station([alarm("HI")])
    station.feed((LEVEL, 90, 0), (LEVEL, 70, 1))
    assert station.states() == {"HI": "RTNUN"}
    assert station.list["HI"].returned_ns == seconds(1)
    assert station.list["HI"].value == 70.0
    assert station.acknowledge("HI", at=2) == []
    assert station.list == {}


def test_a_re_alarm_stays_one_occurrence_and_counts() -> None:
    station = Station([alarm("HI")])
    station.feed((LEVEL, 90, 0), (LEVEL, 70, 1), (LEVEL, 91, 2))
    row = station.list["HI"]
    assert (row.state.value, row.count, row.active_ns) == ("UNACK", 2, seconds(2))
    assert len({event.occurrence_id for event in station.events}) == 1
    assert station.manager.counts().activations == 2


def test_only_what_was_seen_is_acknowledged() -> None:
    """ALM-07: an acknowledgement in flight while the alarm comes again does not hit the new one."""
    station = Station([alarm("HI"), alarm("LO", AlarmType.LO, 20)])
    station.feed((LEVEL, 90, 0))
    seen = station.list["HI"].event_id
    station.feed((LEVEL, 70, 1))
    returned = station.list["HI"].event_id
    station.feed((LEVEL, 95, 2), (LEVEL, 10, 3))
    for event_id in (seen, returned):
        [refused] = station.manager.acknowledge([event_id], "anna", "desk1", "", seconds(4))
        assert refused.subject == event_id
        assert "came again since it was seen" in refused.text
    assert station.states() == {"HI": "RTNUN", "LO": "UNACK"}


def test_an_acknowledgement_of_the_activation_counts_after_its_return() -> None:
    station = Station([alarm("HI")])
    station.feed((LEVEL, 90, 0))
    seen = station.list["HI"].event_id
    station.feed((LEVEL, 70, 1))
    assert station.manager.acknowledge([seen], "anna", "desk1", "", seconds(2)) == []
    assert station.list == {}


def test_acknowledging_twice_is_no_fault_and_not_journaled_twice() -> None:
    station = Station([alarm("HI")])
    station.feed((LEVEL, 90, 0))
    seen = station.list["HI"].event_id
    for _ in range(2):
        assert station.manager.acknowledge([seen], "anna", "desk1", "", seconds(1)) == []
    station.feed((LEVEL, 70, 2))
    assert station.manager.acknowledge([seen], "anna", "desk1", "", seconds(3)) == []
    assert [event.transition.value for event in station.events] == ["activated", "acknowledged", "returned"]


def test_an_unknown_event_is_refused_and_the_others_are_done() -> None:
    station = Station([alarm("HI")])
    station.feed((LEVEL, 90, 0))
    seen = station.list["HI"].event_id
    [refused] = station.manager.acknowledge(["f" * 32, seen], "anna", "desk1", "", seconds(1))
    assert refused.subject == "f" * 32
    assert "no alarm event has this id" in refused.text
    assert station.states() == {"HI": "ACKED"}


def test_an_alarm_that_needs_no_acknowledgement_leaves_with_its_condition() -> None:
    station = Station([alarm("HI", ack_required=False)])
    station.feed((LEVEL, 90, 0), (LEVEL, 70, 1))
    assert station.list == {}
    assert [event.state_after.value for event in station.events] == ["UNACK", "NORM"]


def test_an_event_is_journaled_but_neither_listed_nor_counted() -> None:
    """ALM-01, ALM-02."""
    station = Station([alarm("HI", message_class=MessageClass.EVENT)])
    station.feed((LEVEL, 90, 0), (LEVEL, 70, 1), (LEVEL, 90, 2))
    assert len(station.events) == 3
    assert {event.message_class for event in station.events} == {MessageClass.EVENT}
    assert station.list == {}
    assert station.manager.counts().activations == 0


def test_a_batch_without_change_tells_nothing() -> None:
    station = Station([alarm("HI")])
    calls: list[int] = []
    station.manager._ledger._on_events = lambda *_: calls.append(1)
    station.feed((LEVEL, 10, 0), (TRIP, 1, 0))
    station.feed((LEVEL, 20, 1))
    station.manager.tick(seconds(9))
    assert calls == []


def test_one_call_tells_all_that_a_batch_changed() -> None:
    station = Station([alarm("HI"), alarm("LO", AlarmType.LO, 20)])
    calls: list[tuple[int, int, list[str]]] = []
    station.manager._ledger._on_events = lambda events, rows, removed: calls.append(
        (len(events), len(rows), removed)
    )
    station.feed((LEVEL, 90, 0), (LEVEL, 10, 1))
    assert calls == [(3, 2, [])]


def test_delays_and_ticks_make_events_at_the_end_of_the_delay() -> None:
    station = Station([alarm("HI", on_delay_ns=5 * S)])
    station.feed((LEVEL, 90, 0))
    station.feed((LEVEL, 92, 4))
    station.manager.tick(seconds(5.5))
    assert station.list == {}
    station.manager.tick(seconds(6))
    assert station.told() == [("HI", "activated", 5)]
    assert station.events[0].value == 92
    assert station.events[0].receive_ns == seconds(6)


# Latching


def test_a_trip_is_latched_until_it_is_acknowledged_and_reset() -> None:
    station = trip(latching=True)
    station.feed((TRIP, 1, 0), (TRIP, 0, 1))
    assert station.states() == {"TRIP": "LATUN"}
    [refused] = station.manager.reset(["TRIP"], "anna", "desk1", "", seconds(2))
    assert refused.text == "TRIP: the alarm is not acknowledged yet"
    assert station.events[-1].transition is Transition.RESET_REFUSED
    assert station.acknowledge("TRIP", at=3) == []
    assert station.states() == {"TRIP": "LATAK"}
    assert station.manager.reset(["TRIP"], "anna", "desk1", "", seconds(4)) == []
    assert station.list == {}
    [refused] = station.manager.reset(["TRIP"], "anna", "desk1", "", seconds(5))
    assert "nothing is latched" in refused.text
    assert station.events[0].message == "motor"
    assert station.events[0].value is True


def test_a_latched_alarm_whose_condition_comes_back_cannot_be_reset() -> None:
    station = trip(latching=True)
    station.feed((TRIP, 1, 0), (TRIP, 0, 1))
    station.acknowledge("TRIP", at=2)
    station.feed((TRIP, 1, 3))
    assert station.states() == {"TRIP": "ACKED"}
    assert station.list["TRIP"].acknowledged_by == "anna"
    [refused] = station.manager.reset(["TRIP"], "anna", "desk1", "", seconds(4))
    assert "still true" in refused.text


# Hiding


def test_unshelving_a_true_condition_annunciates_it_as_new() -> None:
    """ALM-05 row 19, with what was seen before no longer acknowledging it."""
    station = Station([alarm("HI")])
    station.feed((LEVEL, 90, 0))
    seen = station.list["HI"].event_id
    station.acknowledge("HI", at=1)
    assert station.manager.shelve(["HI"], 900 * S, "anna", "desk1", "sensor wet", seconds(2)) == []
    row = station.list["HI"]
    assert (row.state.value, row.hidden_by, row.hidden_reason) == ("SHLVD", "anna", "sensor wet")
    assert row.shelved_until_ns == seconds(902)
    assert station.manager.counts().shelved == 1
    [refused] = station.manager.acknowledge([seen], "anna", "desk1", "", seconds(3))
    assert "take it back first" in refused.text
    assert station.manager.unshelve(["HI"], "anna", "desk1", "", seconds(4)) == []
    assert station.states() == {"HI": "UNACK"}
    assert (station.list["HI"].hidden_by, station.list["HI"].shelved_until_ns) == ("", 0)
    assert [item.text for item in station.manager.acknowledge([seen], "a", "d", "", seconds(5))]
    assert station.acknowledge("HI", at=6) == []
    [refused] = station.manager.unshelve(["HI"], "anna", "desk1", "", seconds(7))
    assert "not shelved" in refused.text


def test_shelving_ends_by_itself() -> None:
    station = Station([alarm("HI"), alarm("LO", AlarmType.LO, 20)])
    station.feed((LEVEL, 90, 0))
    station.manager.shelve(["HI", "LO"], 60 * S, "anna", "desk1", "test", seconds(1))
    station.manager.tick(seconds(60.9))
    assert station.states() == {"HI": "SHLVD", "LO": "SHLVD"}
    station.manager.tick(seconds(75))
    assert station.states() == {"HI": "UNACK"}
    assert station.removed == ["LO"]
    assert station.told()[-2:] == [("HI", "unshelved", 61), ("LO", "unshelved", 61)]


def test_a_shelved_alarm_is_journaled_while_it_is_hidden() -> None:
    """ALM-06."""
    station = Station([alarm("HI")])
    station.manager.shelve(["HI"], 60 * S, "anna", "desk1", "test", seconds(0))
    station.feed((LEVEL, 90, 1), (LEVEL, 70, 2), (LEVEL, 90, 3))
    assert station.manager.counts().activations == 0
    assert [event.state_after.value for event in station.events] == ["SHLVD"] * 4
    assert not any(is_annunciation(event) for event in station.events)
    station.manager.tick(seconds(60))
    assert station.states() == {"HI": "UNACK"}
    assert station.list["HI"].active_ns == seconds(3)


def test_one_shot_shelving_ends_with_the_next_return() -> None:
    station = Station([alarm("HI")])
    station.feed((LEVEL, 90, 0))
    assert station.manager.shelve(["HI"], None, "anna", "desk1", "known", seconds(1)) == []
    station.feed((LEVEL, 95, 2), (LEVEL, 70, 3))
    assert station.list == {}
    assert station.told()[-2:] == [("HI", "returned", 3), ("HI", "unshelved", 3)]
    station.feed((LEVEL, 90, 4))
    assert station.states() == {"HI": "UNACK"}


def test_one_shot_shelving_ends_at_the_longest_time() -> None:
    station = Station([alarm("HI")])
    station.feed((LEVEL, 90, 0))
    station.manager.shelve(["HI"], None, "anna", "desk1", "known", seconds(1))
    station.manager.tick(seconds(1) + MAX_SHELVE_NS)
    assert station.states() == {"HI": "UNACK"}


@pytest.mark.parametrize(
    ("duration_ns", "limit_ns", "reason", "words"),
    [
        (MAX_SHELVE_NS + 1, MAX_SHELVE_NS, "why", "at most 8 h"),
        (0, MAX_SHELVE_NS, "why", "more than 0"),
        (MAX_SHELVE_SUPERVISOR_NS + 1, 10 * MAX_SHELVE_SUPERVISOR_NS, "why", "at most 24 h"),
        (60 * S, MAX_SHELVE_NS, "  ", "needs a reason"),
    ],
)
def test_shelving_too_long_or_without_reason_is_refused(
    duration_ns: int, limit_ns: int, reason: str, words: str
) -> None:
    """ALM-12."""
    station = Station([alarm("HI")])
    station.feed((LEVEL, 90, 0))
    [refused] = station.manager.shelve(
        ["HI"], duration_ns, "anna", "desk1", reason, seconds(1), limit_ns=limit_ns
    )
    assert words in refused.text
    assert station.states() == {"HI": "UNACK"}


def test_shelving_again_sets_a_new_time() -> None:
    station = Station([alarm("HI")])
    station.manager.shelve(["HI"], 60 * S, "anna", "desk1", "test", seconds(0))
    station.manager.shelve(["HI"], 600 * S, "bert", "desk1", "longer", seconds(30))
    station.manager.tick(seconds(61))
    row = station.list["HI"]
    assert (row.state.value, row.shelved_until_ns, row.hidden_by) == ("SHLVD", seconds(630), "bert")


def test_what_may_not_be_shelved_and_what_does_not_exist_are_refused() -> None:
    station = Station([alarm("HI", shelvable=False)])
    refused = station.manager.shelve(["HI", "nope"], 60 * S, "anna", "desk1", "test", seconds(0))
    assert [item.text for item in refused] == ["HI: this alarm may not be shelved", "no alarm has this id"]


def test_out_of_service_needs_a_reason_and_comes_back_as_new() -> None:
    station = Station([alarm("HI")])
    station.feed((LEVEL, 90, 0))
    [refused] = station.manager.out_of_service(["HI"], True, "max", "shop", "", seconds(1))
    assert "needs a reason" in refused.text
    assert station.manager.out_of_service(["HI"], True, "max", "shop", "WO 4711", seconds(1)) == []
    assert station.list["HI"].state.value == "OOSRV"
    assert station.list["HI"].hidden_reason == "WO 4711"
    assert station.manager.counts().out_of_service == 1
    assert station.manager.out_of_service(["HI"], False, "max", "shop", "", seconds(2)) == []
    assert station.states() == {"HI": "UNACK"}
    [refused] = station.manager.out_of_service(["HI"], False, "max", "shop", "", seconds(3))
    assert "in service" in refused.text


# Suppression by design


def flow(**changes: object) -> Station:
    low = alarm("LO", AlarmType.LO, 20, suppression_expression="not Pump.Running", **changes)
    station = Station([low], start=False)
    station.source.put(RUNNING, None, 1.0, GOOD, START_NS)
    station.manager.restore([], 0)
    return station


def test_a_suppression_takes_effect_before_the_same_and_later_samples() -> None:
    station = flow()
    station.feed((RUNNING, 0, 0), (LEVEL, 10, 1))
    assert [event.transition.value for event in station.events] == ["suppressed", "activated"]
    assert station.states() == {"LO": "DSUPR"}
    row = station.list["LO"]
    assert (row.hidden_by, row.hidden_reason, row.active) == ("design", "not Pump.Running", True)
    assert station.manager.counts() == AlarmCounts(
        dict.fromkeys(Priority, 0), dict.fromkeys(Priority, 0), 0, 1, 0, 0
    )
    station.feed((RUNNING, 1, 2), (LEVEL, 10, 3))
    assert station.states() == {"LO": "DSUPR"}
    station.feed((LEVEL, 10, 4))
    assert station.states() == {"LO": "UNACK"}
    assert station.told()[-1] == ("LO", "unsuppressed", 4)


def test_an_alarm_before_its_suppression_in_one_batch_is_seen() -> None:
    station = flow()
    station.feed((LEVEL, 10, 0), (RUNNING, 0, 1), (LEVEL, 50, 2), (RUNNING, 1, 3), (LEVEL, 50, 6))
    assert station.told() == [
        ("LO", "activated", 0),
        ("LO", "suppressed", 1),
        ("LO", "returned", 2),
        ("LO", "unsuppressed", 5),
    ]
    assert station.list == {}


def test_a_sample_that_suppresses_its_own_alarm_does_so_first() -> None:
    station = Station([alarm("LO", AlarmType.LO, 20, suppression_expression="Tank.Level < 1")])
    station.feed((LEVEL, 0.5, 0))
    assert [event.transition.value for event in station.events] == ["suppressed", "activated"]
    station.feed((LEVEL, 1.5, 1), (LEVEL, 1.5, 3))
    assert station.states() == {"LO": "UNACK"}


def test_an_input_of_bad_quality_suppresses_nothing() -> None:
    station = flow()
    station.feed((RUNNING, 0, 0), (LEVEL, 10, 1))
    station.feed((RUNNING, math.nan, 2, BAD_SENSOR), (LEVEL, 10, 4))
    assert station.states() == {"LO": "UNACK"}


def test_the_loss_of_an_input_s_connection_uncovers_nothing() -> None:
    station = flow()
    station.feed((RUNNING, 0, 0), (LEVEL, 10, 1))
    station.feed((RUNNING, math.nan, 2, NO_COMMUNICATION))
    assert station.states() == {"LO": "DSUPR"}


def test_suppression_is_judged_from_the_tag_source_at_the_start() -> None:
    low = alarm("LO", AlarmType.LO, 20, suppression_expression="not Pump.Running")
    station = Station([low], start=False)
    station.source.put(RUNNING, None, 0.0, GOOD, START_NS)
    station.manager.restore([], 0)
    assert station.states() == {"LO": "DSUPR"}


def test_alarms_with_one_expression_move_together() -> None:
    station = Station(
        [
            alarm("A", suppression_expression="Pump.Fault == 3"),
            alarm("B", AlarmType.LO, 20, suppression_expression=" Pump.Fault == 3 "),
        ]
    )
    station.feed((4, 3, 0))
    assert station.states() == {"A": "DSUPR", "B": "DSUPR"}
    station.feed((4, 4, 1), (LEVEL, 50, 3))
    assert station.list == {}


# Input quality and connections


def test_a_bad_input_freezes_the_alarm_and_shows_it() -> None:
    """ALM-10."""
    station = Station([alarm("HI"), alarm("LO", AlarmType.LO, 20)])
    station.feed((LEVEL, 90, 0))
    station.feed((LEVEL, math.nan, 1, BAD_SENSOR))
    row = station.list["HI"]
    assert (row.state.value, row.active, row.status) == ("UNACK", True, BAD_SENSOR)
    assert "LO" not in station.list
    assert len(station.events) == 1
    station.feed((LEVEL, 91, 2))
    assert station.list["HI"].status == GOOD
    assert len(station.events) == 1


def quality_alarms(number: int) -> Station:
    definitions = [
        alarm(f"Q{row}", AlarmType.BAD_QUALITY, math.nan, tag=f"T{row}", name="", description="")
        for row in range(number)
    ]
    return Station(definitions, ["line"], float_tags(number))


def marked(number: int, status: int, at_s: float) -> Batch:
    return Batch.marking(np.arange(number, dtype=np.int32), status, seconds(at_s))


@pytest.mark.parametrize("status", [NO_COMMUNICATION, int(StatusCode.BadTimeout)])
def test_a_lost_connection_is_one_alarm_however_many_tags_it_has(status: int) -> None:
    """ALM-11."""
    station = quality_alarms(500)
    station.manager.process(columns(range(500), [1.0] * 500, 0))
    station.manager.connection_changed("line", True, seconds(1), "no answer from 10.0.0.1")
    station.manager.process(marked(500, status, 1.1))
    station.manager.connection_changed("line", True, seconds(2), "still no answer")
    visible = {alarm_id for alarm_id, state in station.states().items() if state != "DSUPR"}
    assert visible == {"COMM.line"}
    row = station.list["COMM.line"]
    assert row.message == "line: communication lost (no answer from 10.0.0.1)"
    assert row.status == NO_COMMUNICATION
    assert station.manager.counts().active[Priority.HIGH] == 1
    assert station.manager.counts().active[Priority.MEDIUM] == 0


def test_after_recovery_only_what_is_still_bad_alarms() -> None:
    station = quality_alarms(3)
    station.manager.process(columns(range(3), [1.0] * 3, 0))
    station.manager.connection_changed("line", True, seconds(1), "gone")
    station.manager.process(marked(3, int(StatusCode.BadTimeout), 1.1))
    station.acknowledge("COMM.line", at=2)
    station.manager.connection_changed("line", False, seconds(10), "back")
    assert "COMM.line" not in station.list
    station.manager.process(columns([0, 1], [1.0, 1.0], 10.5))
    station.manager.tick(seconds(10) + RECOVERY_NS - 1)
    assert set(station.states().values()) == {"DSUPR"}
    station.manager.tick(seconds(10) + RECOVERY_NS)
    assert station.states() == {"Q2": "UNACK"}
    assert station.list["Q2"].message == "T2: T2 bad value (BadTimeout)"


def test_a_value_that_goes_bad_while_its_connection_settles_waits_for_the_end() -> None:
    station = quality_alarms(2)
    station.manager.process(columns([0, 1], [1.0, 1.0], 0))
    station.manager.connection_changed("line", True, seconds(1), "gone")
    station.manager.connection_changed("line", False, seconds(10), "back")
    station.manager.process(marked(2, int(StatusCode.BadTimeout), 11))
    assert {alarm_id: state for alarm_id, state in station.states().items() if alarm_id != "COMM.line"} == {
        "Q0": "DSUPR",
        "Q1": "DSUPR",
    }
    station.manager.tick(seconds(10) + RECOVERY_NS)
    assert station.states()["Q0"] == "UNACK"


def test_a_calculated_tag_hangs_on_the_connections_of_all_its_inputs() -> None:
    tags = TagTable(
        [
            Tag(0, "A", DataType.FLOAT64, connection="one"),
            Tag(1, "B", DataType.FLOAT64, connection="two"),
            Tag(2, "Sum", DataType.FLOAT64, expression="A + B"),
            Tag(3, "Twice", DataType.FLOAT64, expression="Sum * 2 + Sum"),
            Tag(4, "Fixed", DataType.FLOAT64, expression="1 + 1"),
        ]
    )
    definitions = [alarm(name, AlarmType.BAD_QUALITY, math.nan, tag=name) for name in ("Twice", "Fixed")]
    for lost in ("one", "two"):
        station = Station(definitions, ["one", "two"], tags)
        station.manager.connection_changed(lost, True, seconds(0), "gone")
        station.manager.process(Batch.marking(np.array([3, 4], np.int32), BAD_SENSOR, seconds(1)))
        assert station.states() == {f"COMM.{lost}": "UNACK", "Twice": "DSUPR", "Fixed": "UNACK"}


def test_a_connection_lost_again_while_it_settles_stays_quiet() -> None:
    station = quality_alarms(3)
    station.manager.connection_changed("line", True, seconds(1), "gone")
    station.manager.process(marked(3, int(StatusCode.BadTimeout), 1.1))
    station.manager.connection_changed("line", False, seconds(2), "back")
    station.manager.connection_changed("line", True, seconds(3), "gone")
    station.manager.tick(seconds(30))
    assert {state for alarm_id, state in station.states().items() if alarm_id != "COMM.line"} == {"DSUPR"}
    assert station.list["COMM.line"].count == 2


def test_an_instrument_that_fails_on_a_live_connection_alarms() -> None:
    station = quality_alarms(2)
    station.manager.process(columns([0, 1], [1.0, 1.0], 0))
    station.manager.process(Batch.of([(1, None, BAD_SENSOR, seconds(1))], seconds(1)))
    assert station.states() == {"Q1": "UNACK"}


def test_a_connection_alarm_of_the_project_takes_the_place_of_ours() -> None:
    own = alarm("FILL-COMM", AlarmType.COMMUNICATION, 1, tag="filling", priority=Priority.URGENT)
    station = Station([own])
    assert [item.alarm_id for item in station.manager.definitions] == ["FILL-COMM", "COMM.conveyors"]
    station.manager.connection_changed("filling", True, seconds(0))
    station.manager.connection_changed("conveyors", True, seconds(0))
    assert set(station.states()) == {"FILL-COMM", "COMM.conveyors"}


# Counting, bursts and sequences


def test_counters_per_priority_and_kind_of_hiding() -> None:
    station = Station(
        [
            alarm("U", priority=Priority.URGENT),
            alarm("M", AlarmType.HIHI, 85),
            alarm("L", AlarmType.HIHI, 86, priority=Priority.LOW),
            alarm("E", AlarmType.HIHI, 87, message_class=MessageClass.ALERT),
        ]
    )
    station.feed((LEVEL, 90, 0))
    station.acknowledge("M", at=1)
    station.manager.shelve(["L"], 60 * S, "anna", "desk1", "test", seconds(1))
    counts = station.manager.counts()
    assert counts.unacknowledged == {
        Priority.URGENT: 1, Priority.HIGH: 0, Priority.MEDIUM: 0, Priority.LOW: 0,
    }  # fmt: skip
    assert counts.active == {Priority.URGENT: 1, Priority.HIGH: 0, Priority.MEDIUM: 1, Priority.LOW: 0}
    assert (counts.shelved, counts.suppressed, counts.out_of_service, counts.activations) == (1, 0, 0, 3)
    assert station.list["E"].message_class is MessageClass.ALERT


def test_a_chattering_hidden_alarm_costs_no_memory_and_can_still_be_taken_back() -> None:
    station = Station([alarm("HI")])
    station.manager.shelve(["HI"], 3600 * S, "anna", "desk1", "chatters", seconds(0))
    station.feed(*[(LEVEL, 90.0 if time % 2 else 70.0, float(time)) for time in range(2000)])
    assert len(station.manager._ledger.seen._present) == REMEMBERED_PER_ALARM
    [refused] = station.acknowledge("HI")
    assert "take it back first" in refused
    station.manager.unshelve(["HI"], "anna", "desk1", "", seconds(2000))
    assert len(station.manager._ledger.seen._present) == 1
    assert station.acknowledge("HI") == []


def test_only_so_many_overtaken_events_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alarms.seen.REMEMBERED", 50)
    station = Station([alarm("HI")])
    first = ""
    for time in range(0, 200, 2):
        station.feed((LEVEL, 90, time), (LEVEL, 70, time + 1))
        first = first or station.list["HI"].event_id
    station.acknowledge("HI")
    assert len(station.manager._ledger.seen._past) == 50
    [refused] = station.manager.acknowledge([first], "anna", "desk1", "", seconds(0))
    assert "long over" in refused.text


def test_a_burst_loses_nothing() -> None:
    number = 5000
    tags = float_tags(number)
    station = Station([alarm(f"A{row}", tag=f"T{row}") for row in range(number)], ["line"], tags)
    for part in range(10):
        ids = range(part * 500, part * 500 + 500)
        station.manager.process(columns(ids, [90.0] * 500, part))
    assert [event.sequence for event in station.events] == list(range(1, number + 1))
    assert {event.alarm_id for event in station.events} == {f"A{row}" for row in range(number)}
    assert len(station.list) == number
    ids = [row.event_id for row in station.list.values()]
    assert station.manager.acknowledge(ids, "anna", "desk1", "", seconds(20)) == []
    station.manager.process(columns(range(number), [10.0] * number, 30))
    assert [event.sequence for event in station.events] == list(range(1, 3 * number + 1))
    assert station.list == {}
    assert len({event.event_id for event in station.events}) == 3 * number


def test_how_samples_are_cut_into_batches_changes_no_event() -> None:
    """ALM-33: the same samples make the same journal, suppression included."""
    rng = np.random.default_rng(3)
    samples = []
    for time in range(600):
        tag = int(rng.choice([LEVEL, LEVEL, LEVEL, RUNNING, TRIP]))
        value = float(rng.normal(75, 15)) if tag == LEVEL else float(rng.integers(0, 2))
        status = BAD_SENSOR if rng.random() < 0.02 else GOOD
        samples.append((tag, math.nan if status else value, float(time), status))

    def run(size: int) -> list[AlarmEvent]:
        station = Station(
            [
                alarm("HI", deadband_eu=3.0, on_delay_ns=2 * S, off_delay_ns=S),
                alarm("HIHI", AlarmType.HIHI, 90, suppression_expression="Pump.Running and Tank.Level < 120"),
                alarm("LO", AlarmType.LO, 60, suppression_expression="not Pump.Running"),
                alarm("TRIP", AlarmType.TRIP, 1, tag="Pump.Trip", latching=True),
                alarm("Q", AlarmType.BAD_QUALITY, math.nan),
            ]
        )
        for first in range(0, len(samples), size):
            station.feed(*samples[first : first + size])
        return [replace(event, receive_ns=0) for event in station.events]

    one_by_one = run(1)
    assert len(one_by_one) > 300
    for size in (2, 7, 100, 600):
        assert run(size) == one_by_one


# Start


def test_definitions_that_cannot_run_are_all_named_at_once() -> None:
    with pytest.raises(AlarmError) as caught:
        Station(
            [
                alarm("A", tag="Nowhere"),
                alarm("A"),
                alarm("B", suppression_expression="Pump.Rumming"),
                alarm("C", suppression_expression="__import__('os')"),
                alarm("D", AlarmType.COMMUNICATION, 1, tag="filing"),
                alarm("E", AlarmType.COMMUNICATION, 1, tag="filling"),
                alarm("F", AlarmType.COMMUNICATION, 1, tag="filling", on_delay_ns=1),
            ]
        )
    lines = str(caught.value).splitlines()
    starts = ["A [tag]: no tag", "A [alarm_id]", "B [suppression_expression]", "C [suppression_expression]"]
    starts += ["D [tag]: no connection is called 'filing'; there are: conveyors, filling"]
    starts += ["F [tag]: connection 'filling' has a COMM alarm already", "F [on_delay_s]"]
    for start in starts:
        assert any(line.startswith(start) for line in lines), f"{start} not in {lines}"


def test_checked_definitions_with_communication_alarms_run() -> None:
    station = Station([alarm("A")])
    definitions = with_communication([alarm("A")], ["filling", "conveyors"])
    assert check(definitions, station.source.tags, ["filling", "conveyors"]) == []
    assert all(item.operator_action for item in definitions if item.type is AlarmType.COMMUNICATION)


def test_a_disabled_definition_is_not_evaluated() -> None:
    station = Station([alarm("A", enabled=False)])
    station.feed((LEVEL, 90, 0))
    assert station.events == []
    assert station.manager.snapshot() == []
    [refused] = station.manager.shelve(["A"], 60 * S, "anna", "desk1", "test", seconds(1))
    assert "disabled" in refused.text


def test_batches_of_other_tags_pass() -> None:
    station = Station([alarm("A")])
    station.manager.process(batch((TRIP, 1, 0)))
    station.manager.process(Batch.empty(START_NS))
    assert station.events == []
