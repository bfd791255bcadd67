"""``vigie alarms`` over a stored journal and stored samples, without a running station."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from alarms.journal import Journal
from alarms.manager import AlarmManager
from alarms.suppression import InputSource
from historian.store import open_history
from hmi.cli.backtests import read_changes
from hmi.cli.exits import CommandError
from hmi.cli.main import main
from hmi.cli.times import time_ns
from hmi.endpoint import station_dir
from projects.examples import example_path
from projects.files import load
from tags.clock import NS_PER_S, ManualClock, iso_utc
from tags.model import Batch, LogMode

START_NS = 1_790_000_000 * NS_PER_S // (600 * NS_PER_S) * (600 * NS_PER_S)


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A copy of the demo whose history holds a level that goes up and down, and the alarms of it."""
    folder = tmp_path_factory.mktemp("project") / "cell"
    shutil.copytree(example_path("packaging_cell"), folder)
    project = load(folder)
    definition = next(
        item
        for item in project.alarms
        if item.type.value == "HI"
        and not item.suppression_expression
        and project.tags.by_path(item.tag).log.mode is not LogMode.OFF
    )
    tag = project.tags.by_path(definition.tag)
    station_dir(folder).mkdir(parents=True)
    history = open_history(project.tags, station_dir(folder), project.station.history_url)
    writer = history.writer()
    writer.submit(Journal.create_tables).result()
    journal = Journal(writer.submit, history.engine)
    clock = ManualClock(START_NS)
    manager = AlarmManager(
        project.alarms,
        project.tags,
        tuple(project.connections),
        clock,
        lambda events, rows, removed: journal.append(events).result(),
        InputSource(project.tags),
    )
    manager.restore([], 0)
    wide = definition.deadband_eu + 10
    for number in range(8):
        for shift, value in ((0, definition.setpoint - wide), (300, definition.setpoint + 1)):
            now_ns = START_NS + (number * 600 + shift) * NS_PER_S
            batch = Batch(
                np.array([tag.id], np.int32),
                np.array([value]),
                np.zeros(1, np.uint32),
                np.array([now_ns]),
                now_ns,
            )
            manager.process(batch)
            writer.samples(batch)
            clock.set_now_ns(now_ns)
            manager.tick(now_ns + 280 * NS_PER_S)
    writer.flush().result()
    history.close()
    return folder, definition.alarm_id


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(["alarms", *arguments])
    return code, capsys.readouterr().out


def period() -> list[str]:
    end_ns = START_NS + 7200 * NS_PER_S
    return ["--from", iso_utc(START_NS), "--to", iso_utc(end_ns)]


def test_what_stands_is_listed(stored, capsys):
    folder, alarm_id = stored
    code, out = run(capsys, "list", str(folder), "--json")
    rows = json.loads(out)
    assert code == 0
    assert [row["alarm_id"] for row in rows] == [alarm_id]
    assert rows[0]["state_after"] == "UNACK"
    assert alarm_id in run(capsys, "list", str(folder))[1]


def test_the_journal_is_filtered(stored, capsys):
    folder, alarm_id = stored
    code, out = run(capsys, "journal", str(folder), *period(), "--alarm", alarm_id, "--json")
    events = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert len(events) == 15
    assert {event["alarm_id"] for event in events} == {alarm_id}
    assert run(capsys, "journal", str(folder), *period(), "--alarm", "NONE")[0] == 1
    assert len(run(capsys, "journal", str(folder), *period(), "--limit", "3")[1].splitlines()) == 3


def test_key_figures_are_told(stored, capsys):
    folder, alarm_id = stored
    _, out = run(capsys, "kpi", str(folder), *period(), "--json")
    found = json.loads(out)
    assert found["indicative"]
    assert found["alarms"][0]["alarm_id"] == alarm_id
    assert {item["kpi"]: item["value"] for item in found["kpis"]}["KPI-02"] == 4
    assert "INDICATIVE" in run(capsys, "kpi", str(folder), *period())[1]


