"""The OPC UA driver's conditions against a real server, with a real subscription and real methods."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from asyncua import ua

from tags.clock import SystemClock
from tags.conditions import ConditionOperation, ConditionRequest, DeviceCondition, DeviceShelving
from tags.drivers import opcua_publishing, opcua_session
from tags.drivers.base import ConditionSource, Driver, DriverError, DriverFault, Item
from tags.drivers.catalogue import create, drivers
from tags.drivers.opcua_decode import Published
from tags.model import DataType
from tests.support.conditions import EMPTY, HOT, TEMPERATURE, Plant
from tests.support.sinks import ConditionRecorder, RecordingSink

_O = ConditionOperation


def driver_of(plant: Plant, **options: str | bool) -> Driver:
    return create(drivers()["opcua"], {"url": plant.url, "alarms": True, **options}, SystemClock())


def item(text: str = "ns=2;s=Temperature") -> Item:
    return Item(7, drivers()["opcua"].parse_address(text, DataType.FLOAT64), DataType.FLOAT64, 100)


@pytest.fixture
async def plant() -> AsyncIterator[Plant]:
    plant = Plant()
    await plant.start()
    yield plant
    await plant.stop()


class Watching:
    """A connected driver that watches the conditions and one value in two tasks, as a connection does."""

    def __init__(self, driver: Driver) -> None:
        assert isinstance(driver, ConditionSource)
        self.driver = driver
        self.source: ConditionSource = driver
        self.sink = ConditionRecorder()
        self.values = RecordingSink()
        self.tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> "Watching":
        await self.driver.connect()
        self.tasks = [
            asyncio.create_task(self.driver.subscribe([item()], self.values)),
            asyncio.create_task(self.source.watch_conditions([item()], self.sink)),
        ]
        await self.sink.until(lambda: "ended" in self.sink.told)
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.driver.close()

    async def latest(self, count: int) -> DeviceCondition:
        await self.sink.until(lambda: len(self.sink.conditions) >= count)
        assert len(self.sink.conditions) == count
        return self.sink.conditions[-1]


async def test_an_alarm_comes_with_its_fields_beside_the_values(plant: Plant) -> None:
    async with Watching(driver_of(plant, alarm_area="Oven")) as watching:
        assert watching.sink.told == ["began", "ended"]
        await plant.conditions.set_active(HOT, True)
        hot = await watching.latest(1)
        assert (hot.condition, hot.branch, hot.name, hot.source) == ("ns=2;s=Hot", "", "Hot", "Oven")
        assert (hot.message, hot.severity, hot.area) == ("Oven too hot", 850, "Oven")
        assert (hot.is_retained, hot.active, hot.acked, hot.confirmed) == (True, True, False, True)
        assert (hot.tag_id, hot.limit, hot.status) == (7, 90.0, 0)
        assert 0 < hot.active_ns <= hot.source_ns
        await plant.conditions.set_active(EMPTY, True)
        assert (await watching.latest(2)).tag_id is None
        # Values and events are answers to the same publish requests.
        await plant.server.write_attribute_value(TEMPERATURE, ua.DataValue(21.5))
        await watching.values.until(lambda: watching.values.value(7) == 21.5)


async def test_retained_alarms_are_there_after_a_connect_and_others_are_not(plant: Plant) -> None:
    await plant.conditions.set_active(HOT, True)
    await plant.conditions.set_active(EMPTY, True)
    async with Watching(driver_of(plant)) as watching:
        assert watching.sink.told[0] == "began"
        assert watching.sink.told[3] == "ended"
        assert {condition.name for condition in watching.sink.conditions} == {"Hot", "Empty"}


async def test_acknowledge_confirm_and_comment(plant: Plant) -> None:
    async with Watching(driver_of(plant)) as watching:
        await plant.conditions.set_active(HOT, True)
        seen = await watching.latest(1)
        ask = watching.source.operate_condition
        await ask(ConditionRequest(_O.COMMENT, seen.condition, seen.event, "who left it open"))
        commented = await watching.latest(2)
        assert (commented.comment, commented.user, commented.acked) == ("who left it open", "client", False)
        await ask(ConditionRequest(_O.ACKNOWLEDGE, seen.condition, seen.event))
        acked = await watching.latest(3)
        assert (acked.acked, acked.confirmed, acked.is_retained) == (True, False, True)
        assert acked.comment == "who left it open", "no comment keeps the one there is"
        with pytest.raises(DriverError, match="acknowledged already") as caught:
            await ask(ConditionRequest(_O.ACKNOWLEDGE, seen.condition, seen.event))
        assert caught.value.fault is DriverFault.REFUSED
        await ask(ConditionRequest(_O.COMMENT, seen.condition, acked.event, ""))
        assert (await watching.latest(4)).comment == ""
        await plant.conditions.set_active(HOT, False)
        await watching.latest(5)
        await ask(ConditionRequest(_O.CONFIRM, seen.condition, acked.event, "door closed"))
        over = await watching.latest(6)
        assert (over.confirmed, over.is_retained, over.comment) == (True, False, "door closed")


async def test_what_was_seen_before_it_came_again_is_refused_in_words(plant: Plant) -> None:
    async with Watching(driver_of(plant)) as watching:
        await plant.conditions.set_active(EMPTY, True)
        seen = await watching.latest(1)
        await plant.conditions.set_active(EMPTY, False)
        await plant.conditions.set_active(EMPTY, True)
        await watching.latest(3)
        with pytest.raises(DriverError, match="came again or is over"):
            await watching.source.operate_condition(
                ConditionRequest(_O.ACKNOWLEDGE, seen.condition, seen.event)
            )


async def test_shelving_and_its_refusals(plant: Plant) -> None:
    async with Watching(driver_of(plant)) as watching:
        ask = watching.source.operate_condition
        await plant.conditions.set_active(EMPTY, True)
        seen = await watching.latest(1)
        request = ConditionRequest(_O.SHELVE_TIMED, seen.condition, seen.event, "filling it", 900 * 10**9)
        await ask(request)
        shelved = await watching.latest(3)
        assert (shelved.shelving, shelved.comment) == (DeviceShelving.TIMED, "filling it")
        assert 800e9 < shelved.shelved_until_ns - shelved.source_ns <= 901e9
        with pytest.raises(DriverError, match="does not allow shelving for so long"):
            await ask(ConditionRequest(_O.SHELVE_TIMED, seen.condition, seen.event, None, 10**18))
        await ask(ConditionRequest(_O.UNSHELVE, seen.condition, seen.event))
        assert (await watching.latest(4)).shelving is DeviceShelving.NONE
        with pytest.raises(DriverError, match="does not have it as shelved"):
            await ask(ConditionRequest(_O.UNSHELVE, seen.condition, seen.event))
        await ask(ConditionRequest(_O.SHELVE_ONE_SHOT, seen.condition, seen.event))
        assert (await watching.latest(5)).shelving is DeviceShelving.ONE_SHOT
        await plant.conditions.set_active(EMPTY, False)
        assert (await watching.latest(6)).shelving is DeviceShelving.NONE


async def test_what_the_server_does_not_offer_is_told_in_words(plant: Plant) -> None:
    async with Watching(driver_of(plant)) as watching:
        await plant.conditions.set_active(EMPTY, True)
        seen = await watching.latest(1)
        for operation in (_O.RESET, _O.REMOVE_FROM_SERVICE):
            with pytest.raises(DriverError, match=f"does not offer to {operation.value}") as caught:
                await watching.source.operate_condition(
                    ConditionRequest(operation, seen.condition, seen.event)
                )
            assert caught.value.fault is DriverFault.UNSUPPORTED
        with pytest.raises(DriverError):
            await watching.source.operate_condition(
                ConditionRequest(_O.ACKNOWLEDGE, "ns=2;s=Nowhere", seen.event)
            )


async def test_a_branch_is_told_by_its_own_id(plant: Plant) -> None:
    async with Watching(driver_of(plant)) as watching:
        await plant.conditions.set_active(EMPTY, True)
        await plant.conditions.report(plant.conditions.conditions[EMPTY], branch=ua.NodeId("b1", 2))
        assert (await watching.latest(2)).branch == "ns=2;s=b1"


async def test_a_server_that_asks_for_a_refresh_gets_one(plant: Plant) -> None:
    async with Watching(driver_of(plant)) as watching:
        await plant.conditions.set_active(HOT, True)
        await watching.latest(1)
        generator = await plant.server.get_event_generator(ua.ObjectIds.RefreshRequiredEventType)
        await generator.trigger()
        await watching.sink.until(lambda: watching.sink.told.count("ended") == 2)
        assert [condition.name for condition in watching.sink.conditions] == ["Hot", "Hot"]
        assert watching.sink.told[-3] == "began"


async def test_a_server_without_a_refresh_is_told_and_its_alarms_still_come() -> None:
    plant = Plant(refresh=False)
    await plant.start()
    try:
        driver = driver_of(plant)
        assert isinstance(driver, ConditionSource)
        await driver.connect()
        sink = ConditionRecorder()
        task = asyncio.create_task(driver.watch_conditions([], sink))
        await sink.until(lambda: bool(sink.told))
        assert sink.told == [
            "the server cannot report the alarms that it retains; "
            "only those that change from now on are known"
        ]
        await plant.conditions.set_active(HOT, True)
        await sink.until(lambda: len(sink.conditions) == 1)
        assert sink.conditions[0].tag_id is None
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await driver.close()
    finally:
        await plant.stop()


async def test_without_the_option_nothing_is_asked_for(plant: Plant) -> None:
    driver = create(drivers()["opcua"], {"url": plant.url}, SystemClock())
    assert isinstance(driver, ConditionSource)
    assert not driver.reports_conditions


@pytest.mark.parametrize("is_republished", [True, False])
async def test_events_of_a_lost_message_are_got_again(
    plant: Plant, monkeypatch: pytest.MonkeyPatch, is_republished: bool
) -> None:
    """By the very message, or where the server has it no longer by all that it retains."""
    original = opcua_publishing.decode_publish
    lost = 0

    def lossy(body: bytes) -> Published:
        nonlocal lost
        published = original(body)
        if published.events and not lost:
            lost += 1
            return Published(-1, published.sequence_number, more=False, keep_alive=True)
        return published

    async def refuse(_session: Any, _subscription_id: int, _number: int) -> Any:
        raise ua.UaStatusCodeError(ua.StatusCodes.BadMessageNotAvailable)

    async with Watching(driver_of(plant)) as watching:
        monkeypatch.setattr(opcua_publishing, "decode_publish", lossy)
        if not is_republished:
            monkeypatch.setattr(opcua_session.UaSession, "republish", refuse)
        await plant.conditions.set_active(HOT, True)
        await watching.sink.until(lambda: bool(watching.sink.conditions))
        assert lost == 1
        assert watching.sink.conditions[0].name == "Hot"
        assert watching.sink.told.count("ended") == (1 if is_republished else 2)


async def test_a_flood_of_alarms_comes_whole(plant: Plant) -> None:
    async with Watching(driver_of(plant)) as watching:
        for number in range(300):
            await plant.conditions.set_active(EMPTY, number % 2 == 0)
        await watching.sink.until(lambda: len(watching.sink.conditions) == 300)
        actives = [condition.active for condition in watching.sink.conditions]
        assert actives == [number % 2 == 0 for number in range(300)]
