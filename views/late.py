"""Parts that are made when they are wanted for the first time: nobody waits for all of them at once."""

from collections.abc import Callable
from typing import Generic, TypeVar

Part = TypeVar("Part")


class Late(Generic[Part]):
    """Make a part with the first call, and hand out the same one from then on. For one thread."""

    def __init__(self, make: Callable[[], Part]) -> None:
        self._make = make
        self.made: Part | None = None
        """The part, None while nobody has wanted it."""

    def __call__(self) -> Part:
        """Return the part."""
        if self.made is None:
            self.made = self._make()
        return self.made
