"""The seam between model and server: what a simulated controller can do, and how it takes its port."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from typing import Protocol

from tags.simulator.cell import PackagingCell

LOOPBACK = "127.0.0.1"


class SimulatorError(Exception):
    """The environment does not let the simulator run; the text is for people, in one line."""


class PortTakenError(SimulatorError):
    """The port of a controller is in use."""

    def __init__(self, controller: str, port: int, reason: str) -> None:
        self.controller = controller
        self.port = port
        super().__init__(f"controller {controller}: port {port} is not free ({reason})")


@dataclass(frozen=True, slots=True)
class ControllerAddress:
    """Where a controller answers."""

    controller: str
    protocol: str
    host: str
    port: int
    url: str = ""

    def text(self) -> str:
        """Give the address in one short text."""
        return self.url or f"{self.host}:{self.port}"


class Controller(Protocol):
    """One simulated controller; all methods run on the simulator's asyncio loop."""

    name: str
    protocol: str

    @property
    def running(self) -> bool:
        """Tell whether it answers."""

    @property
    def address(self) -> ControllerAddress:
        """Give where it answers; the port is known after the first start and is kept by the next ones."""

    async def start(self, cell: PackagingCell) -> None:
        """Open the port and show `cell`; raise PortTakenError."""

    async def update(self, cell: PackagingCell) -> None:
        """Write the image of this tick."""

    async def stop(self) -> None:
        """Drop every connection at once, as a killed process would, and close the port."""


def listening_socket(controller: str, port: int) -> socket.socket:
    """Bind and listen on loopback; raise PortTakenError when the port is in use.

    SO_REUSEADDR lets a restart take the port of closed connections on POSIX; on Windows it would let two
    servers share one port, so that exclusive use is asked for there.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name == "nt":
            exclusive = getattr(socket, "SO_EXCLUSIVEADDRUSE", None)
            if exclusive is not None:
                listener.setsockopt(socket.SOL_SOCKET, exclusive, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
        listener.listen(64)
    except (OSError, OverflowError) as error:
        listener.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise PortTakenError(controller, port, reason) from error
    listener.setblocking(False)
    return listener
