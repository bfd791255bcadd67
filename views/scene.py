"""A screen's elements over one source: evaluates what changed and paints the static and the live layer."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPixmap, QTransform

from alarms.model import AlarmSnapshot, Priority
from projects.containers import place, placing
from projects.model import Library, Screen
from tags.source import TagSource
from views.arrangement import MARGIN_PX, Arrangement, arranging
from views.elements.base import Element, Look, WriteMark, below_each
from views.elements.catalogue import NO_LIBRARY, create
from views.elements.containers import Tab
from views.elements.trend import Trend
from views.fit import Fit, prepare
from views.grouping import Column
from views.mark_pictures import Doubts, MarkPictures, edges_of
from views.pictures import Pictures
from views.quality import Mark
from views.reasons import Reasons
from views.slices import Slices, finished
from views.style import Theme, paint_alarm_symbol
from views.write_marks import paint_write

BLINK_NS: Final = 500_000_000
"""Half a flash: 1 Hz with equal halves (HMI-08)."""
ALARM_PX: Final = 20.0

_DONE: Final = object()
_SLICE: Final = 64
"""Elements that are evaluated at once, in about a millisecond."""
_PICTURES: Final = 16
"""Elements whose pictures are made at once, in about a millisecond."""
_INWARD: Final = np.array([MARGIN_PX, MARGIN_PX, -MARGIN_PX, -MARGIN_PX])
"""What makes a box of an element of one that its marks may paint."""


class Scene:
    """Hold the elements of one screen in painting order, and paint them in screen pixels.

    GUI thread only. ``rows`` are positions in :attr:`elements`. With ``at_once`` False it is not to be used
    before :meth:`step` was called until it says so.
    """

    def __init__(
        self,
        screen: Screen,
        source: TagSource,
        theme: Theme,
        library: Library = NO_LIBRARY,
        *,
        at_once: bool = True,
    ) -> None:
        self.screen = screen
        self.source = source
        self.library = library
        self.look = Look(theme)
        self._open_pages: dict[str, int] = {}
        self._made: dict[str, Element] = {}
        """Every element that was shown once, by its placed id: a page that comes back keeps its history."""
        self.size: int | None = None
        """How many elements are laid out, None before that is known."""
        self._work = self._opening()
        if at_once:
            self.finish()

    def step(self) -> bool:
        """Do a slice of what is left before the scene can be shown; tell whether that was the last one."""
        return next(self._work, _DONE) is _DONE

    def finish(self) -> None:
        """Do all that is left before the scene can be shown."""
        finished(self._work)

    def _opening(self) -> Slices[None]:
        """Lay out what is on open pages, decide how it is painted, and evaluate it."""
        placed = yield from placing(self.screen, self.library, self.source.tags, self._open_pages)
        self.size = len(placed)
        yield
        found = yield from arranging(placed, self.source.tags, self.library, self._made)
        self._take(found)
        yield
        _, self._cursor = self.source.changed_since(0)
        alone = np.flatnonzero(~self._is_column).tolist()
        for start in range(0, len(alone), _SLICE):
            self._evaluate(alone[start : start + _SLICE])
            yield
        for column in self.columns:
            column.changed(self.source)
            yield

    def _take(self, found: Arrangement) -> None:
        """Show these elements from now on."""
        self.elements: tuple[Element, ...] = found.elements
        self.by_id: Mapping[str, Element] = found.by_id
        self.interactive: Sequence[Element] = found.interactive
        """In reading order, for the keyboard."""
        self.trends: Sequence[Trend] = found.trends
        self.columns: Sequence[Column] = found.columns
        self.live_rows = found.live_rows
        self._tag_ids = found.tag_ids
        self._dependencies = found.dependencies
        self._bounds = found.bounds
        self._followers = found.followers
        self._alarm_paths = found.alarm_paths
        self._observers = found.observers
        self._is_column = found.is_column
        self._expressions = found.expressions
        self._gated = found.gated
        self._has_late_static = found.has_late_static
        self._single_rows = found.single_rows
        self._pictures = Pictures()
        self._mark_pictures = MarkPictures()
        self._is_due = np.zeros(len(found.elements), np.bool_)
        self._reasons = Reasons(self.elements, self._bounds + _INWARD, self._is_column)
        self._alarmed: dict[int, tuple[Priority, bool]] = {}

    def open_page(self, tab_id: str, page: int) -> bool:
        """Show a page (from 0) of a tab; tell whether it was another one. Everything is to be painted again.

        The tags of the page are new in :attr:`tag_ids`, and those of the page before are gone.
        """
        tab = self.by_id.get(tab_id)
        if not isinstance(tab, Tab) or not 0 <= page < len(tab.pages) or page == tab.shown:
            return False
        tab.shown = page
        self._open_pages[tab_id] = page
        self._work = self._opening()
        self.finish()
        self.set_alarms(self.look.alarms)
        return True

    def find(self, path: str) -> Element | None:
        """Return the element that shows a tag, or else its alarms, after opening the pages that it is on."""
        found = self._first(path)
        if found is not None:
            return found
        for one in place(self.screen, self.library, self.source.tags):
            if one.pages and one.model.id not in self.by_id:
                element = create(one.model, self.source.tags, self.library)
                if element.is_about(path):
                    for tab_id, page in one.pages:
                        self.open_page(tab_id, page)
                    return self._first(path)
        return None

    def _first(self, path: str) -> Element | None:
        """Return what tells most of a path: one of that very tag rather than one of the plant around it."""
        about = (element for element in self.elements if element.is_about(path))
        return min(
            about,
            key=lambda one: (not one.is_visible, one.path != path, -len(one.alarm_path)),
            default=None,
        )

    @property
    def tag_ids(self) -> NDArray[np.intp]:
        """Return the tags that the screen uses, each once, for the station's subscription."""
        return self._tag_ids

    def _evaluate(self, rows: Iterable[int]) -> list[int]:
        return [row for row in rows if self.elements[row].properties.evaluate(self.source)]

    def catch_up(self) -> list[int]:
        """Evaluate what changed in the source since the last call; return the rows to paint again."""
        return self._rows_in(self._caught_up())

    def _caught_up(self) -> NDArray[np.bool_]:
        """Evaluate what changed; return a mask of what is to be painted again, which the next call takes."""
        due = self._is_due
        changed, self._cursor = self.source.changed_since(self._cursor)
        if not len(changed):
            return due
        touched = self._dependencies.rows(changed)
        if len(touched):
            rows = self._evaluate(touched[~self._expressions.is_member[touched]].tolist())
            rows += self._expressions.changed(self.source, touched)
            due[rows] = True
            if rows and len(self._gated):
                gates = {id(self.elements[row]) for row in rows}
                due[[row for row in self._gated.tolist() if self.elements[row].is_gated_by(gates)]] = True
        for column in self.columns:
            due[column.changed(self.source)] = True
        return due

    def _rows_in(self, due: NDArray[np.bool_]) -> list[int]:
        """Return the rows of the mask, in painting order, and clear it."""
        rows = np.flatnonzero(due)
        due[rows] = False
        found: list[int] = rows.tolist()
        return found

    def evaluate(self, element: Element) -> None:
        """Bring an element's properties up to date; those painted by a column are not otherwise evaluated."""
        element.properties.evaluate(self.source)

    def refresh(self, now_ns: int) -> list[int]:
        """Take up changes, samples of short histories and the flashing; return the rows to paint again."""
        due = self._caught_up()
        due[[row for row in self._observers if self.elements[row].observe(now_ns)]] = True
        self.look.now_ns = now_ns
        blink_on = (now_ns // BLINK_NS) % 2 == 0
        if blink_on != self.look.blink_on:
            self.look.blink_on = blink_on
            due[[row for row, (_, acknowledged) in self._alarmed.items() if not acknowledged]] = True
        return self._rows_in(due)

    def set_theme(self, theme: Theme) -> None:
        """Change the look; everything has to be painted again."""
        self.look.theme = theme

    def set_alarm_rows(self, rows: Mapping[str, AlarmSnapshot]) -> None:
        """Take the alarms by their id, for lists; they count from the next :meth:`set_alarms` on."""
        self.look.alarm_rows = rows

    def set_alarms(self, alarms: Mapping[str, tuple[Priority, bool]]) -> list[int]:
        """Take the active alarms (tag path to priority and acknowledged); return the rows to paint again."""
        self.look.alarms = dict(alarms)
        self.look.alarms_below = below_each(alarms)
        self.look.alarm_round += 1
        before = self._alarmed
        self._alarmed = {}
        for row, path in self._alarm_paths:
            found = self.look.alarms_below.get(path)
            if found:
                self._alarmed[row] = found[0]
        for row in self._followers:
            own = self.elements[row].alarms(self.look)
            if own:
                self._alarmed[row] = own[0]
        return sorted({*self._followers, *before, *self._alarmed})

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

    def paint_static(self, painter: QPainter, rows: Iterable[int] | None = None) -> None:
        """Paint what never changes, of ``rows`` if given; the painter is set to screen pixels."""
        for row in range(len(self.elements)) if rows is None else rows:
            element = self.elements[row]
            if element.has_static and not self._has_late_static[row] and element.is_visible:
                element.paint_static(painter, self.look)

    def warming(self, fit: Fit, ratio: float) -> Slices[None]:
        """Make the pictures that live elements are painted from: the first painting is then like any other.

        ``ratio`` is device pixels per widget pixel.
        """
        self._pictures.suit(fit, ratio, self.look.theme, self.columns)
        rows = self._single_rows.tolist()
        for start in range(0, len(rows), _PICTURES):
            for row in rows[start : start + _PICTURES]:
                element = self.elements[row]
                if element.is_visible:
                    with_static = bool(self._has_late_static[row])
                    self._pictures.get(row, element, self.look, with_static=with_static)
            yield
        nowhere = QPixmap(1, 1)
        for column in self.columns:
            first = np.zeros(len(column.rows), bool)
            first[:1] = True
            painter = QPainter(nowhere)
            try:
                prepare(painter)
                column.paint(painter, self.look, fit.scale * ratio, fit.offset * ratio, first)
            finally:
                painter.end()
            yield

    def _hidden(self) -> NDArray[np.intp]:
        """Return the rows that the container around them hides."""
        return np.array([row for row in self._gated.tolist() if not self.elements[row].is_visible], np.intp)

    def paint_live(self, painter: QPainter, fit: Fit, ratio: float = 1.0, area: QRectF | None = None) -> None:
        """Paint the elements that follow values, and their marks; only those that meet ``area`` if given.

        The painter is set to widget pixels, ``ratio`` is device pixels per widget pixel, ``area`` is in
        screen pixels.
        """
        base = painter.transform()
        in_screen = fit.transform * base
        in_device = QTransform.fromScale(1 / ratio, 1 / ratio) * base
        self._pictures.suit(fit, ratio, self.look.theme, self.columns)
        rows = self._single_rows if area is None else self.touching(self._single_rows, area)
        shown: list[int] = []
        is_device = False
        painter.setTransform(in_screen)
        for row in rows.tolist():
            element = self.elements[row]
            if not element.is_visible:
                continue
            shown.append(row)
            with_static = bool(self._has_late_static[row])
            picture = self._pictures.get(row, element, self.look, with_static=with_static)
            if (picture is not None) != is_device:
                is_device = not is_device
                painter.setTransform(in_device if is_device else in_screen)
            if picture is not None:
                painter.drawPixmap(picture.at, picture.pixmap)
                continue
            if with_static:
                element.paint_static(painter, self.look)
            element.paint_live(painter, self.look)
        painter.setTransform(in_device)
        hidden = self._hidden()
        scale, offset = fit.scale * ratio, fit.offset * ratio
        painted: list[tuple[Column, NDArray[np.bool_] | None]] = []
        for column in self.columns:
            inside = None
            if area is not None:
                inside = np.isin(column.rows, self.touching(column.rows, area))
            if len(hidden):
                seen = ~np.isin(column.rows, hidden)
                inside = seen if inside is None else inside & seen
            column.paint(painter, self.look, scale, offset, inside)
            painted.append((column, inside))
        doubted = [row for row in shown if self.elements[row].shows_quality]
        bad = [row for row in doubted if self.elements[row].mark is Mark.BAD]
        theme = self.look.theme
        for doubts in self._doubts_of(doubted):
            self._mark_pictures.paint_doubts(painter, theme, scale, offset, doubts, None)
        for column, inside in painted:
            found = column.doubts()
            if found is not None:
                is_bad = self._mark_pictures.paint_doubts(painter, theme, scale, offset, found, inside)
                bad += column.rows[is_bad].tolist()
        painter.setTransform(in_screen)
        for row in bad:
            self._reasons.paint(painter, self.look, row, self.source)
        for row in shown:
            self._paint_alarm(painter, row)
            self._paint_write(painter, self.elements[row])
        alarmed = np.array([row for row in self._alarmed if self._is_column[row]], np.intp)
        for row in (alarmed if area is None else self.touching(alarmed, area)).tolist():
            if self.elements[row].is_visible:
                self._paint_alarm(painter, row)
        painter.setTransform(base)

    def _doubts_of(self, rows: Iterable[int]) -> Iterator[Doubts]:
        """Yield what of the statuses of elements that no column paints is to be shown."""
        marked = [one for one in map(self.elements.__getitem__, rows) if one.mark]
        for at_left in (False, True):
            found = [one for one in marked if one.marks_at_left is at_left]
            if found:
                boxes = edges_of(np.array([one.mark_rect().getRect() for one in found], float))
                yield Doubts(np.array([one.mark for one in found], np.uint8), boxes, at_left)

    def _paint_write(self, painter: QPainter, element: Element) -> None:
        write = self.look.writes.get(element.path) if element.is_interactive else None
        if write is not None and element.is_meant(write):
            paint_write(painter, element.rect, write, self.look)

    def _paint_alarm(self, painter: QPainter, row: int) -> None:
        element, alarm = self.elements[row], self._alarmed.get(row)
        if alarm is not None and not element.follows_alarms:
            box = QRectF(0, 0, ALARM_PX, ALARM_PX)
            box.moveCenter(element.alarm_anchor())
            paint_alarm_symbol(painter, box, *alarm, self.look.blink_on, self.look.theme)
