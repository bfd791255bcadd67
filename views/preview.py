"""Plausible moving values made from tag definitions alone, and pictures of screens without a window."""

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage, QPainter

from projects.model import Library, Screen
from tags.clock import NS_PER_S
from tags.expression import BoundExpression, compile_expression
from tags.model import DataType, Tag, TagTable, Value, needs_extra, to_float
from tags.source import TagSource
from tags.status import StatusCode
from views.elements.catalogue import NO_LIBRARY
from views.fit import Fit, prepare
from views.scene import Scene
from views.style import Theme

START_NS = 1_700_000_000 * NS_PER_S


class PreviewSource:
    """Offer moving values for every tag: slow waves within the range, steps through state texts.

    The values depend on :meth:`advance` only, so that the same screen always gives the same picture. An
    operator cannot write to it; :meth:`put` is for tests and for the designer.
    """

    def __init__(self, tags: TagTable, *, now_ns: int = START_NS) -> None:
        self._tags = tags
        count = len(tags)
        self._values = np.zeros(count)
        self._statuses = np.zeros(count, np.uint32)
        self._source_ns = np.full(count, now_ns, np.int64)
        self._changes = np.zeros(count, np.int64)
        self._counter = 0
        self._exact: dict[int, Value] = {}
        faulty = {tag.id for tag in tags if tag.fault}
        self._held: set[int] = set(faulty)
        self._expressions: list[tuple[int, BoundExpression]] = [
            (tag.id, compile_expression(tag.expression).bind(tags)) for tag in tags if tag.expression
        ]
        self._start_ns = now_ns
        for tag_id in faulty:
            self._set(tag_id, None, int(StatusCode.BadConfigurationError))
        self.advance(now_ns)

    @property
    def tags(self) -> TagTable:
        """Return the definitions."""
        return self._tags

    @property
    def values(self) -> NDArray[np.float64]:
        """Return the values; NaN where bad or no number."""
        return self._values

    @property
    def statuses(self) -> NDArray[np.uint32]:
        """Return OPC UA status codes."""
        return self._statuses

    @property
    def source_ns(self) -> NDArray[np.int64]:
        """Return source times, UTC nanoseconds."""
        return self._source_ns

    def value(self, tag_id: int) -> Value | None:
        """Return the exact value in the tag's own type; None while it is bad."""
        if int(self._statuses[tag_id]) & 0x80000000:
            return None
        exact = self._exact.get(tag_id)
        if exact is not None:
            return exact
        number, kind = float(self._values[tag_id]), self._tags[tag_id].data_type
        if kind is DataType.BOOL:
            return number != 0.0
        return int(number) if kind.is_integer and self._tags[tag_id].scaling is None else number

    def changed_since(self, cursor: int) -> tuple[NDArray[np.int32], int]:
        """Return the ids that changed after ``cursor``, and the next cursor."""
        return np.flatnonzero(self._changes > cursor).astype(np.int32), self._counter

    def put(self, path: str, value: Value | None, status: int = int(StatusCode.Good)) -> None:
        """Hold a tag at a value and status from now on; calculated tags follow at the next advance."""
        tag = self._tags.by_path(path)
        self._held.add(tag.id)
        self._counter += 1
        self._set(tag.id, value, status)

    def advance(self, now_ns: int) -> None:
        """Move all tags that are not held to their values at this time."""
        self._counter += 1
        seconds = (now_ns - self._start_ns) / NS_PER_S
        for tag in self._tags:
            if tag.id not in self._held and tag.expression is None:
                self._source_ns[tag.id] = now_ns
                self._set(tag.id, _wave(tag, seconds, now_ns), int(StatusCode.Good))
        for tag_id, bound in self._expressions:
            if tag_id not in self._held:
                found = bound.evaluate(self)
                self._source_ns[tag_id] = now_ns
                self._set(tag_id, found.value, found.status)

    def _set(self, tag_id: int, value: Value | None, status: int) -> None:
        bad = value is None or bool(status & 0x80000000)
        number = math.nan if bad else to_float(value)
        exact = None if bad or value is None or not needs_extra(value) else value
        before = (self._values[tag_id], self._statuses[tag_id], self._exact.get(tag_id))
        if exact is None:
            self._exact.pop(tag_id, None)
        else:
            self._exact[tag_id] = exact
        self._values[tag_id] = number
        self._statuses[tag_id] = status
        same = before[0] == number or (math.isnan(before[0]) and math.isnan(number))
        if not (same and before[1] == status and before[2] == exact) or not self._changes[tag_id]:
            self._changes[tag_id] = self._counter


def _wave(tag: Tag, seconds: float, now_ns: int) -> Value:
    """Return a value that a tag could have: each tag has a phase and a period of its own."""
    phase = (sum(tag.path.encode()) % 97) / 97
    if tag.data_type is DataType.STRING:
        return tag.path.rpartition(".")[2]
    if tag.data_type is DataType.DATETIME:
        return now_ns
    if tag.data_type is DataType.BOOL:
        return math.sin(seconds / 9 + phase * math.tau) > -0.3
    if tag.states:
        numbers = list(tag.states)
        return numbers[int(seconds / 10 + phase * len(numbers)) % len(numbers)]
    low = 0.0 if tag.eu_low is None else tag.eu_low
    high = 100.0 if tag.eu_high is None else tag.eu_high
    if high - low > 1e6:
        return int(low + 1000 + seconds + 500 * phase)
    share = 0.5 + 0.06 * math.sin(seconds / 7 + phase * math.tau) + 0.02 * math.sin(seconds * 1.7)
    number = low + (high - low) * share
    return round(number) if tag.data_type.is_integer and tag.scaling is None else number


def paint(scene: Scene, size: QSize, *, ratio: float = 1.0) -> QImage:
    """Return a picture of a scene as it is now, fitted into ``size`` (device-independent pixels)."""
    image = QImage(size * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(scene.look.theme.background)
    painter = QPainter(image)
    try:
        prepare(painter)
        fit = Fit(scene.screen, size.width(), size.height())
        painter.setTransform(fit.transform)
        scene.paint_static(painter)
        painter.resetTransform()
        scene.paint_live(painter, fit, ratio)
    finally:
        painter.end()
    return image


def render(
    screen: Screen,
    source: TagSource,
    theme: Theme,
    size: QSize,
    *,
    ratio: float = 1.0,
    library: Library = NO_LIBRARY,
) -> QImage:
    """Return a picture of a screen with the present values of a source; needs a QGuiApplication."""
    return paint(Scene(screen, source, theme, library), size, ratio=ratio)
