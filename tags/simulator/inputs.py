"""What the operator and the interlocks say to the cell: inputs, causes and stop reasons."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from tags.simulator.packml import Command, Mode, PackMLUnit, State


class StopReason(IntEnum):
    """Why the cell left Execute; the numbers of Admin.StopReason.ID."""

    NONE = 0
    OPERATOR_STOP = 1
    OPERATOR_HOLD = 2
    OPERATOR_SUSPEND = 3
    OPERATOR_ABORT = 4
    BATCH_COMPLETE = 5
    DOWNSTREAM_BLOCKED = 10
    UPSTREAM_STARVED = 11
    CAPS_EMPTY = 20
    AIR_PRESSURE_LOW = 21
    TANK_LEVEL_LOW = 22
    LEVEL_MEASUREMENT_FAILED = 23
    FILLER_EYE_BLOCKED = 24
    INFEED_MOTOR_TRIP = 30
    OUTFEED_MOTOR_TRIP = 31
    CAPPER_MOTOR_TRIP = 32
    EMERGENCY_STOP = 90


STOP_REASON_TEXTS: dict[StopReason, str] = {
    StopReason.NONE: "None",
    StopReason.OPERATOR_STOP: "Stopped by the operator",
    StopReason.OPERATOR_HOLD: "Held by the operator",
    StopReason.OPERATOR_SUSPEND: "Suspended by the operator",
    StopReason.OPERATOR_ABORT: "Aborted by the operator",
    StopReason.BATCH_COMPLETE: "Batch complete",
    StopReason.DOWNSTREAM_BLOCKED: "Packer behind the cell takes no bottles",
    StopReason.UPSTREAM_STARVED: "No bottles from the line before",
    StopReason.CAPS_EMPTY: "Cap magazine empty",
    StopReason.AIR_PRESSURE_LOW: "Compressed air pressure too low",
    StopReason.TANK_LEVEL_LOW: "Product tank too low to fill",
    StopReason.LEVEL_MEASUREMENT_FAILED: "Tank level measurement failed",
    StopReason.FILLER_EYE_BLOCKED: "Filler inlet photo-eye blocked",
    StopReason.INFEED_MOTOR_TRIP: "Infeed conveyor motor tripped",
    StopReason.OUTFEED_MOTOR_TRIP: "Outfeed conveyor motor tripped",
    StopReason.CAPPER_MOTOR_TRIP: "Capper motor tripped",
    StopReason.EMERGENCY_STOP: "Emergency stop",
}

_OPERATOR_REASONS: dict[Command, StopReason] = {
    Command.STOP: StopReason.OPERATOR_STOP,
    Command.HOLD: StopReason.OPERATOR_HOLD,
    Command.SUSPEND: StopReason.OPERATOR_SUSPEND,
    Command.ABORT: StopReason.OPERATOR_ABORT,
}
_HANDS_OFF = frozenset({Command.STOP, Command.HOLD, Command.SUSPEND, Command.ABORT, Command.COMPLETE})
"""Commands after which the attendant leaves the cell to the operator."""
_HANDS_ON = frozenset({Command.START, Command.UNHOLD, Command.UNSUSPEND})


@dataclass(slots=True)
class Causes:
    """The interlocks of this tick, worst first in each group."""

    emergency_stop: bool = False
    abort: StopReason = StopReason.NONE
    hold: StopReason = StopReason.NONE
    blocked: bool = False
    starved: bool = False
    eye_stuck_s: float = 0.0
    """How long the filler's inlet eye has been blocked in Execute; a moving queue clears it all the time."""
    eye_fault: bool = False


@dataclass(slots=True)
class OperatorInputs:
    """Set points, requests and commands that arrive over the wire between two ticks (PML-02, PML-03)."""

    mach_speed: float = 40.0
    cntrl_cmd: int = 0
    cmd_change_request: bool = False
    panel_command: int = 0
    unit_mode: int = int(Mode.PRODUCTION)
    unit_mode_change_request: bool = False
    reset_counters: bool = False
    reset_times: bool = False
    bin_emptied: bool = False
    jog_infeed: bool = False
    jog_outfeed: bool = False
    operator_owns: bool = False
    pending_reason: StopReason = StopReason.NONE

    def give(self, command: Command, unit: PackMLUnit, causes: Causes) -> bool:
        """Pass an operator's command on; Clear is refused while the cause of the abort is there."""
        if command is Command.CLEAR and causes.abort is not StopReason.NONE:
            unit.refused_commands += 1
            return False
        if command is Command.RESET and causes.abort is not StopReason.NONE:
            unit.refused_commands += 1
            return False
        if not unit.command(command):
            return False
        if command in _HANDS_OFF:
            self.operator_owns = True
        elif command in _HANDS_ON:
            self.operator_owns = False
        self.pending_reason = _OPERATOR_REASONS.get(command, StopReason.NONE)
        return True

    def manual(self, unit: PackMLUnit) -> bool:
        """Tell whether single drives may be jogged: Manual mode and Execute, Idle or Stopped."""
        return unit.mode is Mode.MANUAL and unit.state in {State.STOPPED, State.IDLE, State.EXECUTE}
