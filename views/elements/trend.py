"""A trend on a screen: up to eight pens, their history and what comes live, without the tools of the page."""

import math
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QTransform

from historian.model import PixelSeries
from projects.model import ElementModel
from tags.clock import NS_PER_MS, NS_PER_S
from tags.model import LogMode
from views.bindings import Properties
from views.declarations import LOGGED, Property, PropertyKind
from views.elements.base import LABEL, Element, Kind, Look, declared, shown_value, text_width, unit_of
from views.quality import mark
from views.style import LABEL_PX
from views.symbols import beside, paint_mark
from views.trend_paint import PlotFrame, TraceLayer, paint_marks, paint_time_axis, paint_value_axes
from views.trend_pen import MOST_PENS, Pen, PenScales, Scale

_LEGEND_PX: Final = 22.0
_GAP_PX: Final = 20.0
"""Between two pens of the legend: room for the mark behind a value."""
_LEGEND_W_PX: Final = 220.0
_REDRAW_NS: Final = 200 * NS_PER_MS
_LEAST_ASK_NS: Final = 10 * NS_PER_S


@dataclass(frozen=True, slots=True)
class TrendRequest:
    """Ask for the history that a trend shows: tag paths, start and end (UTC ns), pixel columns."""

    paths: tuple[str, ...]
    start_ns: int
    end_ns: int
    columns: int


