"""Numbers painted from columns look like those painted one by one, whatever their value and status."""

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from projects.model import Screen, ScreenLevel
from tags.model import DataType, Tag, TagTable
from tags.status import StatusCode
from views.language import LANGUAGE, SOURCE_LANGUAGE
from views.preview import PreviewSource, paint
from views.scene import Scene
from views.style import Theme

SIZE = QSize(320, 240)


def pixels(image: QImage) -> np.ndarray:
    found = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)
    return found[:, : image.width(), :3].astype(int)


def both_ways(screen: Screen, source: PreviewSource, theme: Theme, size: QSize = SIZE, ratio: float = 1.0):
    """Return the picture painted by columns and the one painted element by element."""
    scene = Scene(screen, source, theme)
    assert scene.columns
    by_column = paint(scene, size, ratio=ratio)
    plain = Scene(screen, source, theme)
    plain.columns = ()
    plain._is_column[:] = False
    plain._single_rows = plain.live_rows
    for element in plain.elements:  # what a column paints is evaluated by the column
        plain.evaluate(element)
    return by_column, paint(plain, size, ratio=ratio)


@pytest.mark.parametrize(
    ("value", "status"),
    [
        (0.0, 0),
        (41.26, 0),
        (-0.04, 0),
        (-7.5, 0),
        (999.95, 0),
        (1234.5, 0),
        (12345.6, 0),
        (-9876543.2, 0),
        (41.2, StatusCode.UncertainSubNormal),
        (None, StatusCode.BadSensorFailure),
        (None, StatusCode.BadNoData),
        (None, StatusCode.BadNotConnected),
        (None, StatusCode.BadWaitingForInitialData),
    ],
)
def test_columns_paint_what_elements_paint(
    value: float | None, status: int, theme: Theme, source: PreviewSource, make_screen, make_element
) -> None:
    source.put("Tank.Level", value, int(status))
    screen = make_screen(make_element("value", box=(20, 40, 280, 40), tag="Tank.Level", label="Level"))
    by_column, by_element = both_ways(screen, source, theme)
    assert ink(by_column, theme) == pytest.approx(ink(by_element, theme), rel=0.06, abs=30)
    left, right = edges(by_column, theme), edges(by_element, theme)
    assert left == pytest.approx(right, abs=2.5), "the text starts and ends at the same places"


def test_columns_are_painted_in_the_language_that_the_window_has_now(
    light: Theme, source: PreviewSource, make_screen, make_element
) -> None:
    screen = make_screen(make_element("value", box=(20, 40, 280, 40), tag="Tank.Level"))
    scene = Scene(screen, source, light)
    for value, status in ((41.2, 0), (None, int(StatusCode.BadNoData))):
        source.put("Tank.Level", value, status)
        scene.refresh(1)
        paint(scene, SIZE)
        LANGUAGE.use("fr")
        try:
            shown = paint(scene, SIZE)
            fresh = paint(Scene(screen, source, light), SIZE)
        finally:
            LANGUAGE.use(SOURCE_LANGUAGE)
        assert (pixels(shown) == pixels(fresh)).all()


def ink(image: QImage, theme: Theme) -> float:
    """How much is painted in all: the difference from the ground, in full pixels."""
    ground = theme.background
    return float(np.abs(pixels(image) - [ground.blue(), ground.green(), ground.red()]).sum() / 500)


def edges(image: QImage, theme: Theme) -> tuple[float, ...]:
    """The box around all that is painted."""
    ground = theme.background
    differs = np.abs(pixels(image) - [ground.blue(), ground.green(), ground.red()]).sum(axis=2) > 60
    rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
    return float(rows[0]), float(rows[-1]), float(columns[0]), float(columns[-1])


@pytest.mark.parametrize(("size", "ratio"), [((320, 240), 2.0), ((500, 300), 1.0), ((201, 333), 1.25)])
def test_columns_keep_their_place_at_any_scale(
    size: tuple[int, int], ratio: float, light: Theme, source: PreviewSource, make_screen, make_element
) -> None:
    screen = make_screen(make_element("value", box=(20, 40, 280, 40), tag="Tank.Level", size="display"))
    by_column, by_element = both_ways(screen, source, light, QSize(*size), ratio)
    assert edges(by_column, light) == pytest.approx(edges(by_element, light), abs=3.5)


