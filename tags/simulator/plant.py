"""The state of the packaging cell: its parts, and the values derived from them that the controllers show."""

from __future__ import annotations

from random import Random

from tags.simulator.components import AirSystem, EnergyMeter, Loop, Motor, Tank, Valve, Wander
from tags.simulator.faults import FaultSchedule
from tags.simulator.inputs import STOP_REASON_TEXTS, Causes, OperatorInputs, StopReason
from tags.simulator.line import Capper, Filler, Line
from tags.simulator.packml import Command, PackMLUnit, State

DESIGN_SPEED_PER_MIN = 60.0
RUNNING_STATES = frozenset(
    {State.STARTING, State.EXECUTE, State.UNHOLDING, State.UNSUSPENDING, State.COMPLETING}
)
"""States in which the belts and stations are to run."""
BELT_STATES = RUNNING_STATES | {State.SUSPENDED, State.SUSPENDING}
"""States in which the belts run; a suspended cell keeps them, to see when the cause outside is gone."""

CUT_OFF_STATES = frozenset({State.ABORTING, State.ABORTED, State.CLEARING})
"""States in which the stations stop amid a bottle; elsewhere they finish the one begun."""


class Instruments:
    """What the transmitters report: the true value behind a lag, with noise of instrument size."""

    __slots__ = (
        "air_flow_nl_min",
        "air_pressure_bar",
        "dew_point_c",
        "level_ok",
        "level_pct",
        "temperature_c",
    )

    def __init__(self) -> None:
        self.level_pct = 58.0
        self.level_ok = True
        self.temperature_c = 27.6
        self.air_pressure_bar = 6.6
        self.air_flow_nl_min = 30.0
        self.dew_point_c = 3.0


