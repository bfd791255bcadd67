import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from tags.clock import NS_PER_S, ManualClock
from tags.conditions import ConditionOperation, ConditionRequest, ConditionSink
from tags.connection import (
    TRANSITIONS,
    Connection,
    ConnectionEvent,
    ConnectionPolicy,
    ConnectionState,
    ConnectionStatus,
)
from tags.drivers.base import DriverError, DriverFault, Item, ItemFacts
from tags.errors import AddressError
from tags.model import (
    Access,
    Batch,
    DataType,
    LogMode,
    LogPolicy,
    Scaling,
    Tag,
    Value,
    WriteOutcome,
    WriteRequest,
    WriteStep,
)
from tags.status import StatusCode, name
from tests.support.fake_driver import FakeDriver, address
from tests.support.patience import PATIENCE_S, eventually
from tests.support.sinks import ConditionRecorder

FAST = ConnectionPolicy(
    retry_first_s=0.005,
    retry_most_s=0.02,
    retry_failed_s=0.02,
    watchdog_s=0.05,
    settle_s=1.0,
    steady_s=1.0,
    read_back_s=0.05,
    write_most_s=0.2,
)


@dataclass
class FeedRecorder:
    batches: list[Batch] = field(default_factory=list)
    marks: list[tuple[list[int], int]] = field(default_factory=list)
    confirms: list[list[int]] = field(default_factory=list)
    statuses: list[ConnectionStatus] = field(default_factory=list)
    facts: list[dict[int, ItemFacts]] = field(default_factory=list)
    values: dict[int, Value] = field(default_factory=dict)

    def deliver(self, raw: Batch, age_ns: int = 0) -> None:
        self.batches.append(raw)

    def mark(self, tag_ids: NDArray[np.int32], status: int) -> None:
        self.marks.append((tag_ids.tolist(), status))

    def confirm(self, tag_ids: NDArray[np.int32], age_ns: int = 0) -> None:
        self.confirms.append(tag_ids.tolist())

    def current(self, tag_id: int) -> Value | None:
        return self.values.get(tag_id)

    def connection_changed(self, status: ConnectionStatus) -> None:
        self.statuses.append(status)

    def described(self, facts: Mapping[int, ItemFacts]) -> None:
        self.facts.append(dict(facts))

    @property
    def states(self) -> list[ConnectionState]:
        return [status.state for status in self.statuses]


TAGS = [
    Tag(0, "Tank.Level", DataType.FLOAT32, connection="plc", address=address(), period_ms=100,
        access=Access.READ_WRITE, unit="%", eu_low=0.0, eu_high=100.0),
    Tag(1, "Tank.Raw", DataType.INT16, connection="plc", address=address(), period_ms=500,
        access=Access.READ_WRITE, unit="l", eu_low=0.0, eu_high=100.0, scaling=Scaling(0, 27648, 0, 100)),
    Tag(2, "Start", DataType.BOOL, connection="plc", address=address(), access=Access.WRITE),
    Tag(3, "Run", DataType.BOOL, connection="plc", address=address(), access=Access.READ_WRITE,
        states={0: "Stopped", 1: "Running"}),
    Tag(4, "Count", DataType.UINT8, connection="plc", address=address(), period_ms=500,
        log=LogPolicy(LogMode.CHANGE)),
    Tag(5, "Name", DataType.STRING, connection="plc", address=address(), access=Access.READ_WRITE),
]  # fmt: skip


@dataclass
class Bench:
    clock: ManualClock
    driver: FakeDriver
    feed: FeedRecorder
    connection: Connection

    async def until(self, condition: Callable[[], bool]) -> None:
        await eventually(condition, every_s=0.001)

    async def connected(self) -> None:
        await self.until(self.driver.connected.is_set)

    async def write(self, tag: Tag, value: Value):
        return await self.connection.write(tag, value, WriteRequest(1, tag.path, value))


@asynccontextmanager
async def bench(driver: FakeDriver | None = None, **options) -> AsyncIterator[Bench]:
    clock = driver.clock if driver else ManualClock()
    driver = driver or FakeDriver(clock)
    feed = FeedRecorder()
    options = {"policy": FAST, **options}
    tags = options.pop("tags", TAGS)
    connection = Connection("plc", "fake", options.pop("make", lambda: driver), tags, feed, clock, **options)
    connection.start()
    try:
        yield Bench(clock, driver, feed, connection)
    finally:
        await connection.stop()


