"""Notification messages of the pattern server as NumPy arrays, and what they may lie about."""

import struct
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tags.simulator.pattern import value_now

_FILETIME_AT_1970 = 116_444_736_000_000_000
_RECORD = np.dtype(
    [
        ("handle", "<u4"),
        ("mask", "u1"),
        ("variant", "u1"),
        ("value", "<f8"),
        ("source", "<i8"),
        ("server", "<i8"),
    ]
)
_VALUE_AND_TIMES, _DOUBLE = 0x0D, 11


@dataclass(slots=True)
class Lies:
    """Say what the server does wrong."""

    clock_offset_s: float = 0.0
    """How far its clock is ahead."""
    samples: int = 1
    """How many samples of each value one publishing brings."""


def publish_response(
    subscription: int,
    sequence: int,
    request_handle: int,
    handles: NDArray[np.uint32],
    places: NDArray[np.float64],
    lies: Lies,
) -> tuple[bytes, int]:
    """Return a PublishResponse in which every value has changed, and how many samples it carries.

    ``handles`` and ``places`` are those of the monitored items, one each.
    """
    now = filetime(lies.clock_offset_s)
    samples = max(1, lies.samples)
    items = np.zeros(samples * len(handles), _RECORD)
    items["handle"] = np.repeat(handles, samples)
    items["mask"], items["variant"] = _VALUE_AND_TIMES, _DOUBLE
    items["value"] = np.repeat(places, samples) * 2.0**32 + value_now(0)
    # The samples of one value follow each other in time; the last one is of this moment.
    items["source"] = now - 10 * np.tile(np.arange(samples - 1, -1, -1), len(handles))
    items["server"] = now
    data = struct.pack("<i", len(items)) + items.tobytes() + struct.pack("<i", -1)
    message = b"".join(
        (
            struct.pack("<BBH", 1, 0, 829),
            struct.pack("<qIIBiHB", now, request_handle, 0, 0, 0, 0, 0),
            struct.pack("<IiB", subscription, 0, 0),
            struct.pack("<Iqi", sequence, now, 1),
            struct.pack("<BBHBi", 1, 0, 811, 1, len(data)),
            data,
            struct.pack("<ii", 0, 0),
        )
    )
    return message, len(items)


def filetime(offset_s: float) -> int:
    """Return this moment, shifted, as OPC UA counts time: 100 ns since 1601."""
    return time.time_ns() // 100 + _FILETIME_AT_1970 + round(offset_s * 10_000_000)
