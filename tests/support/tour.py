"""A walk through every page of a furnished window: what it shows, and what does not fit."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any

from PySide6.QtCore import QCoreApplication, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTabBar,
    QTableView,
    QTabWidget,
    QTreeWidget,
    QWidget,
)

from alarms.messages import message as alarm_message
from alarms.model import AlarmDefinition, AlarmEvent, AlarmSnapshot, AlarmState, Transition
from hmi.desktop.about import show_about, show_shortcuts
from hmi.desktop.main_window import MainWindow
from projects.model import Project
from tags.connection import ConnectionState
from tests.support.fake_station import FakeStation, connection_status, event, snapshot
from views.alarm_actions import AlarmAction
from views.alarm_backtest import BackTestPage
from views.alarm_banner import ElidedLabel
from views.alarm_dialogs import ReasonDialog
from views.canvas import ScreenCanvas
from views.elements.base import Look
from views.preview import PreviewSource, paint

MOST_ROWS = 60
"""Rows of a table that are read."""
HIDING = (AlarmState.SHELVED, AlarmState.SUPPRESSED_BY_DESIGN, AlarmState.OUT_OF_SERVICE)


def furnished(project: Project) -> FakeStation:
    """A station with values for every tag, alarms in every state, a journal and connections of every kind."""
    station = FakeStation(project)
    source = PreviewSource(project.tags)
    now_ns = time.time_ns()
    for tag in project.tags:
        station._values[tag.id] = (source.value(tag.id), int(source.statuses[tag.id]), now_ns)
    states = list(AlarmState)[1:]
    for row, definition in enumerate(project.alarms):
        shown = alarm_row(definition, project, states[row % len(states)], now_ns - row * 1_000_000_000)
        station.rows[definition.alarm_id] = shown
        station.journal += [journal_event(shown, one, row) for one in Transition]
    names = list(project.connections) or ["plc", "bus", "line"]
    station.statuses = [
        connection_status(name, state) for name, state in zip(names, ConnectionState, strict=False)
    ]
    return station


def alarm_row(
    definition: AlarmDefinition, project: Project, state: AlarmState, active_ns: int
) -> AlarmSnapshot:
    """A row of one definition, worded as a station words it."""
    tag = project.tags.find(definition.tag)
    text = alarm_message(definition, tag, Transition.ACTIVATED, definition.setpoint, 0)
    return snapshot(
        definition.alarm_id,
        state=state,
        priority=definition.priority,
        message=text,
        tag=definition.tag,
        area=definition.area,
        active_ns=active_ns,
        value=definition.setpoint,
        hidden_by="operator" if state in HIDING else "",
        hidden_reason="1234" if state in HIDING else "",
        hidden_ns=active_ns if state in HIDING else 0,
        shelved_until_ns=active_ns + 3_600_000_000_000 if state is AlarmState.SHELVED else 0,
    )


def journal_event(row: AlarmSnapshot, transition: Transition, sequence: int) -> AlarmEvent:
    """An event of a row's past."""
    found = event(row, transition, sequence)
    return replace(found, tag=row.tag, user="operator", comment="1234")


