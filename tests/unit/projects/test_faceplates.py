import json

import pytest

from projects.faceplates import FaceplateError, arguments_of, filled
from projects.files import analyse, parse
from projects.model import ElementModel, Project, Screen, ScreenLevel
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


def plate(*elements: ElementModel, height: int = 200) -> Screen:
    return Screen("p", "P", ScreenLevel.DETAIL, 100, height, elements)


def test_names_in_braces_are_filled_wherever_they_are_and_others_stay() -> None:
    model = ElementModel(
        "a", "table", 0, 0, 9, 9, {"tag": "{m}.Run", "x": ["={m}.A + {n}.B", {"y": "{m}"}], "z": 3, "f": True}
    )
    (found,) = filled(plate(model), {"m": "Infeed.Motor"}, lambda _: True).elements
    assert found.properties == {
        "tag": "Infeed.Motor.Run",
        "x": ["=Infeed.Motor.A + {n}.B", {"y": "Infeed.Motor"}],
        "z": 3,
        "f": True,
    }
    assert model.properties["tag"] == "{m}.Run"


def test_descriptions_stand_for_parts() -> None:
    model = ElementModel(
        "a", "text", 0, 0, 9, 9, {"text": "{m:description} {m.Run:description} {n:description}"}
    )
    texts = {"M1": "Mixer", "M1.Run": "Mixer runs"}
    (found,) = filled(plate(model), {"m": "M1"}, lambda _: True, texts.__getitem__).elements
    assert found.properties["text"] == "Mixer Mixer runs {n:description}"


def box(name: str, y: float, h: float, needs: str = "") -> ElementModel:
    return ElementModel(name, "value", 0, y, 100, h, {"needs": needs} if needs else {})


@pytest.mark.parametrize(
    ("elements", "places", "height"),
    [
        # A row in the middle goes with its own space; the distance of the others stays.
        ([box("a", 8, 32), box("b", 48, 32, "{m}.X"), box("c", 88, 32)], {"a": 8, "c": 48}, 88),
        # Half a row stays where it is.
        ([box("a", 8, 32, "{m}.X"), box("b", 8, 32), box("c", 48, 32)], {"b": 8, "c": 48}, 128),
        # The margin below the last row stays.
        ([box("a", 8, 32), box("b", 48, 32), box("c", 80, 40, "{m}.X")], {"a": 8, "b": 48}, 88),
        # Rows that touch, and two that go at once.
        (
            [box("a", 0, 32), box("b", 32, 32, "{m}.X"), box("c", 64, 24, "{m}.Y"), box("d", 96, 24)],
            {"a": 0, "d": 40},
            72,
        ),
        ([box("a", 8, 32, "{m}.Run {m}.X"), box("b", 48, 32)], {"b": 8}, 88),
    ],
)
def test_what_an_instance_lacks_leaves_no_hole(
    elements: list[ElementModel], places: dict[str, float], height: int
) -> None:
    found = filled(plate(*elements, height=128), {"m": "M"}, lambda path: path == "M.Run")
    assert {one.id: one.y for one in found.elements} == places
    assert found.height == height
    assert all("needs" not in one.properties for one in found.elements)
