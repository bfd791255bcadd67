"""What is particular to OPC UA: statuses, times, arrays, users, security, queues, browsing, namespaces."""

import asyncio
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from asyncua import Server, ua
from asyncua.common.utils import ServiceError
from asyncua.crypto.cert_gen import setup_self_signed_certificate
from asyncua.server.internal_session import InternalSession
from cryptography.x509.oid import ExtendedKeyUsageOID

from tags.addresses import opcua
from tags.clock import SystemClock
from tags.drivers import opcua_decode, opcua_publishing, opcua_session
from tags.drivers.base import BrowseNode, Describer, Driver, DriverError, DriverFault, Item, ItemFacts
from tags.drivers.catalogue import create, drivers
from tags.drivers.certificates import TrustDecision, TrustList, TrustState, pki_folder
from tags.model import DataType
from tags.status import StatusCode
from tests.support.patience import PATIENCE_S, eventually
from tests.support.ports import free_port
from tests.support.servers import OpcUaDevice
from tests.support.sinks import RecordingSink

T = DataType
VT = ua.VariantType


def item(
    name: str, data_type: DataType = T.FLOAT64, tag_id: int = 0, period_ms: int = 50, keep_all: bool = False
) -> Item:
    text = name if "=" in name else f"ns=2;s={name}"
    return Item(tag_id, opcua.parse(text, data_type), data_type, period_ms, keep_all)


def make(port: int, **options: Any) -> Driver:
    complete = {"url": f"opc.tcp://127.0.0.1:{port}/", "timeout_s": 2.0, **options}
    return create(drivers()["opcua"], complete, SystemClock())


@pytest.fixture(scope="module")
def server() -> Iterator[OpcUaDevice]:
    device = OpcUaDevice()
    device.open()
    yield device
    device.close()


@pytest_asyncio.fixture
async def device(server: OpcUaDevice) -> OpcUaDevice:
    await server.start()
    return server


@pytest_asyncio.fixture
async def driver(device: OpcUaDevice) -> AsyncIterator[Driver]:
    driver = make(device.port)
    await driver.connect()
    yield driver
    await driver.close()


@asynccontextmanager
async def subscribed(driver: Driver, *items: Item) -> AsyncIterator[RecordingSink]:
    sink = RecordingSink()
    subscription = asyncio.create_task(driver.subscribe(items, sink))
    try:
        await sink.until(lambda: len(sink.samples) == len(items))
        yield sink
    finally:
        subscription.cancel()
        await asyncio.gather(subscription, return_exceptions=True)


async def test_the_server_introduces_itself(device: OpcUaDevice) -> None:
    driver = make(device.port)
    text = await driver.connect()
    assert "FreeOpcUa Python Server" in text
    assert text.endswith("no security, anonymous")
    await driver.close()


@pytest.mark.parametrize(
    "status",
    [
        StatusCode.UncertainLastUsableValue,
        StatusCode.UncertainEngineeringUnitsExceeded,
        StatusCode.BadSensorFailure,
        StatusCode.BadNotConnected,
        0x80AA1234,
        StatusCode.GoodLocalOverride,
    ],
)
async def test_statuses_pass_through(device: OpcUaDevice, driver: Driver, status: int) -> None:
    async with subscribed(driver, item("FLOAT64")) as sink:
        await device.set("FLOAT64", ua.DataValue(ua.Variant(2.5, VT.Double), ua.StatusCode(int(status))))
        await sink.until(lambda: sink.status(0) == status)
        assert sink.value(0) == (None if status & 0x80000000 else 2.5)


