"""The simulator as a program: the model, its three servers and the control channel in one asyncio process."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tags.simulator.cell import PackagingCell
from tags.simulator.control import Answer, ControlServer, ask
from tags.simulator.controller import LOOPBACK, Controller, ControllerAddress, SimulatorError
from tags.simulator.faults import FAULTS
from tags.simulator.maps import CONTROLLERS, CONVEYORS, FILLING, LINE

DEFAULT_PORTS = {FILLING: 11_020, CONVEYORS: 15_020, LINE: 48_400}
EXIT_PORT = 3
"""Exit code when a port is not free."""
_LATEST_TICKS = 20
"""Ticks that a late loop catches up at once; what is later than that is dropped from the model's time."""


@dataclass(frozen=True, slots=True)
class SimulatorOptions:
    """How a simulator is to run. Port 0 takes a free one; `control_port` None opens no control channel."""

    seed: int = 1
    only: tuple[str, ...] = CONTROLLERS
    ports: dict[str, int] = field(default_factory=lambda: dict(DEFAULT_PORTS))
    control_port: int | None = 0
    tick_s: float = 0.05
    auto_start: bool = True
    random_faults: bool = True
    attendant: bool = True
    warm_up_s: float = 40.0
    """Model time that passes before the controllers answer, so that a demo opens on a full line."""


@dataclass(frozen=True, slots=True)
class SimulatorAddresses:
    """Where a running simulator answers."""

    controllers: dict[str, ControllerAddress]
    control_port: int | None

    def to_json(self) -> dict[str, Any]:
        """Give the addresses as plain data."""
        return {
            "controllers": {
                name: {"protocol": place.protocol, "host": place.host, "port": place.port, "url": place.url}
                for name, place in self.controllers.items()
            },
            "control": None if self.control_port is None else {"host": LOOPBACK, "port": self.control_port},
        }


def _controller(name: str, port: int) -> Controller:
    """Make a controller; its library is imported here, so that one alone starts fast."""
    if name == FILLING:
        from tags.simulator.s7_server import FillingController

        return FillingController(port)
    if name == CONVEYORS:
        from tags.simulator.modbus_server import ConveyorController

        return ConveyorController(port)
    from tags.simulator.opcua_server import LineController

    return LineController(port)


