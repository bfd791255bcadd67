"""The demo project and the simulated controllers name the same addresses, types and scalings."""

import csv
import re
import tomllib
from pathlib import Path

import pytest

from tags.simulator.app import DEFAULT_PORTS
from tags.simulator.maps import POINTS
from tags.simulator.points import Point

PROJECT = Path(__file__).parents[4] / "projects" / "examples" / "packaging_cell"
AREAS = {"Line", "Infeed", "Filling", "Capping", "Reject", "Outfeed", "Energy", "Air"}
Row = dict[str, str]


def read(name: str) -> list[Row]:
    with (PROJECT / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def fill(text: str, parameters: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: parameters[found[1]], text)


def expanded() -> dict[str, Row]:
    """Read tags.csv with instances replaced by their members and overrides applied."""
    types = {path.stem: read(f"types/{path.name}") for path in (PROJECT / "types").glob("*.csv")}
    tags: dict[str, Row] = {}
    for row in read("tags.csv"):
        if row["type"] in types:
            parameters = dict(part.split("=") for part in row["params"].split(";"))
            for member in types[row["type"]]:
                filled = {column: fill(text, parameters) for column, text in member.items()}
                filled["connection"] = row["connection"]
                tags[f"{row['path']}.{member['path']}"] = filled
        elif row["path"] in tags:
            tags[row["path"]].update({column: text for column, text in row.items() if text})
        else:
            tags[row["path"]] = dict(row)
    return tags


TAGS = expanded()
DEVICE_TAGS = {path: row for path, row in TAGS.items() if row["connection"]}
BY_ADDRESS: dict[str, dict[str, Point]] = {
    name: {point.address: point for point in points} for name, points in POINTS.items()
}


def test_there_are_tags_of_every_kind() -> None:
    assert len(TAGS) > 150
    assert {path.split(".")[0] for path in TAGS} == AREAS
    assert {row["connection"] for row in DEVICE_TAGS.values()} == set(POINTS)


@pytest.mark.parametrize("path", sorted(DEVICE_TAGS))
def test_the_controller_has_what_the_tag_names(path: str) -> None:
    row = DEVICE_TAGS[path]
    point = BY_ADDRESS[row["connection"]].get(row["address"])
    assert point is not None, f"{row['connection']} has no {row['address']}"
    assert row["type"] == point.type
    assert (row["access"] in {"rw", "w"}) == point.writable
    if point.scale is None:
        assert not row["raw_low"]
        assert not row["raw_high"]
    else:
        raw_low, raw_high = float(row["raw_low"]), float(row["raw_high"])
        assert point.scale.to_eu(raw_low) == pytest.approx(float(row["eu_low"]))
        assert point.scale.to_eu(raw_high) == pytest.approx(float(row["eu_high"]))


@pytest.mark.parametrize("path", sorted(path for path, row in DEVICE_TAGS.items() if row["access"] == "rw"))
def test_the_range_of_a_set_point_is_what_the_controller_takes(path: str) -> None:
    row = DEVICE_TAGS[path]
    point = BY_ADDRESS[row["connection"]][row["address"]]
    if row["eu_low"]:
        assert float(row["eu_low"]) == point.low
        assert float(row["eu_high"]) == point.high


def test_no_address_of_the_controllers_is_left_out() -> None:
    used = {(row["connection"], row["address"]) for row in DEVICE_TAGS.values()}
    assert {(name, address) for name, points in BY_ADDRESS.items() for address in points} == used


def test_connections_point_at_the_simulators_default_ports() -> None:
    document = tomllib.loads((PROJECT / "project.toml").read_text(encoding="utf-8"))
    connections = document["connections"]
    assert {name: connections[name].get("port") for name in ("filling", "conveyors")} == {
        name: DEFAULT_PORTS[name] for name in ("filling", "conveyors")
    }
    assert connections["line"]["url"] == f"opc.tcp://127.0.0.1:{DEFAULT_PORTS['line']}/vigie/line"


def test_every_alarm_tells_the_operator_what_to_do() -> None:
    alarms = read("alarms.csv")
    assert 25 <= len(alarms) <= 35
    for alarm in alarms:
        assert alarm["tag"] in TAGS
        for column in (
            "name",
            "cause",
            "consequence",
            "operator_action",
            "time_to_respond_s",
            "display_link",
        ):
            assert alarm[column], f"{alarm['alarm_id']}: {column}"
        assert float(alarm["on_delay_s"]) < 0.25 * float(alarm["time_to_respond_s"])
        assert alarm["unit"] == (TAGS[alarm["tag"]]["unit"] if alarm["unit"] else "")


def test_priorities_are_spread_as_alarm_management_asks() -> None:
    priorities = [alarm["priority"] for alarm in read("alarms.csv")]
    assert priorities.count("low") / len(priorities) >= 0.7
    assert priorities.count("high") / len(priorities) <= 0.1
    assert priorities.count("urgent") <= 1


def test_everything_worth_a_trend_is_logged() -> None:
    analogue = [
        path
        for path, row in DEVICE_TAGS.items()
        if row["unit"] and row["access"] in {"", "r"} and row["connection"] != "line"
    ]
    logged = [path for path in analogue if DEVICE_TAGS[path]["log"] not in {"", "off"}]
    assert len(logged) / len(analogue) > 0.6
