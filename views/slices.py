"""Work that is done in slices of about a millisecond, so that it holds nothing up."""

from collections.abc import Generator
from typing import TypeVar

Result = TypeVar("Result")
Slices = Generator[None, None, Result]
"""Work that stops after each slice, and returns its result with the last one."""


def finished(work: Slices[Result]) -> Result:
    """Do all that is left of a work at once, and return its result."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: Result = end.value
            return result
