"""A screen's elements over one source: evaluates what changed and paints the static and the live layer."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QTransform

from alarms.model import AlarmSnapshot, Priority
from projects.containers import place
from projects.model import Library, Screen
from tags.source import TagSource
from views.dependencies import Dependencies
from views.elements.base import Element, Look, WriteMark, below_each
from views.elements.catalogue import NO_LIBRARY, create, elements_of
from views.elements.containers import Tab
from views.elements.trend import Trend
from views.expression_groups import ExpressionGroups
from views.fit import Fit
from views.grouping import Column, columns_of, grouping
from views.mark_pictures import Doubts, MarkPictures, edges_of
from views.painting_order import painting_order
from views.pictures import Pictures
from views.quality import Mark
from views.reasons import Reasons
from views.slices import Slices, finished
from views.style import Theme, paint_alarm_symbol
from views.write_marks import paint_write

BLINK_NS: Final = 500_000_000
"""Half a flash: 1 Hz with equal halves (HMI-08)."""
ALARM_PX: Final = 20.0
_MARGIN_PX: Final = 26.0
"""How far marks, alarm symbols and write results may stick out of an element."""

_DONE: Final = object()
_SLICE: Final = 64
"""Elements that are made at once, in about a millisecond."""
_INWARD: Final = np.array([_MARGIN_PX, _MARGIN_PX, -_MARGIN_PX, -_MARGIN_PX])
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
        self._work = self._arranging()
        if at_once:
            self.finish()

    def step(self) -> bool:
        """Do a slice of what is left before the scene can be shown; tell whether that was the last one."""
        return next(self._work, _DONE) is _DONE

    def finish(self) -> None:
        """Do all that is left before the scene can be shown."""
        finished(self._work)

    def _arranging(self) -> Slices[None]:
        """Lay out what is on open pages, and decide how it is painted."""
        shown: list[Element] = []
        placed = place(self.screen, self.library, self.source.tags, self._open_pages)
        yield
        for element in elements_of(placed, self.source.tags, self.library, self._made):
            shown.append(element)
            if len(shown) % _SLICE == 0:
                yield
        self.elements: tuple[Element, ...] = tuple(shown)
        self.by_id: Mapping[str, Element] = {element.model.id: element for element in self.elements}
        self.interactive = sorted(
            (element for element in self.elements if element.is_interactive),
            key=lambda element: (element.rect.y() // 48, element.rect.x()),
        )
        """In reading order, for the keyboard."""
        self._dependencies = Dependencies(
            [
                [tag_id for binding in element.properties.bindings.values() for tag_id in binding.tag_ids]
                for element in self.elements
            ],
            len(self.source.tags),
        )
        yield
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
        self.trends = tuple(element for element in self.elements if isinstance(element, Trend))
        self._followers = [row for row, item in enumerate(self.elements) if item.follows_alarms]
        self._alarm_paths = [
            (row, item.alarm_path)
            for row, item in enumerate(self.elements)
            if item.alarm_path and not item.follows_alarms
        ]
        """The part of the plant whose alarms each element marks, of those that do."""
        yield
        self._observers = [row for row, item in enumerate(self.elements) if item.keeps_history]
        groups = yield from grouping(self.elements)
        order = painting_order(self.elements, groups)
        yield
        made: list[Column] = []
        for column in columns_of(self.elements, order.last, groups, len(self.source.tags)):
            made.append(column)
            yield
        self.columns = tuple(made)
        self._is_column = np.zeros(len(self.elements), bool)
        for column in self.columns:
            self._is_column[column.rows] = True
        yield
        self._expressions = ExpressionGroups(self.elements, np.flatnonzero(~self._is_column).tolist())
        self._gated = np.array(
            [row for row, element in enumerate(self.elements) if element.gate is not None], np.intp
        )
        live = np.array([item.is_live for item in self.elements], bool)
        live[list(order.late)] = True
        live[[row for row in self._gated if self.elements[row].has_static]] = True
        self._has_late_static = np.array(
            [
                element.has_static
                and (
                    row in order.late
                    or element.gate is not None
                    or element.is_static_live
                    or element.properties.is_live("visible")
                )
                for row, element in enumerate(self.elements)
            ],
            bool,
        )
        """What of an element is else painted once is painted with every live picture."""
        self.live_rows = np.flatnonzero(live)
        self._single_rows = np.flatnonzero(live & ~self._is_column)
        self._pictures = Pictures()
        self._mark_pictures = MarkPictures()
        self._reasons = Reasons(self.elements, self._bounds + _INWARD, self._is_column)
        yield
        _, self._cursor = self.source.changed_since(0)
        self._alarmed: dict[int, tuple[Priority, bool]] = {}
        alone = np.flatnonzero(~self._is_column).tolist()
        for start in range(0, len(alone), _SLICE):
            self._evaluate(alone[start : start + _SLICE])
            yield
        for column in self.columns:
            column.changed(self.source)
            yield

    def open_page(self, tab_id: str, page: int) -> bool:
        """Show a page (from 0) of a tab; tell whether it was another one. Everything is to be painted again.

        The tags of the page are new in :attr:`tag_ids`, and those of the page before are gone.
        """
        tab = self.by_id.get(tab_id)
        if not isinstance(tab, Tab) or not 0 <= page < len(tab.pages) or page == tab.shown:
            return False
        tab.shown = page
        self._open_pages[tab_id] = page
        self._work = self._arranging()
        self.finish()
        self.set_alarms(self.look.alarms)
        return True

    def find(self, path: str) -> Element | None:
        """Return the first element of a tag or of its alarms, after opening the pages that it is on."""
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
        return next((element for element in self.elements if element.is_about(path)), None)

    @property
    def tag_ids(self) -> NDArray[np.intp]:
        """Return the tags that the screen uses, each once."""
        return self._dependencies.tag_ids

    def _evaluate(self, rows: Iterable[int]) -> list[int]:
        return [row for row in rows if self.elements[row].properties.evaluate(self.source)]

    def catch_up(self) -> list[int]:
        """Evaluate what changed in the source since the last call; return the rows to paint again."""
        changed, self._cursor = self.source.changed_since(self._cursor)
        if not len(changed):
            return []
        touched = self._dependencies.rows(changed)
        rows = self._evaluate(touched[~(self._is_column | self._expressions.is_member)[touched]].tolist())
        rows += self._expressions.changed(self.source, touched)
        if len(self._gated):
            gates = {id(self.elements[row]) for row in rows}
            rows += [row for row in self._gated.tolist() if self.elements[row].is_gated_by(gates)]
        for column in self.columns:
            rows += column.changed(self.source).tolist()
        return rows

    def evaluate(self, element: Element) -> None:
        """Bring an element's properties up to date; those painted by a column are not otherwise evaluated."""
        element.properties.evaluate(self.source)

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
            is_bad = self._mark_pictures.paint_doubts(painter, theme, scale, offset, column.doubts(), inside)
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
