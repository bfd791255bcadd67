"""What the line controller's programme does each tick: requests, interlocks, completion, attendant.

Causes inside the machine hold it, causes outside suspend it, trips and the emergency stop abort it (PML-06).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tags.simulator.inputs import StopReason
from tags.simulator.packml import Command, State
from tags.simulator.plant import Plant


def act(plant: Plant, dt_s: float) -> None:
    """Run one cycle of the line's programme."""
    _requests(plant)
    _find_causes(plant, dt_s)
    _interlock(plant)
    _complete(plant)


def _requests(plant: Plant) -> None:
    inputs, unit = plant.inputs, plant.unit
    if plant.auto_start and plant.time_s > 1.0:
        if unit.state is State.STOPPED and not inputs.operator_owns:
            unit.command(Command.RESET)
        elif unit.state is State.IDLE:
            unit.command(Command.START)
            plant.auto_start = False
    if inputs.unit_mode_change_request:
        inputs.unit_mode_change_request = False
        unit.request_mode(inputs.unit_mode)
    wanted = 0
    if inputs.cmd_change_request:
        inputs.cmd_change_request = False
        wanted = inputs.cntrl_cmd
    if inputs.panel_command:
        wanted, inputs.panel_command = inputs.panel_command, 0
    if wanted in _COMMANDS:
        plant.command(Command(wanted))
    if inputs.bin_emptied:
        inputs.bin_emptied = False
        plant.line.bin_count = 0
    if inputs.reset_times:
        inputs.reset_times = False
        unit.reset_times()
    if inputs.reset_counters:
        inputs.reset_counters = False
        _reset_counters(plant)


_COMMANDS = frozenset(int(command) for command in Command if command is not Command.NONE)


def _reset_counters(plant: Plant) -> None:
    line = plant.line
    line.good = line.rejected = 0
    line.infeed_eye.count = line.in_machine
    plant.batch_start = 0


def _find_causes(plant: Plant, dt_s: float) -> None:
    causes, line, belts = plant.causes, plant.line, plant.infeed_motor.at_speed
    causes.emergency_stop = "emergency_stop" in plant.faults
    causes.abort = next((reason for reason, present in _ABORT_CAUSES if present(plant)), StopReason.NONE)
    seen = line.filler_eye.blocked
    causes.eye_stuck_s = causes.eye_stuck_s + dt_s if seen and plant.unit.state is State.EXECUTE else 0.0
    causes.eye_fault = seen and (causes.eye_fault or causes.eye_stuck_s > 6.0)
    causes.hold = next((reason for reason, present in _HOLD_CAUSES if present(plant)), StopReason.NONE)
    if line.exit_eye.blocked_s > 3.0 and plant.outfeed_motor.at_speed:
        causes.blocked = True
    elif line.exit_eye.clear_s > 1.0:
        causes.blocked = False
    expecting = belts and takes_bottles(plant)
    if not expecting:
        line.infeed_eye.clear_s = 0.0
    belt_travel_s = 0.6 / max(plant.infeed_belt_m_s, 0.05)
    if line.infeed_eye.clear_s > belt_travel_s + 60.0 / plant.inputs.mach_speed + 3.0:
        causes.starved = True
    elif line.infeed_eye.blocked or plant.unit.state not in _STARVED_STATES:
        causes.starved = False


_STARVED_STATES = frozenset({State.EXECUTE, State.SUSPENDING, State.SUSPENDED})
_TAKING_STATES = frozenset({State.STARTING, State.EXECUTE, State.UNHOLDING, State.UNSUSPENDING})


def takes_bottles(plant: Plant) -> bool:
    """Tell whether the plant asks the line before it for bottles; a starved one goes on asking."""
    state, causes = plant.unit.state, plant.causes
    return state in _TAKING_STATES or (state is State.SUSPENDED and causes.starved and not causes.blocked)


_ABORT_CAUSES: tuple[tuple[StopReason, Callable[[Plant], bool]], ...] = (
    (StopReason.EMERGENCY_STOP, lambda plant: plant.causes.emergency_stop),
    (StopReason.INFEED_MOTOR_TRIP, lambda plant: plant.infeed_motor.tripped),
    (StopReason.OUTFEED_MOTOR_TRIP, lambda plant: plant.outfeed_motor.tripped),
    (StopReason.CAPPER_MOTOR_TRIP, lambda plant: plant.capper_motor.tripped),
)
_HOLD_CAUSES: tuple[tuple[StopReason, Callable[[Plant], bool]], ...] = (
    (StopReason.LEVEL_MEASUREMENT_FAILED, lambda plant: not plant.instruments.level_ok),
    (StopReason.TANK_LEVEL_LOW, lambda plant: plant.instruments.level_pct < 12.0),
    (StopReason.AIR_PRESSURE_LOW, lambda plant: plant.instruments.air_pressure_bar < 4.5),
    (StopReason.CAPS_EMPTY, lambda plant: plant.capper.empty),
    (
        StopReason.FILLER_EYE_BLOCKED,
        lambda plant: plant.causes.eye_stuck_s > 6.0,
    ),
)


