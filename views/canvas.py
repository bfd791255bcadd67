"""The widget that shows a screen: one widget for all elements, painted from columns that a source updates."""

import time
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Final

from PySide6.QtCore import (
    QEvent,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QRegion,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from alarms.model import AlarmSnapshot, Priority
from historian.model import PixelSeries
from projects.model import Library, Screen
from tags.clock import NS_PER_S
from tags.roles import Role
from tags.source import TagSource
from views.accessible import install, tell_focus
from views.commanding import Commander
from views.editors import Popup
from views.elements.base import (
    AcknowledgeAction,
    AlarmAction,
    EditAction,
    Element,
    FaceplateAction,
    NavigateAction,
    PageAction,
    WriteAction,
    WriteMark,
    pen,
    shown_value,
    status_lines,
    text_width,
    time_text,
    unit_of,
)
from views.elements.catalogue import NO_LIBRARY
from views.elements.sparkline import Sparkline
from views.elements.trend import Trend
from views.fit import Fit, prepare
from views.pulses import Pulses
from views.scene import Scene
from views.static_layer import painting_static, static_layer
from views.style import LABEL_PX, Theme
from views.trend import HistoryQuery
from views.viewport import Viewport

_SETTLE_MS: Final = 120
"""How long a zoomed or moved picture may be the old one before it is painted anew."""
_ARROWS: Final = {
    Qt.Key.Key_Left: False,
    Qt.Key.Key_Down: False,
    Qt.Key.Key_Right: True,
    Qt.Key.Key_Up: True,
}
"""Whether an arrow goes one step on; held down it goes one step only, as each one may be a command."""
_ONWARDS: Final = (Qt.Key.Key_Right, Qt.Key.Key_Down)
"""Arrows that go on in what is read from the top left."""
_REPAINT_ALL_SHARE: Final = 0.3
"""Above this share of changed elements one repaint of everything is cheaper than many small ones."""


class ScreenCanvas(QWidget):
    """Show one screen over one source. GUI thread only.

    :meth:`refresh` is called by the window once per frame; nothing else makes the canvas look at values.
    While hidden it does nothing and costs nothing; when shown again it takes up what changed.

    ``scene`` is that of the screen when it was made before.

    Signals: ``write_requested(path, value, element_id, reason)``, ``navigate(screen_id)``,
    ``tag_focused(path)`` when an element with a tag is clicked,
    ``faceplate_requested(faceplate_id, instance)``.
    """

    write_requested = Signal(str, object, str, str)
    navigate = Signal(str)
    tag_focused = Signal(str)
    alarm_focused = Signal(str)
    faceplate_requested = Signal(str, str)
    tags_changed = Signal()
    """Another page of a tab is shown: values of other tags are needed."""
    alarm_requested = Signal(str)
    """The id of an alarm that was pressed in a list."""
    acknowledge_requested = Signal(str, str)
    """The id of an alarm, and of the event as which it was seen."""

    def __init__(
        self,
        screen: Screen,
        source: TagSource,
        theme: Theme,
        parent: QWidget | None = None,
        library: Library = NO_LIBRARY,
        scene: Scene | None = None,
    ) -> None:
        super().__init__(parent)
        self.scene = Scene(screen, source, theme, library) if scene is None else scene
        self._static: QPixmap | None = None
        self.viewport = Viewport(self, screen)
        self.viewport.changed.connect(self._on_view)
        self._fit = self.viewport.fit
        self._preview: tuple[QPixmap, Fit] | None = None
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._settled)
        self._popup: Popup | None = None
        self._focused: Element | None = None
        self._commander = Commander(self._open, self._write, self)
        self._pulses = Pulses(self._take_back, self)
        self._history: HistoryQuery | None = None
        self._alarms: Mapping[str, tuple[Priority, bool]] | None = None
        """Alarms that came while the canvas was hidden."""
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(320, 180)
        self.setAccessibleName(screen.title)
        install(ScreenCanvas)

    @property
    def fit(self) -> Fit:
        """Return how the screen lies in the widget now."""
        return self._fit

    @property
    def focused(self) -> Element | None:
        """Return the element that the keyboard is at."""
        return self._focused

    @property
    def screen_model(self) -> Screen:
        """Return the screen that is shown."""
        return self.scene.screen

    def refresh(self, now_ns: int) -> float:
        """Take up what changed in the source and paint it; return the milliseconds that took.

        ``now_ns`` is UTC; it drives the flashing of unacknowledged alarms and the sparklines.
        """
        if not self.isVisible() or self.window().isMinimized():
            return 0.0
        start = time.perf_counter_ns()
        self._ask_history(now_ns)
        self._repaint_rows(self.scene.refresh(now_ns))
        return (time.perf_counter_ns() - start) / 1e6

    def set_theme(self, theme: Theme) -> None:
        """Change the look at once."""
        self.scene.set_theme(theme)
        self._static = None
        self.update()

    def set_alarm_states(self, alarms: Mapping[str, tuple[Priority, bool]]) -> None:
        """Take the active alarms: tag path to priority and whether it is acknowledged.

        A hidden canvas only keeps them until it is shown: the alarms of a flood cost nothing there.
        """
        self._alarms = alarms
        if self.isVisible():
            self._take_alarms()

    def _take_alarms(self) -> None:
        alarms, self._alarms = self._alarms, None
        if alarms is not None:
            self._update_rows(self.scene.set_alarms(alarms))

    def set_alarm_rows(self, rows: Mapping[str, AlarmSnapshot]) -> None:
        """Take the alarms by their id, for lists; call it before :meth:`set_alarm_states`."""
        self.scene.set_alarm_rows(rows)

    def set_write_states(self, writes: Mapping[str, WriteMark]) -> None:
        """Take how far writes have come, by tag path."""
        self._update_rows(self.scene.set_writes(writes))

    def set_role(self, role: Role) -> None:
        """Block what the operator's role may not write, saying why."""
        if role is not self.scene.look.role:
            self.scene.look.role = role
            self._close_popup()
            self.update()

    def set_locked(self, reason: str) -> None:
        """Block all commands and entries, saying why (replay, no rights); empty lifts the block."""
        if reason != self.scene.look.locked:
            self.scene.look.locked = reason
            self._close_popup()
            self.update()

    def highlight(self, path: str) -> bool:
        """Move the focus ring to the first element of a tag or its alarms; tell whether there is one."""
        before = self.scene.elements
        element = self.scene.find(path)
        if self.scene.elements is not before:
            self._pages_changed()
        if element is None:
            return False
        self._focus(element)
        return True

    def open_page(self, tab_id: str, page: int) -> None:
        """Show a page (from 0) of a tab; the tags that the screen needs are others then."""
        if self.scene.open_page(tab_id, page):
            self._pages_changed()

    def _pages_changed(self) -> None:
        self._close_popup()
        self._static = None
        if self._focused is not None:
            self._focus(self.scene.by_id.get(self._focused.model.id))
        self.update()
        self.tags_changed.emit()

    def set_history(self, query: HistoryQuery) -> None:
        """Let the screen's trends ask for their history by ``query``."""
        self._history = query

    def ask_history_again(self, now_ns: int) -> None:
        """Note that live samples were missed until now (UTC), as after a lost link."""
        for trend in self.scene.trends:
            trend.ask_again(now_ns)

    def _ask_history(self, now_ns: int) -> None:
        """Ask for what the trends lack; nothing waits for the answer."""
        if self._history is None:
            return
        for trend in self.scene.trends:
            wanted = trend.due(now_ns)
            if wanted is not None:
                answer = partial(self._take_history, trend, wanted.end_ns)
                self._history(wanted.paths, wanted.start_ns, wanted.end_ns, wanted.columns, answer)

    def _take_history(self, trend: Trend, until_ns: int, found: list[PixelSeries] | None, _text: str) -> None:
        if found is not None:
            trend.take_history(found, until_ns)
            self._update_element(trend)

    def history_wanted(self) -> list[tuple[str, float]]:
        """Return tag path and seconds of each sparkline, for :meth:`load_history`."""
        return [
            (element.path, element.span_ns() / NS_PER_S)
            for element in self.scene.elements
            if isinstance(element, Sparkline) and element.path
        ]

    def load_history(self, path: str, samples: Iterable[tuple[int, float]]) -> None:
        """Fill the sparklines of a tag with older samples: UTC nanoseconds in order, value or NaN."""
        kept = list(samples)
        for element in self.scene.elements:
            if isinstance(element, Sparkline) and element.path == path:
                element.preload(kept)
        self.update()

    def _repaint_rows(self, rows: list[int]) -> None:
        """Paint rows now, so that the time of painting is known and values are on the screen on return."""
        if not rows:
            return
        if len(rows) > len(self.scene.live_rows) * _REPAINT_ALL_SHARE:
            self.repaint()
            return
        region = QRegion()
        for row in rows:
            region = region.united(self._area(row))
        self.repaint(region)

    def _update_rows(self, rows: list[int]) -> None:
        for row in rows:
            self.update(self._area(row))

    def _update_element(self, element: Element | None) -> None:
        if element is not None and element in self.scene.elements:
            self.update(self._area(self.scene.elements.index(element)))

    def _area(self, row: int) -> QRect:
        return self._fit.to_widget(self.scene.bounds(row)).toAlignedRect().intersected(self.rect())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint the kept static layer and above it the live elements that meet the area asked for."""
        if self._preview is not None:
            self._paint_preview(*self._preview)
            return
        self._take_alarms()
        if self._static is None or self._static.devicePixelRatio() != self.devicePixelRatioF():
            size = self.size()
            self._static = static_layer(
                self.scene, self._fit, size.width(), size.height(), self.devicePixelRatioF()
            )
        whole = event.rect() == self.rect()
        area = None
        if not whole:
            box = QRectF(event.rect())
            area = QRectF(self._fit.to_screen(box.topLeft()), self._fit.to_screen(box.bottomRight()))
        painter = QPainter(self)
        try:
            painter.drawPixmap(0, 0, self._static)
            prepare(painter)
            self.scene.paint_live(painter, self._fit, self.devicePixelRatioF(), area)
            selected = self.scene.by_id.get(self._commander.selected)
            if selected is not None:
                painter.setPen(pen(self.scene.look.theme.pending, 3))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(self._fit.to_widget(selected.rect).adjusted(-4, -4, 4, 4), 5, 5)
            elif self._focused is not None and self.hasFocus():
                painter.setPen(pen(self.scene.look.theme.accent, 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                ring = self._fit.to_widget(self._focused.focus_rect()).adjusted(-4, -4, 4, 4)
                painter.drawRoundedRect(ring, 5, 5)
            self._paint_zoom(painter)
        finally:
            painter.end()

    def preparing(self, size: QSize, ratio: float) -> Iterator[None]:
        """Paint what does not follow values for a size that the canvas will have, in slices.

        It then opens at once.
        """
        self.resize(size)
        self.viewport.resized()
        self._settled()
        self._static = yield from painting_static(self.scene, self._fit, size.width(), size.height(), ratio)
        yield from self.scene.warming(self._fit, ratio)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Fit the screen to the new size; what was painted for it beforehand stays."""
        self.viewport.resized()
        fit, before, layer = self.viewport.fit, self._fit, self._static
        is_same = (fit.scale, fit.offset) == (before.scale, before.offset)
        if not is_same or layer is None or layer.deviceIndependentSize().toSize() != self.size():
            self._settled()
        self._close_popup()
        super().resizeEvent(event)

    def _on_view(self) -> None:
        """Show another part at once, by the picture that is there; it is painted crisply when the hand rests.

        No value is older than that pause, as the picture is painted anew during long movements too.
        """
        self._close_popup()
        if self._preview is None:
            self._preview = (self.grab(), self._fit)
        self._fit = self.viewport.fit
        if not self._settle.isActive():
            self._settle.start()
        self.update()

    @Slot()
    def _settled(self) -> None:
        self._settle.stop()
        self._preview = None
        self._fit = self.viewport.fit
        self._static = None
        self.update()

    def _paint_preview(self, picture: QPixmap, made_for: Fit) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.scene.look.theme.background)
        painter.setTransform(made_for.transform.inverted()[0] * self._fit.transform)
        painter.drawPixmap(0, 0, picture)
        painter.resetTransform()
        self._paint_zoom(painter)
        painter.end()

    def _paint_zoom(self, painter: QPainter) -> None:
        """Say that only a part is in sight, and how to see the whole again."""
        if not self.viewport.is_zoomed:
            return
        look = self.scene.look
        said = self.tr("{percent} %: Ctrl+0 shows the whole screen").format(
            percent=round(self.viewport.fit.zoom * 100)
        )
        width = text_width(said, LABEL_PX, False) + 20
        plate = QRectF(self.width() - width - 10, self.height() - 38, width, 28)
        painter.setPen(pen(look.theme.outline, 1.5))
        painter.setBrush(look.theme.surface)
        painter.drawRoundedRect(plate, 4, 4)
        look.text(painter, plate.adjusted(10, 0, -10, 0), said)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  Qt's name
        """Take up what changed while hidden, so that the first picture is the present one."""
        self.scene.catch_up()
        self._take_alarms()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802  Qt's name
        """Close what is open, and end every pulse."""
        self._close_popup()
        self._pulses.end_all()
        super().hideEvent(event)

    def element_at(self, point: QPointF) -> Element | None:
        """Return the uppermost element at a point of the widget."""
        return self.scene.at(self._fit.to_screen(point))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """Light up what can be pressed."""
        element = self.element_at(event.position())
        can = element is not None and element.is_interactive and not element.blocked(self.scene.look)
        name = element.model.id if can and element is not None else ""
        look = self.scene.look
        if name != look.hovered:
            before, look.hovered = look.hovered, name
            self._update_element(self.scene.by_id.get(before))
            self._update_element(self.scene.by_id.get(name))
            self.setCursor(Qt.CursorShape.PointingHandCursor if name else Qt.CursorShape.ArrowCursor)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        """Darken what was lit."""
        before, self.scene.look.hovered = self.scene.look.hovered, ""
        self._update_element(self.scene.by_id.get(before))
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """Show what is pressed."""
        self._close_popup()
        if event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        element = self.element_at(event.position())
        if element is not None and element.is_interactive:
            self.scene.look.pressed = element.model.id
            self._focus(element)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """Do what was pressed when the pointer is still on it."""
        look = self.scene.look
        before, look.pressed = self.scene.by_id.get(look.pressed), ""
        self._update_element(before)
        if event.button() != Qt.MouseButton.LeftButton:
            return
        element = self.element_at(event.position())
        if element is None:
            return
        if element.path:
            self.tag_focused.emit(element.path)
        if element.explained_path is not None:
            self.alarm_focused.emit(element.explained_path)
        if element is before:
            self.activate(element, self._fit.to_screen(event.position()))

    def event(self, event: QEvent) -> bool:
        """Show the tool tip of the element under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            element = self.element_at(QPointF(event.pos()))
            if element is None:
                QToolTip.hideText()
            else:
                area = self._fit.to_widget(element.rect).toAlignedRect()
                QToolTip.showText(event.globalPos(), self.tool_tip(element), self, area)
            return True
        return super().event(event)

    def tool_tip(self, element: Element) -> str:
        """Return what a tool tip says: name, path, value with unit, status, time, why it is blocked."""
        tag, look, properties = element.properties.tag(), self.scene.look, element.properties
        self.scene.evaluate(element)
        lines = [properties.text("tool_tip")]
        if tag is not None:
            lines += [tag.description, tag.path, f"{shown_value(element)} {unit_of(element)}".strip()]
        lines += status_lines(element)
        if properties.source_ns:
            lines.append(time_text(properties.source_ns))
        lines += element.tool_tip()
        write = look.writes.get(element.path)
        if write is not None and write.text:
            lines.append(write.text)
        if element.is_interactive:
            lines.append(element.blocked(look))
        return "\n".join(line for line in lines if line)

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802  Qt's name
        """Walk through what can be pressed; leave the canvas behind the last one."""
        chain = [element for element in self.scene.interactive if element.is_visible]
        if self._popup is None and chain:
            at = chain.index(self._focused) if self._focused in chain else (-1 if forward else len(chain))
            at += 1 if forward else -1
            if 0 <= at < len(chain):
                self._focus(chain[at])
                return True
        self._focus(None)
        return super().focusNextPrevChild(forward)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Press the element that has the focus; Space presses it when it goes up again."""
        focused, look = self._focused, self.scene.look
        if focused is not None and focused.is_interactive:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                # A key that is held presses once: it may have been pressed before the screen was there.
                if not event.isAutoRepeat():
                    self.activate(focused)
                return
            if event.key() == Qt.Key.Key_Space:
                if not event.isAutoRepeat():
                    look.pressed = focused.model.id
                    self._update_element(focused)
                return
        if focused is not None and event.key() in _ARROWS and focused.step(event.key() in _ONWARDS):
            self._focus(focused)
            return
        if self._focused is not None and event.key() in _ARROWS and not event.isAutoRepeat():
            point = self._focused.stepped(_ARROWS[Qt.Key(event.key())])
            if point is not None:
                self.activate(self._focused, point)
                return
        super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Press what Space went down on, if the keyboard is still there."""
        look = self.scene.look
        if event.key() != Qt.Key.Key_Space or event.isAutoRepeat():
            super().keyReleaseEvent(event)
            return
        before, look.pressed = self.scene.by_id.get(look.pressed), ""
        self._update_element(before)
        if before is not None and before is self._focused and not self.viewport.is_space_spent:
            self.activate(before)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802  Qt's name
        """Forget what Space went down on: it comes up elsewhere."""
        before, self.scene.look.pressed = self.scene.by_id.get(self.scene.look.pressed), ""
        self._update_element(before)
        super().focusOutEvent(event)

    def _focus(self, element: Element | None) -> None:
        self._update_element(self._focused)
        self._focused = element
        self._update_element(element)
        self.setAccessibleDescription("" if element is None else element.accessible_name())
        if element is not None:
            self.viewport.reveal(element.rect)
            tell_focus(self, element)

    def activate(self, element: Element, point: QPointF | None = None) -> None:
        """Do what an element does when pressed (at a point of the screen); a blocked one says why."""
        action = element.action() if point is None else element.action_at(point)
        if action is None:
            return
        reason = element.refusal(action, self.scene.look)
        if reason:
            place = self._fit.to_widget(element.rect).bottomLeft().toPoint()
            QToolTip.showText(self.mapToGlobal(place), reason, self)
            return
        if isinstance(action, NavigateAction):
            self.navigate.emit(action.screen_id)
        elif isinstance(action, PageAction):
            self.open_page(action.tab_id, action.page)
        elif isinstance(action, AlarmAction):
            self.alarm_requested.emit(action.alarm_id)
        elif isinstance(action, AcknowledgeAction):
            self.acknowledge_requested.emit(action.alarm_id, action.event_id)
        elif isinstance(action, FaceplateAction):
            self.faceplate_requested.emit(action.faceplate_id, action.instance)
        elif isinstance(action, EditAction):
            self._commander.edit(element, action)
        else:
            self._commander.command(element, action)

    def _write(self, element: Element, action: WriteAction, reason: str) -> None:
        self.write_requested.emit(action.path, action.value, element.model.id, reason)
        self._pulses.begin(action, element.model.id)

    def _take_back(self, action: WriteAction, element_id: str) -> None:
        self.write_requested.emit(action.path, action.release, element_id, "")

    def _open(self, popup: Popup, element: Element) -> None:
        self._close_popup()
        self._popup = popup
        popup.closed.connect(self._forget_popup)
        popup.open()
        box = self._fit.to_widget(element.rect).toAlignedRect()
        place = QPoint(box.right() - popup.width(), box.bottom() + 6)
        if place.y() + popup.height() > self.height():
            place.setY(box.top() - popup.height() - 6)
        place.setX(min(max(4, place.x()), max(4, self.width() - popup.width() - 4)))
        place.setY(min(max(4, place.y()), max(4, self.height() - popup.height() - 4)))
        popup.move(place)

    def _forget_popup(self) -> None:
        self._popup = None
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def _close_popup(self) -> None:
        popup, self._popup = self._popup, None
        if popup is not None:
            popup.dismiss()
