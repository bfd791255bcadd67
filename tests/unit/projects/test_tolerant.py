"""A project with faults runs with what is sound in it, and says what is not."""

import contextlib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alarms.manager import AlarmManager
from projects.examples import example_path
from projects.files import load_tolerant, parse, parse_tolerant, read_folder
from projects.library import with_library
from projects.model import Project, ProjectError
from tags.acquisition import Acquisition
from tags.clock import ManualClock
from tags.database import TagDatabase
from tags.status import StatusCode
from tests.unit.projects.sample import (
    ALARM_HEADER,
    ALARMS,
    PROJECT,
    SCREEN,
    TAGS,
    columns,
    sample,
    tag_rows,
)
from tests.unit.projects.test_bad_input import CASES

PLC = {"path": "A", "type": "INT16", "connection": "plc", "address": "DB1.DBW0"}
SOUND = columns(path="Sound", type="BOOL", access="rw")


def assert_runs(project: Project) -> TagDatabase:
    """Build of a project what a station builds; return its database."""
    clock = ManualClock()
    database = TagDatabase(project.tags, clock)
    Acquisition(project.tags, project.connections, database, clock, lambda _: None, lambda _: None)
    connections = tuple(project.connections)
    AlarmManager(project.alarms, project.tags, connections, clock, lambda *_: None, database)
    for tag in project.tags:
        is_faulty = int(database.statuses[tag.id]) == StatusCode.BadConfigurationError
        assert is_faulty == bool(tag.fault), tag
        assert not tag.fault or (tag.address is None and tag.expression is None), tag
    ids = [alarm.alarm_id for alarm in project.alarms]
    assert len(ids) == len(set(ids))
    for screen in project.screens.values():
        assert not screen.parent or screen.parent in project.screens or project.faults
    return database


def test_a_sound_project_reads_the_same_both_ways():
    tolerant, strict = parse_tolerant(sample()), parse(sample())
    assert list(tolerant.tags) == list(strict.tags)
    assert replace(tolerant, tags=strict.tags) == strict


@pytest.mark.parametrize(("changes", "file", "row", "column", "part"), CASES)
def test_every_fault_is_told_and_costs_no_more_than_it_must(changes, file, row, column, part):
    files = sample(changes)
    try:
        project = parse_tolerant(files)
    except ProjectError as error:
        problems = error.problems
        assert file in ("project.toml", "tags.csv")
    else:
        problems = project.problems
        assert_runs(project)
    assert any(
        (one.file, one.row, one.column) == (file, row, column) and part in one.text for one in problems
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"project.toml": None},
        {"project.toml": "name = 'a"},
        {"project.toml": PROJECT.replace("format = 1", "format = 2")},
        {"project.toml": PROJECT.replace("format = 1", 'format = "1"')},
        {"tags.csv": ""},
        {"tags.csv": "path,unit\nA,m\n"},
        {"tags.csv": b"p\0a"},
    ],
)
def test_without_a_head_or_a_tag_table_nothing_runs(changes):
    with pytest.raises(ProjectError):
        parse_tolerant(sample(changes))


@pytest.mark.parametrize(
    ("cells", "part"),
    [
        (PLC | {"address": "DB1.DBQ0"}, "DB1.DBQ0"),
        (PLC | {"address": "#REF!"}, "#REF!"),
        (PLC | {"connection": "plx"}, "did you mean plc?"),
        (PLC | {"scan": "fats"}, "did you mean fast?"),
        (PLC | {"access": "read"}, "access: "),
        (PLC | {"raw_low": "0", "raw_high": "9"}, "scaling needs eu_low"),
        (PLC | {"eu_low": "x", "eu_high": "9"}, "expected a number"),
        (PLC | {"log": "sometimes"}, "log: "),
        (PLC | {"params": "a=1"}, "only instances"),
        ({"path": "A", "type": "BOOL", "address": "=Sund"}, "did you mean Sound?"),
        ({"path": "A", "type": "BOOL", "address": "=open('x')"}, "open"),
        ({"path": "A", "type": "BOOL", "address": "=not A"}, "depends on itself"),
        ({"path": "A", "type": "BOOL", "address": "=Lost"}, "Lost, which could not be read"),
    ],
)
def test_a_tag_with_a_faulty_cell_stays_and_is_fed_by_nothing(cells, part):
    lost = columns(path="Lost", type="BOLO")
    uses = columns(path="Uses", type="BOOL", address="=A")
    project = parse_tolerant(sample(tag_rows(SOUND, lost, columns(**cells), uses)))
    assert [tag.path for tag in project.tags] == ["Sound", "A", "Uses"]
    assert part in project.tags.by_path("A").fault
    assert not project.tags.by_path("Sound").fault
    assert project.tags.by_path("Uses").expression == "A"
    assert_runs(project)


