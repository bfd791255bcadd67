"""The protocol libraries used the way their manuals show: what benchmarks compare the drivers with."""

import asyncio
from collections.abc import Sequence

from asyncua import Client
from pymodbus.client import AsyncModbusTcpClient
from snap7 import Client as S7Client

from tags.simulator.controller import LOOPBACK


class CountingHandler:
    """Count the notifications of asyncua's callbacks."""

    def __init__(self) -> None:
        self.values = 0

    def datachange_notification(self, _node: object, _value: object, _data: object) -> None:
        """Take one change; the library's name for it."""
        self.values += 1


class CallbackSubscriber:
    """Subscribe by asyncua's own subscription and its callbacks."""

    def __init__(self, url: str, node_ids: Sequence[str], period_ms: int) -> None:
        self._url = url
        self._node_ids = node_ids
        self._period_ms = period_ms
        self.handler = CountingHandler()

    async def run(self, started: "asyncio.Event") -> None:
        """Deliver until cancelled; sets ``started`` once everything is subscribed."""
        async with Client(self._url) as client:
            subscription = await client.create_subscription(self._period_ms, self.handler)
            nodes = [client.get_node(node_id) for node_id in self._node_ids]
            for at in range(0, len(nodes), 1000):
                await subscription.subscribe_data_change(nodes[at : at + 1000])
            started.set()
            await asyncio.Event().wait()


async def read_modbus_one_by_one(port: int, registers: Sequence[int], scans: int) -> None:
    """Read four registers at each place by a request of its own."""
    client = AsyncModbusTcpClient(LOOPBACK, port=port)
    await client.connect()
    try:
        for _ in range(scans):
            for register in registers:
                await client.read_holding_registers(register, count=4)
    finally:
        client.close()


def read_s7_one_by_one(port: int, places: Sequence[tuple[int, int]], scans: int) -> None:
    """Read eight bytes at each ``(block, byte)`` by a request of its own; blocks."""
    client = S7Client()
    client.connect(LOOPBACK, 0, 1, port)
    try:
        for _ in range(scans):
            for block, byte in places:
                client.db_read(block, byte, 8)
    finally:
        client.disconnect()
