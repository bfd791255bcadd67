"""What the answer to a read of several places says, in the bytes that controllers really send."""

import pytest

from tags.addresses.siemens import S7Area
from tags.drivers.siemens_link import ItemRefusedError, Place, values_of

WORD = Place(S7Area.DATA_BLOCK, 1, 4, 2)
BYTE = Place(S7Area.MERKERS, 0, 3, 1)
TIMER = Place(S7Area.TIMERS, 0, 5, 1)


def taken(places: list[Place], data: str) -> list[bytes | int]:
    """Return the bytes of each place, or the return code of a refused one."""
    answers = values_of(places, bytes.fromhex(data))
    return [answer.code if isinstance(answer, ItemRefusedError) else answer for answer in answers]


@pytest.mark.parametrize(
    ("places", "data", "expected"),
    [
        # Recorded from the C library snap7: a refused place tells of a length of 4 and has no bytes.
        ([WORD, WORD, BYTE], "0a000004 ff0400100102 ff04000807", [0x0A, b"\1\2", b"\7"]),
        ([WORD, WORD], "ff0400100102 0a000004", [b"\1\2", 0x0A]),
        ([BYTE, WORD], "ff0400080700 05000004", [b"\7", 0x05]),
        # Recorded from python-snap7: a length of 0.
        ([WORD, WORD], "0a000000 ff0400100102", [0x0A, b"\1\2"]),
        # A fill byte after an odd number of bytes, with or without one at the end.
        ([BYTE, BYTE], "ff0400080700 ff04000808", [b"\7", b"\x08"]),
        ([BYTE, BYTE], "ff0400080700 ff0400080800", [b"\7", b"\x08"]),
        # Timers count bytes, not bits.
        ([TIMER], "ff0900022127", [b"\x21\x27"]),
        # Only a return code.
        ([WORD], "03", [0x03]),
        # A refusal with the bytes that it refuses.
        ([WORD, WORD], "010400100000 ff0400100102", [0x01, b"\1\2"]),
    ],
)
def test_values_and_refusals(places: list[Place], data: str, expected: list[bytes | int]) -> None:
    assert taken(places, data) == expected


@pytest.mark.parametrize(
    "data",
    [
        "",
        "ff0400100102",
        "ff0400100102 ff04000801",
        "ff0400100102 ff04001001",
        "ff0400100102 ff0400100102 0000",
        "ff0400100102 0a000004 00",
        "010400000000 ff0400100102",
    ],
)
def test_what_does_not_fit_is_not_believed(data: str) -> None:
    with pytest.raises(ValueError, match=r"values|bytes"):
        values_of([WORD, WORD], bytes.fromhex(data))
