"""Faults by name, the ones that happen by themselves, and the attendant who repairs them.

The schedule has its own random stream, so that faults that an operator injects do not move the ones to come.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault that can be injected: its name, what it does, and how it happens by itself.

    `weight` 0 never happens by itself; `lasts_s` is the least and the most time until the attendant repairs
    it.
    """

    name: str
    effect: str
    weight: float = 0.0
    lasts_s: tuple[float, float] = (30.0, 60.0)
    gentle: bool = False
    """May be the first of a demo: quick to show, and the cell comes back by itself."""


FAULTS: dict[str, Fault] = {
    fault.name: fault
    for fault in (
        Fault(
            "infeed_jam", "A fallen bottle jams the infeed; its motor trips after some 5 s", 1.0, (15.0, 30.0)
        ),
        Fault("outfeed_jam", "A jam on the outfeed belt; its motor trips after some 5 s"),
        Fault(
            "low_air_pressure",
            "A hose leaks: the air pressure falls until the cell holds",
            0.8,
            (70.0, 110.0),
        ),
        Fault("tank_supply_lost", "No product from the cellar: the tank runs down", 0.6, (100.0, 150.0)),
        Fault(
            "heater_stuck_on",
            "The heater's contactor is welded: the product gets too warm",
            0.5,
            (90.0, 150.0),
        ),
        Fault(
            "valve_stuck", "The refill valve seizes where it is, at least two thirds open", 0.6, (50.0, 90.0)
        ),
        Fault("cap_magazine_empty", "The cap feeder stops and the magazine runs out", 0.6, (60.0, 110.0)),
        Fault(
            "level_sensor_failed",
            "The level transmitter breaks: the analogue input reads 32767",
            0.5,
            (20.0, 40.0),
        ),
        Fault(
            "fill_drift",
            "The filling nozzle wears: the dose drifts upwards by 6 % in a minute",
            0.4,
            (70.0, 110.0),
        ),
        Fault("emergency_stop", "Somebody presses the emergency stop"),
        Fault(
            "photo_eye_blinded",
            "The filler's inlet photo-eye is dirty and sees a bottle all the time",
            0.7,
            (15.0, 30.0),
        ),
        Fault(
            "downstream_blocked",
            "The packer behind takes no bottles: the cell suspends",
            1.2,
            (18.0, 30.0),
            gentle=True,
        ),
        Fault(
            "upstream_starved",
            "The line before gives no bottles: the cell suspends",
            0.9,
            (30.0, 45.0),
            gentle=True,
        ),
        Fault(
            "agitator_trip", "The agitator's motor is overloaded and trips", 0.7, (25.0, 50.0), gentle=True
        ),
        Fault("mains_voltage_low", "The mains voltage sags by 12 %", 0.5, (20.0, 40.0)),
    )
}


@dataclass(slots=True)
class FaultSchedule:
    """Makes one fault at a time happen by itself, rarely, from a seeded stream.

    `mean_gap_s` is the mean time between the repair of one and the next. The first comes 45 to 75 s after the
    start and is a gentle one.
    """

    random: Random
    enabled: bool = True
    mean_gap_s: float = 170.0
    current: str | None = None
    until_s: float = 0.0
    next_s: float = field(default=-1.0)
    happened: int = 0

    def step(self, time_s: float, producing: bool) -> tuple[str | None, str | None]:
        """Return the fault that begins and the one that ends now; only a producing cell breaks down."""
        if not self.enabled:
            if self.current is None:
                return None, None
            ended, self.current = self.current, None
            return None, ended
        if self.next_s < 0.0:
            self.next_s = time_s + self.random.uniform(45.0, 75.0)
        if self.current is not None:
            if time_s < self.until_s:
                return None, None
            ended, self.current = self.current, None
            self.next_s = time_s + 60.0 + self.random.expovariate(1.0 / (self.mean_gap_s - 60.0))
            return None, ended
        if time_s < self.next_s or not producing:
            return None, None
        candidates = [fault for fault in FAULTS.values() if fault.gentle or (self.happened and fault.weight)]
        fault = self.random.choices(candidates, [candidate.weight for candidate in candidates])[0]
        self.until_s = time_s + self.random.uniform(*fault.lasts_s)
        self.current = fault.name
        self.happened += 1
        return fault.name, None
