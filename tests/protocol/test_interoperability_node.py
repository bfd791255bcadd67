"""The OPC UA driver against node-opcua and the S7 driver against the C snap7, as Node.js packages."""

import asyncio
import math
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from tags.clock import SystemClock
from tags.conditions import ConditionOperation, ConditionRequest, DeviceCondition
from tags.drivers.base import ConditionSource, Driver, DriverError, DriverFault, Item
from tags.drivers.catalogue import create, drivers
from tags.model import DataType, Value
from tags.status import StatusCode, is_bad
from tests.support.foreign import node_server, running
from tests.support.sinks import ConditionRecorder, RecordingSink

T = DataType
EXTREMES: dict[DataType, list[Value]] = {
    T.BOOL: [True, False],
    T.INT8: [-128, 127],
    T.UINT8: [255, 0],
    T.INT16: [-32768, 32767],
    T.UINT16: [65535, 0],
    T.INT32: [-(2**31), 2**31 - 1],
    T.UINT32: [2**32 - 1, 0],
    T.INT64: [-(2**63), 2**63 - 1, 2**53 + 1],
    T.UINT64: [2**64 - 1, 2**53 + 1],
    T.FLOAT32: [math.inf, -0.5, 1.401298464324817e-45],
    T.FLOAT64: [-math.inf, math.pi, 5e-324],
    T.STRING: ["", "Zürich é", "x" * 32],
    T.DATETIME: [1_767_225_600_123_000_000],
}
S7_PLACES = {
    T.BOOL: "DB1.DBX0.3",
    T.INT8: "DB1.DBB2",
    T.UINT8: "DB1.DBB3",
    T.INT16: "DB1.DBW4",
    T.UINT16: "DB1.DBW6",
    T.INT32: "DB1.DBD8",
    T.UINT32: "DB1.DBD12",
    T.INT64: "DB1.DBL16",
    T.UINT64: "DB1.DBL24",
    T.FLOAT32: "DB1.DBD32",
    T.FLOAT64: "DB1.DBL36",
    T.STRING: "DB1.STRING44.32",
    T.DATETIME: "DB1.LDT80",
}


@asynccontextmanager
async def connected(name: str, **options: str | int | float) -> AsyncIterator[Driver]:
    driver = create(drivers()[name], {"timeout_s": 3.0, **options}, SystemClock())
    await driver.connect()
    try:
        yield driver
    finally:
        await driver.close()


def item(name: str, tag_id: int, text: str, data_type: DataType) -> Item:
    return Item(tag_id, drivers()[name].parse_address(text, data_type), data_type, 100, keep_all=True)


@pytest.fixture(scope="module")
def opcua_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    command = node_server("opcua_server.js", "node-opcua-server")
    with running(command, str(tmp_path_factory.mktemp("keys"))) as port:
        yield f"opc.tcp://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def trusted_url(opcua_url: str) -> str:
    """The server, after somebody did what the driver's message asks for: moved its certificate."""

    async def connect() -> None:
        async with connected("opcua", url=opcua_url, security="sign"):
            pass

    with pytest.raises(DriverError, match="not trusted") as caught:
        asyncio.run(connect())
    assert caught.value.fault is DriverFault.CONFIGURATION
    (rejected,) = Path(os.environ["VIGIE_DATA_DIR"]).glob("**/rejected")
    for certificate in rejected.iterdir():
        certificate.rename(rejected.parent / "trusted" / certificate.name)
    return opcua_url


@pytest.fixture
def s7_port(free_port: int) -> Iterator[int]:
    if sys.platform == "win32":
        pytest.skip("the C server takes no port of its own on Windows")
    with running(node_server("s7_server.js", "node-snap7"), str(free_port)) as port:
        yield port


async def test_opcua_types(opcua_url: str) -> None:
    async with connected("opcua", url=opcua_url) as driver:
        for data_type, values in EXTREMES.items():
            place = item("opcua", 1, f"ns=1;s={data_type.value}", data_type)
            for value in values:
                await driver.write(place, value)
                batch = await driver.read([place])
                assert batch.statuses.tolist() == [StatusCode.Good]
                assert batch.value_at(0) == value, data_type


async def test_opcua_access_and_missing_nodes(opcua_url: str) -> None:
    async with connected("opcua", url=opcua_url) as driver:
        with pytest.raises(DriverError) as caught:
            await driver.write(item("opcua", 1, "ns=1;s=ReadOnly", T.INT16), 4)
        assert caught.value.fault is DriverFault.REFUSED
        items = [item("opcua", 1, "ns=1;s=Nowhere", T.INT16), item("opcua", 2, "ns=1;s=ReadOnly", T.INT16)]
        batch = await driver.read(items)
        assert [is_bad(int(status)) for status in batch.statuses] == [True, False]


async def test_opcua_delivers_every_change_of_a_kept_item(opcua_url: str) -> None:
    async with connected("opcua", url=opcua_url) as driver:
        sink = RecordingSink()
        task = asyncio.create_task(driver.subscribe([item("opcua", 0, "ns=1;s=Counter", T.INT32)], sink))
        await sink.until(lambda: len(sink.samples.get(0, ())) > 20)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    counted = [float(str(value)) for value, _, _ in sink.samples[0]]
    steps = [after - before for before, after in pairwise(counted)]
    # Counted every 20 ms, sampled every 20 ms: two timers beside each other miss a step now and then.
    assert min(steps) >= 1
    assert max(steps) <= 4


