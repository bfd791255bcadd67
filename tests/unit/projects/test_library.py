"""Types and faceplates that ship with the application: used, extended and replaced by a project."""

import json

import pytest

from projects.faceplates import FaceplateError, arguments_of
from projects.files import analyse, load_tolerant, parse
from projects.library import library_files, with_library
from projects.model import Project
from tags.drivers.catalogue import drivers
from tests.unit.projects.sample import sample

FIVE = {"motor": "Motor", "valve": "Valve", "analog": "Analog", "pid": "PID", "packml_unit": "PackMLUnit"}
STARTER = (
    b"path,address\nRunning,DB{db}.DBX0.0\nTripped,DB{db}.DBX0.1\nReset,DB{db}.DBX1.0\nCurrent,DB{db}.DBD6\n"
)
SOFT = b"path,address\nSpeed,DB{db}.DBD2\n"
ROW = b"M,%s,plc,,,,,,,,,,,,,,Mixer,db=7\n"


def project_of(types: dict[str, bytes], extends: dict[str, str], kind: str) -> dict[str, bytes]:
    files = with_library({**sample(), **{f"types/{name}.csv": data for name, data in types.items()}})
    files["tags.csv"] += ROW % kind.encode()
    tables = "".join(f'\n[types.{name}]\nextends = "{base}"\n' for name, base in extends.items())
    files["project.toml"] += tables.encode()
    return files


def faults(files: dict[str, bytes]) -> list[str]:
    return [str(one) for one in analyse(files, drivers())[1] if not one.is_warning]


@pytest.fixture
def starter() -> Project:
    return parse(project_of({"Starter": STARTER}, {"Starter": "Motor"}, "Starter"))


def test_one_faceplate_and_one_type_for_each_kind_of_device() -> None:
    project = parse(with_library(sample()))
    assert {name: dict(found.parameters) for name, found in project.faceplates.items()} == {
        name: {next(iter(project.faceplates[name].parameters)): kind} for name, kind in FIVE.items()
    }
    names = {path.split("/")[-1].removesuffix(".csv") for path in library_files() if "/types/" in path}
    assert names >= set(FIVE.values())


def test_a_type_of_the_library_is_used_as_it_is() -> None:
    files = with_library(sample())
    files["tags.csv"] += b"P,Motor,,,,,,,,,,,,,,,Pump,\n"
    project = parse(files)
    tag = project.tags.find("P.Running")
    assert tag is not None
    assert tag.states == {0: "Stopped", 1: "Running"}
    assert tag.connection is None, "without an address it lives in the station"
    assert project.descriptions["P"] == "Pump"


def test_a_device_lists_what_it_has_and_inherits_the_rest_of_each_row(starter: Project) -> None:
    running, current = starter.tags.find("M.Running"), starter.tags.find("M.Current")
    assert running is not None
    assert current is not None
    assert running.states[1] == "Running"
    assert running.description == "Motor runs"
    assert current.unit == "A"
    assert starter.tags.find("M.Speed") is None, "the device has no speed"
    assert arguments_of(starter.faceplates["motor"], "M", starter.instances, starter.extends) == {
        "motor": "M"
    }
    with pytest.raises(FaceplateError, match="M is of type Starter; Valve takes a Valve"):
        arguments_of(starter.faceplates["valve"], "M", starter.instances, starter.extends)


def test_bases_go_through_several_steps_and_their_addresses_are_inherited() -> None:
    types = {"Starter": STARTER, "Soft": SOFT}
    project = parse(project_of(types, {"Soft": "Starter", "Starter": "Motor"}, "Soft"))
    for member, unit in (("Running", ""), ("Current", "A"), ("Speed", "1/min")):
        tag = project.tags.find(f"M.{member}")
        assert tag is not None
        assert tag.unit == unit
        assert tag.connection == "plc"
    assert arguments_of(project.faceplates["motor"], "M", project.instances, project.extends)


def test_a_project_replaces_a_type_or_extends_it_under_its_own_name() -> None:
    own = b"path,type,address\nRunning,BOOL,DB{db}.DBX0.0\nTripped,BOOL,DB{db}.DBX0.1\n"
    replaced = parse(project_of({"Motor": own}, {}, "Motor"))
    tag = replaced.tags.find("M.Running")
    assert tag is not None
    assert not tag.states, "nothing comes from the library"
    extended = parse(project_of({"Motor": STARTER}, {"Motor": "Motor"}, "Motor"))
    tag = extended.tags.find("M.Running")
    assert tag is not None
    assert tag.states


def test_a_project_replaces_a_faceplate() -> None:
    files = with_library(sample())
    shipped = json.loads(library_files()["library/faceplates/motor.json"])
    files["faceplates/motor.json"] = json.dumps({**shipped, "title": "Our motor"}).encode()
    assert parse(files).faceplates["motor"].screen.title == "Our motor"


@pytest.mark.parametrize(
    ("types", "extends", "told"),
    [
        ({"Starter": STARTER}, {"Starter": "Moter"}, "unknown type 'Moter'; did you mean Motor"),
        ({}, {"Starter": "Motor"}, "there is no file types/Starter.csv"),
        ({"Starter": STARTER, "Soft": SOFT}, {"Starter": "Soft", "Soft": "Starter"}, "extends itself: "),
        ({"Starter": STARTER}, {"Starter": "Starter"}, "the library has no type 'Starter' to extend"),
    ],
)
def test_a_wrong_base_is_told(types: dict[str, bytes], extends: dict[str, str], told: str) -> None:
    kind = "Starter" if "Starter" in types else "Motor"
    assert any(told in one for one in faults(project_of(types, extends, kind)))


def test_a_member_that_a_faceplate_cannot_do_without_is_told() -> None:
    bare = b"path,address\nRunning,DB{db}.DBX0.0\n"
    found = faults(project_of({"Starter": bare}, {"Starter": "Motor"}, "Starter"))
    assert any("library/faceplates/motor.json" in one and "M.Tripped" in one for one in found)


def test_the_library_travels_with_the_project(tmp_path) -> None:
    for name, data in sample().items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    project, files = load_tolerant(tmp_path)
    assert "library/types/Motor.csv" in files
    assert parse(files).digest == project.digest
