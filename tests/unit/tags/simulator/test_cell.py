"""The packaging cell as a process: conservation, determinism, physics, faults and their effects."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tags.simulator.cell import PackagingCell
from tags.simulator.faults import FAULTS
from tags.simulator.inputs import STOP_REASON_TEXTS, StopReason
from tags.simulator.packml import Command, Mode, State

TICK_S = 0.05
COUNTING_FAULTS = sorted(FAULTS)


def run(cell: PackagingCell, seconds: float) -> PackagingCell:
    for _ in range(round(seconds / TICK_S)):
        cell.step(TICK_S)
    return cell


def producing(seed: int = 1, seconds: float = 45.0, **options: bool) -> PackagingCell:
    cell = run(PackagingCell(seed, auto_start=True, **options), seconds)
    assert cell.unit.state is State.EXECUTE
    return cell


def run_until(cell: PackagingCell, condition: Callable[[PackagingCell], bool], within_s: float) -> float:
    begun = cell.time_s
    while cell.time_s - begun < within_s:
        cell.step(TICK_S)
        if condition(cell):
            return cell.time_s - begun
    pytest.fail(f"did not happen within {within_s} s; state {cell.unit.state.name}")


def balance(cell: PackagingCell) -> int:
    line = cell.line
    return line.infeed_eye.count - line.good - line.rejected - line.in_machine


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 1000),
    happenings=st.lists(
        st.one_of(
            st.sampled_from([("command", command.value) for command in Command]),
            st.sampled_from([("inject", name) for name in COUNTING_FAULTS]),
            st.sampled_from([("clear", name) for name in COUNTING_FAULTS]),
            st.tuples(st.just("speed"), st.integers(10, 60)),
            st.tuples(st.just("reset"), st.none()),
        ),
        max_size=12,
    ),
)
def test_no_bottle_is_lost_or_made(seed: int, happenings: list[tuple[str, object]]) -> None:
    cell = producing(seed, 20.0, attendant=True)
    for kind, value in happenings:
        if kind == "command":
            cell.command(Command(value))
        elif kind == "inject":
            cell.inject(str(value))
        elif kind == "clear":
            cell.clear(str(value))
        elif kind == "speed":
            cell.inputs.mach_speed = float(str(value))
        else:
            cell.inputs.reset_counters = True
        for _ in range(120):
            cell.step(TICK_S)
            assert balance(cell) == 0
            positions = [bottle.position_m for bottle in cell.line.bottles]
            assert positions == sorted(positions, reverse=True)
            assert 0.5 <= cell.tank.volume_l <= cell.tank.capacity_l


def state_of(cell: PackagingCell) -> tuple[object, ...]:
    return (
        cell.unit.state,
        cell.tank.volume_l,
        cell.tank.temperature_c,
        cell.air.pressure_bar,
        cell.meter.counter_kwh,
        cell.line.good,
        cell.line.rejected,
        cell.filler.last_weight_g,
        cell.infeed_motor.current_a,
        tuple(bottle.position_m for bottle in cell.line.bottles),
        tuple(sorted(cell.faults)),
    )


def scripted(seed: int) -> list[tuple[object, ...]]:
    cell = PackagingCell(seed, auto_start=True, random_faults=True, attendant=True)
    trajectory = []
    for second in range(240):
        if second == 100:
            cell.inputs.mach_speed = 55.0
        if second == 150:
            cell.inject("fill_drift")
        run(cell, 1.0)
        trajectory.append(state_of(cell))
    return trajectory


def test_the_same_seed_and_inputs_give_the_same_trajectory() -> None:
    assert scripted(5) == scripted(5)
    assert scripted(5) != scripted(6)


def test_an_injected_fault_does_not_move_the_random_ones() -> None:
    def first_fault_s(inject: bool) -> float:
        cell = PackagingCell(3, auto_start=True, random_faults=True, attendant=True)
        if inject:
            cell.inject("fill_drift")
        return run_until(cell, lambda it: it.schedule.happened == 1, 120.0)

    assert first_fault_s(True) == first_fault_s(False)


def test_production_runs_at_its_set_point_with_few_rejects() -> None:
    cell = producing(2, 60.0)
    good, rejected, begun = cell.line.good, cell.line.rejected, cell.time_s
    run(cell, 300.0)
    minutes = (cell.time_s - begun) / 60.0
    assert (cell.line.good + cell.line.rejected - good - rejected) / minutes == pytest.approx(40.0, rel=0.05)
    assert (cell.line.rejected - rejected) / (cell.line.good - good) < 0.05
    assert cell.cur_mach_speed == pytest.approx(40.0, abs=3.0)


@pytest.mark.parametrize("speed", [10.0, 25.0, 60.0])
def test_every_speed_of_the_range_can_be_run(speed: float) -> None:
    cell = producing(4, 60.0)
    cell.inputs.mach_speed = speed
    run(cell, 60.0)
    before = cell.line.processed
    run(cell, 180.0)
    assert cell.unit.state is State.EXECUTE
    assert (cell.line.processed - before) / 3.0 == pytest.approx(speed, rel=0.08, abs=1.0)


def test_loops_settle_on_a_new_set_point() -> None:
    cell = producing(1, 60.0)
    cell.level_loop.set_point = 70.0
    cell.temperature_loop.set_point = 29.0
    run(cell, 400.0)
    assert cell.tank.level_pct == pytest.approx(70.0, abs=1.0)
    assert cell.tank.temperature_c == pytest.approx(29.0, abs=0.3)


def test_a_loop_in_manual_keeps_its_output() -> None:
    cell = producing()
    cell.level_loop.auto = False
    cell.level_loop.manual_output = 0.0
    run(cell, 30.0)
    assert cell.refill_valve.closed
    assert cell.tank.level_pct < 58.0


def test_values_move_as_physics_lets_them() -> None:
    """No step of the true process is larger than its time constants and actuators allow."""
    cell = PackagingCell(8, auto_start=True, random_faults=True, attendant=True)
    level, temperature, pressure, energy = (
        cell.tank.level_pct,
        cell.tank.temperature_c,
        cell.air.pressure_bar,
        cell.meter.counter_kwh,
    )
    for _ in range(round(600 / TICK_S)):
        cell.step(TICK_S)
        assert abs(cell.tank.level_pct - level) < 0.1
        assert abs(cell.tank.temperature_c - temperature) < 0.02
        assert abs(cell.air.pressure_bar - pressure) < 0.05
        assert cell.meter.counter_kwh > energy
        assert 0.0 <= cell.meter.cos_phi <= 1.0
        level, temperature, pressure, energy = (
            cell.tank.level_pct,
            cell.tank.temperature_c,
            cell.air.pressure_bar,
            cell.meter.counter_kwh,
        )


def test_the_energy_counter_integrates_the_power() -> None:
    cell = producing()
    before, sum_kws = cell.meter.counter_kwh, 0.0
    for _ in range(2000):
        cell.step(TICK_S)
        parts = cell.meter.drives_kw + cell.meter.heater_kw + cell.meter.compressor_kw + cell.meter.base_kw
        assert cell.meter.active_kw == pytest.approx(parts)
        sum_kws += cell.meter.active_kw * TICK_S
    assert cell.meter.counter_kwh - before == pytest.approx(sum_kws / 3600.0, rel=1e-6)


def test_the_compressor_cycles_between_its_limits() -> None:
    cell = producing()
    lowest, highest, switches, demand = 9.0, 0.0, 0, cell.air.demand
    for _ in range(round(400 / TICK_S)):
        cell.step(TICK_S)
        lowest, highest = min(lowest, cell.air.pressure_bar), max(highest, cell.air.pressure_bar)
        switches += cell.air.demand is not demand
        demand = cell.air.demand
    assert 5.8 < lowest < 6.05
    assert 6.95 < highest < 7.1
    assert switches >= 4


def test_photo_eyes_pulse_with_the_bottles_and_agree() -> None:
    cell = producing(1, 40.0)
    counts = [eye.count for eye in cell.line.eyes()]
    edges = [0] * len(counts)
    blocked = [eye.blocked for eye in cell.line.eyes()]
    for _ in range(round(120 / TICK_S)):
        cell.step(TICK_S)
        for index, eye in enumerate(cell.line.eyes()):
            edges[index] += eye.blocked and not blocked[index]
            blocked[index] = eye.blocked
    for index, eye in enumerate(cell.line.eyes()):
        assert edges[index] > 60
        assert eye.count - counts[index] == pytest.approx(edges[index], abs=1)


def test_a_hot_or_full_tank_gives_heavier_bottles() -> None:
    filler = producing().filler
    assert filler.flow_factor(60.0, 28.0) == pytest.approx(1.0, abs=0.001)
    assert filler.flow_factor(90.0, 28.0) > filler.flow_factor(60.0, 28.0) > filler.flow_factor(20.0, 28.0)
    assert filler.flow_factor(60.0, 34.0) > 1.02


EFFECTS: dict[str, tuple[Callable[[PackagingCell], bool], float]] = {
    "infeed_jam": (lambda c: c.stop_reason is StopReason.INFEED_MOTOR_TRIP and c.infeed_motor.tripped, 12.0),
    "outfeed_jam": (
        lambda c: c.stop_reason is StopReason.OUTFEED_MOTOR_TRIP and c.outfeed_motor.tripped,
        12.0,
    ),
    "low_air_pressure": (lambda c: c.stop_reason is StopReason.AIR_PRESSURE_LOW, 150.0),
    "tank_supply_lost": (lambda c: c.instruments.level_pct < 20.0 and c.line.rejected > 10, 300.0),
    "heater_stuck_on": (lambda c: c.instruments.temperature_c > 31.0, 200.0),
    "valve_stuck": (lambda c: c.refill_valve.fault and c.tank.level_pct > 80.0, 150.0),
    "cap_magazine_empty": (lambda c: c.stop_reason is StopReason.CAPS_EMPTY, 150.0),
    "level_sensor_failed": (lambda c: c.stop_reason is StopReason.LEVEL_MEASUREMENT_FAILED, 2.0),
    "fill_drift": (lambda c: c.filler.mean_weight_g > c.filler.set_point_g + c.filler.tolerance_g, 150.0),
    "emergency_stop": (lambda c: c.unit.state is State.ABORTED and not c.infeed_motor.running, 5.0),
    "photo_eye_blinded": (lambda c: c.stop_reason is StopReason.FILLER_EYE_BLOCKED, 12.0),
    "downstream_blocked": (lambda c: c.unit.state is State.SUSPENDED and c.causes.blocked, 20.0),
    "upstream_starved": (lambda c: c.unit.state is State.SUSPENDED and c.causes.starved, 20.0),
    "agitator_trip": (lambda c: c.agitator_motor.tripped and c.unit.state is State.EXECUTE, 2.0),
    "mains_voltage_low": (lambda c: c.meter.voltage_v < 370.0, 5.0),
}


def test_every_fault_has_an_effect_to_test() -> None:
    assert set(EFFECTS) == set(FAULTS)


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_a_fault_leads_to_its_effect_and_the_attendant_brings_production_back(name: str) -> None:
    effect, within_s = EFFECTS[name]
    cell = producing(1, 45.0, attendant=True)
    assert not effect(cell)
    cell.inject(name)
    run_until(cell, effect, within_s)
    cell.clear(name)
    run_until(cell, lambda it: it.unit.state is State.EXECUTE and not it.agitator_motor.tripped, 240.0)
    before = cell.line.good
    run_until(cell, lambda it: it.line.good > before + 20, 500.0)


def test_unknown_faults_are_refused() -> None:
    cell = PackagingCell()
    with pytest.raises(KeyError):
        cell.inject("meteorite")
    with pytest.raises(KeyError):
        cell.clear("meteorite")


def test_the_level_input_overflows_when_its_transmitter_fails() -> None:
    cell = producing()
    cell.inject("level_sensor_failed")
    run(cell, 1.0)
    assert cell.level_raw_pct == pytest.approx(118.5, abs=0.1)
    assert cell.refill_valve.demand == 0.0


def test_a_trip_needs_the_relay_to_cool_before_it_resets() -> None:
    cell = producing()
    cell.inject("infeed_jam")
    run_until(cell, lambda it: it.infeed_motor.tripped, 12.0)
    cell.clear("infeed_jam")
    cell.infeed_motor.reset_request = True
    run(cell, 0.2)
    assert cell.infeed_motor.tripped
    run(cell, 8.0)
    cell.infeed_motor.reset_request = True
    run(cell, 0.2)
    assert not cell.infeed_motor.tripped


def test_clear_and_reset_are_refused_while_the_cause_is_there() -> None:
    cell = producing()
    cell.inject("emergency_stop")
    run(cell, 5.0)
    assert not cell.command(Command.CLEAR)
    cell.clear("emergency_stop")
    run(cell, 0.1)
    assert cell.command(Command.CLEAR)


def test_an_abort_cuts_the_fill_and_a_stop_finishes_it() -> None:
    cell = producing()
    run_until(cell, lambda it: it.filler.filling and it.fill_valve.opened, 5.0)
    count = cell.filler.count
    cell.inject("emergency_stop")
    run(cell, 5.0)
    assert cell.fill_valve.closed
    assert cell.filler.count == count
    other = producing()
    run_until(other, lambda it: it.filler.filling and it.fill_valve.opened, 5.0)
    count = other.filler.count
    other.command(Command.STOP)
    run(other, 5.0)
    assert other.filler.count == count + 1
    assert other.fill_valve.closed


def test_the_attendant_leaves_a_cell_alone_that_the_operator_stopped() -> None:
    cell = producing(1, 45.0, attendant=True)
    assert cell.command(Command.STOP)
    run(cell, 60.0)
    assert cell.unit.state is State.STOPPED
    assert cell.stop_reason is StopReason.OPERATOR_STOP
    assert cell.command(Command.RESET)
    run(cell, 10.0)
    assert cell.unit.state is State.IDLE
    assert cell.command(Command.START)
    run(cell, 10.0)
    assert cell.unit.state is State.EXECUTE


@pytest.mark.parametrize("seed", range(5))
def test_the_demo_shows_a_first_fault_soon_and_goes_on_by_itself(seed: int) -> None:
    cell = PackagingCell(seed, auto_start=True, random_faults=True, attendant=True)
    assert run_until(cell, lambda it: bool(it.faults), 120.0) < 90.0
    run(cell, 900.0)
    assert 1 < cell.schedule.happened < 12
    assert cell.unit.time_in_s(State.EXECUTE) > 600.0


def test_nothing_happens_by_itself_when_it_is_switched_off() -> None:
    cell = run(PackagingCell(1), 300.0)
    assert cell.unit.state is State.STOPPED
    assert not cell.faults
    assert cell.line.infeed_eye.count == 0


def test_a_batch_completes_and_empties_the_line() -> None:
    cell = PackagingCell(1, auto_start=True)
    cell.batch_size = 10
    run_until(cell, lambda it: it.unit.state is State.COMPLETE, 180.0)
    assert cell.line.in_machine == 0
    assert cell.line.good >= 10
    assert cell.stop_reason is StopReason.BATCH_COMPLETE


def test_a_full_reject_bin_is_emptied_by_the_operator() -> None:
    cell = producing()
    cell.line.bin_capacity = 5
    cell.inject("fill_drift")
    run_until(cell, lambda it: it.line.bin_full, 200.0)
    cell.inputs.bin_emptied = True
    run(cell, TICK_S)
    assert cell.line.bin_count < 5
    assert not cell.inputs.bin_emptied


def test_the_rejector_can_be_switched_off() -> None:
    cell = producing()
    cell.line.rejector_enabled = False
    cell.filler.tolerance_g = 0.001
    rejected = cell.line.rejected
    run(cell, 60.0)
    assert cell.line.rejected == rejected
    assert balance(cell) == 0


def test_manual_mode_jogs_a_belt() -> None:
    cell = run(PackagingCell(1), 1.0)
    cell.inputs.jog_infeed = True
    run(cell, 3.0)
    assert not cell.infeed_motor.running
    cell.inputs.unit_mode = int(Mode.MANUAL)
    cell.inputs.unit_mode_change_request = True
    run(cell, 3.0)
    assert cell.unit.mode is Mode.MANUAL
    assert cell.infeed_motor.running
    assert not cell.outfeed_motor.running


def test_the_packml_handshake_takes_the_command_and_falls_back() -> None:
    cell = producing()
    cell.inputs.cntrl_cmd = int(Command.HOLD)
    run(cell, 1.0)
    assert cell.unit.state is State.EXECUTE
    cell.inputs.cmd_change_request = True
    run(cell, TICK_S)
    assert cell.unit.state is State.HOLDING
    assert not cell.inputs.cmd_change_request
    run(cell, 5.0)
    cell.inputs.panel_command = int(Command.UNHOLD)
    run(cell, TICK_S)
    assert cell.unit.state is State.UNHOLDING
    assert cell.inputs.panel_command == 0


def test_every_stop_reason_has_a_text() -> None:
    assert set(STOP_REASON_TEXTS) == set(StopReason)


def test_no_value_is_ever_not_a_number() -> None:
    cell = PackagingCell(9, auto_start=True, attendant=True)
    for name in FAULTS:
        cell.inject(name)
    run(cell, 400.0)
    for value in (cell.tank.level_pct, cell.tank.temperature_c, cell.air.pressure_bar, cell.meter.cos_phi):
        assert math.isfinite(value)
    assert cell.air.pressure_bar >= 0.0