class Trend(Element):
    """Paint pens over time; in the legend each has its number, colour, and value with its own status."""

    kind = Kind(
        "trend",
        "Trend",
        f"Up to {MOST_PENS} tags over the last minutes or hours, from history on.",
        declared(
            LABEL,
            *(
                Property(f"pen{n}_tag", PropertyKind.TAG, "", f"Tag of pen {n}.", fixed=LOGGED)
                for n in range(1, MOST_PENS + 1)
            ),
            *(
                Property(f"pen{n}_label", PropertyKind.TEXT, "", "Its name; default: the tag's description.")
                for n in range(1, MOST_PENS + 1)
            ),
            Property("seconds", PropertyKind.NUMBER, 600, "Length of the time axis."),
            Property("low", PropertyKind.NUMBER, None, "Start of the value axis; default: the tags' ranges."),
            Property("high", PropertyKind.NUMBER, None, "End of the value axis; default: the tags' ranges."),
            Property("legend", PropertyKind.BOOLEAN, True, "Whether names and values stand above."),
        ),
    )
    keeps_history = True
    shows_quality = False

    def __init__(self, model: ElementModel, properties: Properties) -> None:
        super().__init__(model, properties)
        self._names: dict[int, str] = {}
        self.pens: list[Pen] = []
        for number in range(1, MOST_PENS + 1):
            tag = properties.tag(f"pen{number}_tag")
            if tag is not None and (tag.data_type.is_numeric or tag.states or not tag.data_type.is_exact):
                self.pens.append(Pen(tag, number - 1))
        self.scales = PenScales(self.pens)
        self._ends = (math.nan, math.nan)
        self._suit_scale()
        self._layer = TraceLayer()
        self._taken: dict[int, tuple[object, int, int]] = {}
        self._now_ns = 0
        self._drawn_ns = 0
        self._asked_ns = 0
        self._asked_span_ns = 0

    def _suit_scale(self) -> None:
        """Take the ends of the value axis; without them, pens of unlike ranges get an axis of per cent."""
        self._ends = low, high = self.properties.number("low"), self.properties.number("high")
        ranges = {(pen.axis, pen.tag.eu_low, pen.tag.eu_high) for pen in self.pens}
        is_given = high > low
        self.scales.set_scale(Scale.NORMALISED if len(ranges) > 1 and not is_given else Scale.RANGE)
        if is_given:
            for pen in self.pens:
                self.scales.zoom(pen.axis, low, high)

    @property
    def is_live(self) -> bool:
        """Tell that it follows the time."""
        return True

    @property
    def span_ns(self) -> int:
        """Return the length of the time axis."""
        return int(max(1.0, self.properties.number("seconds", 600.0)) * NS_PER_S)

    def due(self, now_ns: int) -> TrendRequest | None:
        """Return what history to ask for now, None while what is there suffices; counts as asked."""
        paths = tuple(pen.tag.path for pen in self.pens if pen.tag.log.mode is not LogMode.OFF)
        again_ns = max(_LEAST_ASK_NS, self.span_ns // 20)
        is_same = self._asked_ns and self._asked_span_ns == self.span_ns
        if not paths or (is_same and 0 <= now_ns - self._asked_ns < again_ns):
            return None
        self._asked_ns, self._asked_span_ns = now_ns, self.span_ns
        return TrendRequest(paths, now_ns - self.span_ns, now_ns, max(50, int(self.rect.width())))

    def ask_again(self, now_ns: int) -> None:
        """Note that samples were missed until now, as after a lost link; history fills the hole."""
        self._asked_ns = 0
        for pen in self.pens:
            pen.data.listen(now_ns)

    def take_history(self, found: list[PixelSeries], until_ns: int) -> None:
        """Draw what history has up to ``until_ns``; live samples go on from there."""
        by_path = {one.path: one for one in found}
        for pen in self.pens:
            series = by_path.get(pen.tag.path)
            if series is not None:
                pen.data.set_history(series, until_ns)
        self._layer.changed()

    def observe(self, now_ns: int) -> bool:
        """Take new samples; tell whether it is time to draw: something came, or a pixel has passed."""
        is_fresh = False
        if not self._now_ns:
            for pen in self.pens:
                pen.data.listen(now_ns)
        for pen in self.pens:
            found = self.properties.evaluated(f"pen{pen.slot + 1}_tag")
            sample = (found.value, found.status, found.source_ns)
            if sample == self._taken.get(pen.slot) or not found.source_ns:
                continue
            self._taken[pen.slot] = sample
            value = found.value if isinstance(found.value, (int, float)) else math.nan
            pen.data.append(min(found.source_ns, now_ns), float(value), found.status)
            is_fresh = True
        self._now_ns = now_ns
        pixel_ns = self.span_ns / max(1.0, self.rect.width())
        wait_ns = max(_REDRAW_NS, min(NS_PER_S, pixel_ns)) if is_fresh else max(_REDRAW_NS, pixel_ns)
        if 0 <= now_ns - self._drawn_ns < wait_ns:
            return False
        self._drawn_ns = now_ns
        self._layer.changed()
        return True

    def legend_rows(self) -> int:
        """Return the lines of the legend."""
        if not self.properties.flag("legend"):
            return 0
        across = max(1, int(self.rect.width() // _LEGEND_W_PX))
        return -(-len(self.pens) // across)

    def paint_live(self, painter: QPainter, look: Look) -> None:
        """Paint label, legend, axes and traces."""
        theme = look.theme
        ends = self.properties.number("low"), self.properties.number("high")
        if repr(ends) != repr(self._ends):  # NaN is the same as NaN here
            self._suit_scale()
            self._layer.changed()
        top = _LEGEND_PX if self.properties.has("label") else 0.0
        head = QRectF(self.rect.x() + 8, self.rect.y(), self.rect.width() - 16, _LEGEND_PX)
        painter.fillRect(self.rect, theme.panel)
        look.text(painter, head, self.properties.text("label"), bold=True, owner=self.model.id)
        self._paint_legend(painter, look, self.rect.y() + top)
        top += self.legend_rows() * _LEGEND_PX
        width, height = int(self.rect.width()), int(self.rect.height() - top)
        now_ns = self._now_ns or look.now_ns or self.properties.source_ns
        frame = PlotFrame.fit(width, height, now_ns - self.span_ns, self.span_ns, self.scales)
        ratio = painter.transform().m11() * painter.device().devicePixelRatio()
        self._layer.draw(frame, ratio, self.pens, self.scales, theme, now_ns)
        frame = PlotFrame.fit(width, height, now_ns - self.span_ns, self.span_ns, self.scales)
        painter.save()
        painter.translate(self.rect.x(), self.rect.y() + top)
        painter.fillRect(frame.rect, theme.surface)
        paint_time_axis(painter, frame, theme)
        paint_value_axes(painter, frame, theme, normalised=self.scales.is_normalised)
        painter.setPen(theme.control_border)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(frame.rect.adjusted(0, 0, -1, -1))
        if self._layer.image is not None and self.pens:
            self._paint_traces(painter, frame)
            paint_marks(painter, frame, ratio, self.pens, theme)
        painter.restore()

    def _paint_traces(self, painter: QPainter, frame: PlotFrame) -> None:
        """Paint the image of the traces, pixel by pixel: it was made for the screen's own pixels."""
        image = self._layer.image
        if image is None:
            return
        ratio = painter.device().devicePixelRatio()
        at = painter.transform().map(QPointF(frame.rect.topLeft())) * ratio
        painter.save()
        painter.setTransform(QTransform.fromScale(1 / ratio, 1 / ratio))
        size = image.size()
        painter.drawImage(QRectF(round(at.x()), round(at.y()), size.width(), size.height()), image)
        painter.restore()

    def _paint_legend(self, painter: QPainter, look: Look, top: float) -> None:
        rows = self.legend_rows()
        if not rows:
            return
        across = -(-len(self.pens) // rows)
        width = (self.rect.width() - 16) / across
        for place, pen in enumerate(self.pens):
            box = QRectF(
                self.rect.x() + 8 + place % across * width,
                top + place // across * _LEGEND_PX,
                width - _GAP_PX,
                _LEGEND_PX,
            )
            self._paint_entry(painter, look, pen, box)

    def _paint_entry(self, painter: QPainter, look: Look, pen: Pen, box: QRectF) -> None:
        theme, name = look.theme, f"pen{pen.slot + 1}_tag"
        disc = QRectF(box.x(), box.y() + 3, 16, 16)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.pens[pen.slot])
        painter.drawRoundedRect(disc, 3, 3)
        middle = Qt.AlignmentFlag.AlignHCenter
        look.text(painter, disc, str(pen.slot + 1), middle, size_px=12, bold=True, color=theme.surface)
        text = f"{shown_value(self, name)} {unit_of(self, name)}".strip()
        room = text_width(text, LABEL_PX, True)
        label = self.properties.text(f"pen{pen.slot + 1}_label") or pen.tag.description or pen.tag.path
        look.text(
            painter, box.adjusted(22, 0, -room - 10, 0), label, color=theme.text_muted, owner=self.model.id
        )
        look.text(painter, box, text, Qt.AlignmentFlag.AlignRight, bold=True, color=theme.value)
        shown = mark(self.properties.evaluated(name).status)
        plate = QRectF(box.right() - room - 4, box.y() + 2, room + 8, box.height() - 4)
        paint_mark(painter, plate, beside(plate), shown, theme)

    def accessible_name(self) -> str:
        """Return the label, or that it is a trend of how many pens."""
        given = self.properties.text("label")
        return given or QCoreApplication.translate("Trend", "Trend of %n tag(s)", "", len(self.pens))
