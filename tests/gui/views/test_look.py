"""Alarm symbols, icons, fonts and the style sheet, as painted."""

from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QFontInfo, QFontMetricsF, QIcon, QImage, QPainter, QPalette
from PySide6.QtWidgets import QPushButton, QWidget

from alarms.model import Priority
from views.reference import symbol_sheet
from views.style import (
    FONT_FAMILY,
    StyleError,
    Theme,
    dress,
    font,
    icon,
    icon_names,
    load_fonts,
    load_theme,
    paint_alarm_symbol,
    palette,
    stylesheet,
)
from views.symbols import paint_symbol, symbol_names


def symbol(theme: Theme, priority: Priority, acknowledged: bool = True, blink_on: bool = True) -> QImage:
    image = QImage(QSize(64, 64), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(theme.background)
    painter = QPainter(image)
    paint_alarm_symbol(painter, QRectF(4, 4, 56, 56), priority, acknowledged, blink_on, theme)
    painter.end()
    return image


def shape(theme: Theme, priority: Priority) -> np.ndarray:
    """Where anything is painted, whatever its colour."""
    image = symbol(theme, priority)
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(64, 64)
    return pixels != theme.background.rgb()


def test_each_priority_has_a_shape_of_its_own(theme: Theme) -> None:
    for first, second in combinations(Priority, 2):
        differing = (shape(theme, first) != shape(theme, second)).sum()
        assert differing > 100, (first, second)


@pytest.mark.parametrize("priority", Priority)
def test_flashing_symbol_never_vanishes(theme: Theme, priority: Priority) -> None:
    steady, on = symbol(theme, priority), symbol(theme, priority, acknowledged=False)
    off = symbol(theme, priority, acknowledged=False, blink_on=False)
    assert steady == on
    assert off != on
    outline = theme.alarms[priority].outline
    assert any(off.pixelColor(x, y) == outline for x in range(64) for y in range(64))


def test_every_icon_follows_the_theme(theme: Theme) -> None:
    assert {"home", "alarm", "trend", "acknowledge", "back", "connections"} <= set(icon_names())
    for name in icon_names():
        image = icon(name, theme).pixmap(QSize(24, 24)).toImage()
        seen = {
            image.pixelColor(x, y).name()
            for x in range(24)
            for y in range(24)
            if image.pixelColor(x, y).alpha() >= 200
        }
        assert seen, name
        assert all(_near(QColor(color), theme.text) for color in seen), name
        faded = icon(name, theme).pixmap(QSize(24, 24), QIcon.Mode.Disabled).toImage()
        assert faded != image


def _near(first: QColor, second: QColor) -> bool:
    pairs = zip(first.getRgb()[:3], second.getRgb()[:3], strict=True)
    return all(abs(one - other) <= 3 for one, other in pairs)


def test_unknown_icon_is_refused(light: Theme) -> None:
    with pytest.raises(StyleError, match="unicorn"):
        icon("unicorn", light)


@pytest.mark.parametrize("name", symbol_names())
def test_every_symbol_paints_and_tells_its_state(name: str, theme: Theme) -> None:
    pictures = []
    for fill in (theme.running, theme.stopped):
        image = QImage(QSize(96, 96), QImage.Format.Format_RGB32)
        image.fill(theme.panel)
        painter = QPainter(image)
        paint_symbol(painter, QRectF(0, 0, 96, 96), name, fill, theme, 90)
        painter.end()
        pictures.append(image)
    assert pictures[0] != pictures[1]


def test_the_library_has_a_symbol_for_every_kind_of_plant_and_a_sheet_of_them(theme: Theme) -> None:
    assert len(symbol_names()) >= 60
    sheet = symbol_sheet(theme)
    across = sheet.width() // 150
    for place, name in enumerate(symbol_names()):
        x, y = place % across * 150, place // across * 104
        for left in (x + 6, x + 78):
            box = sheet.copy(left, y + 8, 66, 66)
            seen = {box.pixelColor(column, row).name() for column in range(66) for row in range(66)}
            assert theme.outline.name() in seen, name


def test_shipped_font_is_used_and_digits_do_not_dance(fonts: None) -> None:
    load_fonts()
    assert QFontInfo(font(15)).family() == FONT_FAMILY
    for bold in (False, True):
        metrics = QFontMetricsF(font(22, bold=bold))
        assert len({round(metrics.horizontalAdvance(digit), 3) for digit in "0123456789"}) == 1


def test_style_sheet_is_accepted_and_names_every_colour(qtbot, theme: Theme) -> None:
    text = stylesheet(theme)
    assert "$" not in text
    assert theme.accent.name() in text
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.setStyleSheet(text)
    button = QPushButton("Acknowledge", parent)
    button.setProperty("kind", "primary")
    parent.resize(200, 100)
    parent.show()
    image = button.grab().toImage()
    assert image.pixelColor(6, image.height() // 2).name() == theme.accent.name()


def test_palette_follows_the_theme(theme: Theme) -> None:
    found = palette(theme)
    assert found.color(QPalette.ColorRole.Window) == theme.background
    assert found.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text) == theme.text_disabled


class Dressed:
    """Stands in for the application and notes what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.sheet = ""
        self.colors = QPalette()

    def styleSheet(self) -> str:  # noqa: N802
        return self.sheet

    def setStyleSheet(self, sheet: str) -> None:  # noqa: N802
        self.sheet = sheet
        self.told.append("sheet" if sheet else "none")

    def palette(self) -> QPalette:
        return self.colors

    def setPalette(self, colors: QPalette) -> None:  # noqa: N802
        self.colors = colors
        self.told.append("colors")


def test_a_sheet_is_taken_away_before_another_is_set_and_the_same_one_is_left(qapp, light) -> None:
    application, dark = Dressed(), load_theme("dark")
    dress(application, light)
    assert application.sheet == stylesheet(light)
    application.told.clear()
    dress(application, light)
    assert application.told == [], "as when the language changes: all widgets would be polished anew"
    dress(application, dark)
    assert application.told == ["none", "colors", "sheet"]
    assert application.colors == palette(dark)
