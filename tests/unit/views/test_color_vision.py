"""Pictures as people see them whose colour vision differs, and the themes under that light (LNT-10)."""

from itertools import combinations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage

from alarms.model import Priority
from tests.unit.views.test_style import ciede2000
from views.color_vision import ColorVision, seen, seen_color, seen_image, seen_text, seen_theme
from views.style import COLOR_ROLES, THEMES, contrast, load_theme

DEFICIENT = tuple(vision for vision in ColorVision if vision is not ColorVision.NORMAL)
STATES = ("stopped", "running", "transition")


@pytest.mark.parametrize("vision", ColorVision)
def test_greys_stay_what_they_are(vision: ColorVision) -> None:
    for level in (0, 64, 128, 222, 255):
        found = seen_color(QColor(level, level, level), vision)
        assert max(abs(channel - level) for channel in (found.red(), found.green(), found.blue())) <= 1


def test_red_is_dark_without_red_cones_and_unlike_without_blue_ones() -> None:
    red, green = QColor("#E22028"), QColor("#2E8B2E")
    assert seen_color(red, ColorVision.NORMAL) == red
    assert seen_color(red, ColorVision.PROTAN).lightness() < red.lightness()
    near = {vision: ciede2000(seen_color(red, vision), seen_color(green, vision)) for vision in DEFICIENT}
    assert near[ColorVision.DEUTAN] < near[ColorVision.TRITAN]


def test_the_matrices_are_those_that_were_published() -> None:
    # sRGB red and its linear images by the first columns of the matrices at severity 1.0.
    red = np.array([[1.0, 0.0, 0.0]])
    for vision, linear in (
        (ColorVision.PROTAN, (0.152286, 0.114503, 0.0)),
        (ColorVision.DEUTAN, (0.367322, 0.280085, 0.0)),
        (ColorVision.TRITAN, (1.0, 0.0, 0.004733)),
    ):
        found = seen(red, vision)[0]
        back = np.where(found <= 0.04045, found / 12.92, ((found + 0.055) / 1.055) ** 2.4)
        assert back == pytest.approx(linear, abs=1e-6)


@pytest.mark.parametrize("vision", DEFICIENT)
def test_a_picture_is_the_sum_of_its_pixels(vision: ColorVision) -> None:
    image = QImage(7, 3, QImage.Format.Format_ARGB32)
    colors = [QColor.fromHsv(40 * x, 60 * y + 80, 60 * y + 100) for y in range(3) for x in range(7)]
    for place, color in enumerate(colors):
        image.setPixelColor(place % 7, place // 7, color)
    found = seen_image(image, vision)
    assert (found.width(), found.height()) == (7, 3)
    for place, color in enumerate(colors):
        expected, got = seen_color(color, vision), found.pixelColor(place % 7, place // 7)
        apart = (got.red() - expected.red(), got.green() - expected.green(), got.blue() - expected.blue())
        assert max(map(abs, apart)) <= 12, (color.name(), expected.name(), got.name())


@pytest.mark.parametrize("vision", DEFICIENT)
def test_what_shines_through_a_picture_still_does(vision: ColorVision) -> None:
    image = QImage(2, 1, QImage.Format.Format_ARGB32)
    image.setPixelColor(0, 0, QColor(226, 32, 40, 0))
    image.setPixelColor(1, 0, QColor(226, 32, 40, 130))
    found = seen_image(image, vision)
    assert (found.pixelColor(0, 0).alpha(), found.pixelColor(1, 0).alpha()) == (0, 130)
    assert found.pixelColor(1, 0).rgb() != image.pixelColor(1, 0).rgb()


@pytest.mark.parametrize("vision", ColorVision)
@pytest.mark.parametrize("name", THEMES)
def test_a_theme_has_every_colour_as_it_is_seen(name: str, vision: ColorVision) -> None:
    theme = load_theme(name)
    found = seen_theme(theme, vision)
    assert (found.name, found.is_dark, found.vision) == (theme.name, theme.is_dark, vision)
    for role in COLOR_ROLES:
        assert found.color(role) == seen_color(theme.color(role), vision), role
    assert found.pens == tuple(seen_color(pen, vision) for pen in theme.pens)
    for priority in Priority:
        assert found.alarms[priority].fill == seen_color(theme.alarms[priority].fill, vision)
        assert found.alarms[priority].outline == seen_color(theme.alarms[priority].outline, vision)
    if vision is ColorVision.NORMAL:
        assert found is theme


def test_colours_of_a_drawing_are_seen_and_other_words_stay() -> None:
    vision = ColorVision.DEUTAN
    assert seen_text("#e22028", vision) == seen_color(QColor("#e22028"), vision).name()
    assert seen_text("rgb(226, 32, 40)", vision) == seen_text("#e22028", vision)
    assert seen_text("red", vision) != "red"
    for text in ("none", "transparent", "url(#shade)", "currentColor", "inherit"):
        assert seen_text(text, vision) == text


@pytest.mark.parametrize("theme_name", THEMES)
@pytest.mark.parametrize("vision", DEFICIENT)
def test_states_and_signs_can_be_told_without_all_cones(theme_name: str, vision: ColorVision) -> None:
    theme = load_theme(theme_name)
    for first, second in combinations(STATES, 2):
        apart = ciede2000(seen_color(theme.color(first), vision), seen_color(theme.color(second), vision))
        assert apart >= 10, (first, second)
    background = seen_color(theme.background, vision)
    for priority in Priority:
        colors = theme.alarms[priority]
        assert contrast(seen_color(colors.outline, vision), background) >= 3.0
        assert contrast(seen_color(colors.text, vision), seen_color(colors.fill, vision)) >= 3.0
    for role in ("text", "text_muted", "value"):
        assert contrast(seen_color(theme.color(role), vision), background) >= 4.5, role
    assert contrast(seen_color(theme.accent, vision), background) >= 3.0, "the ring of the keyboard"


@pytest.mark.parametrize("theme_name", THEMES)
def test_alarms_are_told_by_shape_and_number_where_colours_are_not(theme_name: str, qapp) -> None:
    """LNT-10 lets colours be alike where the shape differs: the pictures without colour must differ."""
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QPainter

    from views.style import paint_alarm_symbol

    theme = load_theme(theme_name)
    pictures = []
    for priority in Priority:
        image = QImage(24, 24, QImage.Format.Format_RGB32)
        image.fill(theme.background)
        painter = QPainter(image)
        paint_alarm_symbol(painter, QRectF(0, 0, 24, 24), priority, True, True, theme)
        painter.end()
        grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
        pictures.append(np.frombuffer(grey.constBits(), np.uint8).reshape(24, -1)[:, :24].astype(int))
    for first, second in combinations(pictures, 2):
        assert (np.abs(first - second) > 64).sum() >= 60, "at least a tenth of the picture differs"
