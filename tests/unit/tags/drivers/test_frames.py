"""What is kept of a connection's frames, and the words for them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tags.clock import SystemClock
from tags.drivers import modbus_frames, opcua_frames, siemens_frames
from tags.drivers.frames import CAPACITY, LONGEST, Direction, FrameTap
from tags.drivers.opcua_frames import MessageCutter

SENT, RECEIVED = Direction.SENT, Direction.RECEIVED


def tap() -> FrameTap:
    return FrameTap(lambda direction, data: f"{direction} {data[:4].hex()}", SystemClock())


def test_nothing_is_kept_until_somebody_looks() -> None:
    frames = tap()
    frames.add(SENT, b"a")
    frames.grow(b"b")
    assert frames.since() == []
    frames.start()
    frames.add(SENT, b"a")
    frames.stop()
    frames.add(SENT, b"b")
    (kept,) = frames.since()
    assert (kept.number, kept.direction, kept.data, kept.text) == (1, SENT, b"a", "sent 61")
    frames.clear()
    assert frames.since() == []


def test_the_oldest_are_dropped_and_numbers_tell() -> None:
    frames = tap()
    frames.start()
    for number in range(CAPACITY + 5):
        frames.add(SENT, number.to_bytes(2, "big"))
    kept = frames.since()
    assert [frame.number for frame in kept] == list(range(6, CAPACITY + 6))
    assert frames.since(CAPACITY + 3) == kept[-2:]
    frames.add(RECEIVED, bytes(3 * LONGEST))
    assert (len(frames.since()[-1].data), frames.since()[-1].size) == (LONGEST, 3 * LONGEST)


def test_an_answer_that_comes_in_pieces_is_one_frame() -> None:
    frames = tap()
    frames.start()
    frames.grow(b"\x01")
    frames.grow(b"\x01\x02")
    frames.grow(b"\x01\x02\x03")
    frames.add(SENT, b"\x01")
    frames.grow(b"\x01\x02")
    assert [frame.data for frame in frames.since()] == [b"\x01\x02\x03", b"\x01", b"\x01\x02"]


@pytest.mark.parametrize(
    ("direction", "frame", "text"),
    [
        (SENT, "0007 0000 0006 05 03 0064 000a", "#7 unit 5: read holding registers 100 to 109"),
        (RECEIVED, "0007 0000 0005 05 03 02 1234", "#7 unit 5: read holding registers, 2 bytes"),
        (RECEIVED, "0007 0000 0003 05 83 02", "#7 unit 5: read holding registers refused, exception 2"),
        (SENT, "0008 0000 0006 01 06 0001 00ff", "#8 unit 1: write register 1, 0x00FF"),
        (
            RECEIVED,
            "0008 0000 0009 01 06 0001 00ff",
            "#8 unit 1: write register confirmed; length 9 does not fit",
        ),
        (RECEIVED, "4854 5450 2f31 2e31", "no Modbus TCP frame"),
        (RECEIVED, "0007", "incomplete: 2 bytes"),
    ],
)
def test_modbus_tcp_in_words(direction: Direction, frame: str, text: str) -> None:
    assert modbus_frames.describe_tcp(direction, bytes.fromhex(frame)) == text


def test_modbus_rtu_in_words() -> None:
    frame = bytes.fromhex("11 03 006b 0003 7687")
    assert modbus_frames.describe_rtu(SENT, frame) == "unit 17: read holding registers 107 to 109"
    assert modbus_frames.describe_rtu(SENT, frame[:-1] + b"\0").endswith("wrong check sum")


@pytest.mark.parametrize(
    ("frame", "text"),
    [
        ("0300001611e00000000100c1020100c2020101c0010a", "connection request"),
        (
            "03000037 02f080 32010000 0003 0026 0000 0403"
            "120a1002000400018400 0050 120a100100010000 83 00000d 120a101d00020000 1d 000005",
            "#3 read DB1.10[4], M1.5, T5[2]",
        ),
        ("0300001d 02f080 32030000 0003 0002 0008 0000 0401 ff040020 01020304", "#3 read answered, 8 bytes"),
        ("03000013 02f080 32020000 0003 0000 0000 8104", "#3 refused, error 0x8104"),
        ("48545450", "incomplete: 4 bytes"),
        ("485454502f312e31", "no S7 frame"),
    ],
)
def test_s7_in_words(frame: str, text: str) -> None:
    assert siemens_frames.describe(SENT, bytes.fromhex(frame)) == text


def message(number: int, body: bytes) -> bytes:
    content = bytes(8) + (1).to_bytes(4, "little") + (9).to_bytes(4, "little")
    content += b"\x01\x00" + number.to_bytes(2, "little") + body
    return b"MSGF" + (len(content) + 8).to_bytes(4, "little") + content


def test_opcua_messages_are_cut_put_into_words_and_keep_secrets() -> None:
    frames = FrameTap(opcua_frames.describe, SystemClock())
    frames.start()
    cutter = MessageCutter(frames, SENT)
    stream = (
        message(631, b"nodes")
        + message(467, b"password")
        + b"MSGF"
        + (40).to_bytes(4, "little")
        + b"\x77" * 32
    )
    for at in range(0, len(stream), 7):
        cutter.pass_on(stream[at : at + 7])
    texts = [frame.text for frame in frames.since()]
    assert texts == [
        "MSG #9 ReadRequest, 33 bytes",
        "MSG #9 ActivateSessionRequest, 36 bytes, sign-in hidden",
        "MSG #2004318071, 40 bytes, encrypted or a further part",
    ]
    assert b"password" not in b"".join(frame.data for frame in frames.since())
    cutter.pass_on(b"HTTP/1.1 400")
    assert frames.since()[-1].text == "no OPC UA message"


@given(st.binary(max_size=60), st.sampled_from(Direction))
def test_any_bytes_have_words(data: bytes, direction: Direction) -> None:
    s7 = bytes.fromhex("0300000002f08032") + data
    for describe, frame in (
        (modbus_frames.describe_tcp, data),
        (modbus_frames.describe_tcp, b"\0\x01\0\0" + data),
        (modbus_frames.describe_rtu, data),
        (siemens_frames.describe, data),
        (siemens_frames.describe, s7),
        (opcua_frames.describe, data),
        (opcua_frames.describe, b"MSGF" + data),
    ):
        assert describe(direction, frame)