async def test_source_time_is_the_servers_and_the_receive_time_where_it_has_none(
    device: OpcUaDevice, driver: Driver
) -> None:
    hour_ago = datetime(2026, 1, 1, 12, 0, 0, 250_000, tzinfo=UTC)
    async with subscribed(driver, item("FLOAT64")) as sink:
        variant = ua.Variant(1.0, VT.Double)
        await device.set("FLOAT64", ua.DataValue(variant, SourceTimestamp=hour_ago, ServerTimestamp=hour_ago))
        await sink.until(lambda: sink.value(0) == 1.0)
        assert sink.samples[0][-1][2] == int(hour_ago.timestamp()) * 10**9 + 250_000_000
        before_ns = time.time_ns()
        await device.set("FLOAT64", ua.DataValue(ua.Variant(2.0, VT.Double)))
        await sink.until(lambda: sink.value(0) == 2.0)
        assert before_ns - 10**6 <= sink.samples[0][-1][2] <= time.time_ns()


async def test_a_short_pulse_reaches_who_asks_for_all(device: OpcUaDevice, driver: Driver) -> None:
    everything, newest = item("INT32", T.INT32, 0, 400, keep_all=True), item("INT32", T.INT32, 1, 400)
    async with subscribed(driver, everything, newest) as sink:
        for value in range(1, 9):
            await device.set("INT32", ua.DataValue(ua.Variant(value, VT.Int32)))
            await asyncio.sleep(0.02)
        await sink.until(lambda: sink.value(0) == 8 and sink.value(1) == 8)
        assert [sample[0] for sample in sink.samples[0]][-8:] == list(range(1, 9))
        # What changes between two publishes is one batch, and only its newest value for who wants no more.
        assert len(sink.samples[1]) <= len(sink.batches) < len(sink.samples[0])


async def test_a_pulse_of_50_ms_between_two_publishes_a_second_apart_is_not_lost(
    device: OpcUaDevice, driver: Driver
) -> None:
    """FUXA and others sample at the publishing interval with a queue of one (field.md 2.2)."""
    async with subscribed(driver, item("BOOL", T.BOOL, 0, 1000, keep_all=True)) as sink:
        await sink.until(lambda: 0 in sink.samples)
        before = len(sink.batches)
        for value in (True, False):
            await device.set("BOOL", ua.DataValue(ua.Variant(value, VT.Boolean)))
            await asyncio.sleep(0.05)
        await sink.until(lambda: [sample[0] for sample in sink.samples[0]][-2:] == [True, False])
        assert len(sink.batches) <= before + 2


async def test_quiet_items_are_confirmed_also_while_others_change(
    device: OpcUaDevice, driver: Driver
) -> None:
    async with subscribed(driver, item("FLOAT64"), item("INT16", T.INT16, 1)) as sink:
        confirmed = sink.fresh.get(50, 0)
        values = count()
        async with asyncio.timeout(PATIENCE_S):
            while sink.fresh.get(50, 0) < confirmed + 5:
                await device.set("INT16", ua.DataValue(ua.Variant(next(values), VT.Int16)))
                await asyncio.sleep(0.05)
        assert len(sink.samples[0]) == 1


async def test_arrays(driver: Driver) -> None:
    array = item("Array")
    assert (await driver.read([array])).value_at(0) == (1.5, 2.5)
    await driver.write(array, (3.0, 4.0, 5.0))
    assert (await driver.read([array])).value_at(0) == (3.0, 4.0, 5.0)
    with pytest.raises(DriverError, match="array") as caught:
        await driver.write(array, 1.0)
    assert caught.value.fault is DriverFault.REFUSED
    await driver.write(array, ())
    assert (await driver.read([array])).value_at(0) == ()
    await driver.write(array, (1.5, 2.5))


async def test_a_write_uses_the_type_of_the_node(driver: Driver) -> None:
    wide = item("INT16", T.INT32)
    await driver.write(wide, 1234)
    assert (await driver.read([wide])).value_at(0) == 1234
    with pytest.raises(DriverError, match="32767") as caught:
        await driver.write(wide, 40_000)
    assert caught.value.fault is DriverFault.REFUSED
    await driver.write(item("FLOAT32", T.INT32), 5)
    assert (await driver.read([item("FLOAT32")])).value_at(0) == 5.0