class Simulator:
    """A running cell with its controllers; owned by one asyncio loop."""

    def __init__(self, options: SimulatorOptions) -> None:
        for name in options.only:
            if name not in CONTROLLERS:
                raise SimulatorError(f"controller {name} is unknown: one of {', '.join(CONTROLLERS)}")
        self.options = options
        self.cell = self._new_cell(options.seed)
        self.controllers = {name: _controller(name, options.ports.get(name, 0)) for name in options.only}
        self._control = (
            None if options.control_port is None else ControlServer(self._command, options.control_port)
        )
        self._switching = asyncio.Lock()
        self._silenced: frozenset[str] = frozenset()

    @property
    def addresses(self) -> SimulatorAddresses:
        """Give where everything answers."""
        return SimulatorAddresses(
            {name: controller.address for name, controller in self.controllers.items()},
            None if self._control is None else self._control.port,
        )

    async def start(self) -> None:
        """Open every port; raise PortTakenError with nothing left open."""
        try:
            for controller in self.controllers.values():
                await controller.start(self.cell)
            if self._control is not None:
                await self._control.start()
        except SimulatorError:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Close everything."""
        if self._control is not None:
            await self._control.stop()
        for controller in self.controllers.values():
            await controller.stop()

    async def run(self) -> None:
        """Step the model every tick until cancelled; each step has the same length, however late it is."""
        tick_s = self.options.tick_s
        due = time.monotonic() + tick_s
        _set_clock(self.cell)
        while True:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            begun = time.monotonic()
            late = int((begun - due) / tick_s)
            for _ in range(min(late, _LATEST_TICKS) + 1):
                self.cell.step(tick_s)
            due += (late + 1) * tick_s
            if late > _LATEST_TICKS:
                _set_clock(self.cell)
            await self._keep_silent()
            await self.show()
            self.cell.cycle_ms = 0.9 * self.cell.cycle_ms + 0.1 * 1000.0 * (time.monotonic() - begun)

    async def _keep_silent(self) -> None:
        """Stop the controllers that the trainer silences, and start those whose time is over."""
        silent = self.cell.training.silent() & self.controllers.keys()
        for name in silent - self._silenced:
            await self.stop_controller(name)
        for name in self._silenced - silent:
            await self.start_controller(name)
        self._silenced = frozenset(silent)

    async def show(self) -> None:
        """Write the image of the present tick into every running controller."""
        for controller in self.controllers.values():
            if controller.running:
                await controller.update(self.cell)

    async def stop_controller(self, name: str) -> None:
        """Kill one controller: its sockets close at once, the model goes on."""
        async with self._switching:
            await self._named(name).stop()

    async def start_controller(self, name: str) -> None:
        """Bring a stopped controller back on the same port; raise PortTakenError."""
        async with self._switching:
            controller = self._named(name)
            if not controller.running:
                await controller.start(self.cell)

    def _named(self, name: str) -> Controller:
        try:
            return self.controllers[name]
        except KeyError:
            raise SimulatorError(
                f"controller {name} is unknown: one of {', '.join(self.controllers)}"
            ) from None

    def _new_cell(self, seed: int) -> PackagingCell:
        options = self.options
        warm_ticks = round(options.warm_up_s / options.tick_s)
        cell = PackagingCell(
            seed,
            auto_start=options.auto_start,
            random_faults=False,
            attendant=options.attendant,
        )
        for _ in range(warm_ticks):
            cell.step(options.tick_s)
        cell.schedule.enabled = options.random_faults
        _set_clock(cell)
        return cell

    async def _command(self, request: dict[str, Any]) -> Answer:
        handlers: dict[str, Callable[[dict[str, Any]], Awaitable[Answer]]] = {
            "status": self._status,
            "inject": self._inject,
            "clear": self._clear,
            "stop": self._stop,
            "start": self._start,
            "seed": self._seed,
        }
        handler = handlers.get(str(request.get("command")))
        if handler is None:
            raise SimulatorError(f"unknown command: one of {', '.join(handlers)}")
        return await handler(request)

    async def _status(self, _request: dict[str, Any]) -> Answer:
        cell, line = self.cell, self.cell.line
        return {
            **self.addresses.to_json(),
            "running": {name: controller.running for name, controller in self.controllers.items()},
            "seed": cell.seed,
            "time_s": round(cell.time_s, 3),
            "state": cell.unit.state.name,
            "mode": cell.unit.mode.name,
            "stop_reason": cell.stop_reason_text,
            "faults": sorted(cell.faults),
            "known_faults": {fault.name: fault.effect for fault in FAULTS.values()},
            "bottles": {"good": line.good, "rejected": line.rejected, "in_machine": line.in_machine},
        }

    async def _inject(self, request: dict[str, Any]) -> Answer:
        self.cell.inject(_fault(request))
        return {"faults": sorted(self.cell.faults)}

    async def _clear(self, request: dict[str, Any]) -> Answer:
        self.cell.clear(_fault(request))
        return {"faults": sorted(self.cell.faults)}

    async def _stop(self, request: dict[str, Any]) -> Answer:
        await self.stop_controller(str(request.get("controller")))
        return {"running": {name: controller.running for name, controller in self.controllers.items()}}

    async def _start(self, request: dict[str, Any]) -> Answer:
        await self.start_controller(str(request.get("controller")))
        return {"running": {name: controller.running for name, controller in self.controllers.items()}}

    async def _seed(self, request: dict[str, Any]) -> Answer:
        seed = request.get("seed", self.options.seed)
        if not isinstance(seed, int):
            raise SimulatorError("seed must be an integer")
        self.cell = self._new_cell(seed)
        await self.show()
        return {"seed": seed}


def _set_clock(cell: PackagingCell) -> None:
    """Make the model's present the present."""
    cell.start_ns = time.time_ns() - round(cell.time_s * 1e9)


def _fault(request: dict[str, Any]) -> str:
    name = str(request.get("fault"))
    if name not in FAULTS:
        raise SimulatorError(f"unknown fault {name}: one of {', '.join(FAULTS)}")
    return name


