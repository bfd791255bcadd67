"""Run one pattern server as a process: ``python -m tags.simulator.pattern_process opcua --port 0``.

It prints one JSON line when it is ready, another one with its counters for every line on standard input, and
ends when standard input closes.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence

from tags.simulator.pattern import PatternModbusServer, PatternS7Server, PatternServer


def _server(protocol: str, port: int) -> PatternServer:
    if protocol == "modbus":
        return PatternModbusServer(port)
    if protocol == "s7":
        return PatternS7Server(port)
    from tags.simulator.pattern_opcua import PatternOpcUaServer  # asyncua takes a second to load

    return PatternOpcUaServer(port)


async def _serve(server: PatternServer) -> None:
    await server.start()
    _say({"ready": True, "port": server.port})
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, sys.stdin.readline):
        _say({"requests": server.requests, "sent": getattr(server, "sent", 0)})
    await server.stop()


def _say(facts: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until standard input closes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("protocol", choices=("modbus", "s7", "opcua"))
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args(arguments)
    asyncio.run(_serve(_server(options.protocol, options.port)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