def test_the_report_is_written(stored, capsys, tmp_path):
    folder, _ = stored
    out = tmp_path / "report.pdf"
    code, printed = run(
        capsys, "report", str(folder), *period(), "--out", str(out), "--csv", str(tmp_path / "tables")
    )
    assert code == 0
    assert out.read_bytes().startswith(b"%PDF")
    assert len(printed.splitlines()) == 4
    assert run(capsys, "report", str(folder), *period())[0] == 2
    assert run(capsys, "report", str(folder), *period(), "--out", str(tmp_path))[0] == 3


def test_a_change_is_tried_on_history(stored, capsys):
    folder, alarm_id = stored
    code, out = run(
        capsys, "backtest", str(folder), *period(), "--change", f"{alarm_id}.on_delay_s=301", "--json"
    )
    found = json.loads(out)
    (effect,) = [item for item in found["alarms"] if item["alarm_id"] == alarm_id]
    assert code == 0
    assert (effect["activations_before"], effect["activations_after"]) == (8, 1)
    assert effect["missed"] == 7
    assert "no alarm changes" in run(capsys, "backtest", str(folder), *period(), "--propose")[1]


def test_what_is_asked_wrongly_is_said(stored, capsys, tmp_path):
    folder, alarm_id = stored
    assert run(capsys, "backtest", str(folder), "--change", "NONE.setpoint=1")[0] == 2
    assert run(capsys, "backtest", str(folder), "--change", f"{alarm_id}.setpoint=high")[0] == 2
    assert run(capsys, "kpi", str(folder), "--from", "yesterday")[0] == 2
    assert run(capsys, "kpi", str(folder), "--from", "1h", "--to", "2h")[0] == 2
    bare = tmp_path / "bare"
    shutil.copytree(example_path("packaging_cell"), bare)
    assert run(capsys, "list", str(bare))[0] == 3


def test_changes_name_columns_of_the_master_table():
    assert read_changes(["A.1.on_delay_s=2.5", "A.1.enabled=0", "B.priority=high"]) == {
        "A.1": {"on_delay_s": 2.5, "enabled": False},
        "B": {"priority": "high"},
    }
    assert read_changes(["B.suppression_expression=X == 1"]) == {"B": {"suppression_expression": "X == 1"}}
    for text, words in (
        ("A.enabled=2", "no value for enabled"),
        ("A.setpoint=high", "no value for setpoint"),
        ("A.colour=1", "expected ALARM.COLUMN=VALUE"),
        ("setpoint=1", "expected ALARM.COLUMN=VALUE"),
        ("A.setpoint", "expected ALARM.COLUMN=VALUE"),
    ):
        with pytest.raises(CommandError, match=words):
            read_changes([text])


def test_the_journal_is_written_as_a_file(stored, capsys, tmp_path):
    folder, _ = stored
    for suffix in (".csv", ".xlsx", ".pdf"):
        code, printed = run(capsys, "journal", str(folder), *period(), "--out", str(tmp_path / f"j{suffix}"))
        assert (code, "15 events" in printed) == (0, True)
        assert (tmp_path / f"j{suffix}").stat().st_size > 500
    assert run(capsys, "journal", str(folder), *period(), "--out", str(tmp_path / "j.doc"))[0] == 2
    assert run(capsys, "journal", str(folder), *period(), "--out", str(tmp_path / "no" / "j.csv"))[0] == 3


