"""Pieces of equipment with their physics: motors, valves, loops, tank, air, energy.

Each has `step(dt_s, ...)`, is driven by its arguments and fields only, and is deterministic. Units are in the
names.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random


def lag(value: float, target: float, dt_s: float, tau_s: float) -> float:
    """Move `value` towards `target` as a first-order lag would in `dt_s` seconds."""
    return target + (value - target) * math.exp(-dt_s / tau_s)


def ramp(value: float, target: float, largest_move: float) -> float:
    """Move `value` towards `target` by at most `largest_move`."""
    if target > value:
        return min(target, value + largest_move)
    return max(target, value - largest_move)


@dataclass(slots=True)
class Wander:
    """A quantity that drifts slowly round its mean (Ornstein-Uhlenbeck), such as a mains voltage."""

    mean: float
    spread: float
    tau_s: float
    value: float = math.nan

    def step(self, dt_s: float, random: Random) -> None:
        """Advance by `dt_s` seconds; `spread` is the standard deviation in the long run."""
        if math.isnan(self.value):
            self.value = self.mean
        keep = math.exp(-dt_s / self.tau_s)
        noise = random.gauss(0.0, self.spread * math.sqrt(1.0 - keep * keep))
        self.value = self.mean + (self.value - self.mean) * keep + noise


@dataclass(slots=True)
class Motor:
    """A three-phase motor with start-up ramp, current, winding temperature and thermal overload relay.

    `speed` is a fraction of the rated speed. `load` is a fraction of the rated torque; a jam is a load well
    above 1, which slows the motor, draws about 2.2 times the rated current and trips the relay after some
    five seconds.
    """

    rated_current_a: float
    rated_power_kw: float
    rated_speed_rpm: float
    ramp_s: float = 2.0
    trip_level: float = 1.32
    relay_tau_s: float = 20.0
    speed: float = 0.0
    current_a: float = 0.0
    power_kw: float = 0.0
    winding_c: float = 24.0
    relay: float = 0.2
    load: float = 0.0
    tripped: bool = False
    running: bool = False
    run_hours: float = 0.0
    starts: int = 0
    reset_request: bool = False
    frequency_limit_hz: float = 50.0
    _was_commanded: bool = False

    def step(self, dt_s: float, run: bool, target: float, load: float, ambient_c: float) -> None:
        """Advance by `dt_s` seconds with run command, target speed (fraction) and load (fraction)."""
        if self.reset_request:
            self.reset_request = False
            if self.relay < self.trip_level * 0.8:
                self.tripped = False
        commanded = run and not self.tripped
        if commanded and not self._was_commanded:
            self.starts += 1
        self._was_commanded = commanded
        goal = min(target, self.frequency_limit_hz / 50.0) if commanded else 0.0
        if load > 1.5:
            goal *= 0.55
        before = self.speed
        self.speed = ramp(self.speed, goal, dt_s / self.ramp_s)
        acceleration = max(0.0, self.speed - before) * self.ramp_s / dt_s
        if commanded:
            torque = load + 0.9 * acceleration
            self.current_a = lag(
                self.current_a, self.rated_current_a * math.hypot(0.38, 0.74 * torque), dt_s, 0.15
            )
            self.power_kw = self.rated_power_kw * (0.06 + 0.94 * min(torque, 2.5) * max(self.speed, 0.05))
            self.run_hours += dt_s / 3600.0
        else:
            self.current_a = lag(self.current_a, 0.0, dt_s, 0.1)
            self.power_kw = 0.0
        self.load = lag(self.load, load if commanded else 0.0, dt_s, 0.4)
        self.running = commanded and self.speed > 0.02
        heat = (self.current_a / self.rated_current_a) ** 2
        self.winding_c = lag(self.winding_c, ambient_c + 46.0 * heat, dt_s, 240.0)
        self.relay = lag(self.relay, heat, dt_s, self.relay_tau_s)
        if self.relay > self.trip_level:
            self.tripped = True

    @property
    def speed_rpm(self) -> float:
        """Shaft speed in 1/min."""
        return self.speed * self.rated_speed_rpm

    @property
    def frequency_hz(self) -> float:
        """Output frequency of the drive."""
        return self.speed * 50.0

    @property
    def at_speed(self) -> bool:
        """Tell whether the motor turns at a useful speed."""
        return self.running and self.speed > 0.1

    @property
    def load_pct(self) -> float:
        """Load in per cent of the rated torque."""
        return self.load * 100.0


@dataclass(slots=True)
class Valve:
    """A valve that moves at a finite speed, modulating (0..1) or on/off (0 or 1), and may seize.

    `fault` is what a PLC makes of it: the position has differed from the demand for longer than
    `fault_after_s`.
    """

    stroke_s: float
    fault_after_s: float = 3.0
    demand: float = 0.0
    position: float = 0.0
    stuck: bool = False
    fault: bool = False
    strokes: int = 0
    reset_request: bool = False
    _deviation_s: float = 0.0
    _was_open: bool = False

    def step(self, dt_s: float) -> None:
        """Move towards the demand and watch the deviation."""
        if not self.stuck:
            self.position = ramp(self.position, self.demand, dt_s / self.stroke_s)
        is_open = self.position > 0.5
        if is_open and not self._was_open:
            self.strokes += 1
        self._was_open = is_open
        if abs(self.position - self.demand) > 0.08:
            self._deviation_s += dt_s
            if self._deviation_s > self.fault_after_s:
                self.fault = True
        else:
            self._deviation_s = 0.0
            if self.reset_request:
                self.fault = False
        self.reset_request = False

    @property
    def commanded(self) -> bool:
        """Tell whether the programme wants the valve open."""
        return self.demand > 0.02

    @property
    def opened(self) -> bool:
        """The open limit switch (of a modulating valve: it is open somewhat)."""
        return self.position > 0.97

    @property
    def closed(self) -> bool:
        """The closed limit switch."""
        return self.position < 0.03

    @property
    def position_pct(self) -> float:
        """Position in per cent open."""
        return self.position * 100.0


@dataclass(slots=True)
class Loop:
    """A PI controller with automatic and manual mode, bumpless, with anti-windup; output 0..100 %."""

    set_point: float
    gain: float
    integral_s: float
    auto: bool = True
    manual_output: float = 0.0
    output: float = 0.0
    process_value: float = 0.0
    _integral: float = 0.0

    def step(self, dt_s: float, process_value: float, valid: bool) -> None:
        """Compute the output; an invalid process value closes it, as a safe programme does."""
        self.process_value = process_value
        if not self.auto:
            self.output = self.manual_output
            self._integral = self.output
            return
        if not valid:
            self.output = 0.0
            return
        error = self.set_point - process_value
        self._integral += self.gain * error * dt_s / self.integral_s
        self._integral = min(100.0, max(0.0, self._integral))
        self.output = min(100.0, max(0.0, self.gain * error + self._integral))
        self.manual_output = self.output

    def preset(self, output: float) -> None:
        """Start the loop from a settled output."""
        self._integral = self.output = output


@dataclass(slots=True)
class Tank:
    """A stirred product tank with refill, draw and electrical heater.

    Heat balance of a well-mixed volume: heater + inflow - losses to the ambient. Density 1 kg/L.
    """

    capacity_l: float = 100.0
    volume_l: float = 58.0
    temperature_c: float = 27.6
    inflow_l_s: float = 0.0
    heater_kw: float = 0.0
    heater_max_kw: float = 12.0
    supply_c: float = 19.0

    def step(
        self, dt_s: float, inflow_l_s: float, drawn_l: float, heater_fraction: float, ambient_c: float
    ) -> None:
        """Advance by `dt_s` seconds; a full tank overflows, an empty one gives nothing."""
        self.inflow_l_s = lag(self.inflow_l_s, inflow_l_s, dt_s, 0.4)
        added_l = self.inflow_l_s * dt_s
        self.volume_l = max(0.5, self.volume_l - drawn_l)
        self.temperature_c += (self.supply_c - self.temperature_c) * added_l / (self.volume_l + added_l)
        self.volume_l = min(self.capacity_l, self.volume_l + added_l)
        safety_cut = self.temperature_c > 48.0 or self.volume_l < 5.0
        self.heater_kw = lag(
            self.heater_kw, 0.0 if safety_cut else heater_fraction * self.heater_max_kw, dt_s, 1.5
        )
        losses_kw = 0.035 * (self.temperature_c - ambient_c)
        self.temperature_c += (self.heater_kw - losses_kw) * dt_s / (3.2 * self.volume_l)

    @property
    def level_pct(self) -> float:
        """True level in per cent."""
        return 100.0 * self.volume_l / self.capacity_l


@dataclass(slots=True)
class AirSystem:
    """Receiver and compressor with hysteresis; consumption comes from cylinders and leaks.

    Volumes are normal litres (NL); the pressure is a gauge pressure in bar.
    """

    receiver_l: float = 60.0
    pressure_bar: float = 6.6
    cut_in_bar: float = 6.0
    cut_out_bar: float = 7.0
    delivery_nl_s: float = 2.1
    consumption_nl_s: float = 0.0
    demand: bool = False
    leak_nl_s: float = 0.0

    def step(self, dt_s: float, compressor_speed: float, consumed_nl: float) -> None:
        """Advance by `dt_s` seconds with the compressor's speed (fraction) and what the cylinders took."""
        steady = (0.06 + self.leak_nl_s) * self.pressure_bar
        used = consumed_nl + steady * dt_s
        self.consumption_nl_s = lag(self.consumption_nl_s, used / dt_s, dt_s, 3.0)
        gained = self.delivery_nl_s * compressor_speed * dt_s
        self.pressure_bar = max(0.0, self.pressure_bar + (gained - used) / self.receiver_l)
        if self.pressure_bar < self.cut_in_bar:
            self.demand = True
        elif self.pressure_bar > self.cut_out_bar:
            self.demand = False


