from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication

from projects.model import ElementModel, PropertyValue, Screen, ScreenLevel
from tags.model import Access, DataType, Tag, TagTable
from views.preview import PreviewSource
from views.style import THEMES, Theme, load_fonts, load_theme

MakeScreen = Callable[..., Screen]


@pytest.fixture
def fonts(qapp: QApplication) -> None:
    load_fonts()


@pytest.fixture(params=THEMES)
def theme(request: pytest.FixtureRequest, fonts: None) -> Theme:
    return load_theme(request.param)


@pytest.fixture
def light(fonts: None) -> Theme:
    return load_theme("light")


@pytest.fixture
def source() -> PreviewSource:
    """A small plant at rest; every value is held."""
    names: list[tuple[str, DataType, dict[str, object]]] = [
        (
            "Tank.Level",
            DataType.FLOAT64,
            {"unit": "%", "eu_low": 0.0, "eu_high": 100.0, "description": "Tank level"},
        ),
        (
            "Tank.SetPoint",
            DataType.FLOAT64,
            {"unit": "%", "eu_low": 20.0, "eu_high": 90.0, "access": Access.READ_WRITE},
        ),
        ("Pump.Running", DataType.BOOL, {"states": {0: "Stopped", 1: "Running"}}),
        ("Pump.Start", DataType.BOOL, {"access": Access.READ_WRITE}),
        ("Line.State", DataType.INT32, {"states": {2: "Stopped", 6: "Execute"}}),
        ("Line.Name", DataType.STRING, {}),
    ]
    tags = TagTable(Tag(row, path, kind, **more) for row, (path, kind, more) in enumerate(names))  # type: ignore[arg-type]
    found = PreviewSource(tags)
    found.put("Tank.Level", 40.0)
    found.put("Tank.SetPoint", 60.0)
    found.put("Pump.Running", True)
    found.put("Pump.Start", False)
    found.put("Line.State", 6)
    found.put("Line.Name", "Bottling")
    return found


@pytest.fixture
def make_screen() -> MakeScreen:
    """`make_screen(element, ...)`: a screen of 320 x 240 pixels."""

    def make(*elements: ElementModel, width: int = 320, height: int = 240) -> Screen:
        return Screen("test", "Test", ScreenLevel.UNIT, width, height, elements)

    return make


@pytest.fixture
def make_element() -> Callable[..., ElementModel]:
    def make(
        kind: str,
        element_id: str = "one",
        box: tuple[float, float, float, float] = (40, 40, 200, 160),
        **properties: PropertyValue,
    ) -> ElementModel:
        return ElementModel(element_id, kind, *box, properties)

    return make
