"""The alarms of a part of the plant as rows on a screen, in the order in which an operator takes them."""

from typing import Final

from PySide6.QtCore import QCoreApplication, QPointF, QRectF
from PySide6.QtGui import QPainter

from alarms.model import AlarmSnapshot, Priority
from projects.model import ElementModel
from views.alarm_book import HIDDEN_GROUPS, group_of, is_alarm, is_unacknowledged
from views.bindings import Properties
from views.declarations import Property, PropertyKind
from views.elements.base import LABEL, Action, AlarmAction, Element, Kind, Look, declared, pen, text_width
from views.local_text import local_time
from views.style import LABEL_PX, paint_alarm_symbol

_ROW_PX: Final = 28.0
_SYMBOL_PX: Final = 20.0


class AlarmRows(Element):
    """Paint symbol, time, message and state of each alarm; what does not fit is counted."""

    kind = Kind(
        "alarm_list",
        "Alarm list",
        "The alarms of a part of the plant, the most urgent first; a press on one shows what to do.",
        declared(
            LABEL,
            Property("path", PropertyKind.TEXT, "", "Path of the part; empty: the whole plant."),
            Property("area", PropertyKind.TEXT, "", "Only alarms of this area."),
            Property(
                "rows_only_unacknowledged",
                PropertyKind.BOOLEAN,
                False,
                "Only alarms that nobody has acknowledged.",
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
        return self._rows

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
        rows = self.rows(look)
        top = self.rect.y() + (_ROW_PX if self.properties.has("label") else 0.0)
        lines = max(1, int((self.rect.bottom() - top) // _ROW_PX))
        shown = rows if len(rows) <= lines else rows[: lines - 1]
        return [
            (QRectF(self.rect.x(), top + line * _ROW_PX, self.rect.width(), _ROW_PX), row)
            for line, row in enumerate(shown)
        ]

    def action(self) -> Action | None:
        """Return the way to the first alarm, as the keyboard asks for it."""
        return AlarmAction(self._rows[0].alarm_id) if self._rows else None

    def action_at(self, point: QPointF) -> Action | None:
        """Return the way to the alarm of the row under a point."""
        top = self.rect.y() + (_ROW_PX if self.properties.has("label") else 0.0)
        line = int((point.y() - top) // _ROW_PX)
        return AlarmAction(self._rows[line].alarm_id) if 0 <= line < len(self._rows) else None

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
        bottom = (
            places[-1][0].bottom() if places else head.bottom() if self.properties.has("label") else head.y()
        )
        line = QRectF(self.rect.x() + 12, bottom, self.rect.width() - 24, _ROW_PX)
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
        text = box.adjusted(46 + width, 0, -8, 0)
        look.text(painter, text, row.message, bold=not acknowledged, owner=self.model.id)

    def accessible_name(self) -> str:
        """Return the label, or that it is the alarm list."""
        return self.properties.text("label") or QCoreApplication.translate("AlarmRows", "Alarms")
