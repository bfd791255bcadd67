"""The end of a refresh is noticed whatever the order in which a server's two answers are taken."""

import asyncio
import math
from types import SimpleNamespace

import pytest
from asyncua import ua

import tags.drivers.opcua_conditions as conditions
from tags.clock import ManualClock
from tags.drivers.opcua_decode import Published
from tags.drivers.opcua_events import REFRESH_END, REFRESH_START, SELECTIONS
from tests.support.sinks import ConditionRecorder

SUBSCRIPTION = 7


def event(kind: ua.NodeId) -> list[ua.Variant]:
    names = [path for _, path in SELECTIONS[0]]
    values = [ua.Variant()] * (len(names) + 1)
    values[names.index("EventType")] = ua.Variant(kind)
    return values


def message(*kinds: ua.NodeId) -> Published:
    return Published(SUBSCRIPTION, 1, more=False, keep_alive=False, events=[event(kind) for kind in kinds])


class OnePublisher:
    """Has one subscription, which is never silent."""

    async def create(self, period_ms, taker):
        return SUBSCRIPTION, period_ms

    async def publish(self):
        await asyncio.Event().wait()

    async def delete(self, subscription_ids):
        pass

    def silence_left_s(self, subscription_ids):
        return math.inf


class Server:
    """Answers every request; ``on_refresh`` is called before the answer to a refresh is taken."""

    def __init__(self, on_refresh) -> None:
        self.services = SimpleNamespace(create_monitored_items=None, call=None)
        self._on_refresh = on_refresh

    def node_id(self, address):
        return None

    async def request_all(self, what, service, parameters, count):
        if what == "refreshing the alarms":
            self._on_refresh()
        return [SimpleNamespace(StatusCode=ua.StatusCode(ua.StatusCodes.Good))]


@pytest.fixture
def recorder(monkeypatch) -> ConditionRecorder:
    monkeypatch.setattr(conditions, "_REFRESH_S", 0.05)
    return ConditionRecorder()


async def watched(recorder, on_refresh, until) -> None:
    server = Server(lambda: on_refresh(watch))
    watch = conditions.ConditionWatch(server, OnePublisher(), [], recorder, ManualClock(0), "")
    running = asyncio.create_task(watch.run())
    await recorder.until(until)
    await asyncio.sleep(0.2)  # four times what a server may take
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_an_end_that_is_taken_before_the_call_s_answer_is_an_end(recorder) -> None:
    await watched(
        recorder,
        lambda watch: watch.take(SUBSCRIPTION, message(REFRESH_START, REFRESH_END)),
        lambda: "ended" in recorder.told,
    )
    assert recorder.told == ["began", "ended"]


async def test_a_server_that_never_ends_is_told_once(recorder) -> None:
    await watched(
        recorder,
        lambda watch: watch.take(SUBSCRIPTION, message(REFRESH_START)),
        lambda: len(recorder.told) > 1,
    )
    assert recorder.told == ["began", "the server does not finish reporting the alarms that it retains"]
