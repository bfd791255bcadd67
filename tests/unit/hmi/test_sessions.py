"""An outbox merges values, never events, and cuts off a client that is too far behind."""

import asyncio

import numpy as np
import pytest

from hmi.link import Frame, Notice
from hmi.station import sessions
from hmi.station.sessions import Outbox
from tags.clock import ManualClock
from tags.database import TagDatabase
from tags.model import Batch, DataType, Tag, TagTable
from tags.status import StatusCode
from tests.support.patience import PATIENCE_S

TAGS = TagTable(
    [
        Tag(0, "A", DataType.FLOAT64, connection="plc"),
        Tag(1, "B", DataType.INT64, connection="plc"),
        Tag(2, "C", DataType.STRING, connection="plc"),
    ]
)


@pytest.fixture
def database() -> TagDatabase:
    return TagDatabase(TAGS, ManualClock())


def apply(database: TagDatabase, *samples: tuple[int, object, int]) -> None:
    now_ns = ManualClock().now_ns()
    rows = [(tag_id, value, 0, now_ns + later) for tag_id, value, later in samples]
    database.apply(Batch.of(rows, now_ns))  # type: ignore[arg-type]


def frame_of(outbox: Outbox) -> dict[int, object]:
    frames = [message for message in outbox.take() if isinstance(message, Frame)]
    assert len(frames) <= 1
    if not frames:
        return {}
    batch = frames[0].columns.unpack()
    return {int(tag_id): batch.value_at(row) for row, tag_id in enumerate(batch.tag_ids)}


def test_the_first_frame_has_every_wanted_tag_even_those_without_a_value(database: TagDatabase) -> None:
    outbox = Outbox(database, ManualClock())
    apply(database, (0, 1.0, 0))
    outbox.subscribe([0, 1])
    [message] = outbox.take()
    assert isinstance(message, Frame)
    batch = message.columns.unpack()
    assert batch.tag_ids.tolist() == [0, 1]
    assert batch.statuses.tolist() == [0, int(StatusCode.BadWaitingForInitialData)]


def test_only_the_newest_value_of_a_tag_is_sent(database: TagDatabase) -> None:
    outbox = Outbox(database, ManualClock())
    outbox.subscribe(None)
    outbox.take()
    for later in range(1, 50):
        apply(database, (0, float(later), later))
        outbox.values_changed()
    assert frame_of(outbox) == {0: 49.0}
    assert frame_of(outbox) == {}


def test_tags_that_are_not_wanted_cost_nothing(database: TagDatabase) -> None:
    outbox = Outbox(database, ManualClock())
    outbox.subscribe([1])
    outbox.take()
    apply(database, (0, 5.0, 1))
    assert frame_of(outbox) == {}


def test_what_a_double_cannot_hold_is_sent_exactly(database: TagDatabase) -> None:
    outbox = Outbox(database, ManualClock())
    apply(database, (1, 2**62 + 1, 0), (2, "Réservoir", 0))
    outbox.subscribe([1, 2])
    assert frame_of(outbox) == {1: 2**62 + 1, 2: "Réservoir"}


def test_events_stay_in_order_and_come_before_values(database: TagDatabase) -> None:
    outbox = Outbox(database, ManualClock())
    outbox.subscribe([0])
    for number in range(1000):
        outbox.post(Notice(1, str(number)))
    messages = outbox.take()
    assert [message.text for message in messages[:-1] if isinstance(message, Notice)] == [
        str(number) for number in range(1000)
    ]
    assert isinstance(messages[-1], Frame)


def test_a_client_too_far_behind_is_cut_off(database: TagDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "MAX_WAITING_EVENTS", 10)
    outbox = Outbox(database, ManualClock())
    for _ in range(10):
        outbox.post(Notice(1, "x"))
    assert not outbox.is_overrun
    outbox.post(Notice(1, "x"))
    assert outbox.is_overrun


async def test_waiting_ends_with_the_next_change(database: TagDatabase) -> None:
    outbox = Outbox(database, ManualClock())
    waiting = asyncio.create_task(outbox.wait())
    await asyncio.sleep(0)
    assert not waiting.done()
    outbox.values_changed()
    await asyncio.wait_for(waiting, PATIENCE_S)


def test_ids_outside_the_table_are_ignored(database: TagDatabase) -> None:
    outbox = Outbox(database, ManualClock())
    outbox.subscribe([-1, 0, 99])
    assert list(frame_of(outbox)) == [0]
    assert np.asarray(database.values).shape == (3,)
