"""Draw the report's plots as vectors."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Final

import numpy as np
from reportlab.lib.colors import Color, HexColor
from reportlab.pdfgen.canvas import Canvas

from alarms.metrics import Performance
from alarms.metrics_events import DAY_NS
from alarms.metrics_patterns import FLOOD_MORE_THAN
from alarms.metrics_statistics import AlarmStatistics
from alarms.model import Priority

TEXT: Final = HexColor("#1e2226")
_BAR: Final = HexColor("#4a6a8a")
_PALE: Final = HexColor("#c9d3dc")
_TARGET: Final = HexColor("#9a3b2e")
_AXIS: Final = HexColor("#8a9096")
_MOST_BARS: Final = 480
_MOST_DATES: Final = 8
TARGET_SHARES: Final[Mapping[Priority, float]] = MappingProxyType(
    {Priority.URGENT: 1.0, Priority.HIGH: 5.0, Priority.MEDIUM: 15.0, Priority.LOW: 80.0}
)
"""KPI-11: about 80 % low, 15 % medium, 5 % high, less than 1 % urgent."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Bound a plot: lower left corner and size in points."""

    x: float
    y: float
    width: float
    height: float


def draw_rates(
    canvas: Canvas, frame: Frame, performance: Performance, say: Callable[[str], str] = str
) -> None:
    """Draw activations per 10 minutes; over long periods each bar is the busiest window of its time."""
    counts = performance.window_counts
    per_bar = -(-len(counts) // _MOST_BARS)
    padded = np.concatenate([counts, np.zeros(-len(counts) % per_bar, np.int64)])
    bars = padded.reshape(-1, per_bar).max(axis=1)
    left, bottom = frame.x + 26, frame.y + 16
    width, height = frame.width - 26, frame.height - 22
    top = max(int(bars.max()), FLOOD_MORE_THAN + 2)
    canvas.setFillColor(_BAR)
    step = width / len(bars)
    for place, count in enumerate(bars.tolist()):
        if count:
            canvas.rect(left + place * step, bottom, max(step * 0.85, 0.4), height * count / top, 0, 1)
    _dashed(canvas, left, bottom + height * FLOOD_MORE_THAN / top, width, f"{FLOOD_MORE_THAN}")
    _axes(canvas, left, bottom, width, height)
    canvas.setFillColor(TEXT)
    canvas.setFont("Helvetica", 7)
    canvas.drawRightString(left - 4, bottom + height - 5, str(top))
    canvas.drawRightString(left - 4, bottom, "0")
    _dates(canvas, Frame(left, bottom, width, height), performance, say)


def _dates(canvas: Canvas, frame: Frame, performance: Performance, say: Callable[[str], str]) -> None:
    """Write the site's dates under the axis, at midnights that leave room for each other."""
    edges_ns = performance.window_edges_ns
    days = performance.period.edges_ns(DAY_NS)
    apart = -(-len(days) // _MOST_DATES)
    span_ns = int(edges_ns[-1] - edges_ns[0])
    canvas.setStrokeColor(_AXIS)
    canvas.setLineWidth(0.6)
    for day_ns in days[::apart].tolist():
        if int(edges_ns[0]) <= day_ns <= int(edges_ns[-1]):
            x = frame.x + frame.width * (day_ns - int(edges_ns[0])) / span_ns
            canvas.line(x, frame.y, x, frame.y - 3)
            canvas.drawCentredString(x, frame.y - 11, say(performance.period.local_text(day_ns)[:10]))


def draw_pareto(
    canvas: Canvas, frame: Frame, statistics: Sequence[AlarmStatistics], say: Callable[[str], str] = str
) -> None:
    """Draw a bar per alarm, most frequent on top, with the cumulative share as a line."""
    shown = [item for item in statistics if item.activations]
    if not shown:
        _nothing(canvas, frame, say)
        return
    step = frame.height / len(shown)
    left, width = frame.x + 112, frame.width - 190
    most = shown[0].activations
    canvas.setFont("Helvetica", 7)
    points: list[tuple[float, float]] = []
    for place, item in enumerate(shown):
        y = frame.y + frame.height - (place + 1) * step
        bar = max(0.5, width * item.activations / most)
        canvas.setFillColor(_BAR)
        canvas.rect(left, y + step * 0.15, bar, step * 0.7, 0, 1)
        canvas.setFillColor(TEXT)
        name = item.alarm_id.encode("cp1252", "replace").decode("cp1252")
        canvas.drawRightString(left - 4, y + step / 2 - 2.5, name[-26:])
        canvas.drawString(left + width + 8, y + step / 2 - 2.5, f"{item.activations}")
        canvas.drawRightString(frame.x + frame.width, y + step / 2 - 2.5, f"{item.cumulative_share:.0f} %")
        points.append((left + width * item.cumulative_share / 100, y + step / 2))
    canvas.setStrokeColor(_TARGET)
    canvas.setLineWidth(1)
    for (x1, y1), (x2, y2) in pairwise(points):
        canvas.line(x1, y1, x2, y2)
    for x, y in points:
        canvas.circle(x, y, 1.3, 1, 0)


def draw_priorities(
    canvas: Canvas, frame: Frame, shares: Mapping[Priority, float], say: Callable[[str], str] = str
) -> None:
    """Draw each priority's share beside its target, with the priority's number."""
    if not shares:
        _nothing(canvas, frame, say)
        return
    step = frame.height / len(Priority)
    left, width = frame.x + 70, frame.width - 180
    for place, priority in enumerate(Priority):
        y = frame.y + frame.height - (place + 1) * step
        _share_bar(canvas, left, y + step * 0.5, width * shares[priority] / 100, step * 0.32, _BAR)
        _share_bar(canvas, left, y + step * 0.16, width * TARGET_SHARES[priority] / 100, step * 0.24, _PALE)
        canvas.setFillColor(TEXT)
        canvas.setFont("Helvetica", 8)
        canvas.drawString(frame.x, y + step * 0.4, say(f"{int(priority)} {priority.name.lower()}"))
        text = f"{shares[priority]:.1f} % (target {TARGET_SHARES[priority]:g} %)"
        canvas.drawRightString(frame.x + frame.width, y + step * 0.4, say(text))


def _share_bar(canvas: Canvas, x: float, y: float, width: float, height: float, colour: Color) -> None:
    canvas.setFillColor(colour)
    if width:
        canvas.rect(x, y, width, height, 0, 1)


def _axes(canvas: Canvas, x: float, y: float, width: float, height: float) -> None:
    canvas.setStrokeColor(_AXIS)
    canvas.setLineWidth(0.6)
    canvas.line(x, y, x + width, y)
    canvas.line(x, y, x, y + height)


def _dashed(canvas: Canvas, x: float, y: float, width: float, text: str) -> None:
    canvas.setStrokeColor(_TARGET)
    canvas.setLineWidth(0.7)
    canvas.setDash(3, 2)
    canvas.line(x, y, x + width, y)
    canvas.setDash()
    canvas.setFillColor(_TARGET)
    canvas.setFont("Helvetica", 7)
    canvas.drawRightString(x - 4, y - 2.5, text)


def _nothing(canvas: Canvas, frame: Frame, say: Callable[[str], str]) -> None:
    canvas.setFillColor(_AXIS)
    canvas.setFont("Helvetica", 9)
    canvas.drawString(frame.x, frame.y + frame.height / 2, say("no activation in this period"))
