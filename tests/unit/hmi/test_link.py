"""The link carries every message exactly and refuses what is none, naming the field."""

import contextlib

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alarms.model import AlarmSnapshot, AlarmState, Priority
from historian.model import PixelSeries
from hmi import link
from tags.connection import ConnectionState, ConnectionStatus
from tags.model import Batch, WriteOutcome, WriteRequest, WriteResult, WriteStep

SNAPSHOT = AlarmSnapshot(
    "A1", "e1", "o1", AlarmState.UNACKNOWLEDGED, True, False, Priority.HIGH, 700, "Tank.Level", "Filling",
    "Tank level high", 91.5, 90.0, "%", 5, 0, 0,
)  # fmt: skip


@given(
    rows=st.lists(
        st.tuples(
            st.integers(0, 1000),
            st.none()
            | st.floats(allow_nan=False)
            | st.text(max_size=20)
            | st.integers(-(2**63), 2**64 - 1)
            | st.tuples(st.integers(-5, 5), st.integers(-5, 5)),
            st.sampled_from([0, 0x40000000]),
            st.integers(-(2**62), 2**62),
        ),
        max_size=30,
    )
)
def test_columns_survive_the_wire_exactly(rows: list[tuple[int, object, int, int]]) -> None:
    batch = Batch.of(rows, 7)  # type: ignore[arg-type]
    frame = link.decode_to_client(link.encode(link.Frame(link.Columns.pack(batch))))
    assert isinstance(frame, link.Frame)
    found = frame.columns.unpack()
    assert found.tag_ids.tolist() == batch.tag_ids.tolist()
    assert np.array_equal(found.values, batch.values, equal_nan=True)
    assert found.statuses.tolist() == batch.statuses.tolist()
    assert found.source_ns.tolist() == batch.source_ns.tolist()
    assert found.extras == batch.extras
    assert found.receive_ns == 7


@pytest.mark.parametrize(
    "message",
    [
        link.Alarms([], [SNAPSHOT], ["A2"], complete=False),
        link.Connections([ConnectionStatus("filling", "s7", ConnectionState.UNAVAILABLE, "No answer")]),
        link.WriteDone(
            WriteResult(
                WriteRequest(3, "Tank.SetPoint", 5.5, "marie"),
                WriteOutcome.CLAMPED,
                read_back=5.0,
                steps=((WriteStep.SENT, 9),),
            )
        ),
        link.Welcome(1, "cell", "0.1", "abc", {"project.toml": b"\x00\xff"}, 5),
        link.QueryFailed(4, "the history is damaged"),
    ],
)
def test_station_messages_come_back_as_they_were(message: link.Message) -> None:
    assert link.decode_to_client(link.encode(message)) == message


@pytest.mark.parametrize(
    "message",
    [
        link.Hello("secret", 1, "vigie read", "marie", "pc-7"),
        link.Subscribe(None),
        link.Subscribe([1, 2]),
        link.Write(WriteRequest(1, "Line.Command", True)),
        link.Acknowledge(["e1"], "marie", "pc-7", "seen"),
        link.QueryPixels(1, ["A"], 0, 10, 100),
        link.Shutdown(),
    ],
)
def test_client_messages_come_back_as_they_were(message: link.Message) -> None:
    assert link.decode_to_station(link.encode(message)) == message


@pytest.mark.parametrize(
    ("frame", "part"),
    [
        (b"", "not a message"),
        (b"\xc1", "not a message"),
        (msgspec.msgpack.encode({"type": "Explode"}), "Explode"),
        (msgspec.msgpack.encode({"type": "Subscribe", "tag_ids": "all"}), "tag_ids"),
        (msgspec.msgpack.encode([1, 2, 3]), "not a message"),
    ],
)
def test_what_is_no_message_is_refused_by_name(frame: bytes, part: str) -> None:
    with pytest.raises(link.LinkError, match=part):
        link.decode_to_station(frame)


@given(st.binary(max_size=200))
def test_random_bytes_never_raise_anything_else(frame: bytes) -> None:
    for decode in (link.decode_to_station, link.decode_to_client):
        with contextlib.suppress(link.LinkError):
            decode(frame)


def test_columns_of_different_length_are_refused() -> None:
    short = link.Columns(b"\0" * 8, b"\0" * 8, b"\0" * 4, b"\0" * 8, 0, {})
    with pytest.raises(link.LinkError, match="differ in length"):
        short.unpack()
    cut = link.Columns(b"\0" * 3, b"", b"", b"", 0, {})
    with pytest.raises(link.LinkError, match="cut off"):
        cut.unpack()


def test_pixel_columns_survive_the_wire() -> None:
    series = PixelSeries(
        "A", np.arange(3), np.array([1.0, np.nan]), np.array([2.0, np.nan]), np.array([1.5, np.nan]),
        np.array([1.0, np.nan]), np.array([2.0, np.nan]), np.array([5, 0]), np.array([0, 2**31], np.uint32),
    )  # fmt: skip
    answer = link.decode_to_client(link.encode(link.PixelHistory(1, [link.pack_pixels(series)])))
    assert isinstance(answer, link.PixelHistory)
    found = link.unpack_pixels(answer.series[0])
    assert np.array_equal(found.mean, series.mean, equal_nan=True)
    assert found.worst.tolist() == [0, 2**31]
    assert found.edges_ns.tolist() == [0, 1, 2]