# The state table

S, E = ConnectionState, ConnectionEvent
EXPECTED = {
    # ENABLED, DISABLED, ESTABLISHED, ITEMS_FAILED, ITEMS_RECOVERED, LOST, MISCONFIGURED
    S.DISABLED:    (S.CONNECTING, None, None, None, None, None, None),
    S.CONNECTING:  (None, S.DISABLED, S.CONNECTED, None, None, S.UNAVAILABLE, S.FAILED),
    S.CONNECTED:   (None, S.DISABLED, None, S.DEGRADED, None, S.UNAVAILABLE, S.FAILED),
    S.DEGRADED:    (None, S.DISABLED, None, None, S.CONNECTED, S.UNAVAILABLE, S.FAILED),
    S.UNAVAILABLE: (None, S.DISABLED, S.CONNECTED, None, None, None, S.FAILED),
    S.FAILED:      (None, S.DISABLED, S.CONNECTED, None, None, S.UNAVAILABLE, None),
}  # fmt: skip


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("event", list(E))
def test_every_cell_of_the_state_table(state: ConnectionState, event: ConnectionEvent) -> None:
    assert TRANSITIONS[state].get(event) == EXPECTED[state][list(E).index(event)]


# Supervision


async def test_it_connects_subscribes_and_delivers() -> None:
    async with bench(keep_all={0}) as b:
        await b.connected()
        assert b.driver.calls == ["connect", "ping", "subscribe"]
        assert b.feed.states == [S.CONNECTING, S.CONNECTED]
        assert b.feed.batches[0].tag_ids.tolist() == [0, 1, 3, 4, 5]
        assert [item.keep_all for item in b.driver.items] == [True, False, False, True, False]
        status = b.connection.status()
        assert (status.device, status.plan, status.tags) == ("fake device", "5 tags", 5)
    assert b.driver.calls[-1] == "close"
    assert b.connection.state is S.DISABLED


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("the cable is cut", "The cable is cut. Attempts"),
        ("opc.tcp://127.0.0.1:1/x: no answer", "opc.tcp://127.0.0.1:1/x: no answer. Attempts"),
    ],
)
async def test_a_reason_is_a_sentence_and_an_address_stays_as_it_is(
    expected_log, reason: str, told: str
) -> None:
    expected_log(reason)
    async with bench() as b:
        await b.connected()
        b.driver.lose(reason)
        await b.until(lambda: len(b.feed.statuses) > 2)
        assert b.feed.statuses[2].text.startswith(told)


async def test_a_loss_marks_all_tags_in_one_batch_and_comes_back(expected_log, caplog) -> None:
    expected_log("the cable is cut")
    caplog.set_level(logging.INFO, logger="tags.connection")
    async with bench() as b:
        await b.connected()
        b.driver.connect_faults = [DriverError(DriverFault.TIMEOUT, "no answer")] * 3
        b.driver.lose()
        await b.until(lambda: bool(b.feed.marks))
        assert b.feed.marks[0] == ([0, 1, 3, 4, 5], StatusCode.BadNoCommunication)
        await b.until(lambda: b.connection.state is S.CONNECTED)
        assert b.feed.states == [S.CONNECTING, S.CONNECTED, S.UNAVAILABLE, S.CONNECTED]
        assert "Attempts to reconnect go on." in b.feed.statuses[2].text
        assert b.connection.status().reconnects == 1
        assert b.driver.calls.count("connect") == 5
    warnings = [record for record in caplog.records if record.levelno >= logging.WARNING]
    recoveries = [record for record in caplog.records if "connected again" in record.message]
    assert (len(warnings), len(recoveries)) == (1, 1)


async def test_a_loss_is_told_before_its_tags_are_marked(expected_log) -> None:
    """ALM-11: so the alarm of the connection explains those of its tags from the first."""
    expected_log("the cable is cut")
    told: list[ConnectionState] = []
    async with bench() as b:
        await b.connected()
        await b.until(lambda: b.connection.state is S.CONNECTED)
        b.feed.mark = lambda tag_ids, status: told.append(b.feed.states[-1])
        b.driver.connect_faults = [DriverError(DriverFault.LOST, "no")] * 1000
        b.driver.lose()
        await b.until(lambda: bool(told))
        assert told[0] is S.UNAVAILABLE


