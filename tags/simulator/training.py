"""The trainer's switches: faults and lost controllers, provoked by writing to tags of the controllers.

They are as a fault box is in a training plant: each controller has a bit for every fault of its own machine,
and the bits show what is there, whoever provoked it. A controller that is to fall silent is told so through
another one, since it could not be asked to come back.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

from tags.simulator.faults import FAULTS

if TYPE_CHECKING:
    from tags.simulator.cell import PackagingCell

MOST_SILENT_S = 600
"""The longest silence of a controller, in seconds."""


class FaultSwitch:
    """Show and set one fault of a cell."""

    __slots__ = ("_cell", "_name")

    def __init__(self, cell: PackagingCell, name: str) -> None:
        self._cell = cell
        self._name = name

    @property
    def on(self) -> bool:
        """Tell whether the fault is there."""
        return self._name in self._cell.faults

    @on.setter
    def on(self, value: bool) -> None:
        if value:
            self._cell.inject(self._name)
        else:
            self._cell.clear(self._name)


class Training:
    """Hold the switches of a cell: ``faults.NAME.on``, silences in seconds, and what happens by itself.

    Whoever runs the controllers stops and starts them by :meth:`silent`.
    """

    def __init__(self, cell: PackagingCell) -> None:
        self._cell = cell
        self._second_s = 0.0
        self.faults = SimpleNamespace(**{name: FaultSwitch(cell, name) for name in FAULTS})
        self.silent_filling_s = 0
        self.silent_conveyors_s = 0
        self.silent_line_s = 0

    @property
    def random_faults(self) -> bool:
        """Tell whether faults happen by themselves."""
        return self._cell.schedule.enabled

    @random_faults.setter
    def random_faults(self, value: bool) -> None:
        self._cell.schedule.enabled = value

    @property
    def attendant(self) -> bool:
        """Tell whether the simulated colleague repairs and restarts."""
        return self._cell.attendant.enabled

    @attendant.setter
    def attendant(self, value: bool) -> None:
        self._cell.attendant.enabled = value

    def silent(self) -> frozenset[str]:
        """Return the controllers that are to be silent now."""
        left_s = {
            "filling": self.silent_filling_s,
            "conveyors": self.silent_conveyors_s,
            "line": self.silent_line_s,
        }
        return frozenset(name for name, seconds in left_s.items() if seconds > 0)

    def step(self, dt_s: float) -> None:
        """Let the silences run out."""
        self._second_s += dt_s
        if self._second_s < 1.0:
            return
        self._second_s -= 1.0
        self.silent_filling_s = max(0, self.silent_filling_s - 1)
        self.silent_conveyors_s = max(0, self.silent_conveyors_s - 1)
        self.silent_line_s = max(0, self.silent_line_s - 1)
