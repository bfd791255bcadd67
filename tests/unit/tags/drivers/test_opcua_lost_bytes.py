"""A notification that lost bytes on the way is told from a whole one, wherever they were."""

import struct

import numpy as np
import pytest

from tags.drivers.opcua_decode import decode_publish
from tags.simulator.pattern import age_ms, place_of
from tags.simulator.pattern_messages import Lies, publish_response

PLACES = np.arange(100.0, 105.0)


def message() -> bytes:
    return publish_response(1, 7, 9, np.arange(5, dtype=np.uint32), PLACES, Lies())[0]


def test_a_whole_message_is_taken() -> None:
    (columns,) = decode_publish(message()).items
    assert [place_of(value) for value in columns.values] == PLACES.tolist()


@pytest.mark.parametrize("lost", [1, 2, 3])
def test_no_value_is_made_of_the_next_messages_bytes(lost: int) -> None:
    """The stream closes up: the next message's header fills the end."""
    body = message()
    following = b"MSGF" + struct.pack("<IIIII", 24 + len(body), 1, 13, 8, 10) + body
    refused = 0
    for at in range(len(body) - lost + 1):
        stream = body[:at] + body[at + lost :] + following
        try:
            published = decode_publish(stream[: len(body)])
        except ValueError:
            refused += 1
            continue
        for columns in published.items:
            good = columns.statuses == 0
            for handle, value in zip(columns.handles[good], columns.values[good], strict=True):
                assert place_of(value) == 100 + handle, at
                assert age_ms(value) < 10_000, at
    assert refused > len(body) / 2


@pytest.mark.parametrize("encoding", [0x80, 0xC0, 0x98])
def test_an_array_that_is_longer_than_the_message_is_refused_at_once(encoding: int) -> None:
    """The library would make two thousand million nulls of it."""
    body = message()
    at = body.index(struct.pack("<IBB", 0, 0x0D, 11)) + 5
    with pytest.raises(ValueError, match="array of"):
        decode_publish(body[:at] + bytes([encoding]) + struct.pack("<i", 2**31 - 1) + body[at + 5 :])
