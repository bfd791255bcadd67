"""The alarms of a part of the plant, as the symbol of the most urgent one."""

from typing import Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from alarms.model import Priority
from views.declarations import ALARMED, Property, PropertyKind
from views.elements.base import Element, Kind, Look, alarms_of, declared
from views.style import paint_alarm_symbol

PATH: Final = Property(
    "path", PropertyKind.TEXT, "", "Path of the part; empty: the whole plant.", fixed=ALARMED
)


class AlarmIndicator(Element):
    """Paint the most urgent alarm below a path; nothing when there is none (HMI-01)."""

    kind = Kind(
        "alarm_indicator",
        "Alarm indicator",
        "The most urgent alarm of a part of the plant, and how many there are.",
        declared(PATH),
    )
    follows_alarms = True

    @property
    def explained_path(self) -> str | None:
        """Return the part that the indicator watches."""
        return self.properties.text("path")

    def alarms(self, look: Look) -> list[tuple[Priority, bool]]:
        """Return the active alarms of the part, the most urgent first."""
        path = self.properties.text("path")
        return alarms_of(look, path) if path else sorted(look.alarms.values())

    def paint_live(self, painter: QPainter, look: Look) -> None:
        """Paint symbol and count."""
        side = min(self.rect.height(), self.rect.width())
        box = QRectF(self.rect.x(), self.rect.y(), side, side)
        active = self.alarms(look)
        if not active:
            return
        paint_alarm_symbol(painter, box, *active[0], look.blink_on, look.theme)
        if len(active) > 1 and self.rect.width() > side * 1.5:
            look.text(painter, self.rect.adjusted(side + 6, 0, 0, 0), f"{len(active)}", bold=True)
