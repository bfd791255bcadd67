"""A screen's elements over one source: evaluates what changed and paints the static and the live layer."""

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter, QPixmap, QTransform

from alarms.model import Priority
from projects.model import Screen
from tags.source import TagSource
from views.bindings import Dependencies
from views.elements.alarm import AlarmIndicator, alarms_of
from views.elements.base import Element, Look, WriteMark, WriteState, pen, text_width
from views.elements.catalogue import create
from views.style import LABEL_PX, Theme, paint_alarm_symbol
from views.symbols import paint_mark

BLINK_NS: Final = 500_000_000
"""Half a flash: 1 Hz with equal halves (HMI-08)."""
ALARM_PX: Final = 20.0
_MARGIN_PX: Final = 26.0
"""How far marks, alarm symbols and write results may stick out of an element."""


class Scene:
    """Hold the elements of one screen in painting order, and paint them in screen pixels.

    GUI thread only. ``rows`` are positions in :attr:`elements`.
    """

    def __init__(self, screen: Screen, source: TagSource, theme: Theme) -> None:
        self.screen = screen
        self.source = source
        self.look = Look(theme)
        self.elements: tuple[Element, ...] = tuple(create(model, source.tags) for model in screen.elements)
        self.by_id: Mapping[str, Element] = {element.model.id: element for element in self.elements}
        self.interactive = sorted(
            (element for element in self.elements if element.is_interactive),
            key=lambda element: (element.rect.y() // 48, element.rect.x()),
        )
        """In reading order, for the keyboard."""
        self.live_rows = np.array([row for row, item in enumerate(self.elements) if item.is_live], np.intp)
        self._dependencies = Dependencies(
            [
                [tag_id for binding in element.properties.bindings.values() for tag_id in binding.tag_ids]
                for element in self.elements
            ],
            len(source.tags),
        )
        self._bounds = np.array(
            [
                (
                    box.left() - _MARGIN_PX,
                    box.top() - _MARGIN_PX,
                    box.right() + _MARGIN_PX,
                    box.bottom() + _MARGIN_PX,
                )
                for box in (element.rect for element in self.elements)
            ]
        ).reshape(-1, 4)
        self._observers = [row for row, item in enumerate(self.elements) if item.keeps_history]
        self._cursor = 0
        self._alarmed: dict[int, tuple[Priority, bool]] = {}
        self._evaluate(range(len(self.elements)))

    @property
    def tag_ids(self) -> NDArray[np.intp]:
        """Return the tags that the screen uses, each once."""
        return self._dependencies.tag_ids

    def _evaluate(self, rows: Iterable[int]) -> list[int]:
        return [row for row in rows if self.elements[row].properties.evaluate(self.source)]

    def catch_up(self) -> list[int]:
        """Evaluate what changed in the source since the last call; return the rows to paint again."""
        changed, self._cursor = self.source.changed_since(self._cursor)
        return self._evaluate(self._dependencies.rows(changed).tolist())

    def refresh(self, now_ns: int) -> list[int]:
        """Take up changes, samples of short histories and the flashing; return the rows to paint again."""
        rows = set(self.catch_up())
        rows.update(row for row in self._observers if self.elements[row].observe(now_ns))
        self.look.now_ns = now_ns
        blink_on = (now_ns // BLINK_NS) % 2 == 0
        if blink_on != self.look.blink_on:
            self.look.blink_on = blink_on
            rows.update(row for row, (_, acknowledged) in self._alarmed.items() if not acknowledged)
        return sorted(rows)

    def set_theme(self, theme: Theme) -> None:
        """Change the look; everything has to be painted again."""
        self.look.theme = theme

    def set_alarms(self, alarms: Mapping[str, tuple[Priority, bool]]) -> list[int]:
        """Take the active alarms (tag path to priority and acknowledged); return the rows to paint again."""
        self.look.alarms = dict(alarms)
        before = self._alarmed
        self._alarmed = {}
        for row, element in enumerate(self.elements):
            if isinstance(element, AlarmIndicator):
                found = element.alarms(self.look)
            else:
                found = alarms_of(self.look, element.alarm_path) if element.alarm_path else []
            if found:
                self._alarmed[row] = found[0]
        followers = {row for row, element in enumerate(self.elements) if element.follows_alarms}
        return sorted(followers | before.keys() | self._alarmed.keys())

    def set_writes(self, writes: Mapping[str, WriteMark]) -> list[int]:
        """Take the state of writes by tag path; return the rows to paint again."""
        touched = {
            path
            for path in self.look.writes.keys() | writes.keys()
            if self.look.writes.get(path) != writes.get(path)
        }
        self.look.writes = dict(writes)
        return [row for row, element in enumerate(self.elements) if element.path in touched]

    def bounds(self, row: int) -> QRectF:
        """Return the box that an element and its marks may paint."""
        left, top, right, bottom = self._bounds[row].tolist()
        return QRectF(left, top, right - left, bottom - top)

    def touching(self, rows: NDArray[np.intp], area: QRectF) -> NDArray[np.intp]:
        """Return those of ``rows`` whose bounds meet ``area``."""
        bounds = self._bounds[rows]
        meets = (
            (bounds[:, 0] < area.right())
            & (bounds[:, 2] > area.left())
            & (bounds[:, 1] < area.bottom())
            & (bounds[:, 3] > area.top())
        )
        return rows[meets]

    def at(self, point: QPointF) -> Element | None:
        """Return the uppermost element at a point that has something to tell or do."""
        for element in reversed(self.elements):
            if (element.is_live or element.problem) and element.hit(point) and element.is_visible:
                return element
        return None

    def paint_static(self, painter: QPainter) -> None:
        """Paint background and all that never changes while the theme is shown."""
        painter.fillRect(QRectF(0, 0, self.screen.width, self.screen.height), self.look.theme.background)
        for element in self.elements:
            if element.has_static and not element.properties.is_live("visible") and element.is_visible:
                element.paint_static(painter, self.look)

    def paint_live(self, painter: QPainter, area: QRectF | None = None) -> None:
        """Paint the elements that follow values, and their marks; only those that meet ``area`` if given."""
        rows = self.live_rows if area is None else self.touching(self.live_rows, area)
        shown = []
        for row in rows.tolist():
            element = self.elements[row]
            if not element.is_visible:
                continue
            if element.has_static and element.properties.is_live("visible"):
                element.paint_static(painter, self.look)
            element.paint_live(painter, self.look)
            shown.append(row)
        for row in shown:
            self._paint_marks(painter, row)

    def _paint_marks(self, painter: QPainter, row: int) -> None:
        element = self.elements[row]
        if element.shows_quality:
            paint_mark(painter, element.mark_rect(), element.mark, self.look.theme)
        alarm = self._alarmed.get(row)
        if alarm is not None and not element.follows_alarms:
            box = QRectF(0, 0, ALARM_PX, ALARM_PX)
            box.moveCenter(element.alarm_anchor())
            paint_alarm_symbol(painter, box, *alarm, self.look.blink_on, self.look.theme)
        write = self.look.writes.get(element.path) if element.is_interactive else None
        if write is not None:
            paint_write(painter, element.rect, write, self.look)


_WRITE_WORDS: Final = {
    WriteState.PENDING: "sent …",
    WriteState.CONFIRMED: "✓ done",
    WriteState.CLAMPED: "limited",
    WriteState.REFUSED: "✗ refused",
    WriteState.TIMED_OUT: "no answer",
}


def paint_write(painter: QPainter, rect: QRectF, write: WriteMark, look: Look) -> None:
    """Paint how far a write has come, as a small label over the element's lower right corner."""
    theme, word = look.theme, _WRITE_WORDS[write.state]
    width = text_width(word, LABEL_PX, False) + 14
    label = QRectF(rect.right() - width, rect.bottom() - 6, width, 20)
    color = {
        WriteState.PENDING: theme.pending,
        WriteState.CONFIRMED: theme.confirmed,
    }.get(write.state, theme.refused)
    painter.setPen(pen(color, 1.5))
    painter.setBrush(theme.surface)
    painter.drawRoundedRect(label, 4, 4)
    look.text(painter, label, word, Qt.AlignmentFlag.AlignHCenter, color=color)


class Fit:
    """Fit a screen into a widget or picture: one scale for both directions, centred."""

    __slots__ = ("offset", "scale", "screen")

    def __init__(self, screen: Screen, width: float, height: float) -> None:
        self.screen = QSizeF(screen.width, screen.height)
        self.scale = max(0.05, min(width / screen.width, height / screen.height))
        self.offset = QPointF(
            max(0.0, (width - screen.width * self.scale) / 2),
            max(0.0, (height - screen.height * self.scale) / 2),
        )

    @property
    def transform(self) -> QTransform:
        """Return the way from screen pixels to widget pixels."""
        return QTransform(self.scale, 0, 0, self.scale, self.offset.x(), self.offset.y())

    def to_screen(self, point: QPointF) -> QPointF:
        """Return a widget's point in screen pixels."""
        return (point - self.offset) / self.scale

    def to_widget(self, rect: QRectF) -> QRectF:
        """Return a box of the screen in widget pixels."""
        return QRectF(
            rect.x() * self.scale + self.offset.x(),
            rect.y() * self.scale + self.offset.y(),
            rect.width() * self.scale,
            rect.height() * self.scale,
        )


def prepare(painter: QPainter) -> None:
    """Set the hints under which elements paint."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)


def static_layer(scene: Scene, fit: Fit, width: int, height: int, ratio: float) -> QPixmap:
    """Return what never changes as a picture of ``width`` x ``height`` widget pixels."""
    layer = QPixmap(max(1, round(width * ratio)), max(1, round(height * ratio)))
    layer.setDevicePixelRatio(ratio)
    layer.fill(scene.look.theme.background)
    painter = QPainter(layer)
    try:
        prepare(painter)
        painter.setTransform(fit.transform)
        scene.paint_static(painter)
    finally:
        painter.end()
    return layer
