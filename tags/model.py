"""What a tag is, and the batch of columns that is the only thing to move between threads and processes."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final, overload

import numpy as np
from numpy.typing import NDArray

from tags.address import Address
from tags.errors import UnknownTagError, ValueRefusedError
from tags.roles import Role
from tags.status import StatusCode

Scalar = bool | int | float | str
"""One value as people and expressions know it; DATETIME is UTC nanoseconds in an int."""
Value = Scalar | tuple[Scalar, ...]
"""A scalar, or an array of scalars."""

MAX_EXACT_INTEGER: Final = 2**53
"""Whole numbers beyond this do not fit a double and travel in a batch's side list."""


class DataType(StrEnum):
    """Name a tag's data type."""

    BOOL = "BOOL"
    INT8 = "INT8"
    UINT8 = "UINT8"
    INT16 = "INT16"
    UINT16 = "UINT16"
    INT32 = "INT32"
    UINT32 = "UINT32"
    INT64 = "INT64"
    UINT64 = "UINT64"
    FLOAT32 = "FLOAT32"
    FLOAT64 = "FLOAT64"
    STRING = "STRING"
    DATETIME = "DATETIME"

    @property
    def is_integer(self) -> bool:
        """Tell whether values are whole numbers (BOOL and DATETIME are not counted)."""
        return self in _INTEGER_RANGES

    @property
    def is_float(self) -> bool:
        """Tell whether values are floating point."""
        return self in (DataType.FLOAT32, DataType.FLOAT64)

    @property
    def is_numeric(self) -> bool:
        """Tell whether values can be scaled, limited and trended (BOOL is not)."""
        return self.is_integer or self.is_float

    @property
    def is_exact(self) -> bool:
        """Tell whether every value of the type fits a double, so that no side list is needed."""
        return self not in (DataType.INT64, DataType.UINT64, DataType.STRING, DataType.DATETIME)

    @property
    def integer_range(self) -> tuple[int, int] | None:
        """Return the smallest and largest whole number, or None when the type is no integer."""
        return _INTEGER_RANGES.get(self)

    def check(self, value: Value) -> Value:
        """Return ``value`` in the type's own Python form.

        Raises:
            ValueRefusedError: the value does not fit; the message says what was expected.
        """
        if isinstance(value, tuple):
            return tuple(self._check_scalar(item) for item in value)
        return self._check_scalar(value)

    def _check_scalar(self, value: Scalar) -> Scalar:
        if self is DataType.STRING:
            if isinstance(value, str):
                return value
            raise ValueRefusedError(f"expected a text, got {value!r}")
        if isinstance(value, str):
            raise ValueRefusedError(f"expected {self.value}, got the text {value!r}")
        if self is DataType.BOOL:
            if value in (0, 1):
                return bool(value)
            raise ValueRefusedError(f"expected 0 or 1 (false or true), got {value!r}")
        if self.is_float:
            number = float(value)
            if self is DataType.FLOAT32 and math.isfinite(number) and abs(number) > _FLOAT32_MAX:
                raise ValueRefusedError(f"{value!r} is beyond the range of FLOAT32")
            return number
        if isinstance(value, float):
            if not value.is_integer():
                raise ValueRefusedError(f"expected a whole number, got {value!r}")
            value = int(value)
        low, high = _INTEGER_RANGES.get(self, (-(2**63), 2**63 - 1))
        if not low <= value <= high:
            raise ValueRefusedError(f"{value} is outside {low} to {high}, the range of {self.value}")
        return int(value)


_FLOAT32_MAX = float(np.finfo(np.float32).max)
_INTEGER_RANGES: Final[Mapping[DataType, tuple[int, int]]] = MappingProxyType(
    {
        DataType.INT8: (-(2**7), 2**7 - 1),
        DataType.UINT8: (0, 2**8 - 1),
        DataType.INT16: (-(2**15), 2**15 - 1),
        DataType.UINT16: (0, 2**16 - 1),
        DataType.INT32: (-(2**31), 2**31 - 1),
        DataType.UINT32: (0, 2**32 - 1),
        DataType.INT64: (-(2**63), 2**63 - 1),
        DataType.UINT64: (0, 2**64 - 1),
    }
)


class Access(StrEnum):
    """Tell what the operator station may do with a tag."""

    READ = "r"
    READ_WRITE = "rw"
    WRITE = "w"

    @property
    def is_writable(self) -> bool:
        """Tell whether writes are allowed."""
        return self is not Access.READ

    @property
    def is_readable(self) -> bool:
        """Tell whether the value is read from the device."""
        return self is not Access.WRITE


