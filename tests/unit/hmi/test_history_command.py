"""``vigie history`` from the user's side: what it prints, writes and answers."""

import csv
import json
import re
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from historian.model import LogEntry
from historian.store import History, open_history
from hmi.cli.main import main
from hmi.endpoint import station_dir
from projects.examples import example_path
from projects.files import load
from tags.clock import NS_PER_S
from tags.model import (
    Batch,
    DataType,
    LogMode,
    WriteOutcome,
    WriteRequest,
    WriteResult,
    WriteStep,
)

PROJECT = "packaging_cell"


@pytest.fixture
def history() -> Iterator[History]:
    """Open the sample project's history with an hour of samples of its first logged number."""
    project = load(example_path(PROJECT))
    folder = station_dir(example_path(PROJECT))
    folder.mkdir(parents=True)
    opened = open_history(project.tags, folder)
    tag = logged(opened)
    now_ns = time.time_ns()
    rows = [(tag.id, number / 4, 0, now_ns - (3_000 - number) * NS_PER_S) for number in range(3_000)]
    opened.writer().samples(Batch.of(rows, now_ns))
    opened.writer().flush().result(30)
    yield opened
    opened.close()
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()


def logged(history: History):
    return next(
        tag
        for tag in history.logged()
        if tag.data_type in (DataType.FLOAT32, DataType.FLOAT64)
        and tag.log.mode is LogMode.CHANGE
        and not tag.log.deadband_eu
        and not tag.log.min_ms
    )


def test_query_prints_samples(history: History, capsys: pytest.CaptureFixture[str]) -> None:
    path = logged(history).path
    assert main(["history", "query", PROJECT, path, "--json", "--limit", "3"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["value"] for line in lines] == [0.0, 0.25, 0.5]
    assert lines[0]["tag"] == path
    assert main(["history", "query", PROJECT, path, "--from", "2h", "--to", "1h"]) == 1
    assert main(["history", "query", PROJECT, "No.Such"]) == 2
    assert main(["history", "query", PROJECT, path, "--from", "yesterday"]) == 2
    assert "expected a time" in capsys.readouterr().err


def test_query_prints_aggregates(history: History, capsys: pytest.CaptureFixture[str]) -> None:
    path = logged(history).path
    arguments = ["history", "query", PROJECT, path, "--aggregate", "count", "--interval", "1h", "--json"]
    assert main(arguments) == 0
    [line] = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert line["value"] == 3_000


def test_export_writes_a_file_and_replaces_none_unasked(
    history: History, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "out.csv"
    arguments = ["history", "export", PROJECT, logged(history).path, "--out", str(target)]
    assert main(arguments) == 0
    with target.open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.reader(file))) == 3_001
    assert main(arguments) == 2
    assert main([*arguments, "--force"]) == 0
    assert "3,000 rows" in capsys.readouterr().out


