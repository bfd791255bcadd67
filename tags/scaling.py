"""Linear scaling between a device's raw counts and engineering units, and the check of values to write."""

import math
import sys
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tags.errors import ValueRefusedError
from tags.model import Clamp, Scaling, Tag, Value
from tags.status import StatusCode

CLAMPED_LOW: Final = int(StatusCode.GoodClamped) | 0x0500
"""GoodClamped with the limit bits "low" and the info type that makes them valid (DQ-02)."""
CLAMPED_HIGH: Final = int(StatusCode.GoodClamped) | 0x0600
"""GoodClamped with the limit bits "high"."""

_UNCERTAIN: Final = np.uint32(0x40000000)


class ScalingColumns:
    """Scale whole columns: one row of factors per tag id.

    The product is formed before the quotient, ``eu_low + (raw - raw_low) * eu_span / raw_span``, so that
    round decimal ranges give round decimals; tags without scaling, or with equal ranges, pass bit for bit.

    Raises:
        ValueError: a range has no width (our bug: loaders check first).
    """

    __slots__ = (
        "_active",
        "_clamp_high",
        "_clamp_low",
        "_clamps",
        "_eu_low",
        "_eu_span",
        "_raw_low",
        "_raw_span",
    )

    def __init__(self, tags: Sequence[Tag]) -> None:
        rows = len(tags)
        self._active: NDArray[np.bool_] = np.zeros(rows, np.bool_)
        self._clamps: NDArray[np.bool_] = np.zeros(rows, np.bool_)
        self._raw_low = np.zeros(rows)
        self._raw_span = np.ones(rows)
        self._eu_low = np.zeros(rows)
        self._eu_span = np.ones(rows)
        self._clamp_low = np.full(rows, -np.inf)
        self._clamp_high = np.full(rows, np.inf)
        for row, tag in enumerate(tags):
            scaling = tag.scaling
            if scaling is None:
                continue
            _check_spans(scaling)
            self._active[row] = not _is_identity(scaling)
            self._raw_low[row] = scaling.raw_low
            self._raw_span[row] = scaling.raw_high - scaling.raw_low
            self._eu_low[row] = scaling.eu_low
            self._eu_span[row] = scaling.eu_high - scaling.eu_low
            low, high = sorted((scaling.eu_low, scaling.eu_high))
            if scaling.clamp in (Clamp.LOW, Clamp.BOTH):
                self._clamp_low[row] = low
            if scaling.clamp in (Clamp.HIGH, Clamp.BOTH):
                self._clamp_high[row] = high
            self._clamps[row] = scaling.clamp is not Clamp.NONE

    def to_eu(
        self, tag_ids: NDArray[np.int32], raw: NDArray[np.float64], statuses: NDArray[np.uint32]
    ) -> tuple[NDArray[np.float64], NDArray[np.uint32]]:
        """Return engineering values and statuses of rows; the inputs are not written.

        A good value that was clamped gets GoodClamped with its limit bits; a worse status stays, and NaN.
        """
        active = self._active[tag_ids]
        if active.any():
            span = raw - self._raw_low[tag_ids]
            span *= self._eu_span[tag_ids]
            span /= self._raw_span[tag_ids]
            span += self._eu_low[tag_ids]
            raw = np.where(active, span, raw)
        if self._clamps[tag_ids].any():
            low, high = self._clamp_low[tag_ids], self._clamp_high[tag_ids]
            below, above = raw < low, raw > high
            if below.any() or above.any():
                raw = np.minimum(np.maximum(raw, low), high)
                good = statuses < _UNCERTAIN
                statuses = np.where(below & good, np.uint32(CLAMPED_LOW), statuses)
                statuses = np.where(above & good, np.uint32(CLAMPED_HIGH), statuses)
        return raw, statuses


def to_raw(tag: Tag, value: Value) -> Value:
    """Return the raw value that reads as ``value`` (engineering units), in the tag's own data type.

    Whole numbers are rounded to the nearest; a range check follows.

    Raises:
        ValueRefusedError: the raw value does not fit the data type.
    """
    scaling = tag.scaling
    if scaling is None or _is_identity(scaling) or isinstance(value, str):
        return tag.data_type.check(value)
    if isinstance(value, tuple):
        return tag.data_type.check(tuple(_unscaled(scaling, tag, item) for item in value))
    return tag.data_type.check(_unscaled(scaling, tag, value))