class Clamp(StrEnum):
    """Name the ends of the engineering range at which a scaled value is held."""

    NONE = "none"
    LOW = "low"
    HIGH = "high"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Scaling:
    """Map raw counts onto engineering units, linearly.

    ``raw_low`` reads as ``eu_low`` and ``raw_high`` as ``eu_high``; ``clamp`` holds what would leave the
    engineering range.
    """

    raw_low: float
    raw_high: float
    eu_low: float
    eu_high: float
    clamp: Clamp = Clamp.NONE

    @property
    def gain(self) -> float:
        """Return engineering units per raw count."""
        return (self.eu_high - self.eu_low) / (self.raw_high - self.raw_low)

    @property
    def offset_eu(self) -> float:
        """Return the engineering value at raw zero."""
        return self.eu_low - self.raw_low * self.gain


class LogMode(StrEnum):
    """Name when a tag's samples go to history."""

    OFF = "off"
    CHANGE = "change"
    PERIODIC = "periodic"
    SWINGING = "swinging"
    """Straight lines that stay within a deviation of every sample (swinging door, HIS-02)."""


@dataclass(frozen=True, slots=True)
class LogPolicy:
    """Say which samples of a tag are kept (HIS-01).

    ``deadband_eu`` drops changes not larger than it; ``min_ms`` is the shortest and ``max_ms`` the longest
    distance of two kept samples (0: no such bound); ``period_ms`` is the distance of periodic samples;
    ``deviation_eu`` is how far a swinging door's lines may be from a sample.
    """

    mode: LogMode = LogMode.OFF
    deadband_eu: float = 0.0
    min_ms: int = 0
    max_ms: int = 0
    period_ms: int = 0
    deviation_eu: float = 0.0


@dataclass(frozen=True, slots=True)
class ScanClass:
    """Name a poll or publishing period."""

    name: str
    period_ms: int


@dataclass(frozen=True, slots=True)
class Tag:
    """Define one tag; its values live in the tag database under ``id``.

    ``id`` is the row of the tag in every column and stays the same while a project is open. ``expression`` is
    set (without its ``=``) for a calculated tag, which has neither connection nor address. ``states`` maps a
    raw number to the text shown for it (DQ-13). A tag whose ``fault`` says what is wrong with its definition
    is fed by nothing: it has neither address nor expression, is BadConfigurationError and takes no writes.
    ``write_role`` is the least role that may write it (SEC-10).
    """

    id: int
    path: str
    data_type: DataType
    connection: str | None = None
    address: Address | None = None
    expression: str | None = None
    period_ms: int = 1000
    access: Access = Access.READ
    unit: str = ""
    eu_low: float | None = None
    eu_high: float | None = None
    scaling: Scaling | None = None
    deadband_eu: float = 0.0
    decimals: int | None = None
    states: Mapping[int, str] = field(default_factory=dict)
    log: LogPolicy = LogPolicy()
    description: str = ""
    fault: str = ""
    write_role: Role = Role.OPERATOR


