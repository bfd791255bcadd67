"""The one look of Vigie: themes, fonts, palette, widget style sheet, alarm symbols and icons.

Colours are named by role, never by hue; alarm colours are used for alarms only (HMI-01, HMI-06).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from importlib import resources
from string import Template
from types import MappingProxyType
from typing import Any, Final

from PySide6.QtCore import QByteArray, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QIcon,
    QPainter,
    QPalette,
    QPen,
    QPixmap,
    QPolygonF,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from alarms.model import Priority
from views.color_vision import ColorVision

FONT_FAMILY: Final = "Vigie Sans"
FONT_FALLBACKS: Final = ("Segoe UI", "Noto Sans", "DejaVu Sans")
LABEL_PX: Final = 15
VALUE_PX: Final = 22
TITLE_PX: Final = 24
DISPLAY_PX: Final = 34
"""The only four text sizes of a screen, in screen pixels (HMI-18, LNT-22)."""
ICON_SIZES_PX: Final = (16, 20, 24, 32, 48)
THEMES: Final = ("light", "dark")


class StyleError(Exception):
    """Tell that a theme or icon does not exist or is not complete."""


@dataclass(frozen=True, slots=True)
class AlarmColors:
    """Hold the colours of one priority's symbol: fill, outline, and the number in it (HMI-03)."""

    fill: QColor
    outline: QColor
    text: QColor


@dataclass(frozen=True, slots=True)
class Theme:
    """Name every colour by its role; ``pens`` are the trend colours, all apart from alarm colours."""

    name: str
    title: str
    is_dark: bool
    background: QColor
    panel: QColor
    surface: QColor
    chrome: QColor
    border: QColor
    grid: QColor
    text: QColor
    text_muted: QColor
    text_disabled: QColor
    value: QColor
    outline: QColor
    pipe: QColor
    stopped: QColor
    running: QColor
    transition: QColor
    track: QColor
    track_edge: QColor
    limit_zone: QColor
    normal_band: QColor
    level: QColor
    pointer: QColor
    accent: QColor
    accent_text: QColor
    selection: QColor
    control: QColor
    control_hover: QColor
    control_pressed: QColor
    control_border: QColor
    uncertain: QColor
    bad: QColor
    stale: QColor
    not_connected: QColor
    pending: QColor
    confirmed: QColor
    refused: QColor
    alarms: Mapping[Priority, AlarmColors]
    pens: tuple[QColor, ...]
    vision: ColorVision = ColorVision.NORMAL
    """Whose eyes its colours are shown for."""

    def color(self, role: str) -> QColor:
        """Return the colour of a role.

        Raises:
            StyleError: there is no such role.
        """
        if role not in COLOR_ROLES:
            raise StyleError(f"there is no colour role {role!r}; there are {', '.join(COLOR_ROLES)}")
        color: QColor = getattr(self, role)
        return color


COLOR_ROLES: Final = tuple(
    item.name
    for item in fields(Theme)
    if item.name not in ("name", "title", "is_dark", "alarms", "pens", "vision")
)


def load_theme(name: str) -> Theme:
    """Read a theme of ``resources/themes``.

    Raises:
        StyleError: no such theme, or a role, priority or pen is missing, unknown or no colour.
    """
    file = resources.files("resources") / "themes" / f"{name}.json"
    if not file.is_file():
        raise StyleError(f"there is no theme {name!r}; there are {', '.join(THEMES)}")
    return parse_theme(name, json.loads(file.read_text("utf-8")))


def parse_theme(name: str, data: Mapping[str, Any]) -> Theme:
    """Build a theme from the content of its file.

    Raises:
        StyleError: a role, priority or pen is missing, unknown or no colour.
    """
    colors = data.get("colors", {})
    wrong = sorted(set(COLOR_ROLES) ^ set(colors))
    if wrong:
        raise StyleError(f"theme {name!r}: missing or unknown colour roles {', '.join(wrong)}")
    alarms = data.get("alarms", {})
    if set(alarms) != {str(priority.value) for priority in Priority}:
        raise StyleError(f"theme {name!r}: alarms must be given for priorities 1 to {len(Priority)}")
    return Theme(
        name=name,
        title=str(data.get("title", name)),
        is_dark=bool(data.get("dark", False)),
        alarms=MappingProxyType(
            {
                priority: AlarmColors(
                    **{part: _color(name, alarms[str(priority.value)].get(part)) for part in _ALARM_PARTS}
                )
                for priority in Priority
            }
        ),
        pens=tuple(_color(name, text) for text in data.get("pens", ())),
        vision=ColorVision.NORMAL,
        **{role: _color(name, colors[role]) for role in COLOR_ROLES},
    )


