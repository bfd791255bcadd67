"""What people do to alarms: acknowledge what they saw, hide within their role, change settings."""

from dataclasses import replace

import pytest

from alarms.model import AlarmDefinition, AlarmError, AlarmType, Priority, Role
from alarms.policy import SHELVE_DURATIONS_S, AlarmClass, classed, shelve_refusal
from alarms.settings import Setting, SettingChange, changed
from alarms.suppression_loops import reachable
from tags.clock import NS_PER_S
from tests.unit.alarms.cell import FAULT, LEVEL, START_NS, TRIP, Station, alarm, seconds

S = NS_PER_S
ANNA = ("anna", "desk1")


def texts(refusals: list[object]) -> list[str]:
    return [refusal.text for refusal in refusals]  # type: ignore[attr-defined]


# Acknowledge


def test_a_class_may_want_a_comment() -> None:
    station = Station([classed(alarm("HI", alarm_class="safety"), AlarmClass(comment_required=True))])
    station.feed((LEVEL, 90, 0))
    seen = [station.list["HI"].event_id]
    [refused] = station.manager.acknowledge(seen, *ANNA, "  ", seconds(1))
    assert refused.text == "HI: alarms of class safety are acknowledged with a comment"
    assert station.states() == {"HI": "UNACK"}
    assert station.manager.acknowledge(seen, *ANNA, "valve closed", seconds(2)) == []
    assert station.list["HI"].comment == "valve closed"
    # What is acknowledged already needs none.
    assert station.manager.acknowledge(seen, *ANNA, "", seconds(3)) == []


AREAS = [
    alarm("A", area="Filling.Tank"),
    alarm("B", AlarmType.TRIP, 1, tag="Pump.Trip", area="Filling"),
    alarm("C", AlarmType.OFF_NORMAL, 7, tag="Pump.Fault", area="FillingB"),
]


@pytest.mark.parametrize(
    ("area", "acknowledged"),
    [("Filling", {"A", "B"}), ("Filling.Tank", {"A"}), ("", {"A", "B", "C"}), ("Fill", set())],
)
def test_an_area_is_acknowledged_with_the_areas_below_it(area: str, acknowledged: set[str]) -> None:
    station = Station(AREAS)
    station.feed((LEVEL, 90, 0), (TRIP, 1, 1), (FAULT, 7, 2))
    assert station.manager.acknowledge_area(area, station.manager.sequence, *ANNA, "", seconds(3)) == []
    assert {alarm_id for alarm_id, state in station.states().items() if state == "ACKED"} == acknowledged


def test_only_what_the_list_had_shown_of_an_area_is_acknowledged() -> None:
    station = Station(AREAS)
    station.feed((LEVEL, 90, 0))
    seen = station.manager.sequence
    station.feed((TRIP, 1, 1), (LEVEL, 70, 2), (FAULT, 7, 2))
    [refused] = station.manager.acknowledge_area("Filling", seen, *ANNA, "", seconds(3))
    assert refused.text == "B: it came after what was seen"
    assert station.states() == {"B": "UNACK", "C": "UNACK"}


def test_an_area_with_a_class_that_wants_a_comment() -> None:
    station = Station([classed(AREAS[0], AlarmClass(comment_required=True)), AREAS[1]])
    station.feed((LEVEL, 90, 0), (TRIP, 1, 1))
    assert len(station.manager.acknowledge_area("Filling", 99, *ANNA, "", seconds(3))) == 1
    assert station.states() == {"A": "UNACK", "B": "ACKED"}


# Hide


@pytest.mark.parametrize(
    ("duration_s", "role", "words"),
    [
        *((duration_s, Role.OPERATOR, "") for duration_s in SHELVE_DURATIONS_S),
        (None, Role.OPERATOR, ""),
        (28_801, Role.OPERATOR, "at most 8 h"),
        (86_400, Role.OPERATOR, "at most 8 h"),
        (86_400, Role.SUPERVISOR, ""),
        (86_401, Role.SUPERVISOR, "at most 24 h"),
        (901, Role.OPERATOR, "15 min, 30 min, 60 min"),
        (901, Role.SUPERVISOR, ""),
        (0, Role.SUPERVISOR, "longer than 0"),
        (-1, Role.OPERATOR, "15 min"),
    ],
)
def test_how_long_a_role_may_shelve(duration_s: int | None, role: Role, words: str) -> None:
    text = shelve_refusal(duration_s, role)
    assert words in text
    assert bool(text) == bool(words)