async def run(options: SimulatorOptions, ready: Callable[[SimulatorAddresses], None] | None = None) -> None:
    """Run the cell until cancelled; `ready` is called once all ports are open.

    Raises PortTakenError or SimulatorError before that. Closes every socket when it is cancelled.
    """
    simulator = Simulator(options)
    await simulator.start()
    try:
        if ready is not None:
            ready(simulator.addresses)
        await simulator.run()
    finally:
        await simulator.stop()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="vigie simulate",
        description="A packaging cell on three simulated controllers on loopback: S7, Modbus, OPC UA.",
    )
    parser.add_argument("--seed", type=int, default=1, help="seed of the model (default: 1)")
    parser.add_argument(
        "--only", action="append", choices=CONTROLLERS, help="show this controller only; repeatable"
    )
    for name in CONTROLLERS:
        parser.add_argument(
            f"--{name}-port",
            type=int,
            default=DEFAULT_PORTS[name],
            metavar="PORT",
            help="0 takes a free port",
        )
    parser.add_argument(
        "--control-port", type=int, default=0, metavar="PORT", help="control channel, 0: a free port"
    )
    parser.add_argument("--no-auto-start", action="store_true", help="leave the cell stopped")
    parser.add_argument("--no-random-faults", action="store_true", help="no fault happens by itself")
    parser.add_argument("--no-attendant", action="store_true", help="nobody repairs and restarts the cell")
    parser.add_argument("--json", action="store_true", help="print the addresses as one JSON object")
    parser.add_argument(
        "--tell",
        nargs="+",
        metavar="WORD",
        help="send a command to the simulator on --control-port and print its answer: status, inject FAULT, "
        "clear FAULT, stop CONTROLLER, start CONTROLLER, seed NUMBER",
    )
    return parser


def _announce(addresses: SimulatorAddresses, as_json: bool) -> None:
    if as_json:
        lines = [json.dumps(addresses.to_json())]
    else:
        lines = [
            f"{place.controller:<10} {place.protocol:<11} {place.text()}"
            for place in addresses.controllers.values()
        ]
        if addresses.control_port is not None:
            lines.append(f"{'control':<10} {'JSON lines':<11} {LOOPBACK}:{addresses.control_port}")
        lines.append("ready")
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


async def _until_signal(options: SimulatorOptions, as_json: bool) -> None:
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(run(options, lambda addresses: _announce(addresses, as_json)))
    previous: dict[int, Any] = {}

    def stop(*_: object) -> None:
        loop.call_soon_threadsafe(task.cancel)

    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is not None:
            previous[number] = signal.signal(number, stop)
    try:
        await task
    except asyncio.CancelledError:
        if not task.cancelled():
            raise
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


_ARGUMENT_NAMES = {
    "inject": "fault",
    "clear": "fault",
    "stop": "controller",
    "start": "controller",
    "seed": "seed",
}


async def _tell(port: int, words: Sequence[str]) -> Answer:
    command, *rest = words
    name = _ARGUMENT_NAMES.get(command)
    if name is None or not rest:
        return await ask(port, command)
    value: str | int = int(rest[0]) if name == "seed" and rest[0].lstrip("-").isdigit() else rest[0]
    return await ask(port, command, **{name: value})


def main(argv: Sequence[str] | None = None) -> int:
    """Run the simulator as a command; return 0 stopped by a signal, 3 port taken, 1 otherwise."""
    arguments = _parser().parse_args(argv)
    try:
        if arguments.tell:
            answer = asyncio.run(_tell(arguments.control_port, arguments.tell))
            sys.stdout.write(json.dumps(answer, indent=None if arguments.json else 2) + "\n")
            return 0
        options = SimulatorOptions(
            seed=arguments.seed,
            only=tuple(arguments.only or CONTROLLERS),
            ports={name: getattr(arguments, f"{name}_port") for name in CONTROLLERS},
            control_port=arguments.control_port,
            auto_start=not arguments.no_auto_start,
            random_faults=not arguments.no_random_faults,
            attendant=not arguments.no_attendant,
        )
        asyncio.run(_until_signal(options, arguments.json))
    except SimulatorError as error:
        sys.stderr.write(f"vigie simulate: {error}\n")
        return EXIT_PORT if hasattr(error, "port") else 1
    return 0