async def test_a_value_of_another_type_is_bad(driver: Driver) -> None:
    batch = await driver.read(
        [item("STRING", T.FLOAT64), item("FLOAT64", T.STRING, 1), item("INT16", T.INT64, 2)]
    )
    assert batch.statuses.tolist() == [StatusCode.BadTypeMismatch, StatusCode.BadTypeMismatch, 0]


async def test_namespaces_are_found_by_their_uri(device: OpcUaDevice, driver: Driver) -> None:
    known = item(f"nsu={device.namespace};s=INT16", T.INT16)
    unknown = item("nsu=urn:nobody;s=INT16", T.INT16, 1)
    batch = await driver.read([unknown, known])
    assert batch.statuses.tolist() == [StatusCode.BadNodeIdUnknown, 0]
    assert batch.tag_ids.tolist() == [1, 0]
    async with subscribed(driver, known, unknown) as sink:
        assert sink.status(1) == StatusCode.BadNodeIdUnknown
        assert driver.plan() == "1 tag in 1 subscription, 1 refused by the server"
    with pytest.raises(DriverError, match="namespace") as caught:
        await driver.write(unknown, 1)
    assert caught.value.fault is DriverFault.ADDRESS


async def test_a_read_only_node_is_refused_by_name(driver: Driver) -> None:
    with pytest.raises(DriverError, match=r"ReadOnly.*Bad") as caught:
        await driver.write(item("ReadOnly", T.INT16), 1)
    assert caught.value.status in (StatusCode.BadNotWritable, StatusCode.BadUserAccessDenied)
    with pytest.raises(DriverError) as caught:
        await driver.write(item("Missing", T.INT16), 1)
    assert (caught.value.fault, caught.value.status) == (DriverFault.ADDRESS, StatusCode.BadNodeIdUnknown)


async def test_many_items_are_created_in_batches_and_all_arrive(device: OpcUaDevice) -> None:
    driver = make(device.port, max_items=300)
    await driver.connect()
    names = [data_type for data_type in T if data_type.is_numeric]
    items = [item(names[number % len(names)].value, T.FLOAT64, number, 100) for number in range(1500)]
    async with subscribed(driver, *items) as sink:
        assert driver.plan() == "1500 tags in 5 subscriptions"
        assert all(sink.status(tag_id) == 0 for tag_id in range(1500))
        await sink.until(lambda: sink.fresh.get(100, 0) >= 2)
        assert sum(sent for _, sent, _, _ in sink.exchanges) > 50_000
    await driver.close()


async def test_what_the_server_says_about_its_variables(device: OpcUaDevice, driver: Driver) -> None:
    async def add() -> None:
        server = device.server
        folder = server.get_node(ua.NodeId("Types", 2))
        level = await folder.add_variable(ua.NodeId("Level", 2), "2:Level", 50.0)
        await level.add_property(2, "0:Description", "not wanted")
        await level.add_property(ua.NodeId("Level.R", 2), "0:EURange", ua.Range(Low=0.0, High=120.0))
        await level.add_property(ua.NodeId("Level.I", 2), "0:InstrumentRange", ua.Range(Low=1.0, High=1.0))
        unit = ua.EUInformation(UnitId=4408652, DisplayName=ua.LocalizedText("°C"))
        await level.add_property(ua.NodeId("Level.U", 2), "0:EngineeringUnits", unit)
        mode = await folder.add_variable(ua.NodeId("Mode", 2), "2:Mode", 1, ua.VariantType.Int32)
        texts = [ua.LocalizedText("Hand"), ua.LocalizedText("Auto")]
        await mode.add_property(ua.NodeId("Mode.E", 2), "0:EnumStrings", texts)
        open_ = await folder.add_variable(ua.NodeId("Open", 2), "2:Open", True)
        await open_.add_property(ua.NodeId("Open.T", 2), "0:TrueState", ua.LocalizedText("Open"))
        await open_.add_property(ua.NodeId("Open.F", 2), "0:FalseState", ua.LocalizedText("Closed"))

    async def remove() -> None:
        nodes = [device.server.get_node(ua.NodeId(name, 2)) for name in ("Level", "Mode", "Open")]
        await device.server.delete_nodes(nodes, recursive=True)

    await device.call(add())
    assert isinstance(driver, Describer)
    # The state of the server has an enumeration of its own as data type.
    names = ["Level", "Mode", "Open", "FLOAT64", "Missing", "nsu=urn:nobody;s=A", "i=2259", "Level"]
    facts = await driver.describe([item(name) for name in names])
    await device.call(remove())
    level = ItemFacts(eu_range=(0.0, 120.0), unit="°C")
    assert facts[0] == facts[7] == level
    assert facts[1] == ItemFacts(states=((0, "Hand"), (1, "Auto")))
    assert facts[2] == ItemFacts(states=((0, "Closed"), (1, "Open")))
    assert facts[3] == facts[4] == facts[5] == ItemFacts()
    assert facts[6].states[0] == (0, "Running")
    assert await driver.describe([]) == []