@pytest.mark.parametrize(
    ("priority", "rules", "role", "words"),
    [
        (Priority.HIGH, AlarmClass(), Role.OPERATOR, ""),
        (Priority.URGENT, AlarmClass(), Role.OPERATOR, "only a supervisor"),
        (Priority.URGENT, AlarmClass(), Role.SUPERVISOR, ""),
        (Priority.URGENT, AlarmClass(shelve_role=Role.OPERATOR), Role.OPERATOR, ""),
        (Priority.LOW, AlarmClass(shelve_role=Role.SUPERVISOR), Role.OPERATOR, "only a supervisor"),
        (Priority.LOW, AlarmClass(is_shelvable=False), Role.SUPERVISOR, "may not be shelved"),
    ],
)
def test_priority_and_class_say_who_may_shelve(
    priority: Priority, rules: AlarmClass, role: Role, words: str
) -> None:
    station = Station([classed(alarm("HI", priority=priority), rules), alarm("LO", AlarmType.LO, 20)])
    found = texts(station.manager.shelve(["HI", "LO"], 900 * S, *ANNA, "test", seconds(1), role=role))
    assert len(found) == bool(words)
    assert all(words in text for text in found)
    assert station.states() == ({"LO": "SHLVD"} if words else {"HI": "SHLVD", "LO": "SHLVD"})


def test_a_class_may_keep_its_alarms_in_service() -> None:
    rules = AlarmClass(may_remove=False)
    station = Station([classed(alarm("HI", alarm_class="safety"), rules), alarm("LO", AlarmType.LO, 20)])
    [refused] = station.manager.out_of_service(["HI", "LO"], True, *ANNA, "WO 12", seconds(1))
    assert refused.text == "HI: the class safety keeps it in service (ALM-14)"
    assert station.states() == {"LO": "OOSRV"}


def test_each_way_to_hide_has_its_counter_reason_and_time() -> None:
    station = Station([
        alarm("A"), alarm("B", AlarmType.LO, 20),
        alarm("C", AlarmType.TRIP, 1, tag="Pump.Trip", suppression_expression="Pump.Fault == 7"),
    ])  # fmt: skip
    station.manager.shelve(["A"], 900 * S, *ANNA, "noisy", seconds(1))
    station.manager.out_of_service(["B"], True, *ANNA, "WO 12", seconds(2))
    station.feed((FAULT, 7, 3))
    counts = station.manager.counts()
    assert (counts.shelved, counts.suppressed, counts.out_of_service) == (1, 1, 1)
    rows = {row.alarm_id: (row.hidden_by, row.hidden_reason, row.hidden_ns) for row in station.list.values()}
    assert rows == {
        "A": ("anna", "noisy", seconds(1)),
        "B": ("anna", "WO 12", seconds(2)),
        "C": ("design", "Pump.Fault == 7", seconds(3)),
    }
    station.manager.unshelve(["A"], *ANNA, "", seconds(4))
    station.manager.out_of_service(["B"], False, *ANNA, "", seconds(5))
    station.feed((FAULT, 0, 6), (TRIP, 0, 8))
    counts = station.manager.counts()
    assert (counts.shelved, counts.suppressed, counts.out_of_service) == (0, 0, 0)


# Settings

TANK = [
    alarm("HI", AlarmType.HI, 80, deadband_eu=2.0),
    alarm("HIHI", AlarmType.HIHI, 90),
    alarm("LO", AlarmType.LO, 20),
]


def change(station: Station, alarm_id: str, at: float = 1.0, **changes: Setting) -> list[SettingChange]:
    made, refusals = station.manager.change_settings({alarm_id: changes}, *ANNA, "test", seconds(at))
    assert refusals == []
    return made


def test_a_changed_setting_is_recorded_and_judged_at_once() -> None:
    station = Station(TANK)
    station.feed((LEVEL, 75, 0))
    [made] = change(station, "HI", setpoint=70.0)
    assert made == SettingChange(seconds(1), "HI", "setpoint", 80.0, 70.0, "anna", "desk1", "test")
    assert station.told() == [("HI", "activated", 1)]
    assert station.list["HI"].limit == 70
    more = change(station, "HI", 2, priority="urgent", on_delay_s=3, deadband=2.0)
    assert [item.setting for item in more] == ["on_delay_s", "priority"]
    assert station.list["HI"].priority is Priority.URGENT
    assert station.manager.counts().active[Priority.URGENT] == 1
    [difference] = [one for one in station.manager.differences() if one.setting == "setpoint"]
    assert (difference.master, difference.running, difference.user, difference.at_ns) == (
        80.0, 70.0, "anna", seconds(1),
    )  # fmt: skip


