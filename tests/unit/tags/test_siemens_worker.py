"""The thread that blocking jobs run in."""

import asyncio
import gc
import threading
from typing import Any

import pytest

from tags.drivers.siemens_worker import Worker
from tests.support.patience import PATIENCE_S


async def test_urgent_jobs_go_first() -> None:
    worker, started, gate = Worker("vigie-test-worker"), threading.Event(), threading.Event()
    order: list[int | str] = []
    jobs: list[asyncio.Future[Any]] = [worker.submit(lambda: started.set() or gate.wait(PATIENCE_S))]
    assert await asyncio.to_thread(started.wait, PATIENCE_S)
    jobs += [worker.submit(lambda number=number: order.append(number)) for number in range(2)]
    jobs.append(worker.submit(lambda: order.append("urgent"), urgent=True))
    gate.set()
    await asyncio.wait_for(asyncio.gather(*jobs), PATIENCE_S)
    assert order == ["urgent", 0, 1]
    await worker.stop(5)


async def test_a_failure_is_raised_where_its_result_is_awaited() -> None:
    worker = Worker("vigie-test-worker")
    with pytest.raises(ZeroDivisionError):
        await worker.submit(lambda: 1 // 0)
    await worker.stop(5)


async def test_a_failure_that_nobody_waits_for_any_more_is_no_fault_worth_a_log_line() -> None:
    worker = Worker("vigie-test-worker")
    worker.submit(lambda: 1 // 0)
    assert await worker.submit(lambda: 7) == 7
    gc.collect()
    await worker.stop(5)


async def test_what_waits_when_the_worker_stops_is_cancelled() -> None:
    worker, started, gate = Worker("vigie-test-worker"), threading.Event(), threading.Event()
    running = worker.submit(lambda: started.set() or gate.wait(PATIENCE_S))
    assert await asyncio.to_thread(started.wait, PATIENCE_S)
    waiting = worker.submit(lambda: 7)
    stopped = asyncio.create_task(worker.stop(5))
    await asyncio.sleep(0)
    gate.set()
    await stopped
    assert waiting.cancelled()
    assert await running
