"""How long a test waits for what must come.

A wait ends when its condition holds, so no test waits so long unless something is broken: the bound only
names what did not come before the whole test is stopped. It says nothing of speed; a short one would fail by
chance on a machine that has other work.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE_S = 40.0
PATIENCE_MS = int(1000 * PATIENCE_S)


async def eventually(condition: Callable[[], bool], every_s: float = 0.01) -> None:
    """Wait for what no event tells of."""
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(every_s)


async def eventually_asked(condition: Callable[[], Awaitable[bool]], every_s: float = 0.02) -> None:
    """Wait for what must be asked for, of a server for one."""
    async with asyncio.timeout(PATIENCE_S):
        while not await condition():  # noqa: ASYNC110
            await asyncio.sleep(every_s)


def wait_until(condition: Callable[[], T], most_s: float = PATIENCE_S) -> T:
    """Wait for another thread or process, where no event loop runs; return what ``condition`` found."""
    deadline = time.monotonic() + most_s
    while not (found := condition()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)
    return found