def test_disabling_ends_an_alarm_and_enabling_judges_it_anew() -> None:
    station = Station(TANK)
    station.feed((LEVEL, 85, 0))
    change(station, "HI", enabled=False)
    assert station.list == {}
    station.feed((LEVEL, 86, 2))
    assert station.list == {}
    change(station, "HI", 3, enabled=True)
    assert station.states() == {"HI": "UNACK"}
    assert [kind for _, kind, _ in station.told()] == ["activated", "disabled", "enabled", "activated"]


@pytest.mark.parametrize(
    ("alarm_id", "changes", "reason", "words"),
    [
        ("HI", {"setpoint": 90.0}, "x", "expected HI below HIHI, got 90 and 90"),
        ("HIHI", {"setpoint": 79.0}, "x", "expected HI below HIHI"),
        ("HI", {"setpoint": 10.0}, "x", "expected LO below HI"),
        ("HI", {"setpoint": 85.0}, " ", "needs a reason"),
        ("NONE", {"setpoint": 85.0}, "x", "no alarm has this id"),
        ("HI", {"setpoint": "high"}, "x", "setpoint: expected a number, got 'high'"),
        ("HI", {"setpoint": True}, "x", "expected a number"),
        ("HI", {"setpoint": float("nan")}, "x", "expected a number"),
        ("HI", {"deadband": -1.0}, "x", "not below 0"),
        ("HI", {"on_delay_s": 1e9}, "x", "at most 86400 s"),
        ("HI", {"priority": "extreme"}, "x", "urgent, high, medium, low"),
        ("HI", {"enabled": 1.0}, "x", "true or false"),
        ("HI", {"tag": "x"}, "x", "no setting is called 'tag'"),
        ("COMM.filling", {"setpoint": 2.0}, "x", "the connection decides"),
    ],
)
def test_a_change_that_does_not_fit_is_refused_whole(
    alarm_id: str, changes: dict[str, Setting], reason: str, words: str
) -> None:
    station = Station(TANK)
    both = {"off_delay_s": 5.0, **changes} if alarm_id != "COMM.filling" else changes
    made, [refused] = station.manager.change_settings({alarm_id: both}, *ANNA, reason, seconds(1))
    assert made == []
    assert words in refused.text
    assert station.manager.differences() == []


def test_the_master_database_is_enforced_on_request() -> None:
    station = Station(TANK)
    change(station, "HIHI", setpoint=99.0)
    change(station, "HI", setpoint=95.0, off_delay_s=7.0)
    change(station, "LO", setpoint=10.0)
    assert len(station.manager.differences()) == 4
    made, refusals = station.manager.enforce_settings(["HIHI", "HI"], *ANNA, "audit", seconds(9))
    assert refusals == []
    assert {(item.alarm_id, item.setting, item.new) for item in made} == {
        ("HIHI", "setpoint", 90.0), ("HI", "setpoint", 80.0), ("HI", "off_delay_s", 0.0),
    }  # fmt: skip
    assert [item.alarm_id for item in station.manager.differences()] == ["LO"]
    station.manager.enforce_settings(None, *ANNA, "audit", seconds(10))
    assert station.manager.differences() == []


def test_changed_settings_survive_a_restart() -> None:
    station = Station(TANK)
    changes = [
        *change(station, "HI", setpoint=70.0), *change(station, "HI", 2, setpoint=60.0),
        *change(station, "LO", 3, enabled=False), *change(station, "HIHI", 4, setpoint=95.0),
        *change(station, "HIHI", 5, setpoint=90.0),
    ]  # fmt: skip
    again = Station(TANK, start=False)
    again.manager.adopt_settings(changes)
    again.manager.restore(station.events, station.manager.sequence)
    assert again.manager.definitions == station.manager.definitions
    assert again.manager.differences() == station.manager.differences()
    assert again.events == []
    again.feed((LEVEL, 65, 0), (LEVEL, 5, 1))
    assert again.told() == [("HI", "activated", 0), ("HI", "returned", 1)]


def test_changes_that_the_master_database_outgrew_are_left_out() -> None:
    changes = [
        SettingChange(START_NS, "HI", "setpoint", 80.0, 89.0, "anna", "desk1", "test"),
        SettingChange(START_NS, "GONE", "setpoint", 80.0, 89.0, "anna", "desk1", "test"),
        SettingChange(START_NS, "LO", "colour", 1.0, 2.0, "anna", "desk1", "test"),
    ]
    again = Station([TANK[0], alarm("HIHI", AlarmType.HIHI, 85), TANK[2]], start=False)
    again.manager.adopt_settings(changes)
    again.manager.restore([], 0)
    assert again.manager.differences() == []


