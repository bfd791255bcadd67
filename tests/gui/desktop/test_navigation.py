"""The way through the screens, the subscription, and what the window remembers."""

from pathlib import Path

from hmi.desktop.navigation import ScreenHistory, home_screen, in_order, path_to
from hmi.desktop.settings import WindowSettings
from hmi.desktop.subscription import SubscriptionPlan
from projects.model import Screen, ScreenLevel
from tests.support.fake_station import sample_project


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