def test_a_shifted_row_is_not_relied_on():
    project = parse_tolerant(sample(tag_rows(SOUND, columns(**PLC) + ",left over")))
    assert "left over" in project.tags.by_path("A").fault


def test_rows_without_path_or_type_and_second_ones_are_left_out():
    rows = (columns(path="A", type="BOOL", unit="1st"), "A,INT16", "1B,BOOL", ",BOOL", "C,BOLO", "D,")
    project = parse_tolerant(sample(tag_rows(*rows)))
    assert [(tag.path, tag.unit, tag.fault) for tag in project.tags] == [("A", "1st", "")]
    assert len(project.faults) == 5


def test_of_crossing_circles_every_member_is_faulty_and_nothing_else():
    formulas = {"A": "B + C", "B": "A", "C": "D", "D": "C", "E": "A + 1", "F": "2"}
    rows = [columns(path=path, type="FLOAT64", address="=" + text) for path, text in formulas.items()]
    project = parse_tolerant(sample(tag_rows(*rows)))
    assert {tag.path for tag in project.tags if tag.fault} == {"A", "B", "C", "D"}
    assert_runs(project)


def test_the_members_of_a_faulty_instance_are_faulty_and_those_of_others_are_not():
    motor = "path,type,address\nRun,BOOL,DB{db}.DBX0.0\nName,STRING,\n"
    header = "path,type,connection,params"
    rows = "M1,Motor,plc,db=1", "M2,Motor,plc,bd=2", "M3,Motor,plc,db=3;db=4", "M4,Moter,plc,db=5"
    project = parse_tolerant(sample({**tag_rows(*rows, header=header), "types/Motor.csv": motor}))
    assert {tag.path: bool(tag.fault) for tag in project.tags} == {
        "M1.Run": False, "M1.Name": False, "M2.Run": True, "M2.Name": True, "M3.Run": True, "M3.Name": True,
    }  # fmt: skip
    assert_runs(project)


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ('"modbus"', '"modbsu"', "did you mean modbus or modbus_rtu?"),
        ('driver = "modbus"\n', "", "the driver is required"),
        ("unit = 2", "unti = 2", "did you mean unit?"),
        ("unit = 2", "enabled = 1", "true or false"),
        ('host = "127.0.0.1"\nunit = 2', "", "host: is required"),
    ],
)
def test_a_faulty_connection_is_kept_and_its_tags_say_so(old, new, part):
    project = parse_tolerant(sample({"project.toml": PROJECT.replace(old, new)}))
    assert part in project.connections["bus"].fault
    assert not project.connections["plc"].fault
    pump = project.tags.by_path("Pump.Running")
    assert part in pump.fault
    assert pump.connection == "bus"
    assert not project.tags.by_path("Tank.Level").fault
    assert [alarm.alarm_id for alarm in project.alarms] == ["HI", "TRIP"]
    assert_runs(project)


def test_faulty_settings_leave_their_defaults_and_all_else():
    text = PROJECT.replace('name = "Sample"', "name = 3").replace(
        "[station]", '[station]\nlanguage = "French"'
    )
    project = parse_tolerant(sample({"project.toml": text.replace("period_ms = 200", "period_ms = 1")}))
    assert (project.name, project.station.home, project.station.language) == (
        "Unnamed project",
        "overview",
        "en",
    )
    assert project.scan_classes["fast"].period_ms == 1000
    assert not any(tag.fault for tag in project.tags)


def test_faulty_alarms_are_left_out_and_told():
    alarms = (
        ALARMS
        + "HI,Tank.Level,LO,5,,,low,x,,,\nX,Tank.Level,LO,low,,,low,x,,,\nN,Nowhere,HI,1,,,low,x,,,\n"
        + "S,Tank.Level,LO,3,,,low,x,,not Nowhere,\nB,Tank.Level,LO,95,,,low,x,,,\n"
        + "LOST,Lost,HI,1,,,low,x,,,\nLINK,Tank.Level,LO,1,,,low,x,,,nowhere\n"
    )
    project = parse_tolerant(sample({"alarms.csv": alarms, "tags.csv": TAGS + "Lost,BOLO\n"}))
    assert [(alarm.alarm_id, alarm.display_link) for alarm in project.alarms] == [
        ("HI", "overview"), ("TRIP", ""), ("LINK", ""),
    ]  # fmt: skip
    [link] = [one for one in project.problems if one.column == "display_link"]
    assert link.is_warning
    assert {one.row for one in project.faults if one.file == "alarms.csv"} == {4, 5, 6, 7, 8, 9}
    assert_runs(project)