def _interlock(plant: Plant) -> None:
    unit, causes = plant.unit, plant.causes
    if causes.abort is not StopReason.NONE:
        if unit.state not in {State.ABORTING, State.ABORTED} and unit.command(Command.ABORT):
            _blame(plant, causes.abort)
        return
    if unit.state is State.EXECUTE:
        if causes.hold is not StopReason.NONE and unit.command(Command.HOLD):
            _blame(plant, causes.hold)
        elif causes.blocked and unit.command(Command.SUSPEND):
            _blame(plant, StopReason.DOWNSTREAM_BLOCKED)
        elif causes.starved and unit.command(Command.SUSPEND):
            _blame(plant, StopReason.UPSTREAM_STARVED)
        elif plant.batch_size and plant.line.good - plant.batch_start >= plant.batch_size and unit.complete():
            _blame(plant, StopReason.BATCH_COMPLETE)
    elif unit.state is State.SUSPENDED and _causes_outside_gone(plant):
        unit.command(Command.UNSUSPEND)
    if plant.inputs.pending_reason is not StopReason.NONE:
        _blame(plant, plant.inputs.pending_reason)
        plant.inputs.pending_reason = StopReason.NONE


def _causes_outside_gone(plant: Plant) -> bool:
    causes = plant.causes
    outside = causes.blocked or causes.starved or plant.inputs.operator_owns
    return not outside and causes.hold is StopReason.NONE


def _blame(plant: Plant, reason: StopReason) -> None:
    plant.stop_reason = reason
    plant.stop_reason_time_s = plant.time_s


def _moving(plant: Plant) -> bool:
    return plant.infeed_motor.speed > 0.02 or plant.outfeed_motor.speed > 0.02


def _at_speed(plant: Plant) -> bool:
    return plant.infeed_motor.at_speed and plant.outfeed_motor.at_speed


_DONE: dict[State, tuple[float, Callable[[Plant], bool]]] = {
    State.CLEARING: (1.5, lambda _plant: True),
    State.RESETTING: (2.0, lambda plant: plant.causes.abort is StopReason.NONE),
    State.STARTING: (3.0, _at_speed),
    State.UNHOLDING: (1.5, _at_speed),
    State.UNSUSPENDING: (1.0, _at_speed),
    State.HOLDING: (1.0, lambda plant: not _moving(plant)),
    State.SUSPENDING: (1.0, lambda plant: not plant.filler.filling and not plant.capper.head_down),
    State.STOPPING: (1.0, lambda plant: not _moving(plant)),
    State.ABORTING: (0.5, lambda plant: not _moving(plant)),
    State.COMPLETING: (2.0, lambda plant: not plant.line.bottles),
}
"""Least time in seconds and condition of each acting state's State Complete."""


def _complete(plant: Plant) -> None:
    done = _DONE.get(plant.unit.state)
    if done is None or plant.unit.state_time_s < done[0] or not done[1](plant):
        return
    starting = plant.unit.state is State.STARTING
    if plant.unit.complete() and starting:
        plant.batch_start = plant.line.good
        _blame(plant, StopReason.NONE)


@dataclass(slots=True)
class Attendant:
    """A simulated colleague: resets, clears and restarts after a fault, three seconds of thought at a time.

    Does nothing while the fault is still there, nor on a plant that the operator has stopped.
    """

    enabled: bool = False
    patience_s: float = 0.0
    empties_bin_s: float = 0.0

    def step(self, plant: Plant, dt_s: float) -> None:
        """Look at the plant and do the next thing that is due."""
        if not self.enabled:
            return
        self.empties_bin_s = self.empties_bin_s + dt_s if plant.line.bin_full else 0.0
        if self.empties_bin_s > 40.0:
            plant.line.bin_count = 0
        if plant.inputs.operator_owns or plant.faults or not self._due(plant):
            self.patience_s = 0.0
            return
        self.patience_s += dt_s
        if self.patience_s < 3.0:
            return
        self.patience_s = 0.0
        self._help(plant)

    def _due(self, plant: Plant) -> bool:
        tripped = plant.agitator_motor.tripped or plant.refill_valve.fault
        return tripped or plant.unit.state in {State.ABORTED, State.HELD, State.STOPPED, State.IDLE}

    def _help(self, plant: Plant) -> None:
        for motor in (plant.infeed_motor, plant.outfeed_motor, plant.capper_motor, plant.agitator_motor):
            if motor.tripped:
                motor.reset_request = True
        if plant.refill_valve.fault:
            plant.refill_valve.reset_request = True
        unit, causes = plant.unit, plant.causes
        if unit.state is State.ABORTED and causes.abort is StopReason.NONE:
            unit.command(Command.CLEAR)
        elif unit.state is State.STOPPED and causes.abort is StopReason.NONE:
            unit.command(Command.RESET)
        elif unit.state is State.IDLE:
            unit.command(Command.START)
        elif unit.state is State.HELD and causes.hold is StopReason.NONE:
            unit.command(Command.UNHOLD)
