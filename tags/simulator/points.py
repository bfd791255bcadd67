"""What a controller shows: points with address, type and scaling, tied to attributes of the model."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from tags.simulator.cell import PackagingCell

Value = bool | int | float | str
TEXT_LIMIT = 64
"""Most characters of a written text that a controller keeps."""
INTEGER_LIMITS: dict[str, tuple[int, int]] = {
    f"{sign}INT{bits}": (0, 2**bits - 1) if sign else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    for sign in ("", "U")
    for bits in (8, 16, 32, 64)
}


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear scaling of a raw word to engineering units."""

    raw_low: float
    raw_high: float
    eu_low: float
    eu_high: float

    def to_raw(self, value: float) -> float:
        """Convert engineering units to raw counts."""
        span = (value - self.eu_low) / (self.eu_high - self.eu_low)
        return self.raw_low + span * (self.raw_high - self.raw_low)

    def to_eu(self, raw: float) -> float:
        """Convert raw counts to engineering units."""
        span = (raw - self.raw_low) / (self.raw_high - self.raw_low)
        return self.eu_low + span * (self.eu_high - self.eu_low)


@dataclass(frozen=True, slots=True)
class Point:
    """One value of a controller.

    `type` is one of BOOL INT16 UINT16 INT32 UINT32 FLOAT32 FLOAT64 STRING DATETIME. `source` is the attribute
    of `PackagingCell` that it shows, in engineering units; a writable point sets that same attribute. `low`
    and `high` clamp what is written. `unit` and the range go into OPC UA's EngineeringUnits and EURange.
    """

    address: str
    type: str
    source: str
    scale: Scale | None = None
    writable: bool = False
    low: float = -math.inf
    high: float = math.inf
    unit: str = ""
    name: str = ""

    def reader(self) -> Callable[[PackagingCell], Any]:
        """Give the function that reads the value from the model, still in engineering units."""
        return attrgetter(self.source)

    def encode(self, value: Value) -> Value:
        """Convert a value of the model to what goes on the wire: scaled, rounded and within the type."""
        if self.type == "BOOL":
            return bool(value)
        if self.type == "STRING":
            return str(value)
        number = float(value)
        if self.scale is not None:
            number = self.scale.to_raw(number)
        limits = INTEGER_LIMITS.get(self.type)
        if limits is None:
            return number
        return int(min(max(round(number), limits[0]), limits[1]))

    def accept(self, cell: PackagingCell, wire: Value) -> None:
        """Take what a client wrote: scale it, clamp it and set the attribute of the model.

        Not a number is ignored: the old value stays, and reads back.
        """
        if not self.writable:
            return
        value: Value
        if self.type == "BOOL":
            value = bool(wire)
        elif self.type == "STRING":
            value = str(wire)[:TEXT_LIMIT]
        else:
            number = float(wire)
            if math.isnan(number):
                return
            if self.scale is not None:
                number = self.scale.to_eu(number)
            number = min(max(number, self.low), self.high)
            value = int(number) if self.type in INTEGER_LIMITS and self.scale is None else number
        owner, _, attribute = self.source.rpartition(".")
        setattr(attrgetter(owner)(cell) if owner else cell, attribute, value)
