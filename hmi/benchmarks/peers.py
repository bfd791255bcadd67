"""Servers in processes of their own, and what counts a driver's work, for the benchmarks of drivers."""

import asyncio
import json
import subprocess
import sys
import time
from types import TracebackType

import psutil

from tags.clock import SystemClock
from tags.drivers.base import Driver, DriverOptions
from tags.drivers.catalogue import create, drivers
from tags.model import Batch

LOOPBACK = "127.0.0.1"


class ServerProcess:
    """Run a pattern server of one protocol in a child process, as a context."""

    def __init__(self, protocol: str, port: int = 0) -> None:
        self.protocol = protocol
        self.port = port
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> "ServerProcess":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def start(self) -> None:
        """Start it, on the same port as before after a kill, and wait until it listens."""
        arguments = ["-m", "tags.simulator.pattern_process", self.protocol, "--port", str(self.port)]
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.port = self._line()["port"]

    def counters(self) -> dict[str, int]:
        """Return the server's own counters."""
        process = self._running()
        if process.stdin is None:
            raise RuntimeError("the server has no standard input")
        process.stdin.write("\n")
        process.stdin.flush()
        return self._line()

    def kill(self) -> None:
        """End it without a word, as a power cut does."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()
            process.wait()

    def freeze(self) -> None:
        """Stop it while its sockets stay open (SIGSTOP)."""
        psutil.Process(self._running().pid).suspend()

    def thaw(self) -> None:
        """Let it go on (SIGCONT)."""
        psutil.Process(self._running().pid).resume()

    def options(self, timeout_s: float = 3.0) -> DriverOptions:
        """Return the options of a connection to it."""
        if self.protocol == "opcua":
            return {"url": f"opc.tcp://{LOOPBACK}:{self.port}/", "timeout_s": timeout_s}
        return {"host": LOOPBACK, "port": self.port, "timeout_s": timeout_s}

    def driver(self) -> Driver:
        """Return a driver for it."""
        return create(drivers()[self.protocol], self.options(), SystemClock())

    def _running(self) -> "subprocess.Popen[str]":
        if self._process is None:
            raise RuntimeError("the server does not run")
        return self._process

    def _line(self) -> dict[str, int]:
        process = self._running()
        line = process.stdout.readline() if process.stdout is not None else ""
        if not line:
            raise RuntimeError(f"the {self.protocol} server of the benchmark ended by itself")
        said: dict[str, int] = json.loads(line)
        return said


class CountingSink:
    """Count what a driver delivers and asks; a scan is over with each ``values_per_scan`` values.

    ``scans`` holds how many requests had been asked at the end of each scan.
    """

    def __init__(self, values_per_scan: int = 0) -> None:
        self.values = 0
        self.requests = 0
        self.scans: list[int] = []
        self._values_per_scan = values_per_scan
        self._delivered = asyncio.Event()

    async def until(self, values: int) -> None:
        """Wait until so many values were delivered."""
        while self.values < values:
            self._delivered.clear()
            await self._delivered.wait()

    def deliver(self, batch: Batch, age_ns: int = 0) -> None:  # noqa: ARG002 - the sink's face
        """Take samples."""
        self.values += len(batch)
        if self._values_per_scan and self.values >= (len(self.scans) + 1) * self._values_per_scan:
            self.scans.append(self.requests)
        self._delivered.set()

    def refreshed(self, period_ms: int, age_ns: int = 0) -> None:
        """Take a confirmation."""

    def exchanged(self, duration_ns: int, sent_bytes: int, received_bytes: int, failed: bool) -> None:  # noqa: ARG002 - the sink's face
        """Count a request."""
        self.requests += 1


class Stopwatch:
    """Measure this process's CPU time and the wall time of a stretch."""

    def __init__(self) -> None:
        self._cpu_s = time.process_time()
        self._wall_s = time.perf_counter()

    def read(self) -> tuple[float, float]:
        """Return CPU and wall seconds since it was made."""
        return time.process_time() - self._cpu_s, time.perf_counter() - self._wall_s


async def ended(task: "asyncio.Task[None]") -> None:
    """Cancel a task and wait for its end."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
