"""``vigie why`` explains a value in the terminal and answers with its exit code."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from hmi.cli.exits import Exit
from hmi.cli.main import main
from hmi.cli.why import age_text, text_of
from hmi.diagnosis import WhyKind, WhyStep
from tests.support.ports import free_port

CONFIG = """name = "Down"
format = 1

[connections.plc]
driver = "modbus"
host = "127.0.0.1"
port = {port}
timeout_s = 0.5
"""
TAGS = """path,type,connection,address,access,unit
Tank.Level,UINT16,plc,IR3,r,%
Tank.Double,FLOAT64,,=Tank.Level * 2,,%
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "down"
    folder.mkdir()
    (folder / "project.toml").write_text(CONFIG.format(port=free_port()), encoding="utf-8")
    (folder / "tags.csv").write_text(TAGS, encoding="utf-8")
    return folder


def test_the_broken_link_is_marked_with_what_to_do(
    project: Path, capsys: pytest.CaptureFixture[str], expected_log: Callable[..., object]
) -> None:
    expected_log("plc: ")
    assert main(["why", str(project), "Tank.Double"]) == Exit.FAILED
    told = capsys.readouterr().out
    (broken,) = [line for line in told.splitlines() if line.startswith("BROKEN")]
    assert broken.split()[1:] == ["controller", "plc"]
    assert "What to do: Check that the controller has power" in told
    assert re.match(r"\.\.     expression Tank\.Double \(BadNoCommunication, \d+ (ms|s) old\)\n", told)


def test_each_link_tells_status_age_and_bytes() -> None:
    now_ns = 1_700_000_000_000_000_000
    raw = WhyStep(WhyKind.RAW, 1, "T.L", "HR1.", "3 (0x3)", at_ns=now_ns - 1_250_000_000, dump="HR1 [00 03]")
    assert text_of(raw, now_ns).splitlines() == [
        "ok       raw T.L = 3 (0x3) (Good, 1250 ms old)",
        "           HR1.",
        "           HR1 [00 03]",
    ]
    ages = [age_text(seconds * 10**9) for seconds in (-1, 9, 10, 599, 600, 36_000)]
    assert ages == ["0 ms", "9000 ms", "10 s", "599 s", "10 min", "10 h"]


def test_programs_get_json_and_a_wrong_path_is_a_wrong_command_line(
    project: Path, capsys: pytest.CaptureFixture[str], expected_log: Callable[..., object]
) -> None:
    expected_log("plc: ")
    assert main(["why", str(project), "Tank.Level", "--json"]) == Exit.FAILED
    steps = json.loads(capsys.readouterr().out)
    assert [step["verdict"] for step in steps].count("broken") == 1
    assert main(["why", str(project), "Tank.Levle"]) == Exit.USAGE
    assert "Tank.Levle" in capsys.readouterr().err


def test_an_explanation_is_told_in_french(
    project: Path, capsys: pytest.CaptureFixture[str], expected_log: Callable[..., object]
) -> None:
    expected_log("plc: ")
    assert main(["why", str(project), "Tank.Double", "--language", "fr"]) == Exit.FAILED
    told = capsys.readouterr().out.replace("\u00a0", " ")
    assert re.search(r"^ROMPU +automate plc", told, re.MULTILINE)
    assert re.match(r"\.\. +expression Tank\.Double \(BadNoCommunication, il y a \d+ (ms|s)\)\n", told)
    assert "Que faire : Vérifiez que" in told
    assert "Check that" not in told
