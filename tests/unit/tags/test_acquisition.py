import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from tags.acquisition import Acquisition
from tags.clock import NS_PER_MS, NS_PER_S, ManualClock, SystemClock
from tags.connection import ConnectionPolicy, ConnectionState, ConnectionStatus
from tags.database import TagDatabase
from tags.drivers.base import DriverError, DriverFault
from tags.errors import ExpressionError
from tags.model import (
    Access,
    Batch,
    DataType,
    Tag,
    TagTable,
    Value,
    WriteOutcome,
    WriteRequest,
    WriteResult,
    WriteStep,
)
from tags.status import name
from tests.support.fake_driver import FakeDriver, FakeSettings, address
from tests.support.patience import eventually

FAST = ConnectionPolicy(
    retry_first_s=0.005, retry_most_s=0.02, retry_failed_s=0.02, watchdog_s=60.0, read_back_s=0.05
)
DEVICE = {"connection": "plc", "address": address(), "period_ms": 1000}


def tags() -> TagTable:
    return TagTable(
        [
            Tag(0, "Level", DataType.FLOAT64, **DEVICE, access=Access.READ_WRITE, eu_low=0.0, eu_high=100.0),
            Tag(1, "Name", DataType.STRING, **DEVICE),
            Tag(2, "Share", DataType.FLOAT64, expression="Level / 100"),
            Tag(3, "Alarm", DataType.BOOL, expression="Share > 0.9 or Limit < 0"),
            Tag(4, "Limit", DataType.FLOAT64, access=Access.READ_WRITE, eu_low=-10.0, eu_high=10.0),
            Tag(5, "Note", DataType.STRING, access=Access.READ_WRITE),
            Tag(6, "Fixed", DataType.INT16),
            Tag(7, "Other", DataType.FLOAT64, connection="second", address=address(), period_ms=1000),
        ]
    )


