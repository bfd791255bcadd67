"""What a station tells about one value or one connection: steps in words, each with value, age and status."""

from dataclasses import dataclass
from enum import StrEnum


class WhyKind(StrEnum):
    """Name the links of the chain from the screen to the controller."""

    PROPERTY = "property"
    """What the screen shows; the window itself adds it."""
    EXPRESSION = "expression"
    """A calculated tag."""
    TAG = "tag"
    RANGE = "range"
    SCALING = "scaling"
    RAW = "raw"
    """The value as the controller holds it, read for this answer."""
    REQUEST = "request"
    CONNECTION = "connection"
    CONTROLLER = "controller"


class WhyVerdict(StrEnum):
    """Judge one link of the chain."""

    SOUND = "sound"
    NOTED = "noted"
    """Nothing is wrong, but somebody should know, such as a clamped value."""
    AFFECTED = "affected"
    """Not good because of a link further down."""
    UNKNOWN = "unknown"
    """Cannot be looked at while a link further down is broken."""
    BROKEN = "broken"
    """Here it goes wrong; the step says what to do."""


@dataclass(frozen=True, slots=True)
class WhyStep:
    """Tell one link of the chain.

    ``depth`` counts calculated tags above it; ``subject`` is a tag's path or a connection's name; ``text`` is
    one sentence, ``value`` what the link holds as text (empty: nothing), ``status`` an OPC UA code, ``at_ns``
    the UTC time of that value (0: unknown) and ``advice`` what to do about a broken link. ``dump`` shows the
    bytes of an answer, a place and a row of hexadecimal numbers in each line, those of the value in brackets.
    """

    kind: WhyKind
    depth: int
    subject: str
    text: str
    value: str = ""
    status: int = 0
    at_ns: int = 0
    verdict: WhyVerdict = WhyVerdict.SOUND
    advice: str = ""
    dump: str = ""


@dataclass(frozen=True, slots=True)
class ProbeStep:
    """Tell one step of a connection's test: what was tried, whether it went well, how long it took."""

    title: str
    text: str
    passed: bool
    duration_ms: float = 0.0
