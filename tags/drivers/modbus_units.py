"""Which units behind one connection answer, so that a silent one costs the others little; no socket."""

from collections.abc import Iterable
from dataclasses import dataclass

from tags.drivers.base import DriverError, DriverFault, DriverOptions
from tags.status import StatusCode

FIRST_PAUSE = 5.0
"""A unit that did not answer is left alone for so many times the time-out, then twice as long each time."""
MOST_PAUSE_S = 30.0


@dataclass(slots=True)
class _Silence:
    pause_s: float
    until_s: float


class Units:
    """Remember the units that do not answer. Times are those of the event loop.

    With one known unit there is nothing to share: its silence is the link's.
    """

    def __init__(self, known: Iterable[int], timeout_s: float) -> None:
        self.known = set(known)
        self._timeout_s = timeout_s
        self._silent: dict[int, _Silence] = {}

    @property
    def are_several(self) -> bool:
        """Tell whether the link has units that must not suffer from each other."""
        return len(self.known) > 1

    @property
    def silent(self) -> list[int]:
        """Return the units that did not answer when last asked."""
        return sorted(self._silent)

    def in_order(self) -> list[int]:
        """Return all units, those that answer first."""
        return sorted(self.known, key=lambda unit: (unit in self._silent, unit))

    def is_paused(self, unit: int, now_s: float) -> bool:
        """Tell whether a unit was silent and is not to be asked yet."""
        silence = self._silent.get(unit)
        return silence is not None and now_s < silence.until_s

    def answered(self, unit: int) -> None:
        """Note that a unit answered, whatever it said."""
        self._silent.pop(unit, None)

    def missed(self, unit: int, now_s: float) -> bool:
        """Note that a unit did not answer, and tell whether another one still may."""
        silence = self._silent.get(unit)
        pause_s = FIRST_PAUSE * self._timeout_s if silence is None else 2 * silence.pause_s
        pause_s = min(pause_s, MOST_PAUSE_S)
        self._silent[unit] = _Silence(pause_s, now_s + pause_s)
        return bool(self.known - self._silent.keys())

    def forget(self) -> None:
        """Ask every unit again at once: the link is new."""
        self._silent.clear()


def units_of(options: DriverOptions) -> set[int]:
    """Return the units that the option names, such as ``2,3,7``.

    Raises:
        DriverError: CONFIGURATION, they are no numbers of units.
    """
    text = str(options["units"])
    numbers = {part.strip() for part in text.split(",") if part.strip()}
    if not all(number.isdecimal() and int(number) <= 255 for number in numbers):
        raise DriverError(
            DriverFault.CONFIGURATION,
            f"units: expected numbers from 0 to 255 such as 2,3,7, got {text!r}",
            int(StatusCode.BadConfigurationError),
        )
    return {int(number) for number in numbers}