def test_number_beyond_what_a_double_holds_is_still_shown(light: Theme, make_element) -> None:
    tags = TagTable([Tag(0, "Big", DataType.FLOAT64)])
    source = PreviewSource(tags)
    source.put("Big", 1.5e30)
    screen = Screen("s", "S", ScreenLevel.UNIT, 320, 240, (make_element("value", tag="Big"),))
    scene = Scene(screen, source, light)
    assert ink(paint(scene, SIZE), light) > 20
    source.put("Big", 1.0)
    scene.refresh(1)
    assert ink(paint(scene, SIZE), light) > 1


def test_only_numbers_whose_text_changes_are_painted_again(
    light: Theme, source: PreviewSource, make_screen, make_element
) -> None:
    scene = Scene(make_screen(make_element("value", tag="Tank.Level", decimals=0)), source, light)
    source.put("Tank.Level", 40.3)
    assert scene.refresh(1) == []
    source.put("Tank.Level", 41.0)
    assert scene.refresh(2) == [0]
    source.put("Tank.Level", 41.0, int(StatusCode.UncertainSubNormal))
    assert scene.refresh(3) == [0]


def test_number_below_another_element_keeps_its_place(
    light: Theme, source: PreviewSource, make_screen, make_element
) -> None:
    number = make_element("value", box=(40, 40, 200, 40), tag="Tank.Level")
    cover = make_element("rectangle", "two", (0, 0, 320, 240), fill="panel", line_width=0)
    scene = Scene(make_screen(number, cover), source, light)
    image = paint(scene, SIZE)
    seen = {image.pixelColor(x, y).name() for x in range(0, 320, 3) for y in range(0, 240, 3)}
    assert seen == {light.panel.name()}


def test_number_below_a_live_element_is_not_painted_by_a_column(
    light: Theme, source: PreviewSource, make_screen, make_element
) -> None:
    number = make_element("value", box=(40, 40, 200, 40), tag="Tank.Level")
    tank = make_element("tank", "two", (40, 20, 200, 160), tag="Tank.Level")
    assert Scene(make_screen(number), source, light).columns
    assert not Scene(make_screen(number, tank), source, light).columns


@pytest.mark.parametrize("status", [0, StatusCode.UncertainSubNormal, StatusCode.BadSensorFailure])
@pytest.mark.parametrize(
    ("value", "is_vertical"), [(-5.0, False), (40.0, False), (40.0, True), (130.0, True)]
)
def test_bars_by_column_are_those_painted_one_by_one(
    value: float,
    is_vertical: bool,
    status: int,
    theme: Theme,
    source: PreviewSource,
    make_screen,
    make_element,
) -> None:
    source.put("Tank.Level", None if status >> 31 else value, int(status))
    bar = make_element("bar", box=(20, 40, 120, 80), tag="Tank.Level", vertical=is_vertical, normal_high=60)
    for ratio in (1.0, 1.5, 2.0):
        by_column, by_element = both_ways(make_screen(bar), source, theme, ratio=ratio)
        assert np.abs(pixels(by_column) - pixels(by_element)).max() <= 3


