"""A trend's pens and how they share scales: by unit, fitted to the data, or each from 0 to 100 %."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import numpy as np

from tags.model import DataType, Tag
from views.trend_data import PenData, Trace
from views.trend_raster import rounded_range

MOST_PENS: Final = 8
MOST_AXES: Final = 4
"""Axes drawn side by side; the scale of further units is in the table."""


class Scale(StrEnum):
    """Name how pens are scaled."""

    RANGE = "range"
    """The engineering range where the tag has one, else as FIT; all that a whole number may be is none."""
    FIT = "fit"
    """What the visible samples need."""
    NORMALISED = "normalised"
    """Every pen from 0 to 100 % of its own range, on one axis."""


@dataclass(slots=True, eq=False)
class Pen:
    """Hold one pen: its tag, colour number, samples, and the picture of the last frame."""

    tag: Tag
    slot: int
    is_visible: bool = True
    data: PenData = field(default_factory=PenData)
    trace: Trace | None = None
    low: float = 0.0
    high: float = 1.0

    @property
    def axis(self) -> str:
        """Return what shares a scale with this pen: its unit; a tag without one stands alone."""
        return self.tag.unit or f"\0{self.tag.path}"

    @property
    def states(self) -> dict[int, str]:
        """Return the texts of a tag that has states, by number; empty for a measured value."""
        if self.tag.states:
            return dict(self.tag.states)
        if self.tag.data_type is DataType.BOOL:
            return {0: "0", 1: "1"}
        return {}


@dataclass(frozen=True, slots=True)
class Reading:
    """Tell what a pen shows at one time: value, extremes in that pixel, quality, status, sample time."""

    value: float
    low: float
    high: float
    quality: int
    status: int
    time_ns: int


class PenScales:
    """Decide the axes and the value range of every pen. GUI thread only."""

    def __init__(self, pens: list[Pen]) -> None:
        self._pens = pens
        self._zoomed: dict[str, tuple[float, float]] = {}
        self._fitted: dict[str, tuple[float, float]] = {}
        self.scale = Scale.RANGE

    @property
    def is_normalised(self) -> bool:
        """Tell whether every pen has its own 0 to 100 %."""
        return self.scale is Scale.NORMALISED

    def set_scale(self, scale: Scale) -> None:
        """Change how pens are scaled; zoomed axes get their range back."""
        self.scale = scale
        self._zoomed.clear()
        self._fitted.clear()

    def zoom(self, axis: str, low: float, high: float) -> None:
        """Give an axis a range by hand."""
        self._zoomed[axis] = (low, high)

    def reset(self, axis: str) -> None:
        """Give an axis its own range back."""
        self._zoomed.pop(axis, None)

    def refit(self) -> None:
        """Forget fitted ranges: another period is shown."""
        self._fitted.clear()

    def axes(self) -> list[tuple[str, list[Pen]]]:
        """Return the axes from left to right with their pens."""
        visible = [pen for pen in self._pens if pen.is_visible]
        if self.is_normalised:
            return [("%", visible)] if visible else []
        axes: dict[str, list[Pen]] = {}
        for pen in visible:
            axes.setdefault(pen.axis, []).append(pen)
        return list(axes.items())

    def apply(self) -> None:
        """Set the range of every pen from its tag, its present picture and its axis."""
        for pen in self._pens:
            pen.low, pen.high = self._own_range(pen)
        if self.is_normalised:
            return
        for axis, pens in self.axes():
            low, high = self._zoomed.get(axis, (min(pen.low for pen in pens), max(pen.high for pen in pens)))
            for pen in pens:
                pen.low, pen.high = low, high

    def _own_range(self, pen: Pen) -> tuple[float, float]:
        states = pen.states
        if states:
            room = max(0.15, (max(states) - min(states)) * 0.04)
            return min(states) - room, max(states) + room
        low, high = pen.tag.eu_low, pen.tag.eu_high
        is_fitted = self.scale is Scale.FIT or (low, high) == pen.tag.data_type.integer_range
        if not is_fitted and low is not None and high is not None and high > low:
            return low, high
        path = pen.tag.path
        held = self._fitted.get(path)
        if pen.trace is None or not np.isfinite(pen.trace.low).any():
            return held or (0.0, 1.0)
        low, high = float(np.nanmin(pen.trace.low)), float(np.nanmax(pen.trace.high))
        if held is not None:
            first, last = held
            # Keep the scale while it still suits, so that it does not dance.
            if first <= low and high <= last and high - low > (last - first) * 0.25:
                return held
        self._fitted[path] = rounded_range(low, high)
        return self._fitted[path]
