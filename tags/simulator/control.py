"""The control channel: JSON lines over TCP on loopback, one object per line in both directions.

Requests are `{"command": NAME, ...}` with status, inject (fault), clear (fault), stop (controller), start
(controller), seed (seed). Answers are `{"ok": true, ...}` or `{"ok": false, "error": TEXT}`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from tags.simulator.controller import LOOPBACK, SimulatorError, listening_socket

Answer = dict[str, Any]
Handler = Callable[[dict[str, Any]], Awaitable[Answer]]
_LINE_LIMIT = 65_536


class ControlServer:
    """Listens for commands and passes each to `handler`; runs on the simulator's loop."""

    def __init__(self, handler: Handler, port: int) -> None:
        self._handler = handler
        self._port = port
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        """Give the port; known after `start` when 0 was asked for."""
        return self._port

    async def start(self) -> None:
        """Open the port; raise PortTakenError."""
        listener = listening_socket("control", self._port)
        self._port = listener.getsockname()[1]
        self._server = await asyncio.start_server(self._serve, sock=listener, limit=_LINE_LIMIT)

    async def stop(self) -> None:
        """Close the port and end the conversations."""
        if self._server is None:
            return
        self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
        try:
            while line := await reader.readline():
                answer = await self._answer(line)
                writer.write(json.dumps(answer).encode() + b"\n")
                await writer.drain()
        except (ConnectionError, ValueError):
            # The client left, or sent a line without an end: there is nobody to answer.
            pass
        finally:
            if task is not None:
                self._tasks.discard(task)
            writer.transport.abort()

    async def _answer(self, line: bytes) -> Answer:
        try:
            request = json.loads(line)
        except ValueError:
            return {"ok": False, "error": "not a JSON object on one line"}
        if not isinstance(request, dict):
            return {"ok": False, "error": "not a JSON object on one line"}
        try:
            return {"ok": True, **await self._handler(request)}
        except SimulatorError as error:
            return {"ok": False, "error": str(error)}


async def ask(port: int, command: str, **arguments: str | int) -> Answer:
    """Send one command to a running simulator and give its answer.

    Raises SimulatorError when nothing listens on `port` or the command is refused.
    """
    try:
        reader, writer = await asyncio.open_connection(LOOPBACK, port, limit=_LINE_LIMIT)
    except OSError as error:
        raise SimulatorError(f"no simulator answers on control port {port}") from error
    try:
        writer.write(json.dumps({"command": command, **arguments}).encode() + b"\n")
        await writer.drain()
        line = await reader.readline()
    finally:
        writer.close()
        await writer.wait_closed()
    answer: Answer = (
        json.loads(line) if line else {"ok": False, "error": "the simulator closed the connection"}
    )
    if not answer.get("ok"):
        raise SimulatorError(str(answer.get("error")))
    return answer
