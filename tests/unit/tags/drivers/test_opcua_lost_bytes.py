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