async def test_a_late_delivery_of_a_lost_session_changes_nothing(expected_log) -> None:
    expected_log("the cable is cut")
    async with bench() as b:
        await b.connected()
        old_sink = b.driver.sink
        assert old_sink is not None
        b.driver.connect_faults = [DriverError(DriverFault.LOST, "no")] * 1000
        b.driver.lose()
        await b.until(lambda: b.connection.state is S.UNAVAILABLE)
        before = len(b.feed.batches)
        old_sink.deliver(Batch.of([(0, 5.0, 0, 1)], 1))
        old_sink.refreshed(100)
        assert len(b.feed.batches) == before
        assert b.feed.confirms == []


async def test_an_absent_device_is_unavailable_and_its_tags_are_bad(expected_log) -> None:
    expected_log("nobody listens")
    clock = ManualClock()
    driver = FakeDriver(clock)
    driver.connect_faults = [DriverError(DriverFault.LOST, "nobody listens")] * 2
    async with bench(driver) as b:
        await b.connected()
        assert b.feed.states == [S.CONNECTING, S.UNAVAILABLE, S.CONNECTED]
        assert {status for _, status in b.feed.marks} == {StatusCode.BadNoCommunication}


@pytest.mark.parametrize(
    "error",
    [
        DriverError(DriverFault.CONFIGURATION, "the certificate is refused"),
        AddressError("the certificate is refused"),
    ],
)
async def test_a_fault_of_configuration_fails_and_is_tried_slowly(error: Exception, expected_log) -> None:
    expected_log("the certificate is refused")
    driver = FakeDriver(ManualClock())
    driver.connect_faults = [error]
    async with bench(driver) as b:
        await b.connected()
        assert b.feed.states == [S.CONNECTING, S.FAILED, S.CONNECTED]
        assert b.feed.statuses[1].text.startswith("The certificate is refused. Somebody must mend this")
        assert b.feed.marks[0][1] == StatusCode.BadConfigurationError


async def test_a_driver_that_hangs_while_it_connects_is_given_up_and_tried_again(expected_log) -> None:
    expected_log("did not connect within 0.05 s")

    class Hanging(FakeDriver):
        async def connect(self) -> str:
            if self.calls.count("connect") < 2:
                self.calls.append("connect")
                await asyncio.Event().wait()
            return await super().connect()

    driver = Hanging(ManualClock())
    async with bench(driver, policy=replace(FAST, connect_most_s=0.05)) as b:
        await b.connected()
        assert b.feed.states == [S.CONNECTING, S.UNAVAILABLE, S.CONNECTED]


async def test_a_cancellation_that_nobody_asked_for_is_a_loss_and_not_the_end(expected_log) -> None:
    """As a library raises it when an answer comes at the very moment of a time-out."""
    expected_log("cancelled its own work")

    class Answered(asyncio.CancelledError):
        pass

    class Racing(FakeDriver):
        async def connect(self) -> str:
            if self.calls.count("connect") < 2:
                self.calls.append("connect")
                raise Answered
            return await super().connect()

    driver = Racing(ManualClock())
    async with bench(driver, policy=FAST) as b:
        await b.connected()
        assert b.feed.states == [S.CONNECTING, S.UNAVAILABLE, S.CONNECTED]


def test_pauses_double_and_are_never_longer_than_the_most() -> None:
    policy = ConnectionPolicy()
    connection = Connection(
        "plc", "fake", lambda: FakeDriver(ManualClock()), TAGS, FeedRecorder(), ManualClock(), policy=policy
    )
    pauses_s = [connection._lost(DriverError(DriverFault.LOST, "no")) for _ in range(200)]
    assert max(pauses_s) <= policy.retry_most_s
    assert max(pauses_s) > 0.9 * policy.retry_most_s
    for number, pause_s in enumerate(pauses_s[:4]):
        assert pause_s == pytest.approx(policy.retry_first_s * 2**number, rel=0.26)


async def test_a_driver_that_cannot_be_made_fails_its_connection(expected_log) -> None:
    expected_log("there is no such library")
    attempts = []

    def make() -> FakeDriver:
        attempts.append(1)
        raise DriverError(DriverFault.CONFIGURATION, "there is no such library")

    async with bench(make=make) as b:
        await b.until(lambda: len(attempts) > 1)
        assert b.connection.state is S.FAILED


