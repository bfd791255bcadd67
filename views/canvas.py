"""The widget that shows a screen: one widget for all elements, painted from columns that a source updates."""

import time
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Final

from PySide6.QtCore import (
    QEvent,
    QPointF,
    QRect,
    QRectF,
    QSize,
    QSizeF,
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
)
from views.elements.catalogue import NO_LIBRARY
from views.elements.sparkline import Sparkline
from views.elements.trend import Trend
from views.fit import Fit, prepare
from views.overlay import paint_plate, paint_ring
from views.popup_place import PopupPlace
from views.presses import Presses
from views.pulses import Pulses
from views.scene import Scene
from views.static_layer import painting_static, static_layer
from views.style import Theme
from views.tool_tips import tool_tip
from views.trend import HistoryQuery
from views.viewport import Viewport

_SETTLE_MS: Final = 120
"""How long a zoomed or moved picture may be the old one before it is painted anew."""
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
        self._popups = PopupPlace(self)
        self._presses = Presses(self)
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
            self._popups.close()
            self.update()

    def set_locked(self, reason: str) -> None:
        """Block all commands and entries, saying why (replay, no rights); empty lifts the block."""
        if reason != self.scene.look.locked:
            self.scene.look.locked = reason
            self._popups.close()
            self.update()

    def highlight(self, path: str) -> bool:
        """Move the focus ring to the first element of a tag or its alarms; tell whether there is one."""
        before = self.scene.elements
        element = self.scene.find(path)
        if self.scene.elements is not before:
            self._pages_changed()
        if element is None:
            return False
        self.focus(element)
        return True

    def open_page(self, tab_id: str, page: int) -> None:
        """Show a page (from 0) of a tab; the tags that the screen needs are others then."""
        if self.scene.open_page(tab_id, page):
            self._pages_changed()

    def _pages_changed(self) -> None:
        self._popups.close()
        self._static = None
        if self._focused is not None:
            self.focus(self.scene.by_id.get(self._focused.model.id))
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
            self.update_element(trend)

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

    def update_element(self, element: Element | None) -> None:
        """Have an element painted again, if there is one."""
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
            self._paint_rings(painter)
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
        self._popups.close()
        super().resizeEvent(event)

    def _on_view(self) -> None:
        """Show another part at once, by the picture that is there; it is painted crisply when the hand rests.

        No value is older than that pause, as the picture is painted anew during long movements too.
        """
        self._popups.close()
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

    def _paint_rings(self, painter: QPainter) -> None:
        """Mark what is selected for a command, else what has the keyboard."""
        theme, selected = self.scene.look.theme, self.scene.by_id.get(self._commander.selected)
        if selected is not None:
            paint_ring(painter, self._fit.to_widget(selected.rect), theme.pending, 3)
        elif self._focused is not None and self.hasFocus():
            paint_ring(painter, self._fit.to_widget(self._focused.focus_rect()), theme.accent, 2)

    def _paint_zoom(self, painter: QPainter) -> None:
        """Say that only a part is in sight, and how to see the whole again."""
        if not self.viewport.is_zoomed:
            return
        said = self.tr("{percent} %: Ctrl+0 shows the whole screen").format(
            percent=round(self.viewport.fit.zoom * 100)
        )
        paint_plate(painter, QSizeF(self.size()), self.scene.look, said)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  Qt's name
        """Take up what changed while hidden, so that the first picture is the present one."""
        self.scene.catch_up()
        self._take_alarms()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802  Qt's name
        """Close what is open, and end every pulse."""
        self._popups.close()
        self._pulses.end_all()
        super().hideEvent(event)

    def element_at(self, point: QPointF) -> Element | None:
        """Return the uppermost element at a point of the widget."""
        return self.scene.at(self._fit.to_screen(point))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """Light up what can be pressed."""
        self._presses.move(event.position())

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        """Darken what was lit."""
        self._presses.leave()
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """Show what is pressed."""
        self._popups.close()
        if event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self._presses.button_down(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """Do what was pressed when the pointer is still on it."""
        self._presses.button_up(event)

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
        self.scene.evaluate(element)
        return tool_tip(element, self.scene.look)

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802  Qt's name
        """Walk through what can be pressed; leave the canvas behind the last one."""
        chain = [element for element in self.scene.interactive if element.is_visible]
        if not self._popups.is_taken and chain:
            at = chain.index(self._focused) if self._focused in chain else (-1 if forward else len(chain))
            at += 1 if forward else -1
            if 0 <= at < len(chain):
                self.focus(chain[at])
                return True
        self.focus(None)
        return super().focusNextPrevChild(forward)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Press the element that has the focus; Space presses it when it goes up again."""
        if not self._presses.key_down(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Press what Space went down on, if the keyboard is still there."""
        if event.key() != Qt.Key.Key_Space or event.isAutoRepeat():
            super().keyReleaseEvent(event)
        else:
            self._presses.space_up()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802  Qt's name
        """Forget what Space went down on: it comes up elsewhere."""
        self._presses.let_go()
        super().focusOutEvent(event)

    def focus(self, element: Element | None) -> None:
        """Bring the keyboard to an element, in sight, and say so to screen readers; None: to none."""
        self.update_element(self._focused)
        self._focused = element
        self.update_element(element)
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
        self._popups.open(popup, self._fit.to_widget(element.rect).toAlignedRect())