def test_the_journal_is_told_in_french(stored, capsys, tmp_path):
    folder, alarm_id = stored
    words = load(folder).texts.words["fr"]
    definition = next(item for item in load(folder).alarms if item.alarm_id == alarm_id)
    french = words.find("alarms.csv", definition.description or definition.name)
    asked = ("journal", str(folder), *period(), "--language", "fr")
    events = [json.loads(line) for line in run(capsys, *asked, "--json")[1].splitlines()]
    assert french
    assert all(event["message"].startswith(french) for event in events)
    assert {event["transition"] for event in events} == {"activated", "returned", "re_alarmed"}
    told = run(capsys, *asked)[1]
    assert french in told
    assert "Nouvelle alarme : Disparue -> Active" in told.replace("\u00a0", " ")
    assert "UNACK" not in told
    listed = run(capsys, "list", str(folder), "--language", "fr")[1]
    assert french in listed
    assert "[Active]" in listed
    assert listed.splitlines()[-1] == "1 alarme."
    assert run(capsys, *asked, "--out", str(tmp_path / "j.csv"))[0] == 0
    table = (tmp_path / "j.csv").read_text("utf-8-sig")
    assert table.startswith("sequence,time,")
    assert french in table


@pytest.fixture
def tank(tmp_path: Path) -> Path:
    """A project without controllers."""
    folder = tmp_path / "tank"
    folder.mkdir()
    (folder / "project.toml").write_text('name = "Tank"\nformat = 1\n', encoding="utf-8")
    (folder / "tags.csv").write_text(
        "path,type,access,eu_low,eu_high,log\nLevel,FLOAT64,rw,0,100,change\n", encoding="utf-8"
    )
    (folder / "alarms.csv").write_text(
        "alarm_id,tag,type,setpoint,operator_action\nHI,Level,HI,80,Close\nLO,Level,LO,20,Open\n",
        encoding="utf-8",
    )
    return folder


def test_a_change_is_applied_shown_and_taken_back(tank, capsys):
    change = ("--change", "HI.setpoint=85", "--change", "LO.deadband=2")
    assert run(capsys, "backtest", str(tank), *change, "--apply")[0] == 2
    assert run(capsys, "backtest", str(tank), "--apply", "--reason", "x")[0] == 2
    code, printed = run(
        capsys, "backtest", str(tank), "--from", "1h", *change, "--apply", "--reason", "tuning"
    )
    assert (code, "Applied." in printed) == (0, True)
    code, printed = run(capsys, "diff", str(tank), "--json")
    assert code == 1
    found = {(item["alarm_id"], item["setting"]): item for item in json.loads(printed)}
    assert set(found) == {("HI", "setpoint"), ("LO", "deadband")}
    assert (found["HI", "setpoint"]["master"], found["HI", "setpoint"]["running"]) == (80.0, 85.0)
    assert found["HI", "setpoint"]["reason"].startswith("tuning [back-test ")
    assert "HI setpoint: alarms.csv 80, running 85" in run(capsys, "diff", str(tank))[1]
    assert run(capsys, "enforce", str(tank), "--reason", " ")[0] == 2
    assert run(capsys, "enforce", str(tank), "--alarm", "LO", "--reason", "audit")[0] == 0
    assert [item["alarm_id"] for item in json.loads(run(capsys, "diff", str(tank), "--json")[1])] == ["HI"]
    code, printed = run(capsys, "enforce", str(tank), "--reason", "audit")
    assert (code, printed) == (0, "The alarms run as alarms.csv says.\n")
    assert run(capsys, "diff", str(tank))[0] == 0
    code, printed = run(capsys, "changes", str(tank), "--from", "1h", "--json")
    assert [(item["alarm_id"], item["setting"], item["new"]) for item in json.loads(printed)] == [
        ("HI", "setpoint", 85.0),
        ("LO", "deadband", 2.0),
        ("LO", "deadband", 0.0),
        ("HI", "setpoint", 80.0),
    ]
    assert "HI setpoint: 80 becomes 85" in run(capsys, "changes", str(tank), "--from", "1h")[1]


def test_a_back_test_begins_with_what_runs(tank, capsys):
    assert (
        run(capsys, "backtest", str(tank), "--change", "HI.setpoint=95", "--apply", "--reason", "x")[0] == 0
    )
    assert run(capsys, "backtest", str(tank), "--change", "LO.setpoint=94", "--from", "1h")[0] == 0
    assert run(capsys, "backtest", str(tank), "--change", "LO.setpoint=95", "--from", "1h")[0] == 1


