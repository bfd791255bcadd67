"""Elements whose expressions are evaluated together hold what each would hold alone."""

import math

import numpy as np
import pytest

from projects.model import ElementModel, Screen, ScreenLevel
from tags.model import DataType, Tag, TagTable
from tags.status import StatusCode
from views.elements.base import Element
from views.elements.catalogue import create
from views.preview import PreviewSource
from views.scene import Scene
from views.style import load_theme

COUNT = 12
TAGS = TagTable(
    [
        *[Tag(row, f"Level{row}", DataType.FLOAT64, decimals=1) for row in range(COUNT)],
        *[Tag(COUNT + row, f"On{row}", DataType.BOOL) for row in range(COUNT)],
    ]
)
VALUES = [0.0, 81.0, 79.9, 80.0, -1.0, 120.0, math.inf, 2.0**60]
STATUSES = [
    0,
    0,
    0,
    0,
    StatusCode.UncertainLastUsableValue,
    StatusCode.BadNotConnected,
    StatusCode.GoodLocalOverride,
]


def zone(row: int, **more: object) -> ElementModel:
    given = {"fill": f"='limit_zone' if Level{row} > {80 + row % 3} else 'panel'", **more}
    return ElementModel(f"e{row}", "rectangle", row * 20, 0, 16, 16, given)


def scene_of(models: list[ElementModel], source: PreviewSource) -> Scene:
    screen = Screen("s", "S", ScreenLevel.UNIT, 400, 100, tuple(models))
    return Scene(screen, source, load_theme("light"))


def alone(element: Element, source: PreviewSource) -> Element:
    made = create(element.model, source.tags)
    made.properties.evaluate(source)
    return made


@pytest.mark.parametrize("seed", range(4))
def test_results_are_those_of_each_alone(qapp: object, seed: int) -> None:
    source, random = PreviewSource(TAGS), np.random.default_rng(seed)
    scene = scene_of([zone(row, visible=f"=not On{row}") for row in range(COUNT)], source)
    assert scene._expressions.is_member.all()
    for _ in range(30):
        for tag in random.choice(COUNT * 2, 5):
            is_switch = TAGS[int(tag)].data_type is DataType.BOOL
            value = bool(random.integers(2)) if is_switch else float(random.choice(VALUES))
            source.put(TAGS[int(tag)].path, value, int(random.choice(STATUSES)))
        scene.refresh(1)
        for element in scene.elements:
            expected = alone(element, source)
            for name in ("fill", "visible"):
                found = element.properties.evaluated(name)
                assert found.value == expected.properties.evaluated(name).value
                assert found.status == expected.properties.evaluated(name).status
            assert element.properties.status == expected.properties.status
            assert element.mark is expected.mark


def test_only_new_results_are_painted_again(qapp: object) -> None:
    source = PreviewSource(TAGS)
    for row in range(COUNT):
        source.put(f"Level{row}", 10.0)
    scene = scene_of([zone(row) for row in range(COUNT)], source)
    scene.refresh(1)
    for row in range(COUNT):
        source.put(f"Level{row}", 95.0 if row == 7 else 20.0)
    assert scene.refresh(2) == [7]
    source.put("Level7", 96.0)
    assert scene.refresh(3) == []
    source.put("Level3", None, int(StatusCode.BadSensorFailure))
    assert scene.refresh(4) == [3]


def test_few_alike_and_those_that_follow_a_tag_too_are_evaluated_alone(qapp: object) -> None:
    source = PreviewSource(TAGS)
    few = scene_of([zone(row) for row in range(5)], source)
    assert not few._expressions.is_member.any()
    lamps = [
        ElementModel(
            f"l{row}", "lamp", row * 20, 0, 16, 16, {"tag": f"On{row}", "visible": f"=Level{row} > 1"}
        )
        for row in range(COUNT)
    ]
    mixed = scene_of([*[zone(row) for row in range(COUNT)], *lamps], source)
    assert mixed._expressions.is_member.tolist() == [True] * COUNT + [False] * COUNT
