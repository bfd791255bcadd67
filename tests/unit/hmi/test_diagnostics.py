"""Each broken link of the chain is the one that is marked, with what to do about it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from hmi.diagnosis import WhyKind, WhyStep, WhyVerdict
from hmi.station.diagnostics import Diagnostics
from hmi.station.why_words import raw_text, status_words
from projects.model import ConnectionConfig, Project, StationSettings
from tags.acquisition import Acquisition
from tags.clock import NS_PER_MS, ManualClock
from tags.connection import ConnectionPolicy, ConnectionState
from tags.database import TagDatabase
from tags.drivers.base import DriverError, DriverFault
from tags.model import Access, Clamp, DataType, Scaling, Tag, TagTable, WriteRequest
from tags.status import StatusCode
from tests.support.fake_driver import FakeDriver, address
from tests.support.patience import eventually

FAST = ConnectionPolicy(
    retry_first_s=0.005, retry_most_s=0.02, retry_failed_s=0.02, watchdog_s=60.0, read_back_s=0.05
)
LEVEL, DOUBLE, RATIO, SETTING, FAULTY, SENT, OFF = range(7)
K, V = WhyKind, WhyVerdict


def tags() -> TagTable:
    scaling = Scaling(0, 1000, 0, 100, Clamp.NONE)
    return TagTable(
        [
            Tag(LEVEL, "Level", DataType.INT16, "plc", address("HR40"), unit="%", eu_low=0.0, eu_high=100.0,
                scaling=scaling, decimals=1),
            Tag(DOUBLE, "Double", DataType.FLOAT64, expression="Level * 2"),
            Tag(RATIO, "Ratio", DataType.FLOAT64, expression="Double / Setting"),
            Tag(SETTING, "Setting", DataType.FLOAT64, access=Access.READ_WRITE),
            Tag(FAULTY, "Faulty", DataType.INT16, fault="'HR' is no address: expected a number"),
            Tag(SENT, "Sent", DataType.INT16, "plc", address("HR41"), access=Access.WRITE),
            Tag(OFF, "Off", DataType.INT16, "resting", address("HR1")),
        ]
    )  # fmt: skip


@dataclass
class Bench:
    clock: ManualClock
    database: TagDatabase
    acquisition: Acquisition
    diagnostics: Diagnostics
    driver: FakeDriver

    async def why(self, path: str) -> list[WhyStep]:
        return (await self.diagnostics.explain([path]))[0]

    async def culprit(self, path: str) -> WhyStep:
        broken = [step for step in await self.why(path) if step.verdict is V.BROKEN]
        assert broken, await self.why(path)
        assert all(step.advice for step in broken)
        return broken[0]

    def bring(self, value: int | None = 412, status: int = int(StatusCode.Good)) -> None:
        self.driver.registers[LEVEL] = 0 if value is None else value
        self.driver.statuses[LEVEL] = status
        self.driver.deliver()

    async def until(self, state: ConnectionState) -> None:
        await eventually(lambda: self.acquisition.connections["plc"].state is state, every_s=0.001)


@asynccontextmanager
async def bench(*faults: Exception) -> AsyncIterator[Bench]:
    clock = ManualClock()
    table = tags()
    database = TagDatabase(table, clock)
    driver = FakeDriver(clock)
    driver.registers[LEVEL] = 412
    driver.connect_faults.extend(faults)
    connections = {
        "plc": ConnectionConfig("plc", "fake", {"host": "10.0.0.7", "port": 502}),
        "resting": ConnectionConfig("resting", "fake", {}, enabled=False),
    }
    project = Project("p", "", connections, {}, StationSettings(), table, (), {}, "d")
    acquisition = Acquisition(
        table, connections, database, clock, lambda _: None, lambda _: None,
        create_driver=lambda *_: driver, policy=FAST,
    )  # fmt: skip
    acquisition.start()
    try:
        if not faults:
            await driver.connected.wait()
        diagnostics = Diagnostics(project, database, acquisition.connections)
        yield Bench(clock, database, acquisition, diagnostics, driver)
    finally:
        await acquisition.stop()


async def test_a_good_value_is_explained_from_the_tag_to_the_controller() -> None:
    async with bench() as b:
        steps = await b.why("Level")
    assert [step.kind for step in steps] == [
        K.TAG, K.RANGE, K.SCALING, K.RAW, K.REQUEST, K.CONNECTION, K.CONTROLLER,
    ]  # fmt: skip
    assert {step.verdict for step in steps} == {V.SOUND}
    by_kind = {step.kind: step for step in steps}
    assert by_kind[K.TAG].value == "41.2 %"
    assert by_kind[K.RAW].value == "412 (0x19C)"
    assert "412 (0x19C) gives 41.2" in by_kind[K.SCALING].text
    assert "HR40" in by_kind[K.REQUEST].text
    assert by_kind[K.CONTROLLER].text == "fake device"


async def test_nothing_is_read_unless_somebody_asks() -> None:
    async with bench() as b:
        assert "read" not in b.driver.calls
        await b.why("Level")
        assert b.driver.calls.count("read") == 1
        await b.why("Setting")
        assert b.driver.calls.count("read") == 1


async def test_a_controller_that_is_off_is_the_cause_and_the_chain_above_is_affected(expected_log) -> None:
    lost = [DriverError(DriverFault.LOST, "no route to the host")] * 5000
    expected_log(r"no route to the host")
    async with bench(*lost) as b:
        await b.until(ConnectionState.UNAVAILABLE)
        step = await b.culprit("Level")
        assert (step.kind, step.subject) == (K.CONTROLLER, "plc")
        assert "No route to the host" in step.text
        assert "10.0.0.7:502" in step.advice
        steps = {step.kind: step for step in await b.why("Level")}
        assert steps[K.TAG].verdict is V.AFFECTED
        assert steps[K.RAW].verdict is V.UNKNOWN
        assert (await b.culprit("Double")).kind is K.CONTROLLER


async def test_wrong_options_are_the_connections_fault(expected_log) -> None:
    expected_log(r"unit")
    async with bench(*[DriverError(DriverFault.CONFIGURATION, "unit: expected 0 to 255")] * 5000) as b:
        await b.until(ConnectionState.FAILED)
        step = await b.culprit("Level")
    assert step.kind is K.CONNECTION
    assert "project.toml" in step.advice


async def test_a_connection_that_is_switched_off_says_so() -> None:
    async with bench() as b:
        step = await b.culprit("Off")
    assert (step.kind, step.subject) == (K.CONNECTION, "resting")
    assert "Switched off" in step.text


async def test_a_bad_address_is_the_requests_fault() -> None:
    async with bench() as b:
        b.bring(None, int(StatusCode.BadConfigurationError))
        step = await b.culprit("Level")
    assert step.kind is K.REQUEST
    assert "HR40" in step.text
    assert "tags.csv" in step.advice


async def test_a_silent_unit_behind_a_gateway_is_the_controllers_fault() -> None:
    async with bench() as b:
        b.bring(None, int(StatusCode.BadTimeout))
        step = await b.culprit("Level")
    assert step.kind is K.CONTROLLER
    assert "behind it does not" in step.text


async def test_a_request_that_is_not_answered_is_the_requests_fault() -> None:
    async with bench() as b:
        b.bring(None, int(StatusCode.BadNoData))
        b.driver.read_faults.append(DriverError(DriverFault.TIMEOUT, "no answer within 3 s"))
        step = await b.culprit("Level")
    assert step.kind is K.REQUEST
    assert step.text == "No answer within 3 s."


async def test_what_the_controller_itself_marks_is_the_raw_values_fault() -> None:
    async with bench() as b:
        b.bring(None, int(StatusCode.BadSensorFailure))
        step = await b.culprit("Level")
    assert step.kind is K.RAW
    assert "BadSensorFailure: the sensor has failed" in step.text


async def test_a_value_outside_its_range_is_marked_there() -> None:
    async with bench() as b:
        b.bring(1500)
        step = await b.culprit("Level")
        assert step.kind is K.RANGE
        assert step.value == "150.0 %"
        assert "0 to 100 %" in step.text
        assert (await b.culprit("Double")).subject == "Level"


async def test_a_poll_that_comes_too_late_is_the_requests_fault() -> None:
    async with bench() as b:
        for _ in range(14):
            b.clock.advance(250 * NS_PER_MS)
            b.acquisition.sweep()
        step = await b.culprit("Level")
    assert step.kind is K.REQUEST
    assert "1000 ms" in step.text


async def test_a_calculated_tag_points_at_its_bad_input_and_not_at_itself() -> None:
    async with bench() as b:
        await b.acquisition.write(WriteRequest(1, "Setting", 2.0))
        b.bring(None, int(StatusCode.BadSensorFailure))
        steps = await b.why("Ratio")
        assert [(step.kind, step.depth) for step in steps[:3]] == [
            (K.EXPRESSION, 0), (K.EXPRESSION, 1), (K.TAG, 2),
        ]  # fmt: skip
        assert {step.verdict for step in steps[:3]} == {V.AFFECTED}
        assert (await b.culprit("Ratio")).subject == "Level"


async def test_a_calculation_that_fails_with_good_inputs_is_itself_the_cause() -> None:
    async with bench() as b:
        await b.acquisition.write(WriteRequest(1, "Setting", 0.0))
        step = await b.culprit("Ratio")
    assert (step.kind, step.subject) == (K.EXPRESSION, "Ratio")
    assert "inputs are good" in step.text


async def test_a_value_nobody_has_written_yet_a_faulty_row_and_an_unknown_path() -> None:
    async with bench() as b:
        assert "nobody has written" in (await b.culprit("Setting")).text
        assert "'HR' is no address" in (await b.culprit("Faulty")).text
        assert "vigie check" in (await b.culprit("Faulty")).advice
        assert "no tag 'Levle'" in (await b.culprit("Levle")).text
        (step,) = await b.why("Sent")
        assert step.verdict is V.NOTED


async def test_a_test_beside_a_running_connection_pings_and_reads() -> None:
    async with bench() as b:
        steps = await b.diagnostics.probe("plc", "Level")
        assert [(step.title, step.passed) for step in steps] == [
            ("Connect", True), ("Ping", True), ("Read tag Level", True),
        ]  # fmt: skip
        assert steps[2].text == "HR40 now holds 412 (0x19C)."
        b.driver.statuses[LEVEL] = int(StatusCode.BadConfigurationError)
        assert not (await b.diagnostics.probe("plc"))[-1].passed
        assert "reads no tag" in (await b.diagnostics.probe("plc", "Double"))[0].text
        assert not (await b.diagnostics.probe("nothing"))[0].passed


async def test_a_test_of_a_lost_connection_tries_by_itself_and_says_what_failed(expected_log) -> None:
    expected_log(r"no route")
    async with bench(*[DriverError(DriverFault.LOST, "no route to the host")] * 5000) as b:
        await b.until(ConnectionState.UNAVAILABLE)
        (step,) = await b.diagnostics.probe("plc")
    assert (step.title, step.passed, step.text) == ("Connect", False, "No route to the host.")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "True"),
        (255, "255 (0xFF)"),
        (-3, "-3"),
        (1.5, "1.5"),
        ("a", "a"),
        (2.0**60, "1.15292e+18"),
    ],
)
def test_raw_values_show_their_bits(value: object, text: str) -> None:
    assert raw_text(value) == text


def test_a_status_without_words_of_its_own_keeps_its_quality() -> None:
    assert status_words(0x80FF0000) == "bad"
    assert status_words(0x40FF0000) == "uncertain"