def test_an_alarm_on_a_faulty_tag_stays_to_tell_its_bad_quality():
    alarms = f"{ALARM_HEADER}\nBAD,Tank.Level,BADQUALITY,,,,low,x,,,\nHI,Tank.Level,HI,9,,,low,x,,,\n"
    project = parse_tolerant(sample({"tags.csv": TAGS.replace("DB1.DBW2", "DB1"), "alarms.csv": alarms}))
    assert [alarm.alarm_id for alarm in project.alarms] == ["BAD", "HI"]
    assert_runs(project)


def test_screens_are_kept_whole_or_left_out():
    project = parse_tolerant(
        sample(
            {
                "screens/overview.json": SCREEN.replace("Tank.Level", "Tonk.Level").replace("=Pump", "=1 +"),
                "screens/garbage.json": "{",
                "screens/plain.json": SCREEN.replace('"size": [800, 480],', "").replace('"Overview"', "3"),
                "screens/a.json": SCREEN.replace('"format": 1,', '"format": 1, "parent": "b",'),
                "screens/b.json": SCREEN.replace('"format": 1,', '"format": 1, "parent": "a",'),
                "screens/c.json": SCREEN.replace('"format": 1,', '"format": 1, "parent": "a",'),
            }
        )
    )
    assert set(project.screens) == {"overview", "plain", "a", "b", "c"}
    assert [element.properties for element in project.screens["overview"].elements] == [
        {"tag": "Tonk.Level"},
        {"on": "=1 +.Running"},
    ]
    plain = project.screens["plain"]
    assert (plain.title, plain.width, plain.height) == ("plain", 88, 64)
    assert [project.screens[name].parent for name in "abc"] == ["", "", "a"]


def test_a_missing_home_is_a_warning():
    project = parse_tolerant(sample({"project.toml": PROJECT.replace('home = "overview"', 'home = "begin"')}))
    assert [(one.column, one.is_warning) for one in project.problems] == [("station.home", True)]


def test_a_file_that_cannot_be_read_costs_that_file(tmp_path):
    (tmp_path / "screens").mkdir()
    for name, data in sample().items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "screens" / "folder.json").mkdir()
    project, files = load_tolerant(tmp_path)
    assert [str(one) for one in project.faults] == ["screens/folder.json: is no file"]
    assert files == with_library(sample())
    with pytest.raises(ProjectError):
        read_folder(tmp_path)
    (tmp_path / "tags.csv").unlink()
    (tmp_path / "tags.csv").mkdir()
    with pytest.raises(ProjectError):
        load_tolerant(tmp_path)


EXAMPLES = {
    (example, name): data
    for example in ("first_steps", "packaging_cell")
    for name, data in read_folder(example_path(example)).items()
    if name.endswith((".csv", ".toml", ".json"))
}
PIECES = [
    b'"', b"\n", b",", b",,", b";", b"{", b"}", b"=", b"\0", b"\xff", b"-1", b"9" * 400, b"nan", b"1e999",
    b"[[", b"\\ud800", b"\r", b"'", b".", b"x", b"0", b"rw", b"BOOL", b"STRING", b"HI", b"LO", b"COMM",
]  # fmt: skip


@pytest.mark.parametrize(("example", "name"), EXAMPLES)
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_whatever_a_file_holds_the_rest_runs(example, name, data):
    """Cut, overwrite and repeat parts of the examples' files; nothing but ProjectError may come of it."""
    files = {file: text for (owner, file), text in EXAMPLES.items() if owner == example}
    text = bytearray(files[name])
    for _ in range(data.draw(st.integers(1, 5))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 12)))
        repeated = bytes(text[end : end + 40])
        text[start:end] = data.draw(st.binary(max_size=6) | st.sampled_from(PIECES) | st.just(repeated))
    with contextlib.suppress(ProjectError):
        assert_runs(parse_tolerant({**files, name: bytes(text)}))
