"""The way through the screens, the subscription, and what the window remembers."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QStyle, QStyleOptionViewItem, QWidget
from pytestqt.qtbot import QtBot

from hmi.desktop.navigation import (
    LEAST_PX,
    MOST_PX,
    NavigationPanel,
    ScreenHistory,
    home_screen,
    in_order,
    path_to,
)
from hmi.desktop.settings import WindowSettings
from hmi.desktop.subscription import SubscriptionPlan
from projects.model import Screen, ScreenLevel
from tests.support.fake_station import sample_project
from views.style import load_fonts, load_theme, stylesheet


def screen(name: str, level: str = "L2", parent: str = "") -> Screen:
    return Screen(name, name.title(), ScreenLevel(level), 100, 100, (), parent)


def test_history_goes_back_and_forward_as_a_browser_does():
    history = ScreenHistory()
    assert (history.current, history.can_go_back, history.can_go_forward) == ("", False, False)
    for name in ("a", "b", "b", "c"):
        history.visit(name)
    assert history.back() == "b"
    assert history.back() == "a"
    assert history.back() == "a"
    assert history.forward() == "b"
    history.visit("d")
    assert not history.can_go_forward
    assert history.back() == "b"


def test_the_tree_puts_children_behind_their_parent_and_loses_no_screen():
    screens = {
        one.id: one
        for one in (
            screen("z", "L1"),
            screen("b", "L2", "z"),
            screen("a", "L2", "z"),
            screen("deep", "L3", "a"),
            screen("orphan", "L3", "missing"),
            screen("loop1", "L4", "loop2"),
            screen("loop2", "L4", "loop1"),
        )
    }
    names = [one.id for one in in_order(screens)]
    assert names[:5] == ["z", "a", "deep", "b", "orphan"]
    assert set(names) == set(screens)
    assert [one.id for one in path_to(screens, "deep")] == ["z", "a", "deep"]
    assert len(path_to(screens, "loop1")) == 2


def test_home_is_the_projects_or_the_highest_screen():
    project = sample_project()
    assert home_screen(project) == "overview"


def test_visible_tags_are_always_subscribed_and_others_within_the_budget():
    plan = SubscriptionPlan({"a": range(10), "b": range(10, 20), "c": range(20, 30)}, budget=10)
    plan.show(["c"])
    assert plan.tag_ids() == [*range(10), *range(20, 30)]
    plan.show(["b"])
    assert plan.tag_ids() == [*range(10, 30)], "the screen just left stays subscribed"
    plan.set_group("b", range(10, 15))
    plan.show(["b"])
    assert set(range(10, 15)) <= set(plan.tag_ids())


def test_settings_survive_and_nonsense_does_not_hurt(qapp, tmp_path: Path):
    path = tmp_path / "folder" / "window.ini"
    settings = WindowSettings(path)
    assert (settings.theme, settings.geometry, settings.pens("p")) == ("light", None, [])
    settings.theme = "dark"
    settings.set_pens("Cell 1/é", ["A", "B"])
    settings.save()
    again = WindowSettings(path)
    assert again.theme == "dark"
    assert again.pens("Cell 1/é") == ["A", "B"]
    path.write_text("[General]\ntheme=pink\ngeometry=42\n[trend]\np\\pens=7\n", "utf-8")
    broken = WindowSettings(path)
    assert broken.theme == "light"
    assert broken.geometry is None
    assert broken.pens("p") == ["7"]


@pytest.fixture
def panel(qtbot: QtBot, qapp) -> NavigationPanel:
    """The panel as the window dresses it, so low that its tree scrolls."""
    load_fonts()
    qapp.setStyleSheet(stylesheet(load_theme("light")))
    parent = QWidget()
    qtbot.addWidget(parent)
    panel = NavigationPanel({"alarms": ("Alarms", "alarm", "F3")}, load_theme("light"), parent)
    panel.resize(LEAST_PX, 200)
    parent.resize(600, 200)
    parent.show()
    panel.owner = parent
    return panel


def title_room_px(panel: NavigationPanel) -> int:
    """How much of the deepest title the tree shows."""
    tree = panel.tree
    item = tree.topLevelItem(0)
    while item.childCount():
        item = item.child(0)
    option = QStyleOptionViewItem()
    tree.initViewItemOption(option)
    option.rect = tree.visualItemRect(item)
    option.text = item.text(0)
    option.features |= QStyleOptionViewItem.ViewItemFeature.HasDisplay
    return tree.style().subElementRect(QStyle.SubElement.SE_ItemViewItemText, option, tree).width() - 6


def family(title: str) -> dict[str, Screen]:
    """A screen below a screen below a screen, and enough beside them for a scroll bar."""
    screens = {"a": screen("a", "L1"), "b": screen("b", "L2", "a"), "c": screen("c", "L3", "b")}
    screens["c"] = Screen("c", title, ScreenLevel("L3"), 100, 100, (), "b")
    return screens | {f"z{row}": screen(f"z{row}", "L4", "a") for row in range(20)}


@pytest.mark.parametrize("title", ["Tank", "Energy and compressed air", "Puissance et air comprimé du site"])
def test_the_panel_is_as_wide_as_the_titles_of_the_screens(qtbot: QtBot, panel, title: str) -> None:
    panel.set_screens(family(title))
    qtbot.waitUntil(lambda: panel.tree.verticalScrollBar().isVisible())
    assert title_room_px(panel) >= panel.tree.fontMetrics().horizontalAdvance(title)
    assert LEAST_PX <= panel.width() <= MOST_PX
    panel.set_screens(family("Tank"))
    assert panel.width() == LEAST_PX, "short titles leave the room to the screen"


def test_a_title_without_end_does_not_take_the_room_of_the_screen(panel: NavigationPanel) -> None:
    panel.set_screens(family("Compressed air " * 20))
    assert panel.width() == MOST_PX


def test_the_captions_stand_above_their_lists_also_after_a_change_of_style(panel, qapp) -> None:
    caption = next(one for one in panel.findChildren(QLabel) if one.text() == "Screens")
    before = caption.sizeHint()
    qapp.setStyleSheet(stylesheet(load_theme("dark")))
    assert caption.sizeHint() == before
    assert before.height() >= caption.fontMetrics().height() + 14
