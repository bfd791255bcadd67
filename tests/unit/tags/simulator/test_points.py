"""Points: scaling, limits, clamping, and what a strange write does."""

import math

import pytest

from tags.simulator.cell import PackagingCell
from tags.simulator.controller import PortTakenError, listening_socket
from tags.simulator.maps import POINTS
from tags.simulator.points import INTEGER_LIMITS, Point, Scale

LEVEL = Point("DB1.DBW2", "INT16", "level_raw_pct", Scale(0, 27648, 0.0, 100.0))
SPEED = Point("x", "FLOAT32", "inputs.mach_speed", writable=True, low=10.0, high=60.0)


def test_integer_limits() -> None:
    assert INTEGER_LIMITS["INT16"] == (-32768, 32767)
    assert INTEGER_LIMITS["UINT16"] == (0, 65535)
    assert INTEGER_LIMITS["UINT32"] == (0, 4294967295)


def test_scaling_goes_both_ways() -> None:
    scale = Scale(4000, 20_000, 0.0, 10.0)
    assert scale.to_raw(5.0) == 12_000
    assert scale.to_eu(20_000) == 10.0
    assert scale.to_eu(scale.to_raw(3.3)) == pytest.approx(3.3)


@pytest.mark.parametrize(
    ("value", "raw"), [(0.0, 0), (50.0, 13824), (100.0, 27648), (200.0, 32767), (-500.0, -32768)]
)
def test_a_scaled_value_stays_within_its_word(value: float, raw: int) -> None:
    assert LEVEL.encode(value) == raw


@pytest.mark.parametrize(("wire", "kept"), [(45.0, 45.0), (5.0, 10.0), (1e9, 60.0), (-math.inf, 10.0)])
def test_a_write_is_clamped(wire: float, kept: float) -> None:
    cell = PackagingCell()
    SPEED.accept(cell, wire)
    assert cell.inputs.mach_speed == kept


def test_not_a_number_changes_nothing() -> None:
    cell = PackagingCell()
    SPEED.accept(cell, math.nan)
    assert cell.inputs.mach_speed == 40.0


def test_a_read_only_point_takes_no_write() -> None:
    cell = PackagingCell()
    before = cell.state_number
    Point("x", "INT32", "state_number").accept(cell, 6)
    assert cell.state_number == before


@pytest.mark.parametrize("name", sorted(POINTS))
def test_every_point_can_be_read_and_every_writable_one_written_back(name: str) -> None:
    cell = PackagingCell()
    for point in POINTS[name]:
        value = point.reader()(cell)
        if point.type == "DATETIME":
            assert isinstance(value, int)
            continue
        wire = point.encode(value)
        if point.writable:
            point.accept(cell, wire)
            assert point.encode(point.reader()(cell)) == wire


@pytest.mark.parametrize("name", sorted(POINTS))
def test_addresses_are_unique(name: str) -> None:
    addresses = [point.address for point in POINTS[name]]
    assert len(addresses) == len(set(addresses))


def test_a_taken_port_is_told_in_one_line() -> None:
    with listening_socket("filling", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTakenError) as caught:
            listening_socket("conveyors", port)
    assert "conveyors" in str(caught.value)
    assert str(port) in str(caught.value)
    assert "\n" not in str(caught.value)