def to_eu(tag: Tag, raw: Value) -> Value:
    """Return what ``raw`` reads as, without clamp; the scalar twin of :meth:`ScalingColumns.to_eu`."""
    scaling = tag.scaling
    if scaling is None or isinstance(raw, str) or _is_identity(scaling):
        return raw
    if isinstance(raw, tuple):
        return tuple(item if isinstance(item, str) else _scaled(scaling, item) for item in raw)
    return _scaled(scaling, raw)


def is_scaled(tag: Tag) -> bool:
    """Tell whether the engineering value differs from the raw one: a float, whatever the type."""
    return tag.scaling is not None and not _is_identity(tag.scaling)


def eu_tolerance(tag: Tag, span: float) -> float:
    """Return by how much a value may pass an engineering limit before it counts as outside.

    The wire's FLOAT32 and the scaling's own rounding must not put a value that sits on its limit outside.
    """
    return abs(span) * (1e-6 if tag.data_type.value == "FLOAT32" else 1e-9)


def eu_limits(tag: Tag) -> tuple[float, float] | None:
    """Return the limits that a read value of the tag must lie between, or None where none can be checked."""
    if tag.data_type.is_numeric and tag.eu_low is not None and tag.eu_high is not None:
        slack = eu_tolerance(tag, tag.eu_high - tag.eu_low)
        return tag.eu_low - slack, tag.eu_high + slack
    if tag.data_type.is_float or is_scaled(tag):
        # Without a range of its own a float still must be a number.
        return -sys.float_info.max, sys.float_info.max
    return None


def check_writable_value(tag: Tag, value: Value) -> Value:
    """Return an engineering value that may be written to ``tag``, in the tag's own form.

    Raises:
        ValueRefusedError: it is of the wrong type, not a finite number, or outside the engineering range; the
            message names what is allowed.
    """
    checked = _finite(value) if is_scaled(tag) else _finite(tag.data_type.check(value))
    if tag.data_type.is_numeric:
        for item in checked if isinstance(checked, tuple) else (checked,):
            if isinstance(item, str):
                raise ValueRefusedError(f"expected a number, got the text {item!r}")
            _check_range(tag, item)
    return checked


def _check_range(tag: Tag, number: float) -> None:
    low = -math.inf if tag.eu_low is None else tag.eu_low
    high = math.inf if tag.eu_high is None else tag.eu_high
    if low <= number <= high:
        return
    unit = f" {tag.unit}" if tag.unit else ""
    if tag.eu_high is None:
        allowed = f"{low:g}{unit} and above"
    elif tag.eu_low is None:
        allowed = f"{high:g}{unit} and below"
    else:
        allowed = f"{low:g} to {high:g}{unit}"
    raise ValueRefusedError(f"{number:g} is outside the allowed range: {allowed}")


def _finite(value: Value) -> Value:
    for item in value if isinstance(value, tuple) else (value,):
        if isinstance(item, float) and not math.isfinite(item):
            raise ValueRefusedError(f"expected a finite number, got {item}")
    return value


def _check_spans(scaling: Scaling) -> None:
    spans = (scaling.raw_high - scaling.raw_low, scaling.eu_high - scaling.eu_low)
    if not all(math.isfinite(span) and span for span in spans):
        raise ValueError(f"a scaling needs ranges with a width: {scaling}")


def _is_identity(scaling: Scaling) -> bool:
    return scaling.raw_low == scaling.eu_low and scaling.raw_high == scaling.eu_high


def _scaled(scaling: Scaling, raw: float) -> float:
    span = (raw - scaling.raw_low) * (scaling.eu_high - scaling.eu_low)
    return span / (scaling.raw_high - scaling.raw_low) + scaling.eu_low


def _unscaled(scaling: Scaling, tag: Tag, value: float | str) -> float | int:
    if isinstance(value, str):
        raise ValueRefusedError(f"expected a number, got the text {value!r}")
    span = (value - scaling.eu_low) * (scaling.raw_high - scaling.raw_low)
    raw = span / (scaling.eu_high - scaling.eu_low) + scaling.raw_low
    return round(raw) if tag.data_type.is_integer else raw
