"""Every page of the window in every language: nothing is cut, and nothing stays in another language."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QSize

from hmi.desktop.client import StationClient
from hmi.desktop.closing import CloseChoice
from hmi.desktop.connector import Identity
from hmi.desktop.main_window import MainWindow
from hmi.desktop.settings import WindowSettings
from projects.examples import example_path
from projects.files import load
from resources.catalogue import LANGUAGES, read
from tests.support.tour import furnished, overflows, steps, visible_texts
from views.language import LANGUAGE
from views.style import load_fonts

SIZES = (QSize(1366, 768), QSize(1920, 1080))
EXAMPLES = ("first_steps", "packaging_cell")
ENGLISH = re.compile(r"\b(the|of|is|are|not|and|with|this|no|for|from|show)\b", re.IGNORECASE)
"""Words that no French sentence has."""


@pytest.fixture
def tour(qtbot, qapp, tmp_path: Path) -> Iterator[Callable[..., MainWindow]]:
    """Opens a furnished window on an example in a language; all is closed at the end."""
    opened = []
    load_fonts()
    qapp.setStyle("Fusion")

    def make(language: str, example: str) -> MainWindow:
        LANGUAGE.use(language)
        station = furnished(load(example_path(example)))
        station.start()
        client = StationClient(station.endpoint, station.parse, Identity("tour", "X1", "X2"))
        window = MainWindow(client, WindowSettings(tmp_path / "window.ini"))
        window.station = station
        opened.append((window, station))
        window.resize(SIZES[0])
        window.show()
        window.start()
        qtbot.waitUntil(lambda: window.workspace is not None and len(window.workspace.book) > 0)
        return window

    yield make
    for window, station in opened:
        window._ask_close = lambda _: CloseChoice.KEEP_RUNNING
        window.close()
        window.client.deleteLater()
        window.deleteLater()
        station.stop()
    LANGUAGE.use("en")


@pytest.mark.parametrize("example", EXAMPLES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_cut_on_any_page(qtbot, tour, language: str, example: str) -> None:
    window = tour(language, example)
    # The screens of a project that speaks one language are no business of the other one's.
    has_texts = language == "en" or language in load(example_path(example)).texts.words
    cut: list[str] = []
    for size in SIZES:
        window.resize(size)
        for name, go in steps(window):
            if name.startswith("screen") and not has_texts:
                continue
            go()
            qtbot.wait(60)
            cut += [f"{size.width()} {name}: {text}" for text in overflows(window)]
    assert not cut, "\n".join(dict.fromkeys(cut))


@pytest.mark.parametrize("example", EXAMPLES)
def test_nothing_on_any_page_stays_english(qtbot, tour, example: str) -> None:
    window = tour("fr", example)
    project = load(example_path(example))
    # Names are the same in every language: of people and OPC UA statuses, and of tags in expressions.
    kept = {"operator", "Good"}
    kept |= {alarm.suppression_expression for alarm in project.alarms}
    changed = {one.source for one in read("fr").messages if one.forms and one.source not in one.forms}
    same_in_french = {"Active"}
    left: set[str] = set()
    for name, go in steps(window):
        if name.startswith("screen") and "fr" not in project.texts.words:
            continue
        go()
        qtbot.wait(60)
        for widget, text in visible_texts(window):
            bare = text.strip()
            if bare in kept:
                continue
            if bare in changed - same_in_french or ENGLISH.search(bare):
                left.add(f"{name}: {type(widget).__name__}: {bare}")
    assert not left, "\n".join(sorted(left))


def test_every_action_has_its_text_key_and_tool_tip_in_french(tour) -> None:
    window = tour("fr", "first_steps")
    texts = [action.text() for action in window.actions_by_name.values()]
    assert "À propos de Vigie" in texts
    assert [text for text in texts if ENGLISH.search(text)] == []
    assert QCoreApplication.translate("QDialogButtonBox", "Close") in ("Fermer", "Close")