def test_a_refused_change_is_told(tank, capsys):
    code = main(["alarms", "backtest", str(tank), "--change", "HI.setpoint=10", "--apply", "--reason", "x"])
    assert code == 3
    assert "expected LO below HI" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["2026-11-01T00:00:00Z", "2026-11-01T01:00+01:00"])
def test_times_have_offsets(text):
    assert iso_utc(time_ns(text)) == "2026-11-01T00:00:00.000Z"


def test_a_limit_is_placed_before_the_consequence(capsys):
    given = ("--threshold", "9.5", "--rate", "0.05/min", "--respond", "10min", "--act", "2min")
    code, printed = run(capsys, "setpoint", *given)
    assert (code, printed.startswith("HI at 8.6: 0.9 before 9.5")) == (0, True)
    assert json.loads(run(capsys, "setpoint", *given, "--low", "--json")[1])["setpoint"] == pytest.approx(
        10.4
    )
    assert run(capsys, "setpoint", *given[:3], "fast", *given[4:])[0] == 2


def test_starting_values_are_proposed(tank, capsys):
    code, printed = run(capsys, "propose", str(tank), "--json")
    assert code == 0
    assert {(item["alarm_id"], item["setting"], item["suggested"]) for item in json.loads(printed)} == {
        (name, setting, value)
        for name in ("HI", "LO")
        for setting, value in (("deadband", 5.0), ("on_delay_s", 60.0), ("off_delay_s", 60.0))
    }
    assert "6 starting values" in run(capsys, "propose", str(tank))[1]


def test_the_alarms_of_connections_are_compared_and_tested_too(stored, capsys):
    folder, _ = stored
    change = ("--change", "INSTRUMENT.filling.priority=high", "--change", "COMM.filling.priority=low")
    assert run(capsys, "backtest", str(folder), *period(), *change)[0] == 0
    other = ("--change", "INSTRUMENT.filling.setpoint=2")
    assert run(capsys, "backtest", str(folder), *period(), *other)[0] == 1


ENGLISH = re.compile(r"\b(the|of|are|not|and|with|this|no|for|from|alarms|target|limit|missed|becomes?)\b")


def french_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command tells in French; file names are the same in every language."""
    return run(capsys, *arguments, "--language", "fr")[1].replace("alarms.csv", "").replace("\u00a0", " ")


def test_key_figures_and_back_tests_are_told_in_french(stored, capsys):
    folder, alarm_id = stored
    kpis = french_of(capsys, "kpi", str(folder), *period())
    assert "INDICATIF : moins de 30 jours" in kpis
    assert "Alarmes les plus fréquentes :" in kpis
    assert "objectif" in kpis
    tested = french_of(
        capsys, "backtest", str(folder), *period(), "--change", f"{alarm_id}.on_delay_s=301", "--propose"
    )
    assert "apparitions deviennent" in tested
    starting = french_of(capsys, "propose", str(folder))
    assert "commencer par" in starting
    limit = french_of(
        capsys, "setpoint", "--threshold", "95", "--rate", "0.5/min", "--respond", "10min", "--act", "2min"
    )
    assert "avant 95, soit" in limit
    for told in (kpis, tested, starting, limit):
        assert ENGLISH.search(told) is None, told


def test_changed_settings_are_told_in_french(tank, capsys):
    asked = ("backtest", str(tank), "--from", "1h", "--change", "HI.deadband=3")
    told = french_of(capsys, *asked, "--apply", "--reason", "essai")
    assert "Appliqué." in told
    differs = french_of(capsys, "diff", str(tank))
    assert "1 réglage diffère d’" in differs
    assert "en service 3" in differs
    changed = french_of(capsys, "changes", str(tank), "--from", "1h")
    assert "devient 3, par" in changed
    assert "1 changement." in changed
    restored = french_of(capsys, "enforce", str(tank), "--reason", "essai fini")
    assert "Les alarmes suivent" in restored
    for text in (told, differs, changed, restored):
        assert ENGLISH.search(text) is None, text