def test_an_excel_sheet_has_the_language_that_is_asked_for_and_csv_has_not(
    history: History, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["history", "export", PROJECT, logged(history).path, "--from", "1min"]
    for language in ("en", "fr"):
        for suffix in ("csv", "xlsx"):
            target = tmp_path / f"{language}.{suffix}"
            assert main([*arguments, "--to", "1s", "--language", language, "--out", str(target)]) == 0
    with zipfile.ZipFile(tmp_path / "fr.xlsx") as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        styles = book.read("xl/styles.xml").decode()
    assert [f">{title}<" in sheet for title in ("Heure (UTC)", "Valeur", "Code de qualité")] == [True] * 3
    assert "dd/mm/yyyy hh:mm:ss.000" in styles
    header = (tmp_path / "fr.csv").read_text("utf-8-sig").splitlines()[0]
    assert header == (tmp_path / "en.csv").read_text("utf-8-sig").splitlines()[0]


def test_stats_and_backup_work_beside_the_station(
    history: History, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    history.seal()
    assert main(["history", "stats", PROJECT, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["samples"] == 3_000
    assert main(["history", "stats", PROJECT]) == 0
    english = capsys.readouterr().out
    assert logged(history).path in english
    assert "3,000 samples (0 not sealed yet) in " in english
    assert main(["history", "stats", PROJECT, "--language", "fr"]) == 0
    french = capsys.readouterr().out.replace("\u00a0", " ")
    assert "3 000 échantillons (non scellés : 0) dans " in french
    assert re.search(r"^variable +échantillons +mauvaise", french, re.MULTILINE)
    assert re.search(r"\b(samples|blocks|gaps|missing|oldest|bytes)\b", french) is None
    assert main(["history", "backup", PROJECT, "--out", str(tmp_path / "copy.db")]) == 0
    assert main(["history", "backup", PROJECT, "--out", str(tmp_path / "copy.db")]) == 3
    assert main(["history", "repair", str(tmp_path / "copy.db")]) == 0
    assert (tmp_path / "copy-repaired.db").is_file()
    assert "3,000 samples saved" in capsys.readouterr().out
    assert main(["history", "repair", str(tmp_path / "none.db")]) == 2


def test_without_a_history_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["history", "stats", PROJECT]) == 3
    assert "no history yet" in capsys.readouterr().err


def test_log_prints_one_list_with_filters_for_people_and_programs(
    history: History, capsys: pytest.CaptureFixture[str]
) -> None:
    writer = history.writer()
    now_ns = time.time_ns()
    path = logged(history).path
    for seconds, kind, subject, said in (
        (1800, "station", "cell", "Station started"),
        (1200, "connection", "filling", "unavailable: no answer"),
        (600, "gap", "filling", "No samples from here on"),
    ):
        at_ns = now_ns - seconds * NS_PER_S
        writer.entry(LogEntry(kind, at_ns, at_ns, subject, said, '{"reason": "x"}')).result(30)
    for user, seconds in (("marie", 900), ("paul", 400)):
        steps = ((WriteStep.REQUESTED, now_ns - seconds * NS_PER_S),)
        request = WriteRequest(1, path, 2.5, user, reason="test")
        writer.write_result(
            WriteResult(request, WriteOutcome.CONFIRMED, old_value=1.0, read_back=2.5, steps=steps)
        ).result(30)
    assert main(["history", "log", PROJECT]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines] == ["station", "connection", "write", "gap", "write"]
    assert "reason" not in lines[0]
    assert main(["history", "log", PROJECT, "--kind", "write", "--user", "marie", "--json"]) == 0
    [found] = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (found["user"], found["subject"], found["detail"]) == ("marie", path, "confirmed")
    assert found["change"] == "1 → 2.5"
    assert main(["history", "log", PROJECT, "--subject", "filling", "--csv", "--newest"]) == 0
    table = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert [row["kind"] for row in table] == ["gap", "connection"]
    assert main(["history", "log", PROJECT, "--text", "NO ANSWER", "--limit", "1"]) == 0
    assert "unavailable" in capsys.readouterr().out
    assert main(["history", "log", PROJECT, "--from", "800s", "--to", "500s", "--kind", "gap"]) == 0
    assert main(["history", "log", PROJECT, "--from", "500s", "--kind", "gap"]) == 1
    capsys.readouterr()
    assert main(["history", "log", PROJECT, "--from", "1300s", "--samples", path, "--json"]) == 0
    kinds = [json.loads(line)["kind"] for line in capsys.readouterr().out.splitlines()]
    assert kinds.count("sample") > 50
    assert kinds.count("write") == 2
    assert main(["history", "log", PROJECT, "--language", "fr"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines] == [
        "Station", "Connexion", "Écriture", "Lacune", "Écriture",
    ]  # fmt: skip
    assert "indisponible" in lines[1]
    assert "1 → 2,5  Confirmée" in lines[2]
    assert main(["history", "log", PROJECT, "--kind", "write", "--language", "fr", "--csv"]) == 0
    [row, _] = csv.DictReader(capsys.readouterr().out.splitlines())
    assert row["change"] == "1 → 2.5"
    assert (row["kind"], row["detail"]) == ("write", "confirmed")
    assert row["time"].endswith("Z")
    assert main(["history", "log", PROJECT, "--samples", path, "--newest"]) == 2
    assert main(["history", "log", PROJECT, "--samples", "No.Such"]) == 2
