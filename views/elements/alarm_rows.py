"""The alarms of a part of the plant as rows on a screen, in the order in which an operator takes them."""

from typing import Final

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from alarms.model import AlarmSnapshot, Priority
from projects.model import ElementModel
from tags.roles import Action as ToDo
from tags.roles import refusal
from views.alarm_book import HIDDEN_GROUPS, group_of, is_alarm, is_unacknowledged
from views.bindings import Properties
from views.declarations import ALARMED, Property, PropertyKind
from views.elements.alarm import PATH
from views.elements.base import (
    LABEL,
    AcknowledgeAction,
    Action,
    AlarmAction,
    Element,
    Kind,
    Look,
    declared,
    pen,
    text_width,
)
from views.elements.controls import paint_face
from views.language import station_text
from views.local_text import local_time
from views.style import LABEL_PX, paint_alarm_symbol

_ROW_PX: Final = 28.0
_SYMBOL_PX: Final = 20.0
_BUTTON_PX: Final = 32.0
_LINE_PX: Final = 18.0
"""What each further line of a long message adds to its row."""
_MOST_LINES: Final = 3
_LEAST_ROWS: Final = 3
"""Rows that a list keeps however long their messages are, if there are as many alarms."""
_TIME: Final = "00:00:00"


class AlarmRows(Element):
    """Paint symbol, time, message and state of each alarm; what does not fit is counted."""

    kind = Kind(
        "alarm_list",
        "Alarm list",
        "The alarms of a part of the plant, the most urgent first; a press on one shows what to do.",
        declared(
            LABEL,
            PATH,
            Property("area", PropertyKind.TEXT, "", "Only alarms of this area.", fixed=ALARMED),
            Property(
                "rows_only_unacknowledged",
                PropertyKind.BOOLEAN,
                False,
                "Only alarms that nobody has acknowledged.",
                fixed=ALARMED,
            ),
            Property(
                "acknowledge",
                PropertyKind.BOOLEAN,
                False,
                "Whether a row that nobody has acknowledged has a button for that.",
            ),
        ),
    )
    is_interactive = True
    follows_alarms = True
    shows_quality = False

    def __init__(self, model: ElementModel, properties: Properties) -> None:
        super().__init__(model, properties)
        self._round = -1
        self._rows: tuple[AlarmSnapshot, ...] = ()
        self._texts: dict[str, list[str]] = {}
        self._stop = 0

    @property
    def explained_path(self) -> str | None:
        """Return none: a press shows the alarm of a row."""
        return None

    def rows(self, look: Look) -> tuple[AlarmSnapshot, ...]:
        """Return the alarms to show: unacknowledged first, then the most urgent, then the newest."""
        if look.alarm_round != self._round:
            self._round = look.alarm_round
            chosen = [row for row in look.alarm_rows.values() if self._shows(row)]
            chosen.sort(key=lambda row: (not is_unacknowledged(row), row.priority, -row.active_ns))
            self._rows = tuple(chosen)
            self._texts = self._broken()
        return self._rows

    def _broken(self) -> dict[str, list[str]]:
        """Return the lines of messages that take several, by alarm: the first ones for which there is room.

        Where there are more alarms than rows, the first half of them is rather read in full than all in part.
        """
        room_px = self.rect.bottom() - self._top()
        most = max(1, int(room_px // _ROW_PX))
        least = min(len(self._rows), most, max(_LEAST_ROWS, most // 2))
        spare = room_px - (least + (len(self._rows) > least)) * _ROW_PX
        if len(self._rows) <= most:
            spare = max(spare, room_px - len(self._rows) * _ROW_PX)
        found: dict[str, list[str]] = {}
        for row in self._rows:
            if spare < _LINE_PX:
                break
            is_bold = is_unacknowledged(row)
            button = _BUTTON_PX + 10 if self.properties.flag("acknowledge") and is_bold else 8
            room = self.rect.width() - 46 - text_width(_TIME, LABEL_PX, False) - button
            lines = _in_lines(row.message, room, is_bold, min(_MOST_LINES, 1 + int(spare // _LINE_PX)))
            if len(lines) > 1:
                found[row.alarm_id] = lines
                spare -= _LINE_PX * (len(lines) - 1)
        return found

    def _shows(self, row: AlarmSnapshot) -> bool:
        if not is_alarm(row) or group_of(row) in HIDDEN_GROUPS:
            return False
        path, area = self.properties.text("path"), self.properties.text("area")
        if path and row.tag != path and not row.tag.startswith(path + "."):
            return False
        if area and row.area != area:
            return False
        return is_unacknowledged(row) or not self.properties.flag("rows_only_unacknowledged")

    def alarms(self, look: Look) -> list[tuple[Priority, bool]]:
        """Return priority and acknowledgement of the rows, the unacknowledged first."""
        return [(row.priority, not is_unacknowledged(row)) for row in self.rows(look)]

    def places(self, look: Look) -> list[tuple[QRectF, AlarmSnapshot]]:
        """Return the box of each row that fits; the last line is left free when more must be counted."""
        self.rows(look)
        return self._places()

    def _top(self) -> float:
        return self.rect.y() + (_ROW_PX if self.properties.has("label") else 0.0)

    def _places(self) -> list[tuple[QRectF, AlarmSnapshot]]:
        top = self._top()
        lines = [len(self._texts.get(row.alarm_id, (row.message,))) for row in self._rows]
        heights = [_ROW_PX + (count - 1) * _LINE_PX for count in lines]
        counted = 0.0 if top + sum(heights) <= self.rect.bottom() else _ROW_PX
        places: list[tuple[QRectF, AlarmSnapshot]] = []
        for row, height in zip(self._rows, heights, strict=True):
            if top + height + counted > self.rect.bottom() and (places or counted):
                break
            places.append((QRectF(self.rect.x(), top, self.rect.width(), height), row))
            top += height
        return places

    def button(self, box: QRectF, row: AlarmSnapshot) -> QRectF | None:
        """Return where a row is acknowledged, None where that is not to be done here."""
        if not self.properties.flag("acknowledge") or not is_unacknowledged(row):
            return None
        return QRectF(box.right() - _BUTTON_PX - 2, box.center().y() - 12, _BUTTON_PX, _ROW_PX - 4)

    def _stops(self) -> list[tuple[QRectF, Action]]:
        """Return what the keyboard goes through: each row, and behind it its button."""
        found: list[tuple[QRectF, Action]] = []
        for box, row in self._places():
            found.append((box, AlarmAction(row.alarm_id)))
            button = self.button(box, row)
            if button is not None:
                found.append((button, AcknowledgeAction(row.alarm_id, row.event_id)))
        return found

    def step(self, forward: bool) -> bool:
        """Move the keyboard to the next row or button."""
        wanted = min(self._stop, len(self._stops()) - 1) + (1 if forward else -1)
        if not 0 <= wanted < len(self._stops()):
            return False
        self._stop = wanted
        return True

    def focus_rect(self) -> QRectF:
        """Return the row or button that the keyboard is at."""
        stops = self._stops()
        return stops[min(self._stop, len(stops) - 1)][0] if stops else self.rect

    def action(self) -> Action | None:
        """Return what the row or button is for that the keyboard is at."""
        stops = self._stops()
        return stops[min(self._stop, len(stops) - 1)][1] if stops else None

    def action_at(self, point: QPointF) -> Action | None:
        """Return the way to the alarm of the row under a point, or its acknowledgement."""
        places = self._places()
        for box, row in places:
            button = self.button(box, row)
            if button is not None and button.contains(point):
                return AcknowledgeAction(row.alarm_id, row.event_id)
            if box.top() <= point.y() < box.bottom():
                return AlarmAction(row.alarm_id)
        end = places[-1][0].bottom() if places else self._top()
        is_rest = len(self._rows) > len(places) and end <= point.y() < end + _ROW_PX
        return AlarmAction(self._rows[len(places)].alarm_id) if is_rest else None

    def refusal(self, action: Action, look: Look) -> str:
        """Return why an alarm may not be acknowledged here and now; to look at one is always allowed."""
        return _refusal(look) if isinstance(action, AcknowledgeAction) else ""

    def paint_live(self, painter: QPainter, look: Look) -> None:
        """Paint the rows."""
        theme = look.theme
        painter.setPen(pen(theme.border))
        painter.setBrush(theme.surface)
        painter.drawRect(self.rect.adjusted(0.5, 0.5, -0.5, -0.5))
        head = QRectF(self.rect.x() + 8, self.rect.y(), self.rect.width() - 16, _ROW_PX)
        look.text(painter, head, self.properties.text("label"), bold=True, owner=self.model.id)
        places = self.places(look)
        for box, row in places:
            self._paint_row(painter, look, box, row)
        rows = self.rows(look)
        if len(rows) > len(places):
            rest = len(rows) - len(places)
            said = QCoreApplication.translate("AlarmRows", "%n more alarm(s)", "", rest)
        elif not rows:
            said = QCoreApplication.translate("AlarmRows", "No alarms")
        else:
            return
        end = places[-1][0].bottom() if places else self._top()
        line = QRectF(self.rect.x() + 12, end, self.rect.width() - 24, _ROW_PX)
        look.text(painter, line, said, color=theme.text_muted, owner=self.model.id)

    def _paint_row(self, painter: QPainter, look: Look, box: QRectF, row: AlarmSnapshot) -> None:
        theme = look.theme
        painter.setPen(pen(theme.grid))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        symbol = QRectF(0, 0, _SYMBOL_PX, _SYMBOL_PX)
        symbol.moveCenter(QPointF(box.x() + 18, box.center().y()))
        acknowledged = not is_unacknowledged(row)
        paint_alarm_symbol(painter, symbol, row.priority, acknowledged, look.blink_on, theme)
        when = local_time(row.active_ns, now_ns=look.now_ns or row.active_ns, milliseconds=False)
        width = text_width(when, LABEL_PX, False)
        look.text(painter, box.adjusted(36, 0, 0, 0), when, color=theme.text_muted)
        button = self.button(box, row)
        text = box.adjusted(46 + width, 0, -8 if button is None else -_BUTTON_PX - 10, 0)
        lines = self._texts.get(row.alarm_id, [row.message])
        for place, line in enumerate(lines):
            part = QRectF(text.x(), text.center().y(), text.width(), 0.0)
            part.adjust(0, -_ROW_PX / 2, 0, _ROW_PX / 2)
            part.translate(0, (place - (len(lines) - 1) / 2) * _LINE_PX)
            look.text(painter, part, line, bold=not acknowledged, owner=self.model.id)
        if button is not None:
            ink = paint_face(painter, self, look, button, bool(_refusal(look)))
            middle = button.center()
            painter.setPen(pen(ink, 2.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline([middle + QPointF(*at) for at in ((-6, 0), (-2, 4), (6, -5))])

    def tool_tip(self) -> list[str]:
        """Return the messages in full, and what the buttons are for."""
        found = [row.message for _, row in self._places()]
        if any(self.button(box, row) is not None for box, row in self._places()):
            found.append(QCoreApplication.translate("AlarmRows", "✓ acknowledges an alarm."))
        return found

    def accessible_name(self) -> str:
        """Return the label, or that it is the alarm list, and what the keyboard is at."""
        name = self.properties.text("label") or QCoreApplication.translate("AlarmRows", "Alarms")
        action = self.action()
        row = next((row for row in self._rows if action and row.alarm_id == action.alarm_id), None)  # type: ignore[union-attr]
        if row is None:
            return name
        if isinstance(action, AcknowledgeAction):
            said = QCoreApplication.translate("AlarmRows", "Acknowledge: {alarm}").format(alarm=row.message)
            return f"{name}, {said}"
        return f"{name}, {row.message}"


def _in_lines(message: str, room_px: float, is_bold: bool, most: int) -> list[str]:
    """Return a message in one line, or broken between words into at most ``most`` where one is too short."""
    if most <= 1 or text_width(message, LABEL_PX, is_bold) <= room_px:
        return [message]
    parts = message.split(" ")
    for count in range(len(parts) - 1, 0, -1):
        first = " ".join(parts[:count])
        if text_width(first, LABEL_PX, is_bold) <= room_px:
            return [first, *_in_lines(" ".join(parts[count:]), room_px, is_bold, most - 1)]
    return [message]


def _refusal(look: Look) -> str:
    """Return why nobody may acknowledge here and now."""
    if look.locked:
        return look.locked
    return "" if look.role is None else station_text(refusal(look.role, ToDo.ACKNOWLEDGE))