@pytest.mark.parametrize(
    ("value", "status"),
    [
        (True, 0),
        (False, 0),
        (True, StatusCode.UncertainSubNormal),
        (None, StatusCode.BadSensorFailure),
        (None, StatusCode.BadNoData),
        (None, StatusCode.BadNotConnected),
        (None, StatusCode.BadWaitingForInitialData),
    ],
)
@pytest.mark.parametrize("kind", ["lamp", "motor", "valve", "sensor"])
def test_states_by_column_are_those_painted_one_by_one(
    kind: str, value: bool | None, status: int, theme: Theme, source: PreviewSource, make_screen, make_element
) -> None:
    source.put("Pump.Running", value, int(status))
    boxes = [(8 + 72 * (row % 4), 8 + 96 * (row // 4), 64, 88) for row in range(8)]
    alike = [make_element(kind, f"e{row}", box, tag="Pump.Running") for row, box in enumerate(boxes)]
    by_column, by_element = both_ways(make_screen(*alike), source, theme)
    assert np.abs(pixels(by_column) - pixels(by_element)).max() <= 8


def test_few_alike_and_those_below_others_are_painted_one_by_one(
    light: Theme, source: PreviewSource, make_screen, make_element
) -> None:
    few = [
        make_element("motor", f"e{row}", (8 + 72 * row, 8, 64, 88), tag="Pump.Running") for row in range(3)
    ]
    assert Scene(make_screen(*few), source, light).columns == ()
    states = [
        make_element("multistate", f"e{row}", (8, 8 + 28 * row, 120, 24), tag="Pump.Running")
        for row in range(8)
    ]
    value = make_element("value", "number", (8, 8, 120, 24), tag="Tank.Level")
    aside = make_element("value", "aside", (160, 8, 120, 24), tag="Tank.Level")
    scene = Scene(make_screen(value, aside, *states), source, light)
    assert [column.rows.tolist() for column in scene.columns] == [list(range(2, 10)), [1]], (
        "columns would paint the number that lies below above the state"
    )


@pytest.mark.parametrize(("size", "ratio"), [((320, 240), 1.0), ((500, 300), 2.0), ((201, 333), 1.25)])
@pytest.mark.parametrize("align", ["left", "center", "right"])
@pytest.mark.parametrize(
    ("expression", "value", "status"),
    [
        ("text({})", -1234.5, 0),
        ("text({})", 0.0, StatusCode.UncertainSubNormal),
        ("{} * 2.5", 41.2, 0),
        ("text({}) + ' kg'", 41.2, 0),
        ("'Mélange prêt' if {} > 1 else 'À vide'", 4.0, 0),
        ("text({})", 123456789012.0, 0),
        ("text({})", None, StatusCode.BadNotConnected),
    ],
)
def test_texts_by_column_are_those_painted_one_by_one(
    expression: str,
    value: float | None,
    status: int,
    align: str,
    size: tuple[int, int],
    ratio: float,
    light: Theme,
    source: PreviewSource,
    make_screen,
    make_element,
) -> None:
    source.put("Tank.Level", value, int(status))
    text = "=" + expression.format("Tank.Level")
    boxes = [(10 + 150 * (row % 2), 10 + 50 * (row // 2), 100, 30) for row in range(8)]
    made = [
        make_element("text", f"e{row}", box, text=text, align=align, size="value")
        for row, box in enumerate(boxes)
    ]
    by_column, by_element = both_ways(make_screen(*made), source, light, QSize(*size), ratio)
    assert ink(by_column, light) == pytest.approx(ink(by_element, light), rel=0.06, abs=30)
    assert edges(by_column, light) == pytest.approx(edges(by_element, light), abs=2.5)


def test_texts_of_columns_that_are_cut_are_told(
    light: Theme, source: PreviewSource, make_screen, make_element
) -> None:
    source.put("Tank.Level", 123456.5)
    for text in ("=text(Tank.Level)", "='much too long' if Tank.Level > 0 else ''"):
        made = [
            make_element("text", f"e{row}", (10, 10 + 24 * row, 24 if row == 3 else 300, 20), text=text)
            for row in range(8)
        ]
        scene = Scene(make_screen(*made), source, light)
        assert len(scene.columns) == 1
        scene.look.overflows = {}
        paint(scene, SIZE)
        assert set(scene.look.overflows) == {"e3"}


def test_only_computed_texts_that_change_are_painted_again(
    light: Theme, source: PreviewSource, make_screen, make_element
) -> None:
    source.put("Tank.Level", 40.0)
    made = [
        make_element("text", f"e{row}", (10, 10 + 24 * row, 300, 20), text=f"=Tank.Level > {row * 10}.0")
        for row in range(8)
    ]
    scene = Scene(make_screen(*made), source, light)
    scene.refresh(1)
    source.put("Tank.Level", 45.0)
    assert scene.refresh(2) == [4]