def steps(window: MainWindow) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield the name of every place of the window and what leads there."""
    workspace = window.workspace
    assert workspace is not None
    for screen_id in workspace.project.screens:
        yield f"screen {screen_id}", lambda screen_id=screen_id: workspace.show_screen(screen_id)
    for page in window.navigation.buttons:
        yield f"page {page}", lambda page=page: workspace.show_page(page)
    workspace.show_page("alarms")
    yield from _tabs("alarms", workspace.alarms.tabs)
    workspace.show_page("performance")
    yield from _tabs("performance", workspace.maintenance.page.tabs)
    for name in workspace.connections.cards:
        workspace.show_page("connections")
        workspace.connections.open_details(name)
        yield from _tabs(f"connection {name}", workspace.pages.details().tabs)
    workspace.pages.details().close_details()
    yield from _back_test(window)
    yield from _dialogs(window)


def _back_test(window: MainWindow) -> Iterator[tuple[str, Callable[[], object]]]:
    """Show the settings of an alarm, which are empty before one is chosen."""
    workspace = window.workspace
    assert workspace is not None
    workspace.show_page("performance")
    page = window.findChild(BackTestPage)
    assert page is not None
    workspace.maintenance.page.show_tab_of(page)
    alarm_id = workspace.project.alarms[0].alarm_id
    yield "back-test of an alarm", lambda: page.show_alarm(alarm_id)


def _dialogs(window: MainWindow) -> Iterator[tuple[str, Callable[[], object]]]:
    """Open what asks for a reason, what tells of the program, and the search; each is closed again."""
    workspace = window.workspace
    assert workspace is not None
    rows = list(workspace.book.rows.values())[:1]
    for action in (AlarmAction.SHELVE, AlarmAction.REMOVE, AlarmAction.RETURN, AlarmAction.COMMENT):
        dialog = ReasonDialog(action, rows, window)
        yield f"dialog {action.name}", dialog.show
        dialog.close()
    for name, opened in (
        ("about", show_about(window, window.client)),
        ("shortcuts", show_shortcuts(window, list(window.actions_by_name.values()))),
    ):
        yield f"dialog {name}", opened.show
        opened.close()
    yield "search", window.search.open
    window.search.dismiss()


def _tabs(place: str, tabs: QTabBar | QTabWidget) -> Iterator[tuple[str, Callable[[], object]]]:
    for row in range(tabs.count()):
        yield f"{place}, {tabs.tabText(row)}", lambda row=row: tabs.setCurrentIndex(row)


def visible_texts(window: QWidget) -> Iterator[tuple[QWidget, str]]:
    """Yield every text that a visible widget shows, its tool tip and its name for a screen reader."""
    for widget in [window, *window.findChildren(QWidget)]:
        if not widget.isVisible():
            continue
        if isinstance(widget, (QLabel, QAbstractButton)):
            yield widget, re.sub(r"<[^>]*>|&nbsp;", " ", widget.text())
        if isinstance(widget, QLineEdit):
            yield widget, widget.placeholderText()
        if isinstance(widget, QComboBox):
            yield from ((widget, widget.itemText(row)) for row in range(widget.count()))
        if isinstance(widget, QTabBar):
            yield from ((widget, widget.tabText(row)) for row in range(widget.count()))
        if isinstance(widget, QHeaderView) and widget.model() is not None:
            for section in range(widget.count()):
                yield widget, str(widget.model().headerData(section, widget.orientation()) or "")
        if isinstance(widget, ElidedLabel):
            yield widget, widget.full_text
        if isinstance(widget, QTableView):
            yield from ((widget, text) for text in _cells(widget))
        if isinstance(widget, ScreenCanvas):
            yield from ((widget, text) for text in painted(widget))
        yield widget, widget.toolTip()
        yield widget, widget.accessibleName()


def _cells(table: QTableView) -> Iterator[str]:
    model = table.model()
    for row in range(min(model.rowCount(), MOST_ROWS)):
        for column in range(model.columnCount()):
            if not table.isColumnHidden(column):
                yield str(model.data(model.index(row, column)) or "")


def painted(canvas: ScreenCanvas) -> list[str]:
    """Return every text that the elements of a screen paint by themselves."""
    found: list[str] = []

    class Listening(Look):
        def text(self, painter: QPainter, rect: QRectF, text: str, *more: Any, **options: Any) -> None:
            found.append(text)
            super().text(painter, rect, text, *more, **options)

    own = canvas.scene.look
    canvas.scene.look = Listening(**{one.name: getattr(own, one.name) for one in fields(own)})
    try:
        paint(canvas.scene, QSize(canvas.scene.screen.width, canvas.scene.screen.height))
    finally:
        canvas.scene.look = own
    return found


def overflows(window: QWidget) -> list[str]:
    """Return the texts that are cut in what is visible now; rows of lists and messages may end in …."""
    found: list[str] = []
    QCoreApplication.sendPostedEvents()  # a text that has just changed is laid out by an event
    for widget in window.findChildren(QWidget):
        if not widget.isVisible() or isinstance(widget, ElidedLabel):
            continue
        found += _of_widget(widget)
        if isinstance(widget, ScreenCanvas):
            found += cut_on_canvas(widget)
    return found


def cut_on_canvas(canvas: ScreenCanvas) -> list[str]:
    """Return the texts of a screen that do not fit, by the element that shows them."""
    look = canvas.scene.look
    look.overflows = {}
    paint(canvas.scene, QSize(canvas.scene.screen.width, canvas.scene.screen.height))
    lists = {element.model.id for element in canvas.scene.elements if element.model.type == "alarm_list"}
    found = [f"{key}: {text!r}" for key, text in look.overflows.items() if key not in lists]
    look.overflows = None
    return found


def _of_widget(widget: QWidget) -> Iterator[str]:
    metrics = QFontMetricsF(widget.font())
    where = f"{type(widget).__name__} {widget.objectName()}".strip()
    if isinstance(widget, QLabel) and widget.text() and widget.textFormat() is not Qt.TextFormat.RichText:
        room = widget.contentsRect().width()
        if widget.wordWrap():
            box = QRect(0, 0, max(1, room), 10_000)
            needed = metrics.boundingRect(box, int(Qt.TextFlag.TextWordWrap), widget.text()).height()
            if needed > widget.contentsRect().height() + 2:
                yield f"{where} (height): {widget.text()!r}"
        elif max(map(metrics.horizontalAdvance, widget.text().split("\n"))) > room + 1:
            yield f"{where}: {widget.text()!r}"
    elif isinstance(widget, QAbstractButton) and widget.text():
        hint: QSize = widget.sizeHint()
        if hint.width() > widget.width() + 1 and _shows_text(widget):
            yield f"{where}: {widget.text()!r} needs {hint.width()}, has {widget.width()}"
    elif isinstance(widget, QComboBox):
        widest = max(
            (metrics.horizontalAdvance(widget.itemText(row)) for row in range(widget.count())), default=0
        )
        room = widget.width()
        if widget.isEditable():  # what is typed scrolls, and the list may be wider than the field
            room = max(room, widget.view().minimumWidth())
        if widest > room - 24:
            yield f"{where}: {widget.currentText()!r}"
    elif isinstance(widget, QLineEdit) and not widget.text():
        if metrics.horizontalAdvance(widget.placeholderText()) > widget.width() - 10:
            yield f"{where}: {widget.placeholderText()!r}"
    elif isinstance(widget, QHeaderView) and widget.model() is not None:
        for section in range(widget.count()):
            text = str(widget.model().headerData(section, widget.orientation()) or "")
            is_level = widget.orientation() is Qt.Orientation.Horizontal
            room = widget.sectionSize(section) if is_level else widget.width()
            if not widget.isSectionHidden(section) and metrics.horizontalAdvance(text) + 8 > room:
                yield f"{where}: {text!r}"
    elif isinstance(widget, QTableView):
        if widget.horizontalScrollBar().maximum():
            yield f"{where}: {widget.horizontalScrollBar().maximum()} px of its columns"
    elif isinstance(widget, QTreeWidget):
        for item in _items(widget):
            box = widget.visualItemRect(item)
            if metrics.horizontalAdvance(item.text(0)) > box.width():
                yield f"{where}: {item.text(0)!r}"


def _shows_text(button: QAbstractButton) -> bool:
    style = getattr(button, "toolButtonStyle", None)
    return style is None or style() is not Qt.ToolButtonStyle.ToolButtonIconOnly


def _items(tree: QTreeWidget) -> Iterator:  # type: ignore[type-arg]
    waiting = [tree.topLevelItem(row) for row in range(tree.topLevelItemCount())]
    while waiting:
        item = waiting.pop()
        if item is None:
            continue
        yield item
        waiting += [item.child(row) for row in range(item.childCount())]
