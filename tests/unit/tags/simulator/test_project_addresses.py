"""The demo project and the simulated controllers name the same addresses, types and scalings."""

import pytest

from alarms.model import MessageClass, Priority
from projects.examples import example_path
from projects.files import load
from tags.addresses.opcua import OpcUaAddress
from tags.clock import NS_PER_S
from tags.model import Access, LogMode, Tag
from tags.simulator.app import DEFAULT_PORTS
from tags.simulator.maps import POINTS
from tags.simulator.points import Point

PROJECT = load(example_path("packaging_cell"))
AREAS = {"Line", "Infeed", "Filling", "Capping", "Reject", "Outfeed", "Energy", "Air", "Training"}
DEVICE_TAGS = {tag.path: tag for tag in PROJECT.tags if tag.connection is not None}
BY_ADDRESS: dict[str, dict[str, Point]] = {
    name: {point.address: point for point in points} for name, points in POINTS.items()
}


def place(tag: Tag) -> tuple[str, str]:
    """Return the connection and the address, as the project's tables write it."""
    assert tag.connection is not None
    assert tag.address is not None
    return tag.connection, tag.address.text


def point_of(tag: Tag) -> Point | None:
    connection, address = place(tag)
    return BY_ADDRESS[connection].get(address)


def test_there_are_tags_of_every_kind() -> None:
    assert len(PROJECT.tags) > 150
    assert {tag.path.split(".")[0] for tag in PROJECT.tags} == AREAS
    assert {tag.connection for tag in DEVICE_TAGS.values()} == set(POINTS)


@pytest.mark.parametrize("path", sorted(DEVICE_TAGS))
def test_the_controller_has_what_the_tag_names(path: str) -> None:
    tag = DEVICE_TAGS[path]
    point = point_of(tag)
    assert point is not None, f"the controller has no {place(tag)}"
    assert tag.data_type.value == point.type
    assert (tag.access is not Access.READ) == point.writable
    if point.scale is None:
        assert tag.scaling is None
    else:
        assert tag.scaling is not None
        assert point.scale.to_eu(tag.scaling.raw_low) == pytest.approx(tag.scaling.eu_low)
        assert point.scale.to_eu(tag.scaling.raw_high) == pytest.approx(tag.scaling.eu_high)


@pytest.mark.parametrize(
    "path", sorted(path for path, tag in DEVICE_TAGS.items() if tag.access is Access.READ_WRITE)
)
def test_the_range_of_a_set_point_is_what_the_controller_takes(path: str) -> None:
    tag = DEVICE_TAGS[path]
    point = point_of(tag)
    assert point is not None
    if tag.eu_low is not None:
        assert (tag.eu_low, tag.eu_high) == (point.low, point.high)


def test_no_address_of_the_controllers_is_left_out() -> None:
    used = {place(tag) for tag in DEVICE_TAGS.values()}
    assert {(name, address) for name, points in BY_ADDRESS.items() for address in points} == used


def test_connections_point_at_the_simulators_default_ports() -> None:
    options = {name: connection.options for name, connection in PROJECT.connections.items()}
    assert {name: options[name]["port"] for name in ("filling", "conveyors")} == {
        name: DEFAULT_PORTS[name] for name in ("filling", "conveyors")
    }
    assert options["line"]["url"] == f"opc.tcp://127.0.0.1:{DEFAULT_PORTS['line']}/vigie/line"


def test_every_alarm_tells_the_operator_what_to_do() -> None:
    alarms = [alarm for alarm in PROJECT.alarms if alarm.message_class is MessageClass.ALARM]
    assert 25 <= len(alarms) <= 35
    for alarm in alarms:
        told = (alarm.name, alarm.cause, alarm.consequence, alarm.operator_action, alarm.display_link)
        assert all(told), alarm.alarm_id
        assert alarm.time_to_respond_s
        assert alarm.on_delay_ns < 0.25 * alarm.time_to_respond_s * NS_PER_S, alarm.alarm_id
        if alarm.unit:
            tag = PROJECT.tags.find(alarm.tag)
            assert tag is not None
            assert alarm.unit == tag.unit


def test_priorities_are_spread_as_alarm_management_asks() -> None:
    priorities = [alarm.priority for alarm in PROJECT.alarms]
    assert priorities.count(Priority.LOW) / len(priorities) >= 0.7
    assert priorities.count(Priority.HIGH) / len(priorities) <= 0.1
    assert priorities.count(Priority.URGENT) <= 1


def test_everything_worth_a_trend_is_logged() -> None:
    analogue = [
        tag
        for tag in DEVICE_TAGS.values()
        if tag.unit and tag.access is Access.READ and not isinstance(tag.address, OpcUaAddress)
    ]
    logged = [tag for tag in analogue if tag.log.mode is not LogMode.OFF]
    assert len(logged) / len(analogue) > 0.6