def test_a_level_is_enabled_with_its_alarm() -> None:
    pair = [alarm("H", exclusive=True), alarm("HH", AlarmType.HIHI, 90, exclusive=True)]
    station = Station(pair)
    station.feed((LEVEL, 95, 0))
    _, [refused] = station.manager.change_settings({"HH": {"enabled": False}}, *ANNA, "x", seconds(1))
    assert "is a level of H" in refused.text
    change(station, "H", 2, enabled=False)
    assert station.list == {}
    change(station, "H", 3, enabled=True)
    assert station.list["H"].level == "HH"
    change(station, "HH", 4, setpoint=96.0)
    assert station.list["H"].level == "H"


def test_an_unknown_setting_is_named() -> None:
    with pytest.raises(AlarmError, match="no setting is called 'area'; there are: setpoint, deadband"):
        changed(TANK[0], {"area": "x"})


# Suppression by design, changed at run time


def suppressible(expression: str = "") -> list[AlarmDefinition]:
    return [alarm("HI", suppression_expression=expression), alarm("LO", AlarmType.LO, 20)]


def test_a_new_suppression_is_judged_at_once_by_what_is_known() -> None:
    station = Station(suppressible())
    station.source.put(FAULT, None, 7.0, 0, seconds(0))
    station.feed((FAULT, 7, 0), (LEVEL, 85, 1))
    assert station.states() == {"HI": "UNACK"}
    [made] = change(station, "HI", 2, suppression_expression="Pump.Fault == 7")
    assert (made.setting, made.old, made.new) == ("suppression_expression", "", "Pump.Fault == 7")
    assert station.states() == {"HI": "DSUPR"}
    assert station.list["HI"].hidden_reason == "Pump.Fault == 7"
    station.feed((FAULT, 0, 3), (LEVEL, 85, 5))
    assert station.states() == {"HI": "UNACK"}
    station.feed((FAULT, 7, 6))
    assert station.states() == {"HI": "DSUPR"}
    change(station, "HI", 7, suppression_expression="")
    station.feed((LEVEL, 85, 9))
    assert station.states() == {"HI": "UNACK"}
    station.feed((FAULT, 0, 10), (FAULT, 7, 11))
    assert station.states() == {"HI": "UNACK"}
    assert [kind for _, kind, _ in station.told()] == [
        "activated", "suppressed", "unsuppressed", "suppressed", "unsuppressed",
    ]  # fmt: skip


def test_an_alarm_that_both_expressions_hide_is_not_shown_in_between() -> None:
    station = Station(suppressible("Pump.Fault == 7"))
    station.feed((FAULT, 7, 0), (LEVEL, 85, 1))
    assert station.states() == {"HI": "DSUPR"}
    told = len(station.told())
    change(station, "HI", 2, suppression_expression="Pump.Fault > 5")
    assert len(station.told()) == told
    station.feed((FAULT, 6, 3), (LEVEL, 85, 6))
    assert station.states() == {"HI": "DSUPR"}
    station.feed((FAULT, 5, 7), (LEVEL, 85, 9))
    assert station.states() == {"HI": "UNACK"}


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("Pump.Fault ==", "suppression_expression"),
        ("Pump.Nothing", "Pump.Nothing"),
        ("Tank.Level > 50", "suppressed by its own condition"),
        (7.0, "expected an expression"),
        ("__import__('os')", "suppression_expression"),
    ],
)
def test_a_suppression_that_cannot_be_is_refused(expression: Setting, words: str) -> None:
    station = Station(suppressible())
    changes = {"HI": {"suppression_expression": expression}}
    made, [refused] = station.manager.change_settings(changes, *ANNA, "test", seconds(1))
    assert made == []
    assert words in refused.text


def test_a_class_that_forbids_suppression_forbids_it_at_run_time_too() -> None:
    station = Station([classed(alarm("HI", alarm_class="safety"), AlarmClass(may_suppress=False))])
    changes = {"HI": {"suppression_expression": "Pump.Fault == 7"}}
    _, [refused] = station.manager.change_settings(changes, *ANNA, "test", seconds(1))
    assert "the class safety forbids to suppress its alarms (ALM-14)" in refused.text