@dataclass
class Bench:
    clock: ManualClock
    database: TagDatabase
    acquisition: Acquisition
    drivers: dict[str, FakeDriver]
    batches: list[Batch] = field(default_factory=list)
    statuses: list[ConnectionStatus] = field(default_factory=list)
    late: list[Batch] = field(default_factory=list)

    async def until(self, condition: Callable[[], bool]) -> None:
        await eventually(condition, every_s=0.001)

    async def connected(self) -> None:
        await self.until(lambda: len(self.drivers) == 2)
        for driver in self.drivers.values():
            await driver.connected.wait()
        self.batches.clear()

    def shown(self, path: str) -> tuple[Value | None, str]:
        tag_id = self.database.tags.by_path(path).id
        return self.database.value(tag_id), name(int(self.database.statuses[tag_id]))

    async def write(self, path: str, value: Value) -> WriteResult:
        return await self.acquisition.write(WriteRequest(1, path, value))

    def pass_time(self, milliseconds: int, *, delivering: bool = False) -> None:
        """Let time pass in steps of the sweep, as the running station does."""
        for _ in range(milliseconds // 250):
            self.clock.advance(250 * NS_PER_MS)
            if delivering:
                for driver in self.drivers.values():
                    driver.deliver()
            self.acquisition.sweep()


@asynccontextmanager
async def bench(*, start: bool = True) -> AsyncIterator[Bench]:
    clock = ManualClock()
    table = tags()
    database = TagDatabase(table, clock)
    drivers: dict[str, FakeDriver] = {}

    def create(driver_name: str, options: object, given_clock: object) -> FakeDriver:
        driver = FakeDriver(clock)
        driver.registers = {0: 50.0, 1: "Lemon", 7: 1.0}
        drivers[options["name"]] = driver
        return driver

    batches: list[Batch] = []
    statuses: list[ConnectionStatus] = []
    late: list[Batch] = []
    acquisition = Acquisition(
        table,
        {key: FakeSettings(options={"name": key}) for key in ("plc", "second")},
        database,
        clock,
        batches.append,
        statuses.append,
        on_late=late.append,
        create_driver=create,
        policy=FAST,
    )
    if start:
        acquisition.start()
    try:
        yield Bench(clock, database, acquisition, drivers, batches, statuses, late)
    finally:
        await acquisition.stop()


async def test_one_delivery_comes_out_as_one_batch_with_what_was_calculated_from_it() -> None:
    async with bench() as b:
        await b.connected()
        assert [b.shown(path) for path in ("Level", "Name", "Share")] == [
            (50.0, "Good"),
            ("Lemon", "Good"),
            (0.5, "Good"),
        ]
        # The memory tag Limit still has its initial value.
        assert b.shown("Alarm") == (False, "UncertainInitialValue")
        b.drivers["plc"].registers[0] = 95.0
        b.clock.advance(1)
        b.drivers["plc"].deliver()
        assert [batch.tag_ids.tolist() for batch in b.batches] == [[0, 2, 3]]
        assert b.shown("Alarm") == (True, "Good")
        b.drivers["plc"].deliver()
        assert len(b.batches) == 1


async def test_memory_tags_start_at_zero_and_take_writes_at_once() -> None:
    async with bench() as b:
        assert b.shown("Limit") == (0.0, "UncertainInitialValue")
        assert b.shown("Note") == ("", "UncertainInitialValue")
        await b.connected()
        result = await b.write("Limit", -5)
        assert (result.outcome, result.old_value, result.read_back) == (WriteOutcome.CONFIRMED, 0.0, -5.0)
        assert [step for step, _ in result.steps] == list(WriteStep)
        assert b.shown("Limit") == (-5.0, "Good")
        assert b.batches[-1].tag_ids.tolist() == [4, 3]
        assert b.shown("Alarm") == (True, "Good")
        assert (await b.write("Note", "bonjour")).read_back == "bonjour"


@pytest.mark.parametrize(
    ("path", "value", "status", "text"),
    [
        ("Nowhere", 1, "BadNodeIdUnknown", "No tag has the path 'Nowhere'."),
        ("Share", 1.0, "BadNotWritable", "Share is calculated and cannot be written"),
        ("Fixed", 1, "BadNotWritable", "Fixed is read-only"),
        ("Limit", 11, "BadOutOfRange", "11 is outside the allowed range: -10 to 10"),
        ("Level", "x", "BadTypeMismatch", "expected FLOAT64, got the text 'x'"),
    ],
)
async def test_writes_that_cannot_be_are_refused(path: str, value: Value, status: str, text: str) -> None:
    async with bench() as b:
        await b.connected()
        result = await b.write(path, value)
        assert (result.outcome, name(result.status), result.text) == (WriteOutcome.REFUSED, status, text)


async def test_a_write_to_a_device_shows_its_read_back() -> None:
    async with bench() as b:
        await b.connected()
        b.clock.advance(1)
        result = await b.write("Level", 75)
        assert (result.outcome, result.old_value, result.read_back) == (WriteOutcome.CONFIRMED, 50.0, 75.0)
        assert b.shown("Level") == (75.0, "Good")
        assert b.shown("Share") == (0.75, "Good")


async def test_a_lost_controller_takes_its_tags_down_in_one_batch_and_only_them(expected_log) -> None:
    expected_log("the cable is cut")
    async with bench() as b:
        await b.connected()
        b.drivers["plc"].connect_faults = [DriverError(DriverFault.LOST, "no")] * 3
        b.drivers["plc"].lose()
        await b.until(lambda: bool(b.batches))
        first = b.batches[0]
        assert first.tag_ids.tolist() == [0, 1, 2, 3]
        assert {name(status) for status in first.statuses.tolist()} == {"BadNoCommunication"}
        assert b.shown("Other") == (1.0, "Good")
        await b.until(lambda: b.shown("Level") == (50.0, "Good"))
        assert b.shown("Name") == ("Lemon", "Good")
        assert [status.state for status in b.statuses if status.name == "plc"] == [
            ConnectionState.CONNECTING,
            ConnectionState.CONNECTED,
            ConnectionState.UNAVAILABLE,
            ConnectionState.CONNECTED,
        ]


async def test_silence_makes_values_uncertain_then_bad_and_degrades_the_connection() -> None:
    async with bench() as b:
        await b.connected()
        b.pass_time(3000, delivering=True)
        b.pass_time(1500)
        assert b.shown("Level") == (50.0, "Good")
        b.pass_time(250)
        assert b.shown("Level") == (50.0, "UncertainNoCommunicationLastUsableValue")
        assert b.shown("Share") == (0.5, "UncertainNoCommunicationLastUsableValue")
        b.pass_time(250)
        assert b.shown("Level") == (None, "BadNoCommunication")
        assert b.shown("Name") == (None, "BadNoCommunication")
        b.pass_time(250)
        status = b.acquisition.connections["plc"].status()
        assert status.state is ConnectionState.DEGRADED
        assert status.text == "2 of 2 tags have no good value, for example Level (BadNoCommunication)."
        b.drivers["plc"].sink.refreshed(1000)
        assert b.shown("Level") == (50.0, "Good")
        assert b.shown("Name") == ("Lemon", "Good")
        b.pass_time(250)
        assert b.acquisition.connections["plc"].state is ConnectionState.DEGRADED
        b.pass_time(3250, delivering=True)
        assert b.acquisition.connections["plc"].state is ConnectionState.CONNECTED


async def test_a_held_up_loop_does_not_flicker_what_drivers_could_not_deliver() -> None:
    async with bench() as b:
        await b.connected()
        b.pass_time(500, delivering=True)
        b.batches.clear()
        b.clock.advance(10 * NS_PER_S)
        b.acquisition.sweep()
        assert b.shown("Level") == (50.0, "Good")
        b.clock.advance(100 * NS_PER_MS)
        b.drivers["plc"].deliver()
        b.pass_time(1000)
        assert b.shown("Level") == (50.0, "Good")
        assert not [batch for batch in b.batches if 0 in batch.tag_ids]
        # What did not come within the grace is judged.
        assert b.shown("Other") == (None, "BadNoCommunication")


async def test_a_loop_that_is_always_late_still_judges() -> None:
    async with bench() as b:
        await b.connected()
        for _ in range(3):
            b.clock.advance(2 * NS_PER_S)
            b.acquisition.sweep()
        assert b.shown("Level") == (None, "BadNoCommunication")


async def test_late_samples_go_to_history_only() -> None:
    async with bench() as b:
        await b.connected()
        now_ns = b.clock.now_ns()
        b.drivers["plc"].sink.deliver(Batch.of([(0, 1.0, 0, now_ns - 5)], now_ns))
        assert b.batches == []
        assert [batch.values.tolist() for batch in b.late] == [[1.0]]
        assert b.shown("Level") == (50.0, "Good")


async def test_counters_are_reported_once_a_second() -> None:
    async with bench() as b:
        await b.connected()
        b.statuses.clear()
        b.pass_time(3000, delivering=True)
        plc = [status for status in b.statuses if status.name == "plc"]
        assert len(plc) == 3
        assert plc[-1].values_per_s == pytest.approx(8.0)
        assert [status.name for status in b.acquisition.statuses()] == ["plc", "second"]


async def test_a_receivers_bug_does_not_end_the_watch_over_age(expected_log) -> None:
    expected_log("the watch over the age of values failed once", level=logging.ERROR)
    table = tags()
    failures: list[Batch] = []

    def receive(batch: Batch) -> None:
        if 0 in batch.tag_ids and name(int(batch.statuses[0])) != "Good":
            failures.append(batch)
            raise ZeroDivisionError("a bug")

    clock = SystemClock()
    quick = TagTable(
        Tag(tag.id, tag.path, tag.data_type, tag.connection, tag.address, tag.expression, 20) for tag in table
    )
    database = TagDatabase(quick, clock)
    driver = FakeDriver(ManualClock(clock.now_ns()))
    driver.registers = {0: 1.0, 1: ""}
    acquisition = Acquisition(
        quick,
        {"plc": FakeSettings()},
        database,
        clock,
        receive,
        lambda status: None,
        create_driver=lambda *_: driver,
        policy=FAST,
    )
    acquisition.start()
    await eventually(lambda: name(int(database.statuses[0])) == "BadNoCommunication")
    await acquisition.stop()
    assert failures


def test_calculated_tags_that_depend_on_themselves_are_refused() -> None:
    clock = ManualClock()
    table = TagTable([Tag(0, "A", DataType.INT16, expression="A + 1")])
    with pytest.raises(ExpressionError, match="A -> A"):
        Acquisition(table, {}, TagDatabase(table, clock), clock, lambda _: None, lambda _: None)


async def test_an_unknown_driver_fails_its_connection_only(expected_log) -> None:
    expected_log("there is no driver 'carrier pigeon'")
    clock = ManualClock()
    table = TagTable([Tag(0, "A", DataType.INT16, **DEVICE)])
    statuses: list[ConnectionStatus] = []
    acquisition = Acquisition(
        table,
        {"plc": FakeSettings(driver="carrier pigeon")},
        TagDatabase(table, clock),
        clock,
        lambda _: None,
        statuses.append,
    )
    acquisition.start()
    await asyncio.sleep(0.01)
    await acquisition.stop()
    assert ConnectionState.FAILED in [status.state for status in statuses]


async def test_a_fault_of_the_project_costs_the_tag_or_connection_that_has_it() -> None:
    clock = ManualClock()
    table = TagTable(
        [
            Tag(0, "Sound", DataType.FLOAT64, access=Access.READ_WRITE),
            Tag(1, "Faulty", DataType.INT16, access=Access.READ_WRITE, fault="scan: unknown scan class 'x'"),
            Tag(2, "Uses", DataType.FLOAT64, expression="Sound + Faulty"),
            Tag(3, "Far", DataType.INT16, connection="plc", fault="the connection plc: host is required"),
        ]
    )
    database = TagDatabase(table, clock)
    batches: list[Batch] = []
    statuses: list[ConnectionStatus] = []
    acquisition = Acquisition(
        table,
        {"plc": FakeSettings()},
        database,
        clock,
        batches.append,
        statuses.append,
        connection_faults={"plc": "host is required"},
    )
    acquisition.start()
    acquisition.sweep()
    bad = "BadConfigurationError"
    assert [name(int(status)) for status in database.statuses] == ["UncertainInitialValue", bad, bad, bad]
    assert set(batches[0].tag_ids.tolist()) == {0, 1, 2, 3}
    assert statuses[-1].state is ConnectionState.FAILED
    assert "host is required" in statuses[-1].text
    refused = await acquisition.write(WriteRequest(1, "Faulty", 3))
    assert (refused.outcome, name(refused.status)) == (WriteOutcome.REFUSED, bad)
    assert "unknown scan class 'x'" in refused.text
    assert (await acquisition.write(WriteRequest(2, "Sound", 3.0))).outcome is WriteOutcome.CONFIRMED
    await acquisition.stop()


async def test_stop_leaves_nothing_and_may_come_twice_or_first() -> None:
    async with bench(start=False) as b:
        await b.acquisition.stop()
        b.acquisition.start()
        await b.connected()
        await b.acquisition.stop()
        await b.acquisition.stop()
        assert {driver.calls[-1] for driver in b.drivers.values()} == {"close"}