_ALARM_PARTS: Final = ("fill", "outline", "text")


def _color(theme: str, text: object) -> QColor:
    color = QColor(text) if isinstance(text, str) else QColor()
    if not color.isValid():
        raise StyleError(f"theme {theme!r}: {text!r} is no colour, expected #RRGGBB")
    return color


def luminance(color: QColor) -> float:
    """Return the relative luminance of WCAG, 0 to 1."""
    return sum(
        share * (channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4)
        for share, channel in zip(
            (0.2126, 0.7152, 0.0722), (color.redF(), color.greenF(), color.blueF()), strict=True
        )
    )


def contrast(first: QColor, second: QColor) -> float:
    """Return the contrast ratio of WCAG, 1 to 21 (HMI-19)."""
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def load_fonts() -> None:
    """Make the shipped fonts known to Qt; needs a QGuiApplication, further calls do nothing.

    Raises:
        StyleError: Qt cannot read a shipped font.
    """
    if FONT_FAMILY in QFontDatabase.families():
        return
    for file in sorted((resources.files("resources") / "fonts").iterdir(), key=lambda item: item.name):
        if file.name.endswith(".ttf") and QFontDatabase.addApplicationFontFromData(file.read_bytes()) < 0:
            raise StyleError(f"the font {file.name} cannot be read")


def font(size_px: float, *, bold: bool = False) -> QFont:
    """Return the interface font; digits have equal width, so that values do not dance."""
    result = QFont()
    result.setFamilies([FONT_FAMILY, *FONT_FALLBACKS])
    result.setPixelSize(max(1, round(size_px)))
    result.setStyleStrategy(QFont.StyleStrategy.NoSubpixelAntialias)
    result.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return result


def dress(application: QApplication, theme: Theme) -> None:
    """Give all ordinary widgets the look of a theme; nothing is done when they have it."""
    colors, sheet = palette(theme), stylesheet(theme)
    if application.styleSheet() == sheet and application.palette() == colors:
        return
    # Qt takes one sheet away and sets another in a fifth of the time that it takes to replace it.
    application.setStyleSheet("")
    application.setPalette(colors)
    application.setStyleSheet(sheet)


def palette(theme: Theme) -> QPalette:
    """Return the palette of ordinary widgets."""
    result = QPalette()
    roles = {
        QPalette.ColorRole.Window: theme.background,
        QPalette.ColorRole.WindowText: theme.text,
        QPalette.ColorRole.Base: theme.surface,
        QPalette.ColorRole.AlternateBase: theme.panel,
        QPalette.ColorRole.Text: theme.text,
        QPalette.ColorRole.PlaceholderText: theme.text_muted,
        QPalette.ColorRole.Button: theme.control,
        QPalette.ColorRole.ButtonText: theme.text,
        QPalette.ColorRole.BrightText: theme.text,
        QPalette.ColorRole.ToolTipBase: theme.surface,
        QPalette.ColorRole.ToolTipText: theme.text,
        QPalette.ColorRole.Highlight: theme.accent,
        QPalette.ColorRole.HighlightedText: theme.accent_text,
        QPalette.ColorRole.Link: theme.accent,
        QPalette.ColorRole.LinkVisited: theme.accent,
        QPalette.ColorRole.Light: theme.control_hover,
        QPalette.ColorRole.Midlight: theme.panel,
        QPalette.ColorRole.Mid: theme.border,
        QPalette.ColorRole.Dark: theme.control_border,
        QPalette.ColorRole.Shadow: theme.border,
    }
    for role, color in roles.items():
        result.setColor(role, color)
    for role in (
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.Text,
        QPalette.ColorRole.ButtonText,
    ):
        result.setColor(QPalette.ColorGroup.Disabled, role, theme.text_disabled)
    return result