@pytest.mark.parametrize("policy", ["Basic256Sha256", "Aes128Sha256RsaOaep", "Aes256Sha256RsaPss"])
@pytest.mark.parametrize("mode", ["sign", "sign_and_encrypt"])
async def test_opcua_security(trusted_url: str, mode: str, policy: str) -> None:
    options = {"security": mode, "security_policy": policy, "user": "operator", "password": "right"}
    async with connected("opcua", url=trusted_url, **options) as driver:
        place = item("opcua", 0, "ns=1;s=ReadOnly", T.INT16)
        assert (await driver.read([place])).value_at(0) == 3


async def test_opcua_wrong_password_is_a_fault_of_configuration(opcua_url: str) -> None:
    with pytest.raises(DriverError) as caught:
        async with connected("opcua", url=opcua_url, user="operator", password="wrong"):
            pass
    assert caught.value.fault is DriverFault.CONFIGURATION


async def test_opcua_conditions(opcua_url: str) -> None:
    """Alarms, branches and methods of a server that has them of its own."""
    async with connected("opcua", url=opcua_url, alarms=True) as driver:
        assert isinstance(driver, ConditionSource)
        level = item("opcua", 3, "ns=1;s=Level", T.FLOAT64)
        sink = ConditionRecorder()
        task = asyncio.create_task(driver.watch_conditions([level], sink))
        await sink.until(lambda: sink.told == ["began", "ended"])

        async def report(number: int) -> DeviceCondition:
            await sink.until(lambda: len(sink.conditions) > number)
            return sink.conditions[number]

        async def ask(operation: ConditionOperation, seen: DeviceCondition, comment: str | None) -> None:
            await driver.operate_condition(
                ConditionRequest(operation, seen.condition, seen.event, comment, 60 * 10**9)
            )

        await driver.write(level, 85.0)
        high = await report(0)
        assert (high.condition, high.name, high.tag_id, high.limit) == ("ns=1;s=LevelAlarm", "Level", 3, 80.0)
        assert (high.active, high.acked, high.is_retained) == (True, False, True)
        await ask(ConditionOperation.COMMENT, high, "looking")
        assert (await report(1)).comment == "looking"
        # Unacknowledged when it returns, the occurrence stays as a branch beside the present state.
        await driver.write(level, 50.0)
        branch, present = await report(2), await report(3)
        assert (bool(branch.branch), branch.acked, branch.is_retained) == (True, False, True)
        assert (present.branch, present.active) == ("", False)
        await driver.write(level, 97.0)
        again = await report(4)
        assert (again.branch, again.active, again.limit) == ("", True, 95.0)
        with pytest.raises(DriverError, match="came again or is over"):
            await ask(ConditionOperation.ACKNOWLEDGE, high, "too late")
        await ask(ConditionOperation.ACKNOWLEDGE, branch, "seen")
        await sink.until(lambda: any(c.branch == branch.branch and c.acked for c in sink.conditions))
        count = len(sink.conditions)
        await ask(ConditionOperation.ACKNOWLEDGE, again, "seen too")
        acked = await report(count)
        assert (acked.acked, acked.confirmed, acked.comment) == (True, False, "seen too")
        await ask(ConditionOperation.SHELVE_ONE_SHOT, acked, None)
        with pytest.raises(DriverError, match="as shelved already"):
            await ask(ConditionOperation.SHELVE_ONE_SHOT, acked, None)
        await ask(ConditionOperation.UNSHELVE, acked, None)
        with pytest.raises(DriverError, match="does not have it as shelved"):
            await ask(ConditionOperation.UNSHELVE, acked, None)
        await driver.write(level, 50.0)
        await sink.until(lambda: not sink.conditions[-1].active)
        await ask(ConditionOperation.CONFIRM, sink.conditions[-1], "done")
        await sink.until(lambda: sink.conditions[-1].confirmed and not sink.conditions[-1].is_retained)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_opcua_browse(opcua_url: str) -> None:
    async with connected("opcua", url=opcua_url) as driver:
        roots = {node.name: node for node in await driver.browse(None)}
        found = {node.name: node.data_type for node in await driver.browse(roots["Types"].address)}
    assert found["FLOAT64"] is T.FLOAT64
    assert found["STRING"] is T.STRING


async def test_s7_types(s7_port: int) -> None:
    async with connected("s7", host="127.0.0.1", port=s7_port) as driver:
        for data_type, values in EXTREMES.items():
            place = item("s7", 1, S7_PLACES[data_type], data_type)
            for value in values:
                await driver.write(place, value)
                batch = await driver.read([place])
                assert batch.statuses.tolist() == [StatusCode.Good]
                assert batch.value_at(0) == value, data_type


async def test_s7_polling_round_a_missing_block(s7_port: int) -> None:
    async with connected("s7", host="127.0.0.1", port=s7_port) as driver:
        items = [
            item("s7", 0, "DB1.DBW4", T.INT16),
            item("s7", 1, "DB7.DBW0", T.INT16),
            item("s7", 2, "DB1.DBD590", T.FLOAT32),
            item("s7", 3, "DB1.DBW700", T.INT16),
            item("s7", 4, "MB3", T.UINT8),
        ]
        sink = RecordingSink()
        task = asyncio.create_task(driver.subscribe(items, sink))
        await sink.until(lambda: len(sink.samples) == 5 and len(sink.samples[0]) > 2)
        assert [is_bad(sink.status(tag_id)) for tag_id in range(5)] == [False, True, False, True, False]
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
