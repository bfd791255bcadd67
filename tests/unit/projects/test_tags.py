"""Rows of tags.csv become typed tags."""

import pytest

from projects.files import parse
from projects.model import ProjectError
from projects.tag_facts import find_cycles
from tags.expression import compile_expression
from tags.model import Access, Clamp, DataType, LogMode, LogPolicy, Scaling
from tests.unit.projects.sample import PLAIN_PROJECT, columns, problems, project, sample, tag_rows


def tag(**cells):
    read = project({**tag_rows(columns(**{"path": "A", **cells})), **UNUSED})
    return read.tags.by_path("A")


UNUSED = {
    "project.toml": PLAIN_PROJECT,
    "screens/overview.json": None,
}


def test_the_sample():
    read = project()
    level = read.tags.by_path("Tank.Level")
    assert level.id == 0
    assert (level.data_type, level.connection, level.period_ms) == (DataType.INT16, "plc", 200)
    assert level.address is not None
    assert level.address.text == "DB1.DBW2"
    assert level.scaling == Scaling(0, 27648, 0, 100, Clamp.BOTH)
    assert (level.unit, level.eu_low, level.eu_high, level.deadband_eu, level.decimals) == (
        "%",
        0,
        100,
        0.1,
        1,
    )
    assert level.log == LogPolicy(LogMode.CHANGE, deadband_eu=0.1, max_ms=60_000)
    pump = read.tags.by_path("Pump.Running")
    assert pump.states == {0: "Stopped", 1: "Running"}
    assert pump.period_ms == 1000
    free = read.tags.by_path("Tank.Free")
    assert (free.expression, free.connection, free.address) == ("100 - Tank.Level", None, None)
    note = read.tags.by_path("Note")
    assert (note.connection, note.address, note.expression, note.access) == (
        None,
        None,
        None,
        Access.READ_WRITE,
    )
    assert [one.id for one in read.tags] == [0, 1, 2, 3]
    assert read.problems == ()


@pytest.mark.parametrize(
    ("text", "policy"),
    [
        ("", LogPolicy()),
        ("off", LogPolicy()),
        ("change", LogPolicy(LogMode.CHANGE)),
        ("change deadband=0.5 min=250ms max=2min", LogPolicy(LogMode.CHANGE, 0.5, 250, 120_000)),
        ("change max=1h min=1s", LogPolicy(LogMode.CHANGE, 0.0, 1000, 3_600_000)),
        ("periodic 10s", LogPolicy(LogMode.PERIODIC, period_ms=10_000)),
        ("periodic 0.5s", LogPolicy(LogMode.PERIODIC, period_ms=500)),
        ("swinging deviation=0.2", LogPolicy(LogMode.SWINGING, deviation_eu=0.2)),
        ("swinging max=10min deviation=2", LogPolicy(LogMode.SWINGING, max_ms=600_000, deviation_eu=2.0)),
    ],
)
def test_log_policies(text, policy):
    assert tag(type="FLOAT32", connection="plc", address="MD0", log=text).log == policy


def test_states_may_hold_equals_signs_and_negative_numbers():
    found = tag(type="INT16", connection="plc", address="MW0", states=" -1 = a=b ; 2=two;")
    assert found.states == {-1: "a=b", 2: "two"}


@pytest.mark.parametrize("scaling", [("27648", "0"), ("-27648", "27648")])
def test_raw_ranges_may_fall(scaling):
    found = tag(
        type="INT16",
        connection="plc",
        address="MW0",
        eu_low="0",
        eu_high="1",
        raw_low=scaling[0],
        raw_high=scaling[1],
    )
    assert found.scaling is not None
    assert found.scaling.raw_low == float(scaling[0])


def test_a_raw_range_beyond_the_type_is_a_warning():
    row = columns(
        path="A",
        type="INT16",
        connection="plc",
        address="MW0",
        eu_low="0",
        eu_high="1",
        raw_low="0",
        raw_high="65535",
    )
    found = [one for one in problems(tag_rows(row)) if one.file == "tags.csv"]
    assert [(one.row, one.column, one.is_warning) for one in found] == [(2, "raw_high", True)]
    assert "-32768 to 32767" in found[0].text


def test_a_connection_that_no_tag_uses_is_a_warning():
    found = [one for one in problems(tag_rows(columns(path="A", type="BOOL"))) if one.file == "project.toml"]
    assert [(one.row, one.column, one.is_warning) for one in found] == [
        (7, "connections.plc", True),
        (11, "connections.bus", True),
    ]


def test_every_expression_of_a_sound_project_binds():
    read = project()
    for one in read.tags:
        if one.expression is not None:
            assert compile_expression(one.expression).bind(read.tags).tag_ids


def test_the_error_carries_all_problems_in_its_text():
    with pytest.raises(ProjectError) as caught:
        parse(sample({"tags.csv": "path,type\nA,WORD\nB,DWORD\n"}))
    assert "tags.csv:2 [type]: unknown type 'WORD'" in str(caught.value)
    assert "tags.csv:3 [type]: unknown type 'DWORD'" in str(caught.value)


@pytest.mark.parametrize(
    ("reads", "cycles"),
    [
        ({"a": ["b"], "b": ["c"], "c": []}, []),
        ({"a": ["a"]}, [["a"]]),
        ({"a": ["b", "x"], "b": ["a"], "c": ["a"]}, [["a", "b"]]),
        ({"c": ["a"], "a": ["b"], "b": ["a"], "d": ["d", "c"]}, [["a", "b"], ["d"]]),
        ({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []}, []),
    ],
)
def test_cycles_are_found(reads, cycles):
    assert find_cycles(reads) == cycles


def test_a_long_chain_of_expressions_is_no_cycle():
    chain = {f"t{n}": [f"t{n + 1}"] for n in range(5000)}
    assert find_cycles(chain) == []
    assert len(find_cycles({**chain, "t5000": ["t0"]})[0]) == 5001
