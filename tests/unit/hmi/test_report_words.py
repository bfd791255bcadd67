"""Reports and tables on alarms in the reader's language."""

import csv
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta, timezone

import pytest

from alarms.export import HEADER
from alarms.export_files import write_events
from alarms.metrics import Kpi, Verdict, assess
from alarms.metrics_words import kpi_text
from alarms.report import Heading, write_pdf
from historian.happening import Happening
from hmi.report_words import event_words, speaker
from projects.event_files import write_happenings
from projects.examples import example_path
from projects.files import load
from projects.texts import said_names
from resources.catalogue import CatalogueError
from tests.support.fake_station import event, snapshot
from tests.unit.alarms.test_export_files import recorded, sheet_cells
from tests.unit.alarms.test_report import MONTH, month

PARIS = timezone(timedelta(hours=1), "Paris")

ENGLISH = re.compile(r"\b(the|of|is|are|not|and|with|this|no|for|from|alarms|share|target)\b", re.IGNORECASE)


def test_every_text_of_the_report_is_french_with_a_decimal_comma(tmp_path):
    french, said = speaker("fr"), {}

    def say(text: str) -> str:
        said[text] = french(text)
        return said[text]

    write_pdf(tmp_path / "report.pdf", assess(month(), MONTH), Heading("Cellule", say=say))
    assert said["Key figures"] == "Indicateurs"
    assert said["4 low"] == "4 basse"
    assert [text for text in said.values() if ENGLISH.search(text)] == []
    assert [text for text in said.values() if re.search(r"\d\.\d", text.replace("ISA-18.2", ""))] == []
    assert any(re.search(r"\d,\d", text) for text in said.values())
    assert [text for text in said.values() if re.search(r"\d{4}-\d\d-\d\d", text)] == []
    assert any(text.startswith("du 14/11/2023 00:00 au 14/12/2023 00:00 (UTC)") for text in said.values())
    assert any(re.fullmatch(r"\d\d/\d\d/\d{4}", text) for text in said.values()), "dates under the plot"


def test_english_stays_as_it_is_written():
    assert speaker("en")("Key figures: 2.5 %") == "Key figures: 2.5 %"


def test_the_fonts_of_the_report_have_every_sign():
    text = speaker("fr")("1 flood; the worst brought 14 alarms within 10 min and began with FIL-001 (Low).")
    assert text.encode("cp1252").decode("cp1252") == text
    assert text.startswith("1 avalanche")


def test_an_unknown_language_is_told():
    with pytest.raises(CatalogueError, match="there are en, fr"):
        speaker("xx")


def test_the_forms_of_numbers_and_dates():
    say = speaker("fr")
    assert say("2023-11-14 23:13:20.001") == "14/11/2023 23:13:20,001"
    assert say("2023-11-14") == "14/11/2023"
    assert say("1248.8 mm") == "1\u00a0248,8 mm"
    assert say("-12.5") == "-12,5"
    assert say("12,345 events, times in UTC") == "12\u00a0345 événements, heures en UTC"
    assert say("4711") == "4711", "what may be a name stays"


def test_an_excel_journal_is_french_and_typed(tmp_path):
    path = tmp_path / "journal.xlsx"
    write_events(path, recorded("Returned"), PARIS, "Cellule", speaker("fr"))
    head, first, second = sheet_cells(path)
    titles = [text for _, text in head]
    assert titles[:3] == ["Numéro", "Heure (UTC+01:00)", "Reçu (UTC+01:00)"]
    assert [text for text in titles if ENGLISH.search(text)] == []
    first, second = (dict(zip(HEADER, row, strict=True)) for row in (first, second))
    assert first["value"] == ("n", "87.3456")
    assert first["transition"] == ("s", "Alarme")
    assert (first["state_before"], first["state_after"]) == (("s", "Normale"), ("s", "Active"))
    assert second["transition"] == ("s", "Acquittée")
    assert second["comment"] == ("s", "Returned"), "what people typed stays"


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="reads the page with poppler")
def test_a_pdf_journal_is_french(tmp_path):
    path = tmp_path / "journal.pdf"
    title = speaker("fr")("{}: alarm journal").format("Cellule")
    write_events(path, recorded("Returned"), PARIS, title, speaker("fr"))
    text = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], check=True, capture_output=True, text=True
    ).stdout
    assert "Cellule : journal des alarmes" in text
    assert "2 événements, heures en UTC+01:00" in text
    assert "14/11/2023 23:13:20,001" in text
    assert re.search(r"Acquittée \(première +Active > Acquittée", text)
    assert "Returned" in text, "what people typed stays"
    assert ENGLISH.search(text.replace("Returned", "")) is None


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="reads the page with poppler")
def test_every_sign_of_a_message_is_printed_and_every_title_is_french(tmp_path):
    path = tmp_path / "journal.pdf"
    message = "line\u202f: écart −2 → +2"
    write_events(path, [event(snapshot("A", message=message))], PARIS, "x", speaker("fr"))
    text = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], check=True, capture_output=True, text=True
    ).stdout
    assert "line : écart -2 > +2" in text
    assert "?" not in text
    titles = next(line for line in text.splitlines() if line.startswith("Heure")).split()
    assert titles == ["Heure", "P", "Alarme", "Événement", "État", "Message", "Par", "Commentaire"]


