"""Count how much Python work a piece of code does: the same number on every machine, loaded or not."""

import sys
from collections.abc import Callable
from types import FrameType


def calls(action: Callable[[], object]) -> int:
    """Return how many functions, of Python and of C, ``action`` calls in this thread.

    A bound on this number tells a cost that grows too fast, which a bound on seconds cannot: on a busy
    machine such a test fails for no reason, on a fast one it passes a fault.
    """
    counted = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        action()
    finally:
        sys.setprofile(before)
    return counted