def stylesheet(theme: Theme) -> str:
    """Return the style sheet of ordinary widgets, so that window, lists and dialogs share one look.

    Dynamic properties: ``role="title" | "muted" | "value"`` on labels, ``kind="primary" | "flat"`` on
    buttons, ``surface="chrome" | "panel"`` on frames.
    """
    text = (resources.files("resources") / "themes" / "widgets.qss").read_text("utf-8")
    values = {role: theme.color(role).name() for role in COLOR_ROLES}
    arrows = resources.files("resources") / "themes"
    shade = "dark" if theme.is_dark else "light"
    with resources.as_file(arrows) as folder:
        values["arrow_down"] = (folder / f"arrow-down-{shade}.svg").as_posix()
        values["arrow_up"] = (folder / f"arrow-up-{shade}.svg").as_posix()
        values["check"] = (folder / f"check-{shade}.svg").as_posix()
    families = ", ".join(f'"{family}"' for family in (FONT_FAMILY, *FONT_FALLBACKS))
    return Template(text).substitute(values, families=families)


def paint_alarm_symbol(
    painter: QPainter,
    rect: QRectF,
    priority: Priority,
    acknowledged: bool,
    blink_on: bool,
    theme: Theme,
) -> None:
    """Paint a priority's symbol into ``rect``: shape, colour, number and outline say the same (HMI-10).

    An unacknowledged one flashes: in the off phase it is hollow with its outline and number left, so that it
    never vanishes (HMI-08). The caller owns the 1-2 Hz phase.
    """
    colors = theme.alarms[priority]
    side = min(rect.width(), rect.height())
    box = QRectF(0.0, 0.0, side, side)
    box.moveCenter(rect.center())
    line = max(1.5, side / 14)
    box.adjust(line / 2, line / 2, -line / 2, -line / 2)
    hollow = not acknowledged and not blink_on
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(
        QPen(
            colors.outline,
            line,
            Qt.PenStyle.SolidLine,
            Qt.PenCapStyle.SquareCap,
            Qt.PenJoinStyle.MiterJoin,
        )
    )
    painter.setBrush(theme.surface if hollow else colors.fill)
    number = QRectF(box)
    if priority is Priority.URGENT:
        inner = side * 0.05
        painter.drawRect(box.adjusted(inner, inner, -inner, -inner))
    elif priority is Priority.HIGH:
        painter.drawPolygon(
            QPolygonF([QPointF(box.center().x(), box.top()), box.bottomRight(), box.bottomLeft()])
        )
        number.translate(0.0, side * 0.14)
    elif priority is Priority.MEDIUM:
        painter.drawPolygon(
            QPolygonF([box.topLeft(), box.topRight(), QPointF(box.center().x(), box.bottom())])
        )
        number.translate(0.0, -side * 0.14)
    else:
        painter.drawEllipse(box)
    painter.setPen(theme.text if hollow else colors.text)
    painter.setFont(font(side * (0.5 if priority in (Priority.HIGH, Priority.MEDIUM) else 0.62), bold=True))
    painter.drawText(number, Qt.AlignmentFlag.AlignCenter, str(priority.value))
    painter.restore()


def icon_names() -> tuple[str, ...]:
    """Return the names that :func:`icon` knows."""
    names = (item.name for item in (resources.files("resources") / "icons").iterdir())
    return tuple(sorted(name.removesuffix(".svg") for name in names if name.endswith(".svg")))


def icon(name: str, theme: Theme) -> QIcon:
    """Return an icon of ``resources/icons`` in the theme's text colours, crisp up to 200 % scaling.

    Raises:
        StyleError: there is no such icon.
    """
    return _icon(name, theme.text.name(), theme.text_disabled.name())


@lru_cache(maxsize=256)
def _icon(name: str, normal_color: str, disabled_color: str) -> QIcon:
    """Return an icon in two colours; a language or a theme that comes back finds it painted."""
    try:
        source = (resources.files("resources") / "icons" / f"{name}.svg").read_text("utf-8")
    except FileNotFoundError:
        raise StyleError(f"there is no icon {name!r}; there are {', '.join(icon_names())}") from None
    result = QIcon()
    normal = (QIcon.Mode.Normal, QIcon.Mode.Active, QIcon.Mode.Selected)
    for modes, color in ((normal, normal_color), ((QIcon.Mode.Disabled,), disabled_color)):
        renderer = QSvgRenderer(QByteArray(source.replace("currentColor", color).encode()))
        for size_px in ICON_SIZES_PX:
            for ratio in (1, 2):
                pixmap = QPixmap(QSize(size_px, size_px) * ratio)
                pixmap.fill(Qt.GlobalColor.transparent)
                painter = QPainter(pixmap)
                renderer.render(painter)
                painter.end()
                pixmap.setDevicePixelRatio(ratio)
                for mode in modes:
                    result.addPixmap(pixmap, mode)
    return result
