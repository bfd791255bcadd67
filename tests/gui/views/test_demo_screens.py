"""The sample screens keep the rules of good screens (HMI-01..23), in both themes."""

from itertools import combinations
from pathlib import Path

import pytest
from PySide6.QtCore import QSize

from alarms.model import Priority
from projects.files import load
from projects.model import Project
from tags.status import StatusCode
from views.elements.base import EditAction, Element, WriteAction
from views.elements.controls import Button
from views.preview import START_NS, PreviewSource, paint
from views.scene import Scene
from views.style import THEMES, Theme, load_theme

FOLDER = Path(__file__).parents[3] / "projects" / "examples" / "packaging_cell"
SCREENS = sorted(file.stem for file in (FOLDER / "screens").glob("*.json"))
STATE = "Line.Status.StateCurrent"
COMMANDS_IN = {
    2: {"reset", "abort"},
    4: {"start", "stop", "abort"},
    6: {"stop", "hold", "suspend", "abort"},
    11: {"stop", "unhold", "abort"},
    5: {"stop", "unsuspend", "abort"},
    9: {"clear"},
    17: {"reset", "stop", "abort"},
    8: set(),
    3: {"stop", "abort"},
    7: {"abort"},
    1: {"abort"},
}


@pytest.fixture(scope="module")
def project() -> Project:
    return load(FOLDER)


@pytest.fixture
def plant(project: Project) -> PreviewSource:
    return PreviewSource(project.tags)


@pytest.fixture(params=SCREENS)
def scene(request: pytest.FixtureRequest, project: Project, plant: PreviewSource, light: Theme) -> Scene:
    return Scene(project.screens[request.param], plant, light)


def test_every_element_can_be_shown(scene: Scene) -> None:
    assert [element.problem for element in scene.elements if element.problem] == []


@pytest.mark.parametrize("theme_name", THEMES)
def test_all_texts_fit(scene: Scene, theme_name: str) -> None:
    scene.set_theme(load_theme(theme_name))
    scene.look.overflows = {}
    for step in range(4):
        scene.source.advance(START_NS + step * 7_000_000_000)
        scene.refresh(step)
        paint(scene, QSize(scene.screen.width, scene.screen.height))
    assert scene.look.overflows == {}


def test_everything_is_on_the_screen_and_on_the_grid(scene: Scene) -> None:
    for element in scene.elements:
        box = element.rect
        assert (box.x() % 8, box.y() % 8, box.width() % 8, box.height() % 8) == (0, 0, 0, 0), element.model.id
        assert box.right() <= scene.screen.width, element.model.id
        assert box.bottom() <= scene.screen.height, element.model.id


def test_what_is_pressed_is_large_enough_and_apart(scene: Scene) -> None:
    for element in scene.interactive:
        assert min(element.rect.width(), element.rect.height()) >= 24, element.model.id
    for first, second in combinations(scene.interactive, 2):
        assert not first.rect.intersects(second.rect), (first.model.id, second.model.id)


def test_whatever_is_commanded_is_writable_and_named(scene: Scene) -> None:
    for element in scene.interactive:
        assert element.accessible_name()
        if isinstance(element.action(), (WriteAction, EditAction)):
            tag = element.properties.tag()
            assert tag is not None
            assert tag.access.is_writable, element.model.id


def test_ways_lead_to_screens_and_home(project: Project) -> None:
    reached, open_ends = {"overview"}, ["overview"]
    while open_ends:
        for model in project.screens[open_ends.pop()].elements:
            target = str(model.properties.get("screen", ""))
            if model.type == "navigation" and target not in reached:
                reached.add(target)
                open_ends.append(target)
    assert reached == set(SCREENS)
    for name in set(SCREENS) - {"overview"}:
        parent = project.screens[name].parent
        assert parent in SCREENS
        back = [model.properties.get("screen") for model in project.screens[name].elements]
        assert parent in back, f"{name}: no way back to {parent}"


def test_no_alarm_colour_in_normal_operation(scene: Scene, light: Theme) -> None:
    image = paint(scene, QSize(800, 450))
    seen = {image.pixelColor(x, y).name() for x in range(800) for y in range(450)}
    assert not seen & {light.alarms[priority].fill.name() for priority in Priority}


def test_a_lost_controller_is_seen_at_once(scene: Scene, plant: PreviewSource) -> None:
    size = QSize(800, 450)
    before = paint(scene, size)
    for tag in plant.tags:
        plant.put(tag.path, None, int(StatusCode.BadNotConnected))
    if len(scene.tag_ids):
        assert scene.refresh(1)
        assert paint(scene, size) != before
    look = scene.look
    assert all(
        element.blocked(look)
        for element in scene.interactive
        if isinstance(element, Button) and is_guarded(element)
    )


def is_guarded(element: Element) -> bool:
    return element.properties.is_live("enabled")


@pytest.mark.parametrize(("state", "allowed"), COMMANDS_IN.items(), ids=[str(state) for state in COMMANDS_IN])
@pytest.mark.parametrize("screen", ["control"])
def test_only_commands_valid_in_the_state_can_be_pressed(
    project: Project, plant: PreviewSource, light: Theme, screen: str, state: int, allowed: set[str]
) -> None:
    plant.put(STATE, state)
    scene = Scene(project.screens[screen], plant, light)
    commands = {
        element.model.id.removeprefix("cmd_"): element
        for element in scene.interactive
        if element.model.id.startswith("cmd_")
    }
    assert len(commands) == 9
    assert {name for name, element in commands.items() if not element.blocked(scene.look)} == allowed
