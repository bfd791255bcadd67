"""The window in another language, chosen while it runs."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QLocale

from alarms.model import Transition
from alarms.settings import SettingChange, SettingDifference
from historian.happening import Happening
from hmi.desktop.wording import Wording
from hmi.diagnosis import ProbeStep, WhyKind, WhyStep
from hmi.link import AlarmSettings, EventHistory, Hello, Notice, Probed, Timeline, Traffic, Why
from projects.examples import example_path
from projects.files import load
from projects.model import ElementModel
from tags.drivers import modbus_frames, opcua_frames, siemens_frames
from tags.drivers.frames import Direction, Frame
from tags.model import WriteOutcome, WriteRequest, WriteResult
from tags.roles import Action, Role, refusal
from tests.support.fake_station import event, snapshot
from tests.support.language import change_language
from views.alarm_banner import AlarmBanner
from views.alarm_book import AlarmBook
from views.alarm_fold import Grouping
from views.alarm_journal import HistoryColumn
from views.alarm_list import AlarmPage
from views.alarm_rows import Column
from views.editors import SetPointEditor
from views.elements.base import Care, EditAction, format_value
from views.elements.catalogue import create
from views.language import LANGUAGE, frame_text, station_text
from views.local_text import duration, local_date, local_time, number, value_text
from views.preview import PreviewSource
from views.style import load_fonts, load_theme


@pytest.fixture(autouse=True)
def _english_afterwards(qapp) -> Iterator[None]:
    yield
    LANGUAGE.use("en")


def test_the_menu_switches_every_part_and_the_operator_stays_where_he_is(qtbot, station, window):
    window.workspace.show_screen("filling")
    window.workspace.show_page("alarms")
    before = window.workspace
    window.actions_by_name["language_fr"].trigger()
    qtbot.waitUntil(lambda: window.workspace not in (before, None) and not window.turns.is_busy)
    assert window.actions_by_name["alarms"].text() == "Alarmes"
    assert window.navigation.buttons["connections"].text().strip() == "Connexions"
    assert window.header.title.full_text == "Alarmes"
    assert window.workspace.page == "alarms"
    window.workspace.go_back()
    assert window.workspace.screens.screen_id == "filling"
    change_language(qtbot, window, "en")
    assert window.actions_by_name["alarms"].text() == "Alarms"


def test_the_project_s_name_is_said_wherever_it_is_shown(qtbot, station, open_window):
    cell = load(example_path("packaging_cell"))
    station.project = replace(station.project, texts=cell.texts, name=cell.name)
    window = open_window()
    window.settings.set_favourites(cell.name, ["filling"])
    assert window.windowTitle() == "Packaging cell — Vigie"
    change_language(qtbot, window, "fr")
    assert window.windowTitle() == "Cellule de conditionnement — Vigie"
    assert window.header._link.text() == "Cellule de conditionnement"
    started = Happening("station", 1, cell.name, "Station started", "")
    assert window.client._wording.message(Timeline(1, [started], more=False)).events[0].subject == (
        "Cellule de conditionnement"
    )
    assert window.settings.favourites(window.workspace.project.name) == ["filling"]


def test_faceplates_stay_open_where_they_are(qtbot, station, window):
    faceplate = window.workspace.screens.open_faceplate("none", "Nothing")
    faceplate.move(120, 90)
    place = faceplate.pos()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    change_language(qtbot, window, "fr")
    (again,) = window.workspace.screens.faceplates
    assert again.isVisible()
    assert again.pos() == place
    assert window.workspace.screens.opened_faceplates == (("none", "Nothing"),)
    assert "Il n’y a pas" in again.canvas.scene.elements[0].problem
    assert window.isActiveWindow(), "the keyboard stays in the window"


def test_values_and_alarms_are_there_again_without_a_new_session(qtbot, station, window):
    station.set_alarms([snapshot("LT1_HI", message="Tank level high (85.2 % > 80 %)")])
    tag = window.workspace.live.tags.by_path("Tank.Level").id
    qtbot.waitUntil(lambda: window.workspace.live.value(tag) == 42.5 and len(window.workspace.book) == 1)
    sessions = len(station.of(Hello))
    change_language(qtbot, window, "fr")
    qtbot.waitUntil(lambda: window.workspace.live.value(tag) == 42.5 and len(window.workspace.book) == 1)
    assert window.workspace.book.rows["LT1_HI"].message == "Tank level high (85,2 % > 80 %)"
    assert len(station.of(Hello)) == sessions
    assert window.link_notice.isHidden()


def test_what_is_seen_stays_until_all_of_the_new_is_there(window):
    body, before = window.body, window.workspace
    steps = 0
    for _ in window._renewal._renewing("fr", (None, None)):
        if window.bodies.currentWidget() is body:
            assert not window.updatesEnabled()
            assert not body.isEnabled()
            steps += 1
    assert steps > 10
    assert window.updatesEnabled()
    assert window.bodies.currentWidget() is window.body
    assert window.workspace not in (before, None)


def test_who_may_not_acknowledge_is_told_so_in_the_other_language(qtbot, station, window):
    window.client.role = Role.VIEWER
    change_language(qtbot, window, "fr")
    assert window.banner.acknowledge.toolTip() == station_text(refusal(Role.VIEWER, Action.ACKNOWLEDGE))


def test_an_action_in_between_finishes_the_change_first(qtbot, station, window):
    change_language(qtbot, window, "fr")
    qtbot.waitUntil(lambda: LANGUAGE.name == "fr")
    window.actions_by_name["trend"].trigger()
    assert not window.turns.is_busy
    assert window.workspace.page == "trend"
    assert window.header.title.full_text == "Courbes"


def test_a_silenced_horn_stays_silent_in_the_other_language(qtbot, station, window):
    station.set_alarms([snapshot("LT1_HI")])
    qtbot.waitUntil(lambda: window.horn.sounding is not None)
    window.horn.silence()
    change_language(qtbot, window, "fr")
    qtbot.waitUntil(lambda: len(window.workspace.book) == 1)
    assert window.horn.sounding is None
    assert not window.actions_by_name["silence"].isEnabled()


def test_the_choice_is_remembered(qtbot, window):
    day = 1_700_000_000_000_000_000
    window.header.set_time(day)
    assert window.header._date.text() == local_date(day), "the same form as in every table"
    change_language(qtbot, window, "fr")
    window.header.set_time(day)
    assert window.header._date.text() == local_date(day)
    assert re.fullmatch(r"\d\d/11/2023", local_date(day))
    assert window.settings.language == "fr"


def test_numbers_and_spans_follow_the_language(qapp):
    LANGUAGE.use("fr")
    assert number(1234.5, 1).replace("\u202f", " ").replace("\xa0", " ") == "1 234,5"
    assert duration(90_061) == "1 j 1 h"
    assert QLocale().language() is QLocale.Language.French
    LANGUAGE.use("en")
    assert duration(90_061) == "1 d 1 h"


def test_what_the_station_says_is_said_in_french(qtbot, station, window):
    change_language(qtbot, window, "fr")
    station.send(Notice(700, "The history's server is back; what was kept is handed over"))
    qtbot.waitUntil(lambda: not window.notice.isHidden())
    assert window.notice.text.startswith("Le serveur d’historique")


ENGLISH = {
    "read", "write", "unit", "bytes", "coil", "coils", "register", "registers", "confirmed", "refused",
    "answered", "function", "kind", "incomplete", "frame", "hidden", "list", "mask", "size", "and",
}  # fmt: skip
FRAMES = [
    *(
        modbus_frames.describe_tcp(way, bytes.fromhex("0007 0000 0006 05") + bytes((function,)) + rest)
        for way in Direction
        for function in (1, 2, 3, 4, 5, 6, 15, 16, 22, 23, 43, 131)
        for rest in (b"", bytes.fromhex("0001 0002 0003 0004"))
    ),
    modbus_frames.describe_tcp(Direction.SENT, b"1"),
    modbus_frames.describe_tcp(Direction.SENT, b"HTTP/1.1"),
    modbus_frames.describe_rtu(Direction.SENT, bytes.fromhex("11 03 006b 0003 0000")),
    *(
        siemens_frames.describe(Direction.SENT, bytes.fromhex("03000013 02f080 32") + rest)
        for kind in (1, 3, 7)
        for function in (0xF0, 4, 5, 0x28)
        for rest in (bytes((kind, 0, 0, 0, 3, 0, 14, 0, 8, 0, 0, function)) + bytes(13),
                     bytes((kind, 0, 0, 0, 3, 0, 14, 0, 8, function)) + bytes(13))
    ),
    *(siemens_frames.describe(Direction.SENT, bytes((3, 0, 0, 22, 17, at, 0))) for at in (0xE0, 0xD0, 0x80)),
    siemens_frames.describe(Direction.SENT, b"HTTP/1.1"),
    opcua_frames.describe(Direction.SENT, b"HTTP/1.1"),
    opcua_frames.describe(Direction.SENT, b"HELF" + bytes(20)),
    *(
        opcua_frames.describe(Direction.SENT, b"MSGF" + bytes(20) + b"\1\0" + number.to_bytes(2, "little"))
        for number in (631, 467, 1)
    ),
]  # fmt: skip


@pytest.mark.parametrize("text", sorted(set(FRAMES)))
def test_what_a_frame_means_is_said_in_french(qapp, text):
    LANGUAGE.use("fr")
    said = frame_text(text)
    words = set(re.findall(r"[a-z]{3,}", re.sub(r"MSG #\d+ \w+", "", said)))
    assert words & ENGLISH == set()
    assert re.findall(r"#\d+|0x\w+", said) == re.findall(r"#\d+|0x\w+", text)


def test_the_frame_log_speaks_the_windows_language(qapp):
    LANGUAGE.use("fr")
    wording = Wording()
    frame = Frame(1, 1, Direction.SENT, 1, b"x", "#12 unit 4: read holding registers 0 to 9")
    (said,) = wording.message(Traffic("filling", [frame], 0, available=True)).frames
    assert said.text == "#12 esclave 4\u202f: lire registres de maintien 0 à 9"


def test_a_time_of_day_has_the_decimal_sign(qapp):
    LANGUAGE.use("fr")
    assert re.fullmatch(r"\d\d/\d\d/\d{4} \d\d:\d\d:\d\d,123", local_time(1_700_000_000_123_000_000))
    LANGUAGE.use("en")
    assert local_time(1_700_000_000_123_000_000).endswith(".123")


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
    lost = "line: communication lost (Opc.tcp://127.0.0.1:1/line, publishing: the connection is lost. "
    events.append(
        Happening("alarm", 1, "line", f"COMM.line: {lost}Attempts to reconnect go on.)", "activated")
    )
    alarm, connection, jog, dose, communication = wording.message(Timeline(1, events, more=False)).events
    assert (
        alarm.text == "LINE-002\u202f: Convoyeur de sortie bloqué, l’encaisseuse ne prend pas de bouteilles"
    )
    assert alarm.change == "Bloqué"
    assert connection.text == "désactivée\u202f: Arrêté."
    assert jog.change == "Arrêt → Pas à pas"
    assert dose.change == "250 → 250,5"
    assert communication.text == (
        "COMM.line\u202f: line\u202f: communication perdue (Opc.tcp://127.0.0.1:1/line, publishing\u202f: "
        "la connexion est perdue. Les tentatives de reconnexion continuent.)"
    )


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


def test_an_explanation_and_an_outcome_speak_as_the_screens_do(qapp):
    LANGUAGE.use("fr")
    wording = Wording()
    wording.project(load(example_path("packaging_cell")))
    level, jam = "Filling.Tank.Level", "Training.InfeedJam"
    request = "read of bytes 0 to 3 of DB1"
    chain = [
        WhyStep(WhyKind.TAG, 0, level, "Product tank level", "118.5 %"),
        WhyStep(WhyKind.TAG, 0, "Infeed.Motor.Running", "Motor runs", "Stopped"),
        WhyStep(WhyKind.RAW, 0, "Infeed.Motor.Running", "x", "False", dump="IR100 [00]\n…   14 bytes behind"),
        WhyStep(WhyKind.REQUEST, 0, level,
                f"DB1.DBW2 is asked for every 200 ms by {request}. Asked now, it answered in 2.4 ms."),
        WhyStep(WhyKind.SCALING, 0, level, "Scaled from 0…27648 to 0…100 %: 17428 (0x4414) gives 63.0353."),
    ]  # fmt: skip
    tag, running, raw, asked, scaled = wording.message(Why(1, [chain])).chains[0]
    assert (tag.text, tag.value) == ("Niveau de la cuve produit", "118,5 %")
    assert (running.text, running.value) == ("Le moteur tourne", "Arrêt")
    assert scaled.text.endswith("donne 63,0353.")
    assert raw.value == "Arrêt"
    assert raw.dump.split("\n")[0] == "IR100 [00]"
    assert "octets" in raw.dump
    assert asked.text == (
        "DB1.DBW2 est interrogée toutes les 200 ms par lecture des octets 0 à 3 de DB1. "
        "Interrogée maintenant, elle a répondu en 2,4 ms."
    )
    result = WriteResult(
        WriteRequest(1, jam, 1), WriteOutcome.CONFIRMED, text="The controller holds Provoked."
    )
    assert wording.result(result).text == "L’automate contient Provoqué."
    event = Happening("alarm", 5, "Air.Pressure.Value", "AIR-001: x", "activated", "5.2125 / 5.5 bar")
    slow = Happening("alarm", 5, "Line.Status.CurMachSpeed", "LINE-004: x", "activated", "-0.04 / 15 1/min")
    shown, turning = wording.message(Timeline(1, [event, slow], more=False)).events
    assert shown.change == "5,21 / 5,50 bar"
    assert turning.change == "0,0 / 15,0 1/min"


def test_what_the_station_itself_says_of_an_alarm_is_french_and_what_people_typed_stays(qapp):
    LANGUAGE.use("fr")
    wording = Wording()
    wording.project(load(example_path("packaging_cell")))
    told = "The device answers and all tags are up to date."
    lost = snapshot("COMM.line", message="line: communication lost", tag="line", value=told)
    started = replace(event(lost, Transition.UNSUPPRESSED), comment="station started")
    typed = replace(started, user="anna")
    first, second = wording.message(EventHistory(1, [started, typed])).events
    assert first.message == "line\u202f: communication perdue"
    assert first.value == "L’appareil répond et toutes les variables sont à jour."
    assert (first.comment, second.comment) == ("station démarrée", "station started")


def test_a_change_tells_its_back_test_in_french_behind_what_somebody_typed(qapp):
    LANGUAGE.use("fr")
    effect = "back-test 2026-11-25T23:20Z to 2026-11-26T23:20Z: 2 activations become 1, 0 missed, "
    reason = f"Returned [{effect}at most 12.5 s later, floods 1 become 0]"
    change = SettingChange(1, "A", "setpoint", 1.0, 2.0, "anna", "desk", reason)
    difference = SettingDifference("A", "setpoint", 1.0, 2.0, 1, "anna", "Returned")
    said = Wording().message(AlarmSettings(1, [difference], [change]))
    assert said.changes[0].reason == (
        "Returned [rejeu du 2026-11-25T23:20Z au 2026-11-26T23:20Z\u202f: apparitions\u202f: 2, puis 1, "
        "manquées\u202f: 0, au plus 12,5 s plus tard, avalanches\u202f: 1, puis 0]"
    )
    assert said.differences[0].reason == "Returned"


def test_the_test_of_a_connection_is_told_in_french(qapp):
    LANGUAGE.use("fr")
    device = "S7 controller at 127.0.0.1:11020, rack 0, slot 1, PDU 480"
    steps = [
        ProbeStep("Connect", f"Connected: {device}", True),
        ProbeStep("Read tag Filling.Tank.Level", "DB1.DBW2 now holds 16594 (0x40D2).", True),
    ]
    connect, reading = Wording().message(Probed(1, steps)).steps
    assert (connect.title, connect.text) == (
        "Connexion",
        "Connecté\u202f: Automate S7 à 127.0.0.1:11020, châssis 0, emplacement 1, PDU 480",
    )
    assert reading.title == "Lecture de la variable Filling.Tank.Level"
    assert reading.text == "DB1.DBW2 contient 16594 (0x40D2)."


def test_areas_are_said_in_french_wherever_they_are_shown_and_filter_by_their_own_name(qtbot, qapp):
    LANGUAGE.use("fr")
    project = load(example_path("packaging_cell"))
    shown = Wording().project(project)
    load_fonts()
    page = AlarmPage(
        AlarmBook(),
        shown.tags,
        {one.alarm_id: one for one in shown.alarms},
        lambda row: "filling",
        lambda *query: None,
        load_theme("light"),
    )
    qtbot.addWidget(page)
    rows = [snapshot("A", area="Filling"), snapshot("B", area="Infeed", message="Motor")]
    page.apply(page._book.apply(rows, [], complete=True), [])
    areas = page.filters.areas
    assert areas.itemText(areas.findData("Filling")) == "Remplissage"
    cells = [page.model.data(page.model.index(row, Column.AREA)) for row in range(2)]
    assert sorted(cells) == ["Entrée", "Remplissage"]
    page.filters.search.setText("remplis")
    assert [row.alarm_id for row in page.model.alarms] == ["A"]
    page.filters.search.setText("")
    areas.setCurrentIndex(areas.findData("Filling"))
    assert [row.alarm_id for row in page.model.alarms] == ["A"]
    page.filters.areas.setCurrentIndex(0)
    page.filters.groupings.setCurrentIndex(page.filters.groupings.findData(Grouping.AREA))
    titles = [page.model.data(page.model.index(row, Column.MESSAGE)) for row in range(page.model.rowCount())]
    assert any("Remplissage (1)" in title for title in titles)
    page.model.set_open("Filling", is_open=True)
    history = page.history
    place = history.filters.areas.findData("Filling")
    assert history.filters.areas.itemText(place) == "Remplissage"
    history.filters.areas.setCurrentIndex(place)
    assert history.filters.chosen().areas == ("Filling",)
    assert history.model._cell(event(rows[0]), HistoryColumn.AREA) == "Remplissage"
    banner = AlarmBanner(page._book, load_theme("light"))
    qtbot.addWidget(banner)
    banner.refresh()
    assert banner.message.full_text.endswith(("Remplissage", "Entrée"))


def test_what_a_device_sends_is_shown_in_french_and_entered_as_it_was_sent(qtbot, qapp):
    LANGUAGE.use("fr")
    shown = Wording().project(load(example_path("packaging_cell")))
    tag = shown.tags.by_path("Filling.Tank.Product")
    assert value_text("Syrup", tag) == "Sirop"
    assert format_value("Syrup", tag) == "Sirop"
    model = ElementModel("t", "text", 0, 0, 80, 20, {"text": "=Filling.Tank.Product"})
    source = PreviewSource(shown.tags)
    element = create(model, source.tags)
    source.put(tag.path, "Syrup")
    element.properties.evaluate(source)
    assert element.properties.text("text") == "Sirop"
    editor = SetPointEditor(EditAction(tag, "Syrup 250 g", None, None, "", 0, Care.NONE, "Product"), None)
    qtbot.addWidget(editor)
    assert editor.entry.text() == "Syrup 250 g"
    LANGUAGE.use("en")
    assert value_text("Syrup", tag) == "Syrup"
