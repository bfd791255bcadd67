"""The themes obey the rules that the linter holds screens to (HMI-01..03, HMI-19, LNT-01..14)."""

import json
import math
from importlib import resources
from itertools import combinations

import pytest
from PySide6.QtGui import QColor

from alarms.model import Priority
from views.style import (
    COLOR_ROLES,
    THEMES,
    StyleError,
    Theme,
    contrast,
    load_theme,
    luminance,
    parse_theme,
)
from views.symbols import detail_on

GROUNDS = ("background", "panel", "surface", "chrome")
INKS = ("text", "text_muted", "value")
CONTROLS = ("control", "control_hover", "control_pressed")


@pytest.fixture(params=THEMES)
def theme(request: pytest.FixtureRequest) -> Theme:
    return load_theme(request.param)


def lab(color: QColor) -> tuple[float, float, float]:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    def curve(share: float) -> float:
        return share ** (1 / 3) if share > 216 / 24389 else (24389 / 27 * share + 16) / 116

    r, g, b = (linear(channel) for channel in (color.redF(), color.greenF(), color.blueF()))
    x = curve((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047)
    y = curve(0.2126729 * r + 0.7151522 * g + 0.0721750 * b)
    z = curve((0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def ciede2000(first: QColor, second: QColor) -> float:
    """The colour difference of CIE 142:2001."""
    (l1, a1, b1), (l2, a2, b2) = lab(first), lab(second)
    mean_c = (math.hypot(a1, b1) + math.hypot(a2, b2)) / 2
    g = 0.5 * (1 - math.sqrt(mean_c**7 / (mean_c**7 + 25**7)))
    a1, a2 = a1 * (1 + g), a2 * (1 + g)
    c1, c2 = math.hypot(a1, b1), math.hypot(a2, b2)
    h1, h2 = math.degrees(math.atan2(b1, a1)) % 360, math.degrees(math.atan2(b2, a2)) % 360
    dh = 0.0 if c1 * c2 == 0 else (h2 - h1 + 180) % 360 - 180
    big_h = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(dh / 2))
    mean_l, mean_c = (l1 + l2) / 2, (c1 + c2) / 2
    mean_h = h1 + h2 if c1 * c2 == 0 else (h1 + dh / 2) % 360
    t = (
        1
        - 0.17 * math.cos(math.radians(mean_h - 30))
        + 0.24 * math.cos(math.radians(2 * mean_h))
        + 0.32 * math.cos(math.radians(3 * mean_h + 6))
        - 0.20 * math.cos(math.radians(4 * mean_h - 63))
    )
    s_l = 1 + 0.015 * (mean_l - 50) ** 2 / math.sqrt(20 + (mean_l - 50) ** 2)
    s_c, s_h = 1 + 0.045 * mean_c, 1 + 0.015 * mean_c * t
    turn = -2 * math.sqrt(mean_c**7 / (mean_c**7 + 25**7))
    turn *= math.sin(math.radians(60 * math.exp(-(((mean_h - 275) / 25) ** 2))))
    dl, dc, dhh = (l2 - l1) / s_l, (c2 - c1) / s_c, big_h / s_h
    return math.sqrt(dl**2 + dc**2 + dhh**2 + turn * dc * dhh)


def test_the_difference_formula_gives_the_values_that_standards_quote() -> None:
    assert ciede2000(QColor("#000000"), QColor("#FFFFFF")) == pytest.approx(100, abs=0.1)
    assert ciede2000(QColor("#E22028"), QColor("#E22028")) == 0


@pytest.mark.parametrize(
    ("first", "second", "ratio"),
    [("#000000", "#FFFFFF", 21.0), ("#E22028", "#E0E0E0", 3.56), ("#F5E11B", "#E0E0E0", 1.02)],
)
def test_contrast_is_that_of_wcag(first: str, second: str, ratio: float) -> None:
    assert contrast(QColor(first), QColor(second)) == pytest.approx(ratio, abs=0.01)
    assert contrast(QColor(second), QColor(first)) == pytest.approx(ratio, abs=0.01)


def test_background_is_neutral(theme: Theme) -> None:
    for ground in GROUNDS:
        assert theme.color(ground).hsvSaturationF() <= 0.10, ground


def test_light_background_is_light_grey() -> None:
    assert 0.55 <= luminance(load_theme("light").background) <= 0.85
    assert load_theme("dark").is_dark


def test_text_contrast(theme: Theme) -> None:
    for ink in INKS:
        for ground in (*GROUNDS, "selection"):
            assert contrast(theme.color(ink), theme.color(ground)) >= 4.5, (ink, ground)
    for control in CONTROLS:
        assert contrast(theme.text, theme.color(control)) >= 4.5, control
    assert contrast(theme.accent_text, theme.accent) >= 4.5
    assert contrast(theme.accent, theme.panel) >= 4.5, "links are written in the accent colour"


def test_lines_and_controls_contrast(theme: Theme) -> None:
    for line in (
        "outline",
        "control_border",
        "accent",
        "pointer",
        "uncertain",
        "bad",
        "stale",
        "not_connected",
    ):
        for ground in ("background", "panel"):
            assert contrast(theme.color(line), theme.color(ground)) >= 3.0, (line, ground)


def test_running_and_stopped_differ_in_brightness(theme: Theme) -> None:
    assert contrast(theme.running, theme.stopped) >= 3.0


def test_details_of_symbols_can_be_seen_on_every_state(theme: Theme) -> None:
    for fill in (theme.running, theme.stopped, theme.transition, theme.background):
        assert contrast(detail_on(fill, theme), fill) >= 3.0, fill.name()


@pytest.mark.parametrize("priority", Priority)
def test_alarm_symbols_read_on_every_ground(theme: Theme, priority: Priority) -> None:
    colors = theme.alarms[priority]
    for ground in GROUNDS:
        assert contrast(colors.outline, theme.color(ground)) >= 3.0, ground
    assert contrast(colors.text, colors.fill) >= 4.5


def test_one_priority_has_one_colour_in_all_themes() -> None:
    first, *others = (load_theme(name) for name in THEMES)
    for theme in others:
        for priority in Priority:
            assert theme.alarms[priority].fill == first.alarms[priority].fill


def test_alarm_colours_differ_from_each_other(theme: Theme) -> None:
    for first, second in combinations(Priority, 2):
        assert ciede2000(theme.alarms[first].fill, theme.alarms[second].fill) >= 10


def test_alarm_colours_are_reserved(theme: Theme) -> None:
    for priority in Priority:
        reserved = theme.alarms[priority].fill
        for role in COLOR_ROLES:
            assert ciede2000(theme.color(role), reserved) >= 10, (role, priority)
        for pen in theme.pens:
            assert ciede2000(pen, reserved) >= 10, (pen.name(), priority)


def test_pens_can_be_told_from_the_ground_and_each_other(theme: Theme) -> None:
    assert len(theme.pens) == 8
    for pen in theme.pens:
        assert contrast(pen, theme.surface) >= 3.0, pen.name()
    for first, second in combinations(theme.pens, 2):
        assert ciede2000(first, second) >= 8, (first.name(), second.name())


def test_unknown_theme_names_the_known_ones() -> None:
    with pytest.raises(StyleError, match="light, dark"):
        load_theme("sepia")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: data["colors"].pop("panel"), "panel"),
        (lambda data: data["colors"].update(panle="#FFFFFF"), "panle"),
        (lambda data: data["colors"].update(panel="greyish"), "greyish"),
        (lambda data: data["alarms"].pop("2"), "priorities"),
        (lambda data: data["alarms"]["2"].pop("text"), "no colour"),
    ],
)
def test_faulty_theme_is_refused(change, message: str) -> None:
    data = json.loads((resources.files("resources") / "themes" / "light.json").read_text("utf-8"))
    change(data)
    with pytest.raises(StyleError, match=message):
        parse_theme("mine", data)


def test_unknown_colour_role_is_refused(theme: Theme) -> None:
    with pytest.raises(StyleError, match="crimson"):
        theme.color("crimson")