async def test_a_leaked_exception_neither_ends_the_supervision_nor_hides(expected_log) -> None:
    expected_log("unforeseen", level=logging.ERROR)
    expected_log("index out of range")
    async with bench() as b:
        await b.connected()
        b.driver.break_down(IndexError("index out of range"))
        await b.until(lambda: S.FAILED in b.feed.states)
        assert b.feed.marks[0][0] == [0, 1, 3, 4, 5]
        await b.until(lambda: b.connection.state is S.CONNECTED)


async def test_back_off_doubles_up_to_its_bound_and_varies() -> None:
    policy = ConnectionPolicy()
    connection = Connection(
        "a", "fake", lambda: FakeDriver(ManualClock()), [], FeedRecorder(), ManualClock(), policy=policy
    )
    logging.getLogger("tags.connection").disabled = True
    try:
        pauses = [connection._lost(DriverError(DriverFault.LOST, "x")) for _ in range(1100)]
    finally:
        logging.getLogger("tags.connection").disabled = False
    for count, nominal_s in enumerate([0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]):
        assert 0.75 * nominal_s <= pauses[count] <= 1.25 * nominal_s
    assert max(pauses) <= 6.25
    assert len(set(pauses[6:20])) > 1


async def test_a_switched_off_connection_only_marks_its_tags() -> None:
    async with bench(enabled=False) as b:
        await asyncio.sleep(0.01)
        assert b.driver.calls == []
        assert b.feed.marks == [([0, 1, 3, 4, 5], StatusCode.BadNotConnected)]
        assert b.connection.status().text == "Switched off in the project."
        result = await b.write(TAGS[0], 5.0)
        assert (result.outcome, name(result.status)) == (WriteOutcome.REFUSED, "BadNotConnected")


async def test_silence_is_pinged_and_a_hanging_ping_is_a_loss(expected_log) -> None:
    async with bench() as b:
        await b.connected()
        b.clock.advance(NS_PER_S)
        await b.until(lambda: b.driver.calls.count("ping") == 2)
        assert b.connection.state is S.CONNECTED
        expected_log("did not answer a ping")
        b.driver.ping_hangs = True
        b.clock.advance(NS_PER_S)
        await b.until(lambda: S.UNAVAILABLE in b.feed.states)
        b.driver.ping_hangs = False


async def test_a_hung_device_that_accepts_connections_is_not_connected(expected_log) -> None:
    expected_log("did not answer a ping")
    driver = FakeDriver(ManualClock())
    driver.ping_hangs = True
    async with bench(driver) as b:
        await b.until(lambda: driver.calls.count("connect") >= 2)
        assert b.feed.states == [S.CONNECTING, S.UNAVAILABLE]
        assert "subscribe" not in driver.calls
        driver.ping_hangs = False
        await b.connected()
        assert b.connection.state is S.CONNECTED


async def test_when_all_tags_fail_at_once_the_device_is_pinged_once() -> None:
    async with bench() as b:
        await b.connected()
        for _ in range(3):
            b.connection.review(4, 1, "Tank.Level (BadNoCommunication)")
            await asyncio.sleep(0.001)
        assert b.driver.calls.count("ping") == 2
        b.connection.review(0, 0, "")
        b.connection.review(5, 0, "Tank.Level (BadNoCommunication)")
        await b.until(lambda: b.driver.calls.count("ping") == 3)