def test_one_alarm_and_none_are_no_plural():
    assert [speaker("fr")(text) for text in ("0 alarms", "1 alarm", "2 alarms")] == [
        "0 alarme", "1 alarme", "2 alarmes",
    ]  # fmt: skip
    one = Kpi("KPI-09", "x", 1.0, "alarms", "0", "", Verdict.MET)
    assert (kpi_text(one), kpi_text(replace(one, value=2.0))) == ("1 alarm", "2 alarms")


def test_a_table_is_the_same_for_programs_in_every_language(tmp_path):
    for language in ("en", "fr"):
        write_events(tmp_path / f"{language}.csv", recorded(), PARIS, "x", speaker(language))
    assert (tmp_path / "en.csv").read_bytes() == (tmp_path / "fr.csv").read_bytes()


def test_messages_are_those_of_the_window():
    words = event_words("fr")
    words.project(load(example_path("packaging_cell")), "fr")
    one = event(snapshot("LINE-002", message="Outfeed conveyor blocked, packer takes no bottles"))
    assert words.alarm(one).message.startswith("Convoyeur de sortie bloqué")
    assert event_words("en").alarm(one) is one


def test_an_alarm_of_a_device_is_said_by_the_projects_texts_and_else_left_as_sent():
    words = event_words("fr")
    words.project(load(example_path("packaging_cell")), "fr")
    sent = event(snapshot("@line/ns=2;s=Line.Mode", message="Line taken out of production mode"))
    assert words.alarm(sent).message == "Ligne sortie du mode production"
    counted = replace(sent, message="Too many bottles rejected: 3 of the last 50")
    assert words.alarm(counted).message == "Trop de bouteilles rejetées\u202f: 3 sur les 50 dernières"
    other = replace(sent, message="stopped: anna")
    assert words.alarm(other) is other


def test_areas_are_named_in_a_sheet_for_people_and_codes_in_a_table_for_programs(tmp_path):
    names = said_names(load(example_path("packaging_cell")), "fr")
    rows = [replace(one, area="Filling") for one in recorded("x")]
    write_events(tmp_path / "journal.xlsx", rows, PARIS, "x", speaker("fr"), names.area)
    write_events(tmp_path / "journal.csv", rows, PARIS, "x", speaker("fr"), names.area)
    assert sheet_cells(tmp_path / "journal.xlsx")[1][HEADER.index("area")] == ("s", "Remplissage")
    line = (tmp_path / "journal.csv").read_text("utf-8-sig").splitlines()[1]
    assert line.split(",")[HEADER.index("area")] == "Filling"


def test_the_event_log_is_written_in_words_for_people_and_in_codes_for_programs(tmp_path):
    events = [
        Happening("alarm", 1_700_000_000_000_000_000, "Tank.Level", "FIL-004\u202f: haut", "activated",
                  "\u22121\u202f248,5 / 95,0 %"),
        Happening("connection", 1_700_000_001_000_000_000, "line", "connectée", '{"a": 1}', user="anna"),
    ]  # fmt: skip
    for suffix in (".csv", ".xlsx", ".pdf"):
        write_happenings(tmp_path / f"log{suffix}", events, PARIS, "Journal", speaker("fr"))
    with (tmp_path / "log.csv").open(encoding="utf-8-sig", newline="") as file:
        first, second = csv.DictReader(file)
    assert first["time"] == "2023-11-14T23:13:20.000+01:00"
    assert (first["kind"], first["detail"], first["change"]) == ("alarm", "activated", "'-1248.5 / 95.0 %")
    assert second["user"] == "anna"
    head, alarm, link = ([text for _, text in row] for row in sheet_cells(tmp_path / "log.xlsx"))
    assert head[:3] == ["Heure (UTC+01:00)", "Nature", "À propos de"]
    assert alarm[1:6] == ["Alarme", "Tank.Level", events[0].text, events[0].change, "Alarme"]
    assert link[5] == "", "what is for programs only"
    assert (tmp_path / "log.pdf").read_bytes().startswith(b"%PDF")
