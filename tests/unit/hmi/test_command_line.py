"""The command line: what people type, what they get back, and never a traceback."""

import json
from pathlib import Path

import pytest

from hmi.cli.exits import CommandError, Exit
from hmi.cli.main import COMMANDS, main
from hmi.cli.values import parse_value
from hmi.station.overrides import apply_overrides
from projects.examples import example_path, examples
from projects.files import load
from projects.model import ProjectError
from tags.model import DataType, Tag, Value


@pytest.mark.parametrize(
    ("data_type", "text", "value"),
    [
        (DataType.FLOAT32, "4,5", 4.5),
        (DataType.FLOAT64, "-1e3", -1000.0),
        (DataType.INT32, "7", 7),
        (DataType.INT64, "9223372036854775807", 2**63 - 1),
        (DataType.BOOL, "true", True),
        (DataType.BOOL, "OFF", False),
        (DataType.STRING, "7", "7"),
    ],
)
def test_values_are_read_as_people_type_them(data_type: DataType, text: str, value: Value) -> None:
    found = parse_value(Tag(0, "A", data_type), text)
    assert found == value
    assert type(found) is type(value)


def test_a_state_may_be_named() -> None:
    tag = Tag(0, "Line.Command", DataType.INT32, states={3: "Stop", 2: "Start"})
    assert parse_value(tag, "stop") == 3
    with pytest.raises(CommandError, match="Stop, Start") as refused:
        parse_value(tag, "explode")
    assert refused.value.code is Exit.USAGE


def test_check_tells_every_fault_with_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "project.toml").write_text('name = "Bad"\nformat = 1\n', encoding="utf-8")
    (tmp_path / "tags.csv").write_text("path,type\nA,FLOAT\nA b,BOOL\n", encoding="utf-8")
    assert main(["check", str(tmp_path), "--json"]) == Exit.FAILED
    problems = json.loads(capsys.readouterr().out)
    assert {(problem["file"], problem["row"]) for problem in problems} >= {("tags.csv", 2), ("tags.csv", 3)}
    assert main(["check", str(tmp_path)]) == Exit.FAILED
    assert "2 faults" in capsys.readouterr().out


@pytest.mark.parametrize("name", examples())
def test_the_sample_projects_are_sound(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", name]) == Exit.OK
    assert capsys.readouterr().out.startswith("0 faults")


@pytest.mark.parametrize(
    ("arguments", "code", "part"),
    [
        (["check", "no-such-folder"], Exit.USAGE, "packaging_cell"),
        (["bench", "nothing"], Exit.USAGE, "latency"),
        (["window", "first_steps"], Exit.ENVIRONMENT, "vigie run"),
        (["screenshot", "first_steps", "nothing", "--out", "x.png"], Exit.USAGE, "there are"),
        (["read", "first_steps", "No.Such.Tag"], Exit.USAGE, "No.Such.Tag"),
        (["write", "first_steps", "No.Such.Tag", "1"], Exit.USAGE, "No.Such.Tag"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_message(
    arguments: list[str], code: Exit, part: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == code
    told = capsys.readouterr().err
    assert part in told
    assert "Traceback" not in told


@pytest.mark.parametrize(
    "arguments",
    [
        ["explode"],
        ["read"],
        ["read", "first_steps", "--set", "nonsense"],
        ["demo", "--size", "big"],
        ["check", "a", "b"],
    ],
)
def test_a_wrong_command_line_ends_with_usage(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == Exit.USAGE
    assert "usage" in capsys.readouterr().err


def test_a_fault_of_our_own_is_told_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_arguments: object) -> Exit:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr("hmi.cli.main.COMMANDS", {**COMMANDS, "check": broken})
    assert main(["check", "first_steps"]) == Exit.FAULT
    told = capsys.readouterr().err
    assert "oops" in told
    assert "--verbose" in told
    with pytest.raises(ZeroDivisionError):
        main(["--verbose", "check", "first_steps"])


def test_values_are_read_and_written_without_a_running_station(capsys: pytest.CaptureFixture[str]) -> None:
    project = load(example_path("first_steps"))
    tag = next(tag for tag in project.tags if tag.access.is_writable and tag.data_type.is_float)
    value = tag.eu_low if tag.eu_low is not None else 1.0
    assert main(["write", "first_steps", tag.path, str(value), "--json"]) == Exit.OK
    assert json.loads(capsys.readouterr().out)["outcome"] == "confirmed"


def test_overrides_change_a_connection_for_one_run() -> None:
    project = load(example_path("packaging_cell"))
    changed = apply_overrides(project, {"filling.port": "1234", "line.url": "opc.tcp://127.0.0.1:5/"})
    assert changed.connections["filling"].options["port"] == 1234
    assert changed.connections["line"].options["url"] == "opc.tcp://127.0.0.1:5/"
    assert project.connections["filling"].options["port"] == 11020
    with pytest.raises(ProjectError) as refused:
        apply_overrides(project, {"nowhere.port": "1", "filling.colour": "red", "filling.rack": "x"})
    assert len(refused.value.problems) == 3