def test_a_loop_that_a_change_would_close_is_refused() -> None:
    station = Station([
        alarm("TRIP", AlarmType.TRIP, 1, tag="Pump.Trip", suppression_expression="Tank.Level > 80"),
        alarm("HI"),
    ])  # fmt: skip
    changes = {"HI": {"suppression_expression": "Pump.Trip"}}
    made, [refused] = station.manager.change_settings(changes, *ANNA, "test", seconds(1))
    assert made == []
    assert "each hides the other and none is seen (ALM-16)" in refused.text


def test_a_long_loop_is_found_from_any_of_its_alarms() -> None:
    chain = [
        alarm("A", suppression_expression="Pump.Trip"),
        alarm("B", AlarmType.TRIP, 1, tag="Pump.Trip"),
        alarm("C", AlarmType.OFF_NORMAL, 1, tag="Pump.Running", suppression_expression="Tank.Level > 80"),
        alarm("D", AlarmType.HI, 5, tag="Tank.Pressure", suppression_expression="Pump.Fault == 7"),
    ]
    station = Station(chain)
    changes = {"B": {"suppression_expression": "Pump.Running"}}
    made, [refused] = station.manager.change_settings(changes, *ANNA, "test", seconds(1))
    assert made == []
    assert (refused.subject, "a loop" in refused.text) == ("B", True)
    tags = station.source.tags
    proposed = [chain[0], replace(chain[1], suppression_expression="Pump.Running"), *chain[2:]]
    assert reachable(proposed, [1], tags) == {0, 1, 2}
    assert reachable(proposed, [3], tags) == {3}


def test_levels_of_one_alarm_are_suppressed_together() -> None:
    pair = [alarm("H", exclusive=True), alarm("HH", AlarmType.HIHI, 90, exclusive=True)]
    station = Station(pair)
    station.source.put(FAULT, None, 7.0, 0, seconds(0))
    station.feed((FAULT, 7, 0), (LEVEL, 95, 1))
    _, [refused] = station.manager.change_settings(
        {"HH": {"suppression_expression": "Pump.Fault == 7"}}, *ANNA, "x", seconds(2)
    )
    assert refused.text == "HH: it is a level of H, change that one"
    made = change(station, "H", 3, suppression_expression="Pump.Fault == 7")
    assert [item.alarm_id for item in made] == ["H", "HH"]
    assert station.states() == {"H": "DSUPR"}
    station.feed((FAULT, 0, 4), (LEVEL, 95, 6))
    assert (station.states(), station.list["H"].level) == ({"H": "UNACK"}, "HH")
    station.manager.enforce_settings(None, *ANNA, "back", seconds(5))
    assert station.manager.differences() == []


def test_a_changed_suppression_survives_a_restart() -> None:
    station = Station(suppressible("Pump.Fault == 7"))
    station.feed((FAULT, 6, 0), (LEVEL, 85, 1))
    changes = change(station, "HI", 2, suppression_expression="Pump.Fault == 6")
    again = Station(suppressible("Pump.Fault == 7"), start=False)
    again.source.put(FAULT, None, 6.0, 0, seconds(2))
    again.manager.adopt_settings(changes)
    again.manager.restore(station.events, station.manager.sequence)
    assert again.states() == {"HI": "DSUPR"}
    assert again.events == []
    again.feed((FAULT, 7, 3), (LEVEL, 85, 5))
    assert again.states() == {"HI": "UNACK"}


def test_who_may_shelve_follows_the_priority_that_runs() -> None:
    station = Station([alarm("HI", priority=Priority.LOW)])
    change(station, "HI", priority="urgent")
    [refused] = station.manager.shelve(["HI"], 900 * S, *ANNA, "test", seconds(2), role=Role.OPERATOR)
    assert "only a supervisor may shelve it (ALM-14)" in refused.text


# Changes of several alarms


def test_changes_of_several_alarms_are_taken_together_or_not_at_all() -> None:
    station = Station(TANK)
    wanted: dict[str, dict[str, Setting]] = {"HI": {"setpoint": 92.0}, "HIHI": {"setpoint": 97.0}}
    made, refusals = station.manager.change_settings(wanted, *ANNA, "test", seconds(1))
    assert refusals == []
    assert {(item.alarm_id, item.new) for item in made} == {("HI", 92.0), ("HIHI", 97.0)}
    wrong: dict[str, dict[str, Setting]] = {"LO": {"setpoint": 15.0}, "HI": {"setpoint": 98.0}}
    made, [refused] = station.manager.change_settings(wrong, *ANNA, "test", seconds(2))
    assert made == []
    assert (refused.subject, "expected HI below HIHI" in refused.text) == ("HI", True)
    assert [item.setpoint for item in station.manager.definitions[:3]] == [92.0, 97.0, 20.0]
