import json

import pytest

from projects.faceplates import FaceplateError, arguments_of, filled
from projects.files import analyse, parse
from projects.model import ElementModel, Project
from tags.drivers.catalogue import drivers
from tests.unit.projects.sample import sample

MOTOR = b"path,type,address\nRun,BOOL,DB1.DBX0.0\nInner,Loop,\n"
LOOP = b"path,type,address\nSet,FLOAT32,DB1.DBD4\n"


def face(**changes: object) -> bytes:
    document: dict[str, object] = {
        "format": 1,
        "title": "Motor",
        "level": "L3",
        "size": [200, 100],
        "parameters": {"motor": "Motor"},
        "elements": [{"id": "a", "type": "lamp", "x": 0, "y": 0, "w": 40, "h": 40, "tag": "{motor}.Run"}],
    }
    return json.dumps({**document, **changes}).encode()


def files(faceplate: bytes) -> dict[str, bytes]:
    found = {**sample(), "types/Motor.csv": MOTOR, "types/Loop.csv": LOOP, "faceplates/motor.json": faceplate}
    found["tags.csv"] += b"M,Motor,plc,,,,,,,,,,,,,,,\n"
    return found


def faults(faceplate: bytes) -> list[str]:
    return [str(one) for one in analyse(files(faceplate), drivers())[1] if one.file.startswith("faceplates")]


@pytest.fixture
def project() -> Project:
    return parse(files(face()))


def test_a_faceplate_is_read_with_its_parameters(project: Project) -> None:
    found = project.faceplates["motor"]
    assert found.parameters == {"motor": "Motor"}
    assert found.screen.title == "Motor"
    assert project.instances["M"] == "Motor"
    assert project.instances["M.Inner"] == "Loop", "instances within instances too"


def test_a_faceplate_without_elements_only_travels_along() -> None:
    (told,) = faults(b'{"format": 1, "title": "Motor"}')
    assert "does not use it" in told


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"parameters": {}}, "expected names with types"),
        ({"parameters": None}, "expected names with types"),
        ({"parameters": {"motor": "Moter"}}, "expected a type of this project (Loop"),
        ({"parameters": {"mo tor": "Motor"}}, "expected a name of letters"),
        ({"format": 2}, "newer Vigie"),
        ({"size": [0, 1]}, "expected [width, height]"),
    ],
)
def test_faults_are_told(changes: dict[str, object], told: str) -> None:
    assert any(told in one for one in faults(face(**changes)))


def test_a_member_that_the_type_lacks_is_told() -> None:
    element = {"id": "a", "type": "lamp", "x": 0, "y": 0, "w": 40, "h": 40, "tag": "{motor}.Rum"}
    (told,) = faults(face(elements=[element]))
    assert "did you mean M.Run?" in told


def test_arguments_are_checked_by_type(project: Project) -> None:
    motor = project.faceplates["motor"]
    assert arguments_of(motor, "M", project.instances) == {"motor": "M"}
    assert arguments_of(motor, " motor = M ", project.instances) == {"motor": "M"}
    for wrong in ("", "M.Inner", "Nowhere", "other=M"):
        with pytest.raises(FaceplateError):
            arguments_of(motor, wrong, project.instances)


def test_names_in_braces_are_filled_wherever_they_are_and_others_stay() -> None:
    model = ElementModel(
        "a", "table", 0, 0, 9, 9, {"tag": "{m}.Run", "x": ["={m}.A + {n}.B", {"y": "{m}"}], "z": 3, "f": True}
    )
    (found,) = filled([model], {"m": "Infeed.Motor"})
    assert found.properties == {
        "tag": "Infeed.Motor.Run",
        "x": ["=Infeed.Motor.A + {n}.B", {"y": "Infeed.Motor"}],
        "z": 3,
        "f": True,
    }
    assert model.properties["tag"] == "{m}.Run"