class TagTable(Sequence[Tag]):
    """Hold the tags of a project in the order of their ids, found by path.

    Raises:
        ValueError: ids are not 0..n-1 in order, or a path occurs twice (our bug: loaders check first).
    """

    __slots__ = ("_by_path", "_tags")

    def __init__(self, tags: Iterable[Tag]) -> None:
        self._tags = tuple(tags)
        self._by_path = {tag.path: tag for tag in self._tags}
        if any(tag.id != row for row, tag in enumerate(self._tags)):
            raise ValueError("tag ids must be 0..n-1 in order")
        if len(self._by_path) != len(self._tags):
            raise ValueError("tag paths must be unique")

    def __len__(self) -> int:
        return len(self._tags)

    @overload
    def __getitem__(self, tag_id: int) -> Tag: ...

    @overload
    def __getitem__(self, tag_id: slice) -> Sequence[Tag]: ...

    def __getitem__(self, tag_id: int | slice) -> Tag | Sequence[Tag]:
        return self._tags[tag_id]

    def __iter__(self) -> Iterator[Tag]:
        return iter(self._tags)

    def __contains__(self, path: object) -> bool:
        return path in self._by_path

    def by_path(self, path: str) -> Tag:
        """Return the tag of this path.

        Raises:
            UnknownTagError: there is none.
        """
        try:
            return self._by_path[path]
        except KeyError:
            raise UnknownTagError(f"no tag has the path {path!r}") from None

    def find(self, path: str) -> Tag | None:
        """Return the tag of this path, or None."""
        return self._by_path.get(path)


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Carry samples as columns of equal length n.

    ``tag_ids`` int32, ``values`` float64, ``statuses`` uint32 (OPC UA), ``source_ns`` int64 (UTC).
    ``receive_ns`` is when the station got the whole batch. ``extras`` maps a row to a value that a double
    cannot hold (text, array, DATETIME, 64-bit integer beyond 2**53); ``values`` then holds the nearest
    double, or NaN. A row of bad status has NaN and no extra (DQ-07). Within one batch a later row of the same
    tag is the later sample. Arrays are never written after construction.
    """

    tag_ids: NDArray[np.int32]
    values: NDArray[np.float64]
    statuses: NDArray[np.uint32]
    source_ns: NDArray[np.int64]
    receive_ns: int
    extras: Mapping[int, Value] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.tag_ids)

    @classmethod
    def empty(cls, receive_ns: int) -> "Batch":
        """Return a batch without rows."""
        return cls.of([], receive_ns)

    @classmethod
    def of(cls, samples: Sequence[tuple[int, Value | None, int, int]], receive_ns: int) -> "Batch":
        """Build a batch from ``(tag_id, value, status, source_ns)``; for few rows, drivers fill columns."""
        rows = len(samples)
        values = np.empty(rows)
        extras: dict[int, Value] = {}
        for row, (_, value, _, _) in enumerate(samples):
            values[row] = to_float(value)
            if value is not None and needs_extra(value):
                extras[row] = value
        return cls(
            np.fromiter((sample[0] for sample in samples), np.int32, rows),
            values,
            np.fromiter((sample[2] for sample in samples), np.uint32, rows),
            np.fromiter((sample[3] for sample in samples), np.int64, rows),
            receive_ns,
            extras,
        )

    @classmethod
    def marking(cls, tag_ids: NDArray[np.int32], status: int, at_ns: int) -> "Batch":
        """Return a batch that gives every tag the same status and no value, as on a lost connection."""
        rows = len(tag_ids)
        return cls(
            tag_ids,
            np.full(rows, np.nan),
            np.full(rows, status, np.uint32),
            np.full(rows, at_ns, np.int64),
            at_ns,
        )

    @classmethod
    def concatenate(cls, batches: Sequence["Batch"]) -> "Batch":
        """Return the rows of one or more batches, in order; ``receive_ns`` is that of the last one."""
        if len(batches) == 1:
            return batches[0]
        extras: dict[int, Value] = {}
        start = 0
        for batch in batches:
            extras.update((start + row, value) for row, value in batch.extras.items())
            start += len(batch)
        return cls(
            np.concatenate([batch.tag_ids for batch in batches]),
            np.concatenate([batch.values for batch in batches]),
            np.concatenate([batch.statuses for batch in batches]),
            np.concatenate([batch.source_ns for batch in batches]),
            batches[-1].receive_ns,
            extras,
        )

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> "Batch":
        """Return the chosen rows (indices or mask of length n) as a batch of their own."""
        if rows.dtype == np.bool_:
            rows = np.flatnonzero(rows)
        extras = self.extras
        if extras:
            extras = {new: extras[old] for new, old in enumerate(rows.tolist()) if old in extras}
        return Batch(
            self.tag_ids[rows],
            self.values[rows],
            self.statuses[rows],
            self.source_ns[rows],
            self.receive_ns,
            extras,
        )

    def value_at(self, row: int) -> Value | None:
        """Return the exact value of a row, or None when it has none."""
        extra = self.extras.get(row)
        if extra is not None:
            return extra
        value = float(self.values[row])
        return None if int(self.statuses[row]) & 0x80000000 else value


def needs_extra(value: Value) -> bool:
    """Tell whether a double cannot hold ``value`` exactly."""
    if isinstance(value, (str, tuple)):
        return True
    return isinstance(value, int) and abs(value) > MAX_EXACT_INTEGER


def to_float(value: Value | None) -> float:
    """Return the double nearest to ``value``; NaN for texts, arrays and no value."""
    if value is None or isinstance(value, (str, tuple)):
        return math.nan
    return float(value)


class WriteOutcome(StrEnum):
    """Name how a write ended."""

    CONFIRMED = "confirmed"
    CLAMPED = "clamped"
    REFUSED = "refused"
    TIMED_OUT = "timed_out"


class WriteStep(StrEnum):
    """Name the steps that a write passes, in order."""

    REQUESTED = "requested"
    SENT = "sent"
    ACCEPTED = "accepted"
    READ_BACK = "read_back"


@dataclass(frozen=True, slots=True)
class WriteRequest:
    """Ask for a value to be written, and say who asks, from where and why."""

    request_id: int
    path: str
    value: Value
    user: str = ""
    workstation: str = ""
    screen: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WriteResult:
    """Report a finished write with all that the audit and the operator need.

    ``old_value`` is the value before, ``read_back`` what the device held afterwards (both engineering units,
    None when unknown); ``status`` is the OPC UA code of the outcome, ``text`` one sentence for the operator.
    ``steps`` gives the UTC nanoseconds at which each step was passed.
    """

    request: WriteRequest
    outcome: WriteOutcome
    status: int = int(StatusCode.Good)
    text: str = ""
    old_value: Value | None = None
    read_back: Value | None = None
    steps: tuple[tuple[WriteStep, int], ...] = ()