async def test_a_server_that_is_slower_than_asked_is_told(
    device: OpcUaDevice, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = opcua_session.UaSession.create_subscription

    async def slow(session: Any, parameters: Any, callback: Any) -> Any:
        parameters.RequestedPublishingInterval *= 4
        return await original(session, parameters, callback)

    monkeypatch.setattr(opcua_session.UaSession, "create_subscription", slow)
    items = [item("FLOAT64"), item("INT16", T.INT16, 1, keep_all=True), item("INT32", T.INT32, 2, 300)]
    async with subscribed(driver, *items):
        assert driver.plan() == (
            "3 tags in 2 subscriptions; the server reports 2 tags every 200 ms, asked for were 50 ms; "
            "the server reports 1 tag every 1200 ms, asked for were 300 ms; "
            "it may miss short changes of 1 logged or alarmed tag"
        )


@pytest.mark.parametrize("republishes", [True, False])
async def test_what_a_lost_message_held_is_fetched(
    device: OpcUaDevice, driver: Driver, monkeypatch: pytest.MonkeyPatch, republishes: bool
) -> None:
    """A server reports a change once: a value whose report was lost must not stay good and wrong."""
    original = opcua_publishing.decode_publish
    lose: list[int] = []

    def lossy(body: bytes) -> opcua_decode.Published:
        published = original(body)
        if lose and not published.keep_alive:
            lose.pop()
            published.subscription_id = 0
        return published

    async def refuse(_session: Any, _subscription_id: int, _number: int) -> Any:
        raise ua.UaStatusCodeError(ua.StatusCodes.BadMessageNotAvailable)

    monkeypatch.setattr(opcua_publishing, "decode_publish", lossy)
    if not republishes:
        monkeypatch.setattr(opcua_session.UaSession, "republish", refuse)
    async with subscribed(driver, item("INT32", T.INT32), item("INT16", T.INT16, 1)) as sink:
        await device.set("INT32", ua.DataValue(ua.Variant(7, VT.Int32)))
        await sink.until(lambda: sink.value(0) == 7)
        lose.append(1)
        await device.set("INT32", ua.DataValue(ua.Variant(8, VT.Int32)))
        await sink.until(lambda: sink.value(0) == 8)
        assert lose == []
        assert driver.plan().endswith("; 1 message lost on the way and fetched again")
        assert sink.value(1) == 0


async def test_making_the_own_key_does_not_hold_up_the_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_turned = threading.Event()

    async def make_slowly(_client: Any, key: Path, certificate: Path, _subject: Any) -> tuple[Path, Path]:
        assert has_turned.wait(PATIENCE_S)  # stands for the work of the processor
        for path in (key, certificate):
            await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
            await asyncio.to_thread(path.write_bytes, b"")
        return certificate, key

    monkeypatch.setenv("VIGIE_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(opcua_session.Client, "setup_self_signed_certificate", make_slowly)
    driver = make(free_port(), security="sign")
    attempt = asyncio.create_task(driver.connect())
    await asyncio.sleep(0.02)
    assert not attempt.done()
    has_turned.set()
    with pytest.raises(DriverError):
        await attempt


async def test_browsing(driver: Driver) -> None:
    roots = await driver.browse(None)
    assert [node.name for node in roots if node.is_folder and node.name == "Types"] == ["Types"]
    (folder,) = (node for node in roots if node.name == "Types")
    assert folder == BrowseNode("ns=2;s=Types", "Types", None, True)
    children = {node.name: node for node in await driver.browse(folder.address)}
    for data_type in T:
        assert children[data_type.value] == BrowseNode(f"ns=2;s={data_type}", data_type, data_type, False)
    assert await driver.browse(children["INT16"].address) == []
    for wrong in ("nonsense", "ns=2;s=Missing"):
        with pytest.raises(DriverError) as caught:
            await driver.browse(wrong)
        assert caught.value.fault is DriverFault.ADDRESS


async def test_users(device: OpcUaDevice) -> None:
    driver = make(device.port, user="operator", password="right")
    assert (await driver.connect()).endswith("user operator")
    await driver.close()
    driver = make(device.port, user="operator", password="wrong")
    with pytest.raises(DriverError, match="BadUserAccessDenied") as caught:
        await driver.connect()
    assert caught.value.fault is DriverFault.CONFIGURATION
    await driver.close()


async def test_sessions_are_given_back(device: OpcUaDevice) -> None:
    async def sessions() -> int:
        return len(device.server.iserver.subscription_service.subscriptions)

    before = await device.call(sessions())
    driver = make(device.port)
    for _ in range(3):
        await driver.connect()
        async with subscribed(driver, item("FLOAT64")):
            assert await device.call(sessions()) == before + 1
        assert await device.call(sessions()) == before
    await driver.close()


async def test_a_session_that_was_cut_off_does_not_hold_its_place_at_the_server_for_long(
    device: OpcUaDevice,
) -> None:
    async def timeouts_s() -> list[float]:
        sessions = device.server.iserver._external_sessions.values()
        return [session.session_timeout for session in sessions]

    driver = make(device.port)
    await driver.connect()
    [timeout_s] = await device.call(timeouts_s())
    assert timeout_s == opcua_session.SESSION_TIMEOUT_S <= 30
    await driver.close()


async def test_a_server_without_room_for_a_session_says_what_to_do(
    device: OpcUaDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_arguments: object, **_more: object) -> None:
        raise ServiceError(ua.StatusCodes.BadTooManySessions)

    monkeypatch.setattr(InternalSession, "create_session", full)
    driver = make(device.port)
    with pytest.raises(DriverError, match="close other clients") as caught:
        await driver.connect()
    assert caught.value.fault is DriverFault.REFUSED
    assert caught.value.status == ua.StatusCodes.BadTooManySessions
    await driver.close()


class Answered(asyncio.CancelledError):
    """As the library raises it when an answer comes at the very moment of a time-out (CPython 3.11)."""


async def never(*_arguments: object, **_more: object) -> None:
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        raise Answered from None


@pytest.mark.parametrize("step", ["connect_socket", "send_hello", "open_secure_channel", "activate_session"])
async def test_an_answer_at_the_moment_of_the_time_out_is_a_time_out(
    device: OpcUaDevice, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    driver = make(device.port, timeout_s=0.1)
    with monkeypatch.context() as patched:
        patched.setattr(opcua_session.Client, step, never)
        with pytest.raises(DriverError, match=r"no answer within 0\.1 s") as caught:
            await driver.connect()
        assert caught.value.fault is DriverFault.TIMEOUT
    await driver.close()


async def test_an_answer_at_the_moment_of_the_time_out_does_not_end_who_closes(
    device: OpcUaDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = make(device.port)
    await driver.connect()
    monkeypatch.setattr(opcua_session.UaSession, "close_session", never)
    await driver.close()


@asynccontextmanager
async def secured_server(tmp_path: Path) -> AsyncIterator[int]:
    port = free_port()
    uri = "urn:vigie:test:secured"
    key, certificate = tmp_path / "server-key.pem", tmp_path / "server.der"
    await setup_self_signed_certificate(
        key, certificate, uri, socket.gethostname(), [ExtendedKeyUsageOID.SERVER_AUTH], {}
    )
    server = Server()
    await server.init()
    server.disable_clock()
    server.set_endpoint(f"opc.tcp://127.0.0.1:{port}/")
    await server.set_application_uri(uri)
    server.set_security_policy(
        [
            ua.SecurityPolicyType.Basic256Sha256_Sign,
            ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt,
            ua.SecurityPolicyType.Aes128Sha256RsaOaep_SignAndEncrypt,
            ua.SecurityPolicyType.Aes256Sha256RsaPss_SignAndEncrypt,
        ]
    )
    await server.load_certificate(certificate)
    await server.load_private_key(key)
    await server.start()
    try:
        yield port
    finally:
        await server.stop()


async def test_signed_and_encrypted_sessions_need_a_trusted_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIGIE_DATA_DIR", str(tmp_path / "data"))
    async with secured_server(tmp_path) as port:
        secure = {"security": "sign_and_encrypt", "timeout_s": 5.0}
        driver = make(port, **secure)
        with pytest.raises(DriverError, match="not trusted yet") as caught:
            await driver.connect()
        assert caught.value.fault is DriverFault.CONFIGURATION
        assert caught.value.status == StatusCode.BadCertificateUntrusted
        (waiting,) = TrustList().certificates()
        assert (waiting.state, waiting.seen) == (TrustState.WAITING, (f"opc.tcp://127.0.0.1:{port}/",))
        assert waiting.thumbprint in str(caught.value)
        assert waiting.subject in str(caught.value)
        TrustList().decide(waiting.thumbprint, TrustDecision.REJECT, "anna", "not ours", 1)
        with pytest.raises(DriverError, match="rejected by anna"):
            await driver.connect()
        TrustList().decide(waiting.thumbprint, TrustDecision.ACCEPT, "anna", "compared", 1)
        for mode, policy in (
            ("sign_and_encrypt", "Basic256Sha256"),
            ("sign", "Basic256Sha256"),
            ("sign_and_encrypt", "Aes128Sha256RsaOaep"),
            ("sign_and_encrypt", "Aes256Sha256RsaPss"),
        ):
            driver = make(port, security=mode, security_policy=policy, timeout_s=5.0)
            assert f"{policy}, {mode}" in await driver.connect()
            sink = RecordingSink()
            subscription = asyncio.create_task(driver.subscribe([item("i=2258", T.DATETIME)], sink))
            await sink.until(lambda sink=sink: 0 in sink.samples)
            subscription.cancel()
            await driver.close()
        driver = make(port, security="sign", security_policy="Aes256Sha256RsaPss", timeout_s=5.0)
        with pytest.raises(DriverError, match="offers no endpoint") as caught:
            await driver.connect()
        assert caught.value.fault is DriverFault.CONFIGURATION
        await driver.close()
        if sys.platform != "win32":
            assert (pki_folder() / "own" / "vigie-key.pem").stat().st_mode & 0o077 == 0


async def test_the_channel_is_renewed_before_it_expires(
    device: OpcUaDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    renewed = 0
    original = opcua_session.Client.open_secure_channel

    async def short(client: Any, renew: bool = False) -> None:
        nonlocal renewed
        renewed += renew
        await original(client, renew)
        client.secure_channel_timeout = 400

    monkeypatch.setattr(opcua_session.Client, "open_secure_channel", short)
    driver = make(device.port)
    await driver.connect()
    async with subscribed(driver, item("FLOAT64")) as sink:
        await eventually(lambda: renewed >= 2)
        await device.set("FLOAT64", ua.DataValue(ua.Variant(9.0, VT.Double)))
        await sink.until(lambda: sink.value(0) == 9.0)
    await driver.close()
