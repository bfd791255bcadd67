"""A serial line that can be cut, frozen and slowed: a pseudo terminal before a server of RTU frames."""

import asyncio
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import pytest

from tests.support.ports import LOOPBACK

_BYTES_AT_ONCE = 7
"""A slow line delivers a message in pieces."""


class SerialRelay:
    """The face of :class:`tests.support.servers.Relay`; ``port`` is the path of a link to the serial port."""

    def __init__(self, target_port: int) -> None:
        self._link = Path(tempfile.gettempdir()) / f"serial-{uuid4().hex}"
        self.port = str(self._link)
        self.delay_s = 0.0
        self._target_port = target_port
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._ends: tuple[int, int] | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._writer: asyncio.StreamWriter | None = None
        self._sent: asyncio.Queue[bytes] = asyncio.Queue()

    async def start(self) -> None:
        """Plug the cable in."""
        self._flowing.set()
        try:
            self._ends = os.openpty()
        except OSError as error:
            pytest.skip(f"no pseudo terminals here: {error}")
        self._sent = asyncio.Queue()
        reader, self._writer = await asyncio.open_connection(LOOPBACK, self._target_port)
        asyncio.get_running_loop().add_reader(self._ends[0], self._take)
        self._tasks = [
            asyncio.create_task(self._to_device(self._writer)),
            asyncio.create_task(self._to_line(reader, self._ends[0])),
        ]
        _plug(self._link, os.ttyname(self._ends[1]))

    async def cut(self) -> None:
        """Pull the adapter out: the port is gone."""
        ends, self._ends = self._ends, None
        if ends is None:
            return
        asyncio.get_running_loop().remove_reader(ends[0])
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._writer is not None:
            self._writer.transport.abort()
        for end in ends:
            os.close(end)
        _unplug(self._link)
        await asyncio.sleep(0.01)

    def freeze(self) -> None:
        """Let nothing through any more."""
        self._flowing.clear()

    def _take(self) -> None:
        if self._ends is not None:
            with suppress(OSError):
                self._sent.put_nowait(os.read(self._ends[0], 1000))

    async def _to_device(self, writer: asyncio.StreamWriter) -> None:
        while True:
            data = await self._sent.get()
            await self._flowing.wait()
            await asyncio.sleep(self.delay_s)
            writer.write(data)

    async def _to_line(self, reader: asyncio.StreamReader, line: int) -> None:
        while data := await reader.read(1000):
            await self._flowing.wait()
            await asyncio.sleep(self.delay_s)
            for at in range(0, len(data), _BYTES_AT_ONCE):
                os.write(line, data[at : at + _BYTES_AT_ONCE])
                await asyncio.sleep(0)


def _plug(link: Path, terminal: str) -> None:
    link.symlink_to(terminal)


def _unplug(link: Path) -> None:
    link.unlink()