@dataclass(slots=True)
class EnergyMeter:
    """A three-phase meter: powers, currents, cos phi and a counter that integrates."""

    counter_kwh: float = 18_432.70
    active_kw: float = 0.0
    reactive_kvar: float = 0.0
    apparent_kva: float = 0.0
    cos_phi: float = 1.0
    drives_kw: float = 0.0
    heater_kw: float = 0.0
    compressor_kw: float = 0.0
    base_kw: float = 0.45
    voltage_v: float = 400.0
    frequency_hz: float = 50.0
    current_l1_a: float = 0.0
    current_l2_a: float = 0.0
    current_l3_a: float = 0.0

    def step(self, dt_s: float, drives_kw: float, heater_kw: float, compressor_kw: float) -> None:
        """Take the powers of this step, integrate the counter and work out the electrical quantities."""
        self.drives_kw, self.heater_kw, self.compressor_kw = drives_kw, heater_kw, compressor_kw
        inductive_kw = drives_kw + compressor_kw
        self.active_kw = inductive_kw + heater_kw + self.base_kw
        self.counter_kwh += self.active_kw * dt_s / 3600.0
        self.reactive_kvar = lag(
            self.reactive_kvar, 0.72 * inductive_kw + 0.30 + 0.25 * self.base_kw, dt_s, 0.2
        )
        self.apparent_kva = math.hypot(self.active_kw, self.reactive_kvar)
        self.cos_phi = self.active_kw / self.apparent_kva
        balanced_a = self.apparent_kva * 1000.0 / (math.sqrt(3.0) * self.voltage_v)
        self.current_l1_a = balanced_a * 1.03
        self.current_l2_a = balanced_a * 0.98
        self.current_l3_a = balanced_a * 0.99
