"""Key figures of an alarm system beside their targets, as tiles and in words."""

from typing import Final

from PySide6.QtCore import QCoreApplication, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from alarms.metrics import Kpi, Performance, Verdict
from views.language import station_text
from views.local_text import duration, number
from views.style import Theme, font

SHOWN: Final = (
    "KPI-01", "KPI-02", "KPI-05", "KPI-06", "KPI-07", "KPI-20",
    "KPI-08", "KPI-09", "KPI-10", "KPI-11", "KPI-14", "KPI-15",
)  # fmt: skip
"""The figures that have a tile, in two rows; all are in the table of figures and in the report."""
_TILES_PER_ROW: Final = 6
_TILE_PX: Final = 92


class KpiTiles(QWidget):
    """Show figures as tiles: value, name, target, and the verdict as a mark and a word."""

    chosen = Signal(str, object)
    """A title and the sequence numbers (int64) of the events behind it."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = theme
        self._kpis: list[Kpi] = []
        rows = -(-len(SHOWN) // _TILES_PER_ROW)
        self.setFixedHeight(rows * _TILE_PX + (rows - 1) * 6)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_performance(self, found: Performance) -> None:
        """Show these figures."""
        self._kpis = [found.kpi(kpi_id) for kpi_id in SHOWN]
        self.update()

    def tile(self, place: int) -> QRect:
        """Return where a tile is."""
        width = (self.width() - 6 * (_TILES_PER_ROW - 1)) // _TILES_PER_ROW
        row, column = divmod(place, _TILES_PER_ROW)
        return QRect(column * (width + 6), row * (_TILE_PX + 6), width, _TILE_PX)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002  Qt's name
        """Paint the tiles."""
        painter = QPainter(self)
        for place, item in enumerate(self._kpis):
            box = QRectF(self.tile(place))
            painter.fillRect(box, self.theme.panel)
            inner = box.adjusted(10, 6, -10, -6)
            painter.setPen(self.theme.text_muted)
            painter.setFont(font(13))
            line_px = painter.fontMetrics().lineSpacing()
            wrapped = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
            painter.drawText(inner, wrapped, station_text(item.name))
            # A remark in brackets is in the table of figures.
            aim = station_text(item.target).partition(" (")[0]
            target = self.tr("target {}").format(aim) if aim else ""
            text = f"{verdict_text(item.verdict)}  {target}".strip()
            text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(inner.width()))
            painter.drawText(inner, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, text)
            painter.setPen(self.theme.text)
            painter.setFont(font(22, bold=item.verdict is Verdict.EXCEEDED))
            painter.drawText(
                inner.adjusted(0, 2 * line_px, 0, -line_px),
                Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
                kpi_value(item),
            )
            if item.verdict is Verdict.EXCEEDED:
                painter.fillRect(QRectF(box.left(), box.top(), 4, box.height()), self.theme.text)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """Choose the events behind a tile."""
        for place, item in enumerate(self._kpis):
            if self.tile(place).contains(event.position().toPoint()):
                self.chosen.emit(f"{item.kpi_id} {station_text(item.name)}", item.sequences)

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Return a comfortable width."""
        return QSize(900, self.height())


def kpi_value(item: Kpi) -> str:
    """Return the figure as it is shown."""
    if item.value is None:
        return "–"
    if item.unit == "s":
        return duration(item.value)
    value = round(item.value, 2) if item.value < 100 else round(item.value)
    if item.unit == "days":  # the one unit that is a word, which agrees with its number
        return station_text(f"{value:.6g} days")
    text = number(value)
    return text if item.unit == "alarms" else f"{text} {station_text(item.unit)}".rstrip()


def verdict_text(verdict: Verdict) -> str:
    """Return the verdict as a mark that needs no colour."""
    return {
        Verdict.MET: "✓",
        Verdict.ABOVE_TARGET: "!",
        Verdict.EXCEEDED: "!!",
        Verdict.TREND: "~",
        Verdict.NO_DATA: "–",
    }[verdict]


def verdict_word(verdict: Verdict) -> str:
    """Return the verdict as a mark and a word."""
    word = {
        Verdict.MET: QCoreApplication.translate("AlarmFigures", "met"),
        Verdict.ABOVE_TARGET: QCoreApplication.translate("AlarmFigures", "above target"),
        Verdict.EXCEEDED: QCoreApplication.translate("AlarmFigures", "exceeded"),
        Verdict.TREND: QCoreApplication.translate("AlarmFigures", "trend only"),
        Verdict.NO_DATA: QCoreApplication.translate("AlarmFigures", "no data"),
    }[verdict]
    return f"{verdict_text(verdict)} {word}"
