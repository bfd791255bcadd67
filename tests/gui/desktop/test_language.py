"""The window in another language, chosen while it runs."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale

from historian.happening import Happening
from hmi.desktop.wording import Wording
from hmi.link import Hello, Notice, Timeline
from projects.examples import example_path
from projects.files import load
from tests.support.fake_station import snapshot
from views.language import LANGUAGE
from views.local_text import duration, number


@pytest.fixture(autouse=True)
def _english_afterwards(qapp) -> Iterator[None]:
    yield
    LANGUAGE.use("en")


def test_the_menu_switches_every_part_and_the_operator_stays_where_he_is(qtbot, station, window):
    window.workspace.show_screen("filling")
    window.workspace.show_page("alarms")
    before = window.workspace
    window.actions_by_name["language_fr"].trigger()
    qtbot.waitUntil(lambda: window.workspace is not before and window.workspace is not None)
    assert window.actions_by_name["alarms"].text() == "Alarmes"
    assert window.navigation.buttons["connections"].text().strip() == "Connexions"
    assert window.header.title.full_text == "Alarmes"
    assert window.workspace.page == "alarms"
    window.workspace.go_back()
    assert window.workspace.screens.screen_id == "filling"
    window.set_language("en")
    assert window.actions_by_name["alarms"].text() == "Alarms"


def test_values_and_alarms_are_there_again_without_a_new_session(qtbot, station, window):
    station.set_alarms([snapshot("LT1_HI", message="Tank level high (85.2 % > 80 %)")])
    tag = window.workspace.live.tags.by_path("Tank.Level").id
    qtbot.waitUntil(lambda: window.workspace.live.value(tag) == 42.5 and len(window.workspace.book) == 1)
    sessions = len(station.of(Hello))
    window.set_language("fr")
    qtbot.waitUntil(lambda: window.workspace.live.value(tag) == 42.5 and len(window.workspace.book) == 1)
    assert window.workspace.book.rows["LT1_HI"].message == "Tank level high (85,2 % > 80 %)"
    assert len(station.of(Hello)) == sessions
    assert window.link_notice.isHidden()


def test_a_silenced_horn_stays_silent_in_the_other_language(qtbot, station, window):
    station.set_alarms([snapshot("LT1_HI")])
    qtbot.waitUntil(lambda: window.horn.sounding is not None)
    window.horn.silence()
    window.set_language("fr")
    qtbot.waitUntil(lambda: len(window.workspace.book) == 1)
    assert window.horn.sounding is None
    assert not window.actions_by_name["silence"].isEnabled()


def test_the_choice_is_remembered(window):
    window.set_language("fr")
    assert window.settings.language == "fr"


def test_numbers_and_spans_follow_the_language(qapp):
    LANGUAGE.use("fr")
    assert number(1234.5, 1).replace("\u202f", " ").replace("\xa0", " ") == "1 234,5"
    assert duration(90_061) == "1 j 1 h"
    assert QLocale().language() is QLocale.Language.French
    LANGUAGE.use("en")
    assert duration(90_061) == "1 d 1 h"


def test_what_the_station_says_is_said_in_french(qtbot, station, window):
    window.set_language("fr")
    station.send(Notice(700, "The history's server is back; what was kept is handed over"))
    qtbot.waitUntil(lambda: not window.notice.isHidden())
    assert window.notice.text.startswith("Le serveur d’historique")


def test_the_event_log_speaks_as_the_screens_do(qapp):
    LANGUAGE.use("fr")
    wording = Wording()
    wording.project(load(example_path("packaging_cell")))
    path = "Line.Status.EquipmentInterlock.Blocked"
    events = [
        Happening(
            "alarm", 5, path, "LINE-002: Outfeed conveyor blocked, packer takes no bottles", "active", "True"
        ),
        Happening("connection", 4, "line", "disabled: Stopped.", ""),
        Happening("write", 3, "Infeed.Jog", "engineer wrote True", "confirmed", "False → True"),
        Happening("write", 2, "Filling.Dose.Setpoint", "engineer wrote 250.5", "confirmed", "250 → 250.5"),
    ]
    alarm, connection, jog, dose = wording.message(Timeline(1, events, more=False)).events
    assert alarm.text == "LINE-002: Convoyeur de sortie bloqué, l’encaisseuse ne prend pas de bouteilles"
    assert alarm.change == "Bloqué"
    assert connection.text == "désactivée\u00a0: Arrêté."
    assert jog.change == "Arrêt → Pas à pas"
    assert dose.change == "250 → 250,5"


@pytest.mark.parametrize(
    ("language", "count", "expected"),
    [
        ("en", 0, "0 events"), ("en", 1, "1 event"), ("en", 2, "2 events"),
        ("fr", 0, "0 événement"), ("fr", 1, "1 événement"), ("fr", 2, "2 événements"),
        ("fr", 1_234, "1\u202f234 événements"),
    ],
)  # fmt: skip
def test_a_count_has_its_form_and_its_digits_in_groups(qapp, language, count, expected):
    LANGUAGE.use(language)
    assert qapp.translate("EventLogPage", "%Ln event(s)", "", count) == expected
