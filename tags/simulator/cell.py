"""The packaging cell: process, sensors and PLC programme of the whole line in one pure model."""

from __future__ import annotations

from collections import deque

from tags.simulator.components import lag
from tags.simulator.faults import FAULTS
from tags.simulator.operations import Attendant, act, takes_bottles
from tags.simulator.packml import State
from tags.simulator.plant import BELT_STATES, CUT_OFF_STATES, DESIGN_SPEED_PER_MIN, RUNNING_STATES, Plant
from tags.simulator.training import Training


class PackagingCell(Plant):
    """The model of the cell: `step` advances it, and nothing here reads a clock or opens a socket.

    The same seed with the same inputs at the same steps gives the same trajectory. Commands and set points
    are plain attributes that a controller sets between two steps.

    `auto_start` resets and starts it after one second; `random_faults` lets faults happen by themselves;
    `attendant` adds the colleague who repairs and restarts after them. `start_ns` is the UTC time of the
    model's zero. Not thread-safe: one owner steps it and sets its inputs.
    """

    def __init__(
        self,
        seed: int = 1,
        *,
        auto_start: bool = False,
        random_faults: bool = False,
        attendant: bool = False,
        start_ns: int = 0,
    ) -> None:
        super().__init__(seed, auto_start=auto_start, random_faults=random_faults, start_ns=start_ns)
        self.attendant = Attendant(enabled=attendant)
        self.training = Training(self)
        self._filled_at: deque[float] = deque(maxlen=9)
        self._cylinder_nl = 0.0

    def inject(self, name: str) -> None:
        """Let a fault happen; raise KeyError for a name that `FAULTS` does not have."""
        fault = FAULTS[name]
        if fault.name in self.faults:
            return
        self.faults.add(fault.name)
        if name == "valve_stuck":
            self.refill_valve.position = max(self.refill_valve.position, 0.66)
        elif name == "cap_magazine_empty":
            self.capper.caps = min(self.capper.caps, 70.0)
        elif name == "agitator_trip":
            self.agitator_motor.tripped = True

    def clear(self, name: str) -> None:
        """End a fault; what it broke may need a reset. Raise KeyError for an unknown name."""
        self.faults.discard(FAULTS[name].name)

    def step(self, dt_s: float) -> None:
        """Advance the model by `dt_s` seconds; made for 50 ms, sound up to about 200 ms."""
        self.time_s += dt_s
        self.ticks += 1
        self.heartbeat = int(self.time_s * 10.0) & 0xFFFF
        self.training.step(dt_s)
        self._happenings(dt_s)
        act(self, dt_s)
        self.unit.step(dt_s)
        self._motors(dt_s)
        drawn_l = self._stations(dt_s)
        self._utilities(dt_s, drawn_l)
        self._measure(dt_s)

    def _happenings(self, dt_s: float) -> None:
        begun, ended = self.schedule.step(self.time_s, self.unit.state is State.EXECUTE)
        if begun is not None:
            self.inject(begun)
        if ended is not None:
            self.clear(ended)
        self.attendant.step(self, dt_s)
        self.ambient.step(dt_s, self.random)
        self.supply.step(dt_s, self.random)
        self.mains.step(dt_s, self.random)
        self.grid.step(dt_s, self.random)
        faults = self.faults
        self.line.filler_eye.blinded = "photo_eye_blinded" in faults
        self.line.supply_ok = "upstream_starved" not in faults
        self.line.downstream_ok = "downstream_blocked" not in faults
        self.line.jam_m = 1.2 if "infeed_jam" in faults else None
        self.refill_valve.stuck = "valve_stuck" in faults
        self.capper.feeder_stopped = "cap_magazine_empty" in faults
        self.air.leak_nl_s = 0.55 if "low_air_pressure" in faults else 0.0
        wear = 0.06 if "fill_drift" in faults else 0.0
        self.filler.drift += max(-0.01, min(0.001, wear - self.filler.drift)) * min(1.0, dt_s)

    def _motors(self, dt_s: float) -> None:
        state, ambient = self.unit.state, self.ambient.value
        manual = self.inputs.manual(self.unit)
        healthy = not self.causes.emergency_stop
        belts = healthy and state in BELT_STATES
        speed = min(1.0, 0.25 + 0.75 * self.inputs.mach_speed / DESIGN_SPEED_PER_MIN)
        load = 0.42 + 0.006 * len(self.line.bottles) + 0.01 * self.random.random()
        jogs = manual and healthy
        self.infeed_motor.step(
            dt_s,
            belts or (jogs and self.inputs.jog_infeed),
            speed,
            2.8 if "infeed_jam" in self.faults else load,
            ambient,
        )
        self.outfeed_motor.step(
            dt_s,
            belts or (jogs and self.inputs.jog_outfeed),
            speed,
            2.8 if "outfeed_jam" in self.faults else load,
            ambient,
        )
        self.capper_motor.step(
            dt_s, healthy and state in RUNNING_STATES, 1.0, 0.75 if self.capper.head_down else 0.30, ambient
        )
        agitated = healthy and state not in {State.STOPPED, State.ABORTED, State.ABORTING, State.CLEARING}
        thickness = 0.55 - 0.006 * (self.tank.temperature_c - 28.0) + 0.01 * self.random.random()
        self.agitator_motor.step(dt_s, agitated, 0.8, thickness, ambient)
        self.compressor_motor.step(
            dt_s, healthy and self.air.demand, 1.0, 0.45 + 0.055 * self.air.pressure_bar, ambient
        )

    def _stations(self, dt_s: float) -> float:
        line, working = self.line, self.unit.state in RUNNING_STATES
        infeed, outfeed = self.belt_m_s(self.infeed_motor), self.belt_m_s(self.outfeed_motor)
        if "infeed_jam" in self.faults:
            infeed *= 0.3
        if "outfeed_jam" in self.faults:
            outfeed = 0.0
        if takes_bottles(self):
            line.supply(dt_s, infeed, self.inputs.mach_speed, self.random)
        pushes = line.move(dt_s, infeed, outfeed, self.air.pressure_bar > 3.5)
        dispensed = self.filler.count
        capped, opened, drawn_g = False, False, 0.0
        if self.unit.state in CUT_OFF_STATES:
            self.filler.flow_g_s = 0.0
        else:
            bottle = None if line.filler_eye.blinded else line.bottle_at_filler()
            factor = self.filler.flow_factor(self.tank.level_pct, self.tank.temperature_c)
            opened, drawn_g = self.filler.step(dt_s, bottle, working, factor, self.random)
            pressure_bar = self.air.pressure_bar
            capped = self.capper.step(dt_s, line.bottle_at_capper(), working, pressure_bar, self.random)
        self.fill_valve.demand = 1.0 if opened else 0.0
        self.fill_valve.step(dt_s)
        if self.filler.count != dispensed:
            self._filled_at.append(self.time_s)
        self.capper.feed(dt_s)
        self._cylinder_nl = (
            0.9 * pushes + (0.55 if capped else 0.0) + (0.2 if self.filler.count != dispensed else 0.0)
        )
        self.cur_mach_speed = self._speed(dt_s)
        return drawn_g / 1000.0

    def _utilities(self, dt_s: float, drawn_l: float) -> None:
        level_ok = self.instruments.level_ok
        self.level_loop.step(dt_s, self.instruments.level_pct, level_ok)
        self.refill_valve.demand = self.level_loop.output / 100.0
        self.refill_valve.step(dt_s)
        supply = 0.0 if "tank_supply_lost" in self.faults else 0.60
        self.tank.supply_c = self.supply.value
        self.temperature_loop.step(dt_s, self.instruments.temperature_c, self.tank.level_pct > 8.0)
        heating = 1.0 if "heater_stuck_on" in self.faults else self.temperature_loop.output / 100.0
        self.tank.step(dt_s, supply * self.refill_valve.position, drawn_l, heating, self.ambient.value)
        self.air.step(dt_s, self.compressor_motor.speed, self._cylinder_nl)
        sag = 0.88 if "mains_voltage_low" in self.faults else 1.0
        self.meter.voltage_v = lag(self.meter.voltage_v, self.mains.value * sag, dt_s, 0.3)
        self.meter.frequency_hz = self.grid.value
        drives = (
            self.infeed_motor.power_kw
            + self.outfeed_motor.power_kw
            + self.capper_motor.power_kw
            + self.agitator_motor.power_kw
        )
        self.meter.step(dt_s, drives, self.tank.heater_kw, self.compressor_motor.power_kw)

    def _measure(self, dt_s: float) -> None:
        noise, shown = self.random.gauss, self.instruments
        shown.level_ok = "level_sensor_failed" not in self.faults
        if shown.level_ok:
            shown.level_pct = lag(shown.level_pct, self.tank.level_pct, dt_s, 0.5) + noise(0.0, 0.02)
        shown.temperature_c = lag(shown.temperature_c, self.tank.temperature_c, dt_s, 4.0) + noise(0.0, 0.004)
        shown.air_pressure_bar = lag(shown.air_pressure_bar, self.air.pressure_bar, dt_s, 0.2) + noise(
            0.0, 0.003
        )
        shown.air_flow_nl_min = lag(shown.air_flow_nl_min, 60.0 * self.air.consumption_nl_s, dt_s, 1.0)
        shown.dew_point_c = lag(shown.dew_point_c, 2.0 + 0.25 * self.air.delivery_nl_s, dt_s, 60.0) + noise(
            0.0, 0.005
        )

    def _speed(self, dt_s: float) -> float:
        stamps = self._filled_at
        if len(stamps) < 2 or self.unit.state is not State.EXECUTE:
            if self.unit.state is not State.EXECUTE:
                stamps.clear()
            return lag(self.cur_mach_speed, 0.0, dt_s, 1.0) if self.cur_mach_speed > 0.05 else 0.0
        since = self.time_s - stamps[-1]
        mean = (stamps[-1] - stamps[0]) / (len(stamps) - 1)
        return 60.0 / max(mean, since * 0.8)
