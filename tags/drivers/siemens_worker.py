"""A thread of its own for a library that blocks, used from the event loop."""

import asyncio
import heapq
import threading
from collections.abc import Callable
from typing import Any, TypeVar

_T = TypeVar("_T")


class Worker:
    """Run blocking jobs one by one in a thread; urgent ones first. Made and used on the event loop."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.get_running_loop()
        self._ended: asyncio.Future[None] = self._loop.create_future()
        self._changed = threading.Condition()
        self._jobs: list[tuple[int, int, Callable[[], Any], asyncio.Future[Any]]] = []
        self._order = 0
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self, job: Callable[[], _T], *, urgent: bool = False) -> "asyncio.Future[_T]":
        """Queue a job and return a future of the event loop for its result; cancel it to have it skipped."""
        future: asyncio.Future[_T] = self._loop.create_future()
        future.add_done_callback(_look_at)
        with self._changed:
            self._order += 1
            heapq.heappush(self._jobs, (0 if urgent else 1, self._order, job, future))
            self._changed.notify()
        return future

    async def stop(self, timeout_s: float) -> None:
        """Skip what waits, and wait for the thread's end; the caller has aborted the running job's link."""
        with self._changed:
            self._stopping = True
            skipped, self._jobs = self._jobs, []
            self._changed.notify()
        for _, _, _, future in skipped:
            future.cancel()
        await asyncio.wait([self._ended], timeout=timeout_s)
        if self._ended.done():
            # All that is left of the thread is to return.
            self._thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._jobs and not self._stopping:
                    self._changed.wait()
                if self._stopping:
                    break
                _, _, job, future = heapq.heappop(self._jobs)
            if future.cancelled():
                continue
            result: Any = None
            failure: BaseException | None = None
            try:
                result = job()
            except Exception as error:  # noqa: BLE001 - it is raised again where the result is awaited
                failure = error
            if not self._tell(_settle, future, result, failure):
                return
        self._tell(_settle, self._ended, None, None)

    def _tell(self, callback: Callable[..., None], *arguments: Any) -> bool:
        """Call back on the event loop; False when the loop is gone with everybody who waited."""
        try:
            self._loop.call_soon_threadsafe(callback, *arguments)
        except RuntimeError:
            return False
        return True


def _look_at(future: "asyncio.Future[Any]") -> None:
    """Take note of a failure, which asyncio would log as never retrieved where its waiter was cancelled."""
    if not future.cancelled():
        future.exception()


def _settle(future: "asyncio.Future[Any]", result: Any, failure: BaseException | None) -> None:
    if future.done():
        return
    if failure is None:
        future.set_result(result)
    else:
        future.set_exception(failure)
