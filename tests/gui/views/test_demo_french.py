"""The sample screens and the shipped faceplates in French: everything said, and nothing cut."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSize

from projects.examples import example_path
from projects.files import load, parse
from projects.library import library_files, with_library
from projects.model import Project, Screen
from projects.texts import translated, uses_of
from views.faceplates import faceplate_screen
from views.language import LANGUAGE, SOURCE_LANGUAGE
from views.preview import START_NS, PreviewSource, paint
from views.scene import Scene
from views.style import Theme

CELL = example_path("packaging_cell")
FACEPLATES = [
    ("motor", "Infeed.Motor"),
    ("valve", "Filling.RefillValve"),
    ("analog", "Air.Pressure"),
    ("pid", "Filling.Tank.LevelControl"),
    ("packml_unit", "Line"),
]


@pytest.fixture(scope="module")
def cell() -> Project:
    return load(CELL)


@pytest.fixture(scope="module")
def french(cell: Project) -> Project:
    return translated(cell, "fr")


@pytest.fixture
def speaking_french(fonts: None) -> Iterator[None]:
    LANGUAGE.use("fr")
    yield
    LANGUAGE.use(SOURCE_LANGUAGE)


def cut(screen: Screen, french: Project, theme: Theme) -> dict[str, str]:
    scene = Scene(screen, PreviewSource(french.tags), theme, library=french.library)
    scene.look.overflows = {}
    for step in range(3):
        scene.source.advance(START_NS + step * 7_000_000_000)
        scene.refresh(step)
        paint(scene, QSize(screen.width, screen.height))
    return scene.look.overflows


def test_every_text_of_the_cell_and_of_the_library_is_translated(cell: Project) -> None:
    words = cell.texts.words["fr"]
    assert [use for use in uses_of(cell) if not use.is_optional and not words.find(use.place, use.text)] == []
    assert b"fr" in library_files()["library/texts.csv"].splitlines()[0]


@pytest.mark.parametrize("name", sorted(file.stem for file in (CELL / "screens").glob("*.json")))
@pytest.mark.usefixtures("speaking_french")
def test_no_text_of_a_screen_is_cut(name: str, french: Project, light: Theme) -> None:
    assert cut(french.screens[name], french, light) == {}


@pytest.mark.parametrize(("name", "instance"), FACEPLATES)
@pytest.mark.usefixtures("speaking_french")
def test_no_text_of_a_faceplate_is_cut(name: str, instance: str, french: Project, light: Theme) -> None:
    assert cut(faceplate_screen(french, name, instance), french, light) == {}


@pytest.mark.usefixtures("speaking_french")
def test_the_packml_faceplate_tells_the_last_stop_in_the_projects_words(
    french: Project, light: Theme
) -> None:
    source = PreviewSource(french.tags)
    source.put("Line.Admin.StopReason.ID", 20)
    source.put("Line.Admin.StopReason.Text", "Cap magazine empty")
    screen = faceplate_screen(french, "packml_unit", "Line")
    scene = Scene(screen, source, light, library=french.library)
    scene.refresh(0)
    (state,) = (one for one in scene.elements if one.model.id == "state")
    assert state.properties.text("note") == "Dernier arrêt\u202f: Plus de bouchons"


@pytest.mark.parametrize(
    ("screen", "element"),
    [("overview", "packer"), ("conveyors", "pack"), ("outfeed", "packer"), ("outfeed", "packer_symbol")],
)
def test_what_the_packer_says_agrees_with_it(french: Project, screen: str, element: str) -> None:
    (one,) = (one for one in french.screens[screen].elements if one.id == element)
    assert (one.properties["on_text"], one.properties["off_text"]) == ("Prête", "Pas prête")
    assert french.tags.by_path("Outfeed.PackerReady").states == {0: "Pas prête", 1: "Prête"}


def test_the_librarys_words_hold_for_a_project_without_texts() -> None:
    files = {"project.toml": b'name = "x"\nformat = 1\n', "tags.csv": b"path,type\nM,Motor\n"}
    project = parse(with_library(files))
    tag = translated(project, "fr").tags.find("M.Running")
    assert tag is not None
    assert tag.states[0] == "Arrêté"
    assert translated(project, "fr").faceplates["motor"].screen.title == "Moteur"
