"""Bottles as discrete items on the line: conveyors, photo-eyes, filler, capper, rejector.

One axis in metres from the infeed to the outfeed. Front bottle first in `Line.bottles`; a bottle moves with
its belt, queues behind the one ahead, and stops at the gate of a station until that station releases it.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from enum import IntEnum
from random import Random

BOTTLE_M = 0.07
BEAM_M = 0.05
"""Belt length over which one bottle breaks a beam: less than the bottle, so that a queue still pulses."""
INFEED_EYE_M = 0.05
FILLER_EYE_M = 1.90
FILLER_M = 2.00
CAPPER_EYE_M = 3.10
CAPPER_M = 3.20
REJECT_EYE_M = 4.10
REJECT_M = 4.20
EXIT_EYE_M = 5.80
END_M = 6.00
_AT_GATE_M = 1e-9


class Stage(IntEnum):
    """How far a bottle has come."""

    EMPTY = 0
    FILLED = 1
    CAPPED = 2


@dataclass(slots=True, eq=False)
class Bottle:
    """One bottle and what was done to it."""

    number: int
    position_m: float = 0.0
    stage: Stage = Stage.EMPTY
    weight_g: float = 0.0
    torque_nm: float = 0.0
    defective: bool = False


@dataclass(slots=True)
class PhotoEye:
    """A light barrier: `blocked` is sampled, `count` counts leading edges as a hardware counter would.

    A blinded eye reports a bottle for ever and counts nothing.
    """

    position_m: float
    blocked: bool = False
    count: int = 0
    blinded: bool = False
    blocked_s: float = 0.0
    clear_s: float = 0.0

    def step(self, dt_s: float, seen: bool) -> None:
        """Take the true state of the beam for this step."""
        self.blocked = seen or self.blinded
        if self.blocked:
            self.blocked_s += dt_s
            self.clear_s = 0.0
        else:
            self.clear_s += dt_s
            self.blocked_s = 0.0

    def pass_edge(self) -> None:
        """Count the leading edge of a bottle."""
        if not self.blinded:
            self.count += 1


@dataclass(slots=True)
class Filler:
    """Timed dosing of one bottle at a time.

    The opening time is the set point over the nominal flow; the real flow follows head, temperature and
    drift, so the weight does too.
    """

    nominal_flow_g_s: float = 450.0
    set_point_g: float = 250.0
    tolerance_g: float = 8.0
    remaining_s: float = 0.0
    settle_s: float = 0.0
    filling: bool = False
    done: bool = False
    dosed_g: float = 0.0
    last_weight_g: float = 250.0
    last_fill_ms: float = 0.0
    mean_weight_g: float = 250.0
    flow_g_s: float = 0.0
    count: int = 0
    drift: float = 0.0
    _noise: float = 1.0

    def flow_factor(self, level_pct: float, temperature_c: float) -> float:
        """Give the real flow over the nominal one, for a head in the tank and a product temperature."""
        head = math.sqrt((1.0 + 0.008 * level_pct) / 1.48)
        return head * (1.0 + 0.004 * (temperature_c - 28.0)) * (1.0 + self.drift)

    def step(
        self, dt_s: float, bottle: Bottle | None, enabled: bool, factor: float, random: Random
    ) -> tuple[bool, float]:
        """Work on `bottle`; return whether the fill valve is to be open and the grams drawn in this step.

        Not enabled, it finishes the bottle that it has begun and begins no other.
        """
        if bottle is None:
            self.filling = self.done = False
            self.flow_g_s = 0.0
            return False, 0.0
        if not self.filling and not self.done:
            if not enabled:
                return False, 0.0
            self.filling = True
            self.settle_s = 0.10
            self.remaining_s = self.set_point_g / self.nominal_flow_g_s
            self.last_fill_ms = self.remaining_s * 1000.0
            self.dosed_g = 0.0
            self._noise = random.gauss(1.0, 0.0025)
            if random.random() < 0.006:
                self._noise -= random.uniform(0.05, 0.09)
        if not self.filling:
            return False, 0.0
        if self.settle_s > 0.0:
            self.settle_s -= dt_s
            return False, 0.0
        open_s = min(dt_s, self.remaining_s)
        self.flow_g_s = self.nominal_flow_g_s * factor * self._noise
        drawn_g = self.flow_g_s * open_s
        self.dosed_g += drawn_g
        self.remaining_s -= open_s
        if self.remaining_s > 1e-9:
            return True, drawn_g
        self.filling = False
        self.done = True
        self.flow_g_s = 0.0
        self.count += 1
        bottle.weight_g = self.dosed_g
        bottle.stage = Stage.FILLED
        self.last_weight_g = self.dosed_g + random.gauss(0.0, 0.3)
        self.mean_weight_g += 0.1 * (self.last_weight_g - self.mean_weight_g)
        if abs(self.last_weight_g - self.set_point_g) > self.tolerance_g:
            bottle.defective = True
        return False, drawn_g


@dataclass(slots=True)
class Capper:
    """Places and tightens one cap at a time; the torque falls with the air pressure of its clutch."""

    cycle_s: float = 0.45
    torque_set_point_nm: float = 1.8
    torque_minimum_nm: float = 1.4
    capacity: int = 400
    caps: float = 260.0
    feeder_running: bool = True
    feeder_stopped: bool = False
    remaining_s: float = 0.0
    head_down: bool = False
    last_torque_nm: float = 1.8
    count: int = 0
    missing_caps: int = 0

    def feed(self, dt_s: float) -> None:
        """Let the vibratory feeder refill the magazine: on below 55 %, off above 85 %."""
        if self.caps < 0.55 * self.capacity:
            self.feeder_running = True
        elif self.caps > 0.85 * self.capacity:
            self.feeder_running = False
        if self.feeder_stopped:
            self.feeder_running = False
        elif self.feeder_running:
            self.caps = min(float(self.capacity), self.caps + 2.2 * dt_s)

    def step(
        self, dt_s: float, bottle: Bottle | None, enabled: bool, pressure_bar: float, random: Random
    ) -> bool:
        """Work on `bottle`; return True in the step in which a cap was tightened."""
        if bottle is None:
            self.head_down = False
            return False
        if not self.head_down:
            if not enabled or self.caps < 1.0:
                return False
            self.head_down = True
            self.remaining_s = self.cycle_s
        self.remaining_s -= dt_s
        if self.remaining_s > 1e-9:
            return False
        self.head_down = False
        bottle.stage = Stage.CAPPED
        self.count += 1
        self.caps -= 1.0
        clutch = min(1.0, pressure_bar / 5.2)
        bottle.torque_nm = max(0.0, self.torque_set_point_nm * clutch + random.gauss(0.0, 0.045))
        if random.random() < 0.006:
            bottle.torque_nm = 0.0
            self.missing_caps += 1
        self.last_torque_nm = bottle.torque_nm
        if bottle.torque_nm < self.torque_minimum_nm:
            bottle.defective = True
        return True

    @property
    def magazine_pct(self) -> float:
        """Caps in the magazine in per cent."""
        return 100.0 * self.caps / self.capacity

    @property
    def caps_whole(self) -> int:
        """Caps in the magazine."""
        return int(self.caps)

    @property
    def empty(self) -> bool:
        """Tell whether no cap is left."""
        return self.caps < 1.0


@dataclass(slots=True)
class Line:
    """The bottles in the machine, the stations that stop them and the counters that follow from them."""

    bottles: deque[Bottle] = field(default_factory=deque)
    infeed_eye: PhotoEye = field(default_factory=lambda: PhotoEye(INFEED_EYE_M))
    filler_eye: PhotoEye = field(default_factory=lambda: PhotoEye(FILLER_EYE_M))
    capper_eye: PhotoEye = field(default_factory=lambda: PhotoEye(CAPPER_EYE_M))
    reject_eye: PhotoEye = field(default_factory=lambda: PhotoEye(REJECT_EYE_M))
    exit_eye: PhotoEye = field(default_factory=lambda: PhotoEye(EXIT_EYE_M))
    good: int = 0
    rejected: int = 0
    number: int = 0
    bin_count: int = 0
    bin_capacity: int = 40
    rejector_enabled: bool = True
    cylinder_s: float = 0.0
    to_next_s: float = 0.0
    supply_ok: bool = True
    downstream_ok: bool = True
    jam_m: float | None = None

    def eyes(self) -> tuple[PhotoEye, ...]:
        """Give the photo-eyes in the order of the axis."""
        return self.infeed_eye, self.filler_eye, self.capper_eye, self.reject_eye, self.exit_eye

    def supply(self, dt_s: float, belt_m_s: float, rate_per_min: float, random: Random) -> None:
        """Let the line before this one put a bottle on the infeed belt when one is due and there is room."""
        if belt_m_s < 0.02:
            return
        self.to_next_s -= dt_s
        last = self.bottles[-1].position_m if self.bottles else END_M
        if self.to_next_s > 0.0 or not self.supply_ok or last < BOTTLE_M * 1.1:
            return
        self.number += 1
        self.bottles.append(Bottle(self.number))
        self.to_next_s = max(0.2, (60.0 / rate_per_min) * random.gauss(1.0, 0.03))

    def move(self, dt_s: float, infeed_m_s: float, outfeed_m_s: float, push: bool) -> int:
        """Move every bottle; return the strokes of the rejector. `push`: its cylinder has the force.

        The front bottle moves first, so that a queue closes up in one pass.
        """
        strokes = 0
        ahead_m = END_M + 10.0
        gone = 0
        eyes = self.eyes()
        removed: Bottle | None = None
        for bottle in self.bottles:
            before = bottle.position_m
            speed = infeed_m_s if before < FILLER_M else outfeed_m_s
            after = min(before + speed * dt_s, ahead_m - BOTTLE_M)
            if bottle.stage is Stage.EMPTY:
                after = min(after, FILLER_M)
                if self.jam_m is not None and before <= self.jam_m:
                    after = min(after, self.jam_m)
            elif bottle.stage is Stage.FILLED:
                after = min(after, CAPPER_M)
            elif bottle.defective and self.rejector_enabled and before <= REJECT_M <= after:
                after = REJECT_M
                if push and removed is None:
                    removed = bottle
            after = max(after, before)
            if after >= END_M:
                if self.downstream_ok:
                    gone += 1
                else:
                    after = END_M
            bottle.position_m = after
            for eye in eyes:
                if before < eye.position_m <= after:
                    eye.pass_edge()
            ahead_m = after
            if removed is bottle:
                ahead_m = after + BOTTLE_M
        for _ in range(gone):
            self.bottles.popleft()
            self.good += 1
        if removed is not None:
            self.bottles.remove(removed)
            self.rejected += 1
            self.bin_count = min(self.bin_count + 1, 9_999)
            self.cylinder_s = 0.25
            strokes = 1
        self.cylinder_s = max(0.0, self.cylinder_s - dt_s)
        self._look(dt_s)
        return strokes

    def _look(self, dt_s: float) -> None:
        half = BEAM_M / 2
        positions = [bottle.position_m for bottle in self.bottles]
        for eye in self.eyes():
            low, high = eye.position_m - half, eye.position_m + half
            eye.step(dt_s, any(low <= position <= high for position in positions))

    def bottle_at_filler(self) -> Bottle | None:
        """Give the bottle that stands under the filling nozzle."""
        return self._waiting(Stage.EMPTY, FILLER_M) or self._waiting(Stage.FILLED, FILLER_M)

    def bottle_at_capper(self) -> Bottle | None:
        """Give the bottle that stands under the capping head."""
        return self._waiting(Stage.FILLED, CAPPER_M)

    def _waiting(self, stage: Stage, gate_m: float) -> Bottle | None:
        for bottle in self.bottles:
            if bottle.stage is stage and abs(bottle.position_m - gate_m) <= _AT_GATE_M:
                return bottle
        return None

    @property
    def in_machine(self) -> int:
        """Bottles past the infeed eye that are still on the line, counted one by one."""
        return sum(1 for bottle in self.bottles if bottle.position_m >= INFEED_EYE_M)

    @property
    def processed(self) -> int:
        """Bottles that have left, good and rejected."""
        return self.good + self.rejected

    @property
    def bin_full(self) -> bool:
        """Tell whether the reject bin is full."""
        return self.bin_count >= self.bin_capacity

    @property
    def cylinder_out(self) -> bool:
        """The rear limit switch of the reject cylinder."""
        return self.cylinder_s > 0.0
