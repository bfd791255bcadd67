"""Run the tasks of a subscription as one."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any

from tags.drivers.base import DriverError


async def run_together(jobs: Iterable[tuple[str, Coroutine[Any, Any, None]]]) -> None:
    """Run named jobs until one fails or the caller is cancelled; the others are cancelled and awaited.

    Raises:
        DriverError: the first failure, not wrapped in a group.
    """
    try:
        async with asyncio.TaskGroup() as group:
            for name, job in jobs:
                group.create_task(job, name=name)
    except BaseExceptionGroup as errors:
        # Not except*: before Python 3.11.4 what is raised in its body comes out wrapped in a group again.
        matched, rest = errors.split(DriverError)
        if matched is None or rest is not None:
            raise
        failure: BaseException = matched
        while isinstance(failure, BaseExceptionGroup):
            failure = failure.exceptions[0]
        raise failure from None