class Plant:
    """All parts of the cell, without the programme that moves them.

    Arguments as for `cell.PackagingCell`. Fields are plain and public: the controllers show and set them by
    name.
    """

    def __init__(
        self,
        seed: int = 1,
        *,
        auto_start: bool,
        random_faults: bool,
        start_ns: int,
    ) -> None:
        self.seed = seed
        self.random = Random(seed)
        self.start_ns = start_ns
        self.time_s = 0.0
        self.ticks = 0
        self.auto_start = auto_start
        self.unit = PackMLUnit()
        self.inputs = OperatorInputs()
        self.causes = Causes()
        self.stop_reason = StopReason.NONE
        self.stop_reason_time_s = 0.0
        self.line = Line()
        self.filler = Filler()
        self.capper = Capper()
        self.tank = Tank()
        self.level_loop = Loop(set_point=60.0, gain=6.0, integral_s=60.0)
        self.temperature_loop = Loop(set_point=28.0, gain=18.0, integral_s=120.0)
        self.fill_valve = Valve(stroke_s=0.05, fault_after_s=2.0)
        self.refill_valve = Valve(stroke_s=2.5, fault_after_s=4.0)
        self.infeed_motor = Motor(2.1, 0.75, 1410.0)
        self.outfeed_motor = Motor(2.1, 0.75, 1410.0)
        self.agitator_motor = Motor(1.6, 0.55, 930.0, ramp_s=3.0)
        self.capper_motor = Motor(1.1, 0.37, 2780.0, ramp_s=1.0)
        self.compressor_motor = Motor(4.6, 2.2, 2900.0, ramp_s=1.5)
        self.air = AirSystem()
        self.meter = EnergyMeter()
        self.instruments = Instruments()
        self.ambient = Wander(22.0, 0.8, 900.0, 22.0)
        self.supply = Wander(19.0, 0.5, 400.0, 19.0)
        self.mains = Wander(400.0, 2.2, 120.0, 400.0)
        self.grid = Wander(50.0, 0.012, 30.0, 50.0)
        self.faults: set[str] = set()
        self.schedule = FaultSchedule(Random(f"{seed}/faults"), random_faults)
        self.batch_size = 0
        self.batch_start = 0
        self.recipe = "Syrup 250 g"
        self.batch_id = "B-0001"
        self.line_label = "Packaging cell 1"
        self.product = "Syrup"
        self.filling_programme = "FILL V2.4"
        self.cur_mach_speed = 0.0
        self.heartbeat = 0
        self.cycle_ms = 0.0
        self.level_loop.preset(28.0)
        self.temperature_loop.preset(35.0)
        self.tank.inflow_l_s = 0.17

    def command(self, command: Command) -> bool:
        """Give a PackML command as the operator; return False when it is refused."""
        return self.inputs.give(command, self.unit, self.causes)

    def belt_m_s(self, motor: Motor) -> float:
        """Give the speed of the belt that a motor drives: 0.30 m/s at 50 Hz."""
        return 0.30 * motor.speed

    @property
    def state_number(self) -> int:
        """StateCurrent as a number."""
        return int(self.unit.state)

    @property
    def design_speed(self) -> float:
        """MachDesignSpeed, bottles per minute."""
        return DESIGN_SPEED_PER_MIN

    @property
    def mode_change_pending(self) -> bool:
        """Tell whether a mode change was asked for and not yet made."""
        return self.unit.mode_requested is not self.unit.mode

    @property
    def material_ready(self) -> bool:
        """MaterialInterlock: bottles, caps, product and air are there."""
        return self.causes.hold is StopReason.NONE and not self.causes.starved

    @property
    def light_red(self) -> bool:
        """Red lamp of the stack light: aborted."""
        return self.unit.state in {State.ABORTING, State.ABORTED, State.CLEARING}

    @property
    def light_amber(self) -> bool:
        """Amber lamp: held or suspended."""
        return self.unit.state in {State.HOLDING, State.HELD, State.SUSPENDING, State.SUSPENDED}

    @property
    def light_green(self) -> bool:
        """Green lamp: producing."""
        return self.unit.state in RUNNING_STATES

    @property
    def stop_reason_text(self) -> str:
        """The stop reason in words."""
        return STOP_REASON_TEXTS[self.stop_reason]

    @property
    def stop_reason_ns(self) -> int:
        """When the stop reason came up, UTC ns."""
        return self.start_ns + round(self.stop_reason_time_s * 1e9)

    @property
    def whole_state_time_s(self) -> float:
        """Time in the present state in whole seconds, as PackML counts it."""
        return float(int(self.unit.state_time_s))

    @property
    def whole_mode_time_s(self) -> float:
        """Time in the present mode in whole seconds."""
        return float(int(self.unit.mode_time_s))

    @property
    def execute_time_s(self) -> float:
        """Accumulated time in Execute in whole seconds (PML-08: APT)."""
        return float(int(self.unit.time_in_s(State.EXECUTE)))

    @property
    def down_time_s(self) -> float:
        """Accumulated time stopped, held or aborted in whole seconds (PML-08)."""
        return float(int(self.unit.time_in_s(State.STOPPED, State.HELD, State.ABORTED)))

    @property
    def external_time_s(self) -> float:
        """Accumulated time suspended by causes outside in whole seconds (PML-08)."""
        return float(int(self.unit.time_in_s(State.SUSPENDED)))

    @property
    def level_raw_pct(self) -> float:
        """What the level input shows: the level, or 118.5 % (raw 32767) once the transmitter has failed."""
        return self.instruments.level_pct if self.instruments.level_ok else 100.0 * 32767 / 27648

    @property
    def heater_on(self) -> bool:
        """Contactor of the heater."""
        return self.tank.heater_kw > 0.2

    @property
    def tank_low_switch(self) -> bool:
        """Level switch at 12 %: the tank is too low to fill from."""
        return self.tank.level_pct < 12.0

    @property
    def tank_high_switch(self) -> bool:
        """Level switch at 95 %."""
        return self.tank.level_pct > 95.0

    @property
    def bottle_at_filler(self) -> bool:
        """Tell whether a bottle stands under the nozzle."""
        return self.line.bottle_at_filler() is not None

    @property
    def bottle_at_capper(self) -> bool:
        """Tell whether a bottle stands under the capping head."""
        return self.line.bottle_at_capper() is not None

    @property
    def clock_pulse(self) -> bool:
        """The 1 Hz clock bit of the filling controller."""
        return self.time_s % 1.0 < 0.5

    @property
    def refill_flow_l_min(self) -> float:
        """Inflow to the tank."""
        return 60.0 * self.tank.inflow_l_s

    @property
    def infeed_belt_m_s(self) -> float:
        """Speed of the infeed belt."""
        return self.belt_m_s(self.infeed_motor)

    @property
    def outfeed_belt_m_s(self) -> float:
        """Speed of the outfeed belt."""
        return self.belt_m_s(self.outfeed_motor)
