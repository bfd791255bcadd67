"""Tones of the alarm priorities: synthesised, so that they need no files and no licence."""

import io
import math
import struct
import wave
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from alarms.model import Priority

RATE_HZ: Final = 22_050
_LOUDNESS: Final = 0.45
_RAMP_S: Final = 0.008
"""Beginning and end of a pulse swell and fade, or they would click."""


@dataclass(frozen=True, slots=True)
class Tone:
    """Describe a priority's call: its pulses, their pitch, and the time from one call to the next."""

    frequencies_hz: tuple[float, ...]
    pulse_s: float
    pause_s: float
    repeat_ms: int


TONES: Final[Mapping[Priority, Tone]] = {
    Priority.URGENT: Tone((1047.0, 784.0, 1047.0, 784.0, 1047.0), 0.12, 0.04, 1_500),
    Priority.HIGH: Tone((880.0, 880.0, 880.0), 0.16, 0.08, 3_000),
    Priority.MEDIUM: Tone((660.0, 660.0), 0.20, 0.12, 6_000),
    Priority.LOW: Tone((523.0,), 0.30, 0.0, 15_000),
}
"""The more urgent, the more pulses, the higher and the sooner again: rhythm tells them apart too."""


def wav(tone: Tone) -> bytes:
    """Return a call as a WAV file: mono, 16 bit."""
    samples: list[float] = []
    for frequency_hz in tone.frequencies_hz:
        samples += _pulse(frequency_hz, tone.pulse_s)
        samples += [0.0] * round(tone.pause_s * RATE_HZ)
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(RATE_HZ)
        frames = (round(32_767 * _LOUDNESS * sample) for sample in samples)
        writer.writeframes(struct.pack(f"<{len(samples)}h", *frames))
    return file.getvalue()


def _pulse(frequency_hz: float, seconds: float) -> list[float]:
    count = round(seconds * RATE_HZ)
    ramp = _RAMP_S * RATE_HZ
    step = 2 * math.pi * frequency_hz / RATE_HZ
    # A weak third harmonic makes the pitch audible through a machine's hum.
    return [
        min(1.0, n / ramp, (count - n) / ramp) * (0.85 * math.sin(step * n) + 0.15 * math.sin(3 * step * n))
        for n in range(count)
    ]