async def test_traffic_keeps_the_watchdog_quiet() -> None:
    async with bench() as b:
        await b.connected()
        for _ in range(10):
            b.clock.advance(NS_PER_S // 40)
            b.driver.sink.exchanged(1_000_000, 12, 24, False)
            await asyncio.sleep(0.005)
        assert b.driver.calls.count("ping") == 1


async def test_a_keep_alive_confirms_the_items_of_its_period() -> None:
    async with bench() as b:
        await b.connected()
        b.driver.sink.refreshed(500)
        b.driver.sink.refreshed(77)
        assert b.feed.confirms == [[1, 4], []]


async def test_counters() -> None:
    async with bench() as b:
        await b.connected()
        for duration in range(1, 101):
            b.driver.sink.exchanged(duration * 1_000_000, 10, 20, duration == 100)
        b.driver.deliver()
        b.clock.advance(2 * NS_PER_S)
        status = b.connection.status()
        assert (status.requests, status.errors, status.sent_bytes, status.received_bytes) == (
            100,
            1,
            1000,
            2000,
        )
        assert (status.request_p50_ms, status.request_p99_ms) == pytest.approx((50.5, 99.01))
        assert status.values_per_s == pytest.approx(5.0)


async def test_failing_items_degrade_after_settling_and_recover() -> None:
    async with bench() as b:
        await b.connected()
        b.connection.review(5, 0, "Tank.Level (BadWaitingForInitialData)")
        assert b.connection.state is S.CONNECTED
        b.clock.advance(2 * NS_PER_S)
        b.connection.review(1, 1, "Tank.Level (BadNodeIdUnknown)")
        assert b.connection.state is S.DEGRADED
        assert b.connection.status().text == (
            "2 of 5 tags have no good value, for example Tank.Level (BadNodeIdUnknown)."
        )
        assert b.connection.status().bad_tags == 1
        b.connection.review(0, 0, "")
        b.clock.advance(NS_PER_S)
        b.connection.review(0, 0, "")
        assert b.connection.state is S.CONNECTED


async def test_items_that_fail_again_and_again_are_told_once() -> None:
    async with bench() as b:
        await b.connected()
        b.clock.advance(2 * NS_PER_S)
        b.connection.review(1, 1, "Tank.Level (BadNoCommunication)")
        told = len(b.feed.states)
        for _ in range(5):
            b.clock.advance(NS_PER_S // 2)
            b.connection.review(0, 0, "")
            assert b.connection.status().text == (
                "All 5 tags are good again; a moment ago some were not, for example "
                "Tank.Level (BadNoCommunication)."
            )
            b.clock.advance(NS_PER_S // 4)
            b.connection.review(1, 0, "Tank.Level (BadNoCommunication)")
        assert b.connection.state is S.DEGRADED
        assert len(b.feed.states) == told
        b.connection.review(0, 0, "")
        b.clock.advance(NS_PER_S)
        b.connection.review(0, 0, "")
        assert b.connection.state is S.CONNECTED


async def test_a_connection_without_readable_tags_lives_by_pings() -> None:
    async with bench(tags=[TAGS[2]]) as b:
        await b.until(lambda: b.connection.state is S.CONNECTED)
        assert "subscribe" not in b.driver.calls
        result = await b.write(TAGS[2], True)
        assert result.outcome is WriteOutcome.CONFIRMED


async def test_stop_in_any_state_leaves_no_task() -> None:
    driver = FakeDriver(ManualClock())
    connection = Connection("plc", "fake", lambda: driver, TAGS, FeedRecorder(), ManualClock(), policy=FAST)
    await connection.stop()
    connection.start()
    await connection.stop()
    await connection.stop()
    connection.start()
    await asyncio.sleep(0.01)
    await connection.stop()
    assert driver.calls[-1] == "close"


async def test_a_driver_that_swallows_the_cancellation_of_its_connect_is_stopped_all_the_same() -> None:
    """As asyncio.wait_for does in CPython 3.11 when the wait ends in the same moment."""

    class Swallowing(FakeDriver):
        async def connect(self) -> str:
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
            return "fake device"

    driver = Swallowing(ManualClock())
    connection = Connection("plc", "fake", lambda: driver, TAGS, FeedRecorder(), ManualClock(), policy=FAST)
    connection.start()
    await asyncio.sleep(0.01)
    async with asyncio.timeout(PATIENCE_S):
        await connection.stop()
    assert driver.calls == ["close"]
    assert connection.state is ConnectionState.DISABLED


async def test_a_subscription_that_swallows_one_cancellation_is_ended_by_the_next() -> None:
    class Swallowing(FakeDriver):
        async def subscribe(self, items, sink) -> None:
            self.connected.set()
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
            await asyncio.Event().wait()

    async with bench(Swallowing(ManualClock())) as b:
        await b.connected()
        async with asyncio.timeout(PATIENCE_S):
            await b.connection.stop()
        assert b.driver.calls[-1] == "close"


# Writes


async def test_a_write_is_confirmed_by_reading_back() -> None:
    async with bench() as b:
        await b.connected()
        b.feed.values[0] = 10.0
        result = await b.write(TAGS[0], 42.1)
        assert result.outcome is WriteOutcome.CONFIRMED
        assert (result.old_value, result.read_back) == (10.0, 42.1)
        assert [step for step, _ in result.steps] == list(WriteStep)
        assert result.text == "The controller holds 42.1 %."
        assert b.driver.writes == [(0, 42.1)]


class CombiningDriver(FakeDriver):
    """A driver whose protocol writes and reads back by one request; ``shows`` is what it then reads."""

    shows: Value | None = None

    async def write_and_read(self, item: Item, value: Value) -> Batch | None:
        await self.write(item, value)
        if self.shows is None:
            return None
        return Batch.of([(item.tag_id, self.shows, 0, self.clock.now_ns())], self.clock.now_ns())


async def test_a_driver_that_reads_back_by_itself_is_not_asked_again() -> None:
    driver = CombiningDriver(ManualClock())
    async with bench(driver) as b:
        await b.connected()
        reads = driver.calls.count("read")
        driver.shows = 42.0
        result = await b.write(TAGS[0], 42.0)
        assert result.outcome is WriteOutcome.CONFIRMED
        assert [step for step, _ in result.steps] == list(WriteStep)
        assert b.feed.batches[-1].values.tolist() == [42.0]
        assert driver.calls.count("read") == reads
        # What it showed at once was not yet the value, or nothing: asked as ever.
        for shows in (7.0, None):
            driver.shows = shows
            assert (await b.write(TAGS[0], 43.0)).outcome is WriteOutcome.CONFIRMED
        assert driver.calls.count("read") == reads + 2
        assert len(driver.writes) == 3


async def test_float32_on_the_wire_still_confirms() -> None:
    async with bench() as b:
        await b.connected()
        b.driver.on_write = lambda _, value: float(np.float32(value))
        assert (await b.write(TAGS[0], 0.1)).outcome is WriteOutcome.CONFIRMED


async def test_a_scaled_write_sends_the_nearest_count_and_reads_back_engineering_units() -> None:
    async with bench() as b:
        await b.connected()
        result = await b.write(TAGS[1], 33.333)
        assert b.driver.writes == [(1, 9216)]
        assert result.outcome is WriteOutcome.CONFIRMED
        assert result.read_back == pytest.approx(33.333, abs=100 / 27648)
        assert b.feed.batches[-1].values.tolist() == [9216.0]


@pytest.mark.parametrize(
    ("tag", "value", "status", "text"),
    [
        (TAGS[0], 100.5, "BadOutOfRange", "100.5 is outside the allowed range: 0 to 100 %"),
        (TAGS[1], -1, "BadOutOfRange", "-1 is outside the allowed range: 0 to 100 l"),
        (TAGS[0], float("nan"), "BadOutOfRange", "finite"),
        (TAGS[1], float("inf"), "BadOutOfRange", "finite"),
        (TAGS[0], "5", "BadTypeMismatch", "text"),
        (TAGS[1], "5", "BadTypeMismatch", "text"),
        (TAGS[5], 5, "BadTypeMismatch", "text"),
        (TAGS[3], 2, "BadOutOfRange", "0 or 1"),
        (TAGS[4], 5, "BadNotWritable", "read-only"),
    ],
)
async def test_what_does_not_fit_is_refused_before_anything_is_sent(tag, value, status, text) -> None:
    async with bench() as b:
        await b.connected()
        result = await b.write(tag, value)
        assert (result.outcome, name(result.status)) == (WriteOutcome.REFUSED, status)
        assert re.search(text, result.text)
        assert b.driver.writes == []


async def test_a_device_that_clamps_is_told() -> None:
    async with bench() as b:
        await b.connected()
        b.driver.on_write = lambda _, value: 80.0
        result = await b.write(TAGS[0], 95.0)
        assert (result.outcome, name(result.status)) == (WriteOutcome.CLAMPED, "GoodClamped")
        assert result.read_back == 80.0
        assert result.text == "The controller holds 80 % instead of 95 %."


async def test_a_slow_controller_confirms_on_a_later_read_back() -> None:
    async with bench() as b:
        await b.connected()
        b.driver.registers[0] = 1.0
        b.driver.on_write = lambda _, value: 1.0

        async def take_over() -> None:
            await asyncio.sleep(FAST.read_back_s / 3)
            b.driver.registers[0] = 95.0

        later = asyncio.create_task(take_over())
        result = await b.write(TAGS[0], 95.0)
        await later
        assert result.outcome is WriteOutcome.CONFIRMED
        assert b.driver.writes == [(0, 95.0)]


async def test_a_command_that_resets_itself() -> None:
    async with bench() as b:
        await b.connected()
        b.driver.on_write = lambda _, value: False
        result = await b.write(TAGS[3], True)
        assert result.outcome is WriteOutcome.CLAMPED
        assert result.text == (
            "The controller holds Stopped instead of Running. It took the command and reset it, or undid it."
        )
        result = await b.write(TAGS[2], True)
        assert result.outcome is WriteOutcome.CONFIRMED
        assert "write-only" in result.text


async def test_a_refusal_of_the_device_carries_its_reason() -> None:
    async with bench() as b:
        await b.connected()
        b.driver.write_faults = [
            DriverError(DriverFault.REFUSED, "the mode is manual", int(StatusCode.BadInvalidState))
        ]
        result = await b.write(TAGS[0], 1.0)
        assert (result.outcome, name(result.status)) == (WriteOutcome.REFUSED, "BadInvalidState")
        assert result.text == "The controller refused the value: the mode is manual"


@pytest.mark.parametrize("fault", [DriverFault.TIMEOUT, DriverFault.LOST])
async def test_a_write_without_an_answer_is_never_sent_again_and_doubts_the_link(fault: DriverFault) -> None:
    async with bench() as b:
        await b.connected()
        b.driver.write_faults = [DriverError(fault, "no answer")]
        result = await b.write(TAGS[0], 1.0)
        assert (result.outcome, name(result.status)) == (WriteOutcome.TIMED_OUT, "BadTimeout")
        assert len(b.driver.writes) == 1
        await b.until(lambda: b.driver.calls.count("ping") == 2)


async def test_a_driver_that_never_answers_a_write_times_out() -> None:
    async with bench() as b:
        await b.connected()
        b.driver.write_delay_s = 30
        result = await b.write(TAGS[0], 1.0)
        assert result.outcome is WriteOutcome.TIMED_OUT
        b.driver.write_delay_s = 0
        assert (await b.write(TAGS[0], 2.0)).outcome is WriteOutcome.CONFIRMED


async def test_an_accepted_write_that_cannot_be_read_back_is_in_doubt() -> None:
    async with bench() as b:
        await b.connected()
        b.driver.statuses[0] = int(StatusCode.BadDeviceFailure)
        result = await b.write(TAGS[0], 1.0)
        assert result.outcome is WriteOutcome.TIMED_OUT
        assert "BadDeviceFailure" in result.text
        b.driver.statuses.clear()
        b.driver.read_faults = [DriverError(DriverFault.TIMEOUT, "slow")]
        assert (await b.write(TAGS[0], 1.0)).outcome is WriteOutcome.CONFIRMED


async def test_writes_keep_their_order_and_one_tag_waits_for_its_read_back() -> None:
    async with bench() as b:
        await b.connected()
        results = await asyncio.gather(
            b.write(TAGS[0], 1.0), b.write(TAGS[3], True), b.write(TAGS[0], 2.0), b.write(TAGS[2], True)
        )
        assert [result.outcome for result in results] == [WriteOutcome.CONFIRMED] * 4
        assert b.driver.writes == [(0, 1.0), (3, True), (0, 2.0), (2, True)]
        assert b.driver.registers[0] == 2.0


async def test_a_text_is_written_and_read_back() -> None:
    async with bench() as b:
        await b.connected()
        result = await b.write(TAGS[5], "Été")
        assert (result.outcome, result.read_back) == (WriteOutcome.CONFIRMED, "Été")


async def test_a_write_while_unavailable_is_refused_unsent(expected_log) -> None:
    expected_log("the cable is cut")
    async with bench() as b:
        await b.connected()
        b.driver.connect_faults = [DriverError(DriverFault.LOST, "no")] * 1000
        b.driver.lose()
        await b.until(lambda: b.connection.state is S.UNAVAILABLE)
        result = await b.write(TAGS[0], 1.0)
        assert (result.outcome, result.text) == (WriteOutcome.REFUSED, "Not sent: plc is unavailable.")


# What a driver may offer beside values


class RichDriver(FakeDriver):
    """Knows facts about its items and has conditions; ``fault`` is raised when it is asked for either."""

    def __init__(self, clock: ManualClock, fault: DriverError | None = None) -> None:
        super().__init__(clock)
        self.fault = fault
        self.asked: list[list[int]] = []
        self.condition_sink: ConditionSink | None = None
        self.reports_conditions = True

    async def describe(self, items: Sequence[Item]) -> Sequence[ItemFacts]:
        self.asked.append([item.tag_id for item in items])
        if self.fault is not None:
            raise self.fault
        return [ItemFacts(unit="bar") if item.tag_id == 4 else ItemFacts() for item in items]

    async def watch_conditions(self, items: Sequence[Item], sink: ConditionSink) -> None:
        if self.fault is not None:
            raise self.fault
        self.condition_sink = sink
        await asyncio.Event().wait()

    async def operate_condition(self, request: ConditionRequest) -> None:
        if request.condition == "silent":
            await asyncio.Event().wait()
        raise DriverError(DriverFault.REFUSED, "not today", int(StatusCode.BadUserAccessDenied))


REQUEST = ConditionRequest(ConditionOperation.ACKNOWLEDGE, "one", "00")


async def test_facts_are_asked_for_where_the_project_leaves_something_open() -> None:
    driver = RichDriver(ManualClock())
    async with bench(driver) as b:
        await b.until(lambda: bool(b.feed.facts))
        # Not for a scaled tag, nor for a text; what the device does not know is left out.
        assert driver.asked == [[0, 3, 4]]
        assert b.feed.facts == [{4: ItemFacts(unit="bar")}]
        assert b.connection.state is S.CONNECTED


@pytest.mark.parametrize("fault", [DriverFault.UNSUPPORTED])
async def test_a_device_without_facts_and_conditions_keeps_its_connection(fault: DriverFault) -> None:
    driver = RichDriver(ManualClock(), DriverError(fault, "none of that"))
    sink = ConditionRecorder()
    async with bench(driver, conditions=sink) as b:
        await sink.until(lambda: sink.told == ["none of that"])
        await b.until(lambda: bool(driver.asked))
        driver.deliver(0)
        await asyncio.sleep(0.01)
        assert b.connection.state is S.CONNECTED
        assert b.driver.calls.count("connect") == 1


async def test_conditions_that_are_lost_end_the_connection_as_values_do(expected_log) -> None:
    expected_log("events are gone")
    driver = RichDriver(ManualClock())
    async with bench(driver, conditions=ConditionRecorder()) as b:
        await b.until(lambda: driver.condition_sink is not None)
        driver.fault = DriverError(DriverFault.LOST, "events are gone")
        driver.lose("events are gone")
        await b.until(lambda: S.UNAVAILABLE in b.feed.states)


async def test_a_request_for_a_condition_is_answered_in_words_and_raises_nothing() -> None:
    driver = RichDriver(ManualClock())
    async with bench(driver, policy=replace(FAST, write_most_s=0.05)) as b:
        await b.connected()
        await b.until(lambda: b.connection.driver is not None)
        assert await b.connection.operate_condition(REQUEST) == ("not today", StatusCode.BadUserAccessDenied)
        text, status = await b.connection.operate_condition(replace(REQUEST, condition="silent"))
        assert ("did not answer" in text, status) == (True, StatusCode.BadTimeout)
    text, status = await b.connection.operate_condition(REQUEST)
    assert (text, status) == ("not sent: plc is disabled", StatusCode.BadNotConnected)


async def test_a_pause_ends_when_what_kept_the_device_away_is_mended(expected_log) -> None:
    expected_log("nobody trusts it")
    driver = FakeDriver(ManualClock())
    untrusted = int(StatusCode.BadCertificateUntrusted)
    driver.connect_faults = [DriverError(DriverFault.CONFIGURATION, "nobody trusts it", untrusted)]
    async with bench(driver, policy=replace(FAST, retry_untrusted_s=3600.0)) as b:
        await b.until(lambda: b.connection.state is S.FAILED)
        assert b.connection.status().fault == untrusted
        b.connection.retry_now()
        await b.until(lambda: b.connection.state is S.CONNECTED)
        assert b.connection.status().fault == 0
        b.connection.retry_now()
        await asyncio.sleep(0.01)
        assert b.connection.state is S.CONNECTED
