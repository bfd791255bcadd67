"""Trends, alarm lists, tiles, drawings and pictures on screens: what they show, ask for and refuse."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from historian.model import PixelSeries
from projects.model import ElementModel, Library, PropertyValue, Screen, ScreenLevel
from tags.clock import NS_PER_S
from tags.model import DataType, LogMode, LogPolicy, Tag, TagTable
from tags.roles import Role
from tags.status import StatusCode
from tests.support.fake_station import snapshot
from views.canvas import ScreenCanvas
from views.elements.alarm_rows import AlarmRows
from views.elements.base import AcknowledgeAction, AlarmAction
from views.elements.catalogue import ELEMENTS, create
from views.elements.image import Image
from views.elements.tiles import Oee
from views.elements.trend import Trend
from views.preview import START_NS, PreviewSource, paint, render
from views.quality import Mark
from views.samples import (
    MIXER,
    element_icon,
    sample_alarms,
    sample_library,
    sample_model,
    sample_scene,
    sample_source,
)
from views.scene import Scene
from views.style import Theme

SIZE = QSize(480, 260)
BAD = int(StatusCode.BadSensorFailure)


def one(kind: str, box=(0, 0, 480, 260), **properties: PropertyValue) -> Screen:
    model = ElementModel("one", kind, *box, properties)
    return Screen("main", "Main", ScreenLevel.UNIT, SIZE.width(), SIZE.height(), (model,))


@pytest.fixture
def plant() -> PreviewSource:
    log = LogPolicy(LogMode.CHANGE)
    tags = TagTable(
        [
            Tag(0, "Level", DataType.FLOAT64, unit="%", eu_low=0, eu_high=100, log=log),
            Tag(1, "Speed", DataType.FLOAT64, unit="rpm", eu_low=0, eu_high=3000, log=log),
            Tag(2, "Quiet", DataType.FLOAT64, unit="%", eu_low=0, eu_high=100),
            Tag(3, "Running", DataType.BOOL),
            Tag(4, "Name", DataType.STRING),
        ]
    )
    found = PreviewSource(tags)
    for path, value in (("Level", 50.0), ("Speed", 900.0), ("Quiet", 10.0), ("Running", True), ("Name", "A")):
        found.put(path, value)
    return found


def different(first: QImage, second: QImage) -> int:
    """How many pixels differ."""
    pixels = [np.frombuffer(image.constBits(), np.uint32) for image in (first, second)]
    return int((pixels[0] != pixels[1]).sum())


# Every kind


@pytest.mark.parametrize("kind", ELEMENTS, ids=lambda kind: kind.kind.type)
def test_every_kind_has_an_example_that_fits(kind, theme: Theme) -> None:
    scene = sample_scene(kind, theme)
    assert [element.problem for element in scene.elements if element.problem] == []
    assert any(isinstance(element, kind) for element in scene.elements)
    scene.look.overflows = {}
    empty = render(Screen("e", "E", ScreenLevel.UNIT, scene.screen.width, scene.screen.height, ()),
                   sample_source(), theme, QSize(scene.screen.width, scene.screen.height))  # fmt: skip
    assert different(paint(scene, QSize(scene.screen.width, scene.screen.height)), empty) > 40
    assert scene.look.overflows == {}


@pytest.mark.parametrize("kind", ELEMENTS, ids=lambda kind: kind.kind.type)
def test_every_kind_has_a_name_for_those_who_cannot_see_it(kind, light: Theme) -> None:
    element = create(sample_model(kind), sample_source().tags, sample_library())
    if kind.kind.type not in ("clock", "panel", "text"):
        assert element.accessible_name()


def test_the_icons_are_the_elements_themselves(light: Theme) -> None:
    icons = [element_icon(kind, light).pixmap(QSize(32, 32)).toImage() for kind in ELEMENTS[:4]]
    assert all(image.width() == 32 and different(image, icons[0]) for image in icons[1:])


# Trend


def trend(plant: PreviewSource, theme: Theme, **properties: PropertyValue) -> tuple[Scene, Trend]:
    scene = Scene(one("trend", **properties), plant, theme)
    (found,) = scene.trends
    return scene, found


def test_a_trend_draws_what_comes_and_leaves_a_gap_for_what_is_bad(plant, light: Theme) -> None:
    scene, found = trend(plant, light, pen1_tag="Level", seconds=60)
    pictures = []
    for second in range(60):
        now_ns = START_NS + second * NS_PER_S
        plant.source_ns[:] = now_ns
        bad = 20 <= second < 40
        plant.put("Level", None if bad else 50.0 + second / 10, BAD if bad else 0)
        assert 0 in scene.refresh(now_ns)
        pictures.append(paint(scene, SIZE))
    trace = found.pens[0].trace
    assert trace is not None
    assert set(trace.quality[20:60].tolist()) == {0}
    drawn = trace.quality < 2
    assert 0.25 < 1 - drawn[: len(drawn) * 58 // 60].mean() < 0.45
    assert different(pictures[0], pictures[-1]) > 100


def test_a_trend_asks_for_the_history_of_logged_tags_now_and_then(plant, light: Theme) -> None:
    _, found = trend(plant, light, pen1_tag="Level", pen2_tag="Quiet", pen3_tag="Speed", seconds=600)
    asked = found.due(START_NS)
    assert asked is not None
    assert (asked.paths, asked.end_ns - asked.start_ns) == (("Level", "Speed"), 600 * NS_PER_S)
    assert found.due(START_NS + NS_PER_S) is None
    assert found.due(START_NS + 31 * NS_PER_S) is not None
    found.ask_again(START_NS + 32 * NS_PER_S)
    assert found.due(START_NS + 32 * NS_PER_S) is not None


def test_a_trend_takes_history(plant, light: Theme) -> None:
    scene, found = trend(plant, light, pen1_tag="Level", seconds=600)
    scene.refresh(START_NS)
    before = paint(scene, SIZE)
    edges = np.linspace(START_NS - 600 * NS_PER_S, START_NS, 101).astype(np.int64)
    values = np.linspace(10, 90, 100)
    series = PixelSeries(
        "Level",
        edges,
        values,
        values,
        values,
        values,
        values,
        np.ones(100, np.int64),
        np.zeros(100, np.uint32),
    )
    found.take_history([series], START_NS)
    assert different(before, paint(scene, SIZE)) > 200


def test_pens_of_different_ranges_share_an_axis_of_per_cent(plant, light: Theme) -> None:
    assert trend(plant, light, pen1_tag="Level", pen2_tag="Speed")[1].scales.is_normalised
    assert not trend(plant, light, pen1_tag="Level", pen2_tag="Quiet")[1].scales.is_normalised
    scene, found = trend(plant, light, pen1_tag="Level", low=20, high=80)
    paint(scene, SIZE)
    assert (found.pens[0].low, found.pens[0].high) == (20, 80)


def test_a_canvas_asks_for_its_trends_and_hands_them_the_answer(qtbot, plant, light: Theme) -> None:
    asked = []
    canvas = ScreenCanvas(one("trend", pen1_tag="Level"), plant, light)
    qtbot.addWidget(canvas)
    canvas.set_history(lambda *request: asked.append(request))
    canvas.refresh(START_NS)
    assert asked == []
    canvas.show()
    canvas.refresh(START_NS)
    ((paths, start_ns, end_ns, columns, answer),) = asked
    assert (list(paths), end_ns, end_ns - start_ns) == (["Level"], START_NS, 600 * NS_PER_S)
    assert columns == 480
    answer(None, "no station")
    answer([], "")


@pytest.mark.parametrize("kind", ["trend", "image"])
def test_what_is_painted_by_device_pixels_lies_in_place_in_any_window(qtbot, light: Theme, kind: str) -> None:
    found = next(one for one in ELEMENTS if one.kind.type == kind)
    scene = sample_scene(found, light)
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(700, 500)
    canvas = ScreenCanvas(scene.screen, sample_source(), light, window, sample_library())
    canvas.scene = scene
    canvas.setMinimumSize(1, 1)
    canvas.setGeometry(130, 90, scene.screen.width, scene.screen.height)
    window.show()
    alone = paint(scene, QSize(scene.screen.width, scene.screen.height))

    def shown() -> QImage:
        # What is in the window itself: a widget that is grabbed is painted apart, without its place.
        whole = window.screen().grabWindow(window.winId()).toImage().convertToFormat(alone.format())
        return whole.copy(canvas.geometry())

    qtbot.waitUntil(lambda: not shown().isNull())
    qtbot.waitUntil(lambda: different(alone, shown()) == 0)


# Alarm list


def test_a_trend_is_painted_in_its_place_wherever_the_canvas_lies(qtbot, plant, light: Theme) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(700, 400)
    canvas = ScreenCanvas(
        one("trend", (20, 10, 400, 200), pen1_tag="Level", seconds=60), plant, light, window
    )
    canvas.setGeometry(120, 90, 480, 260)
    window.show()
    for second in range(30):
        plant.put("Level", 20.0 + 2 * second)
        canvas.refresh(START_NS + second * NS_PER_S)
    alone = canvas.grab().toImage()
    within = window.grab(canvas.geometry()).toImage()
    assert different(alone, within) == 0


def alarms(light: Theme, *, height: int = 260, **properties: PropertyValue) -> tuple[Scene, AlarmRows]:
    screen = one("alarm_list", box=(0, 0, 480, height), **properties)
    scene = Scene(screen, sample_source(), light)
    scene.set_alarm_rows({row.alarm_id: row for row in sample_alarms()})
    scene.set_alarms({})
    found = scene.elements[0]
    assert isinstance(found, AlarmRows)
    return scene, found


def test_an_alarm_list_has_its_part_of_the_plant_in_the_operator_s_order(light: Theme) -> None:
    scene, found = alarms(light)
    assert [row.alarm_id for row in found.rows(scene.look)] == ["A0", "A1", "A2"]
    for path, area, count in (("Tank", "", 3), ("Tan", "", 0), ("", "Filling", 3), ("", "Capping", 0)):
        scene, found = alarms(light, path=path, area=area)
        assert len(found.rows(scene.look)) == count
    scene, found = alarms(light, rows_only_unacknowledged=True)
    assert [row.alarm_id for row in found.rows(scene.look)] == ["A0"]


def test_a_press_on_a_row_asks_for_its_alarm(light: Theme) -> None:
    scene, found = alarms(light, label="Alarms")
    paint(scene, SIZE)
    assert found.action_at(QPointF(50, 28 + 28 + 5)) == AlarmAction("A1")
    assert found.action_at(QPointF(50, 10)) is None
    assert found.action_at(QPointF(50, 250)) is None
    assert found.action() == AlarmAction("A0")


def test_alarms_that_do_not_fit_are_counted(light: Theme) -> None:
    scene, found = alarms(light, height=60)
    assert len(found.places(scene.look)) == 1
    scene.look.overflows = {}
    paint(scene, SIZE)
    assert scene.look.overflows == {}


def test_a_canvas_passes_the_press_on(qtbot, light: Theme) -> None:
    canvas = ScreenCanvas(one("alarm_list"), sample_source(), light)
    qtbot.addWidget(canvas)
    canvas.resize(SIZE)
    canvas.show()
    canvas.set_alarm_rows({row.alarm_id: row for row in sample_alarms()})
    canvas.set_alarm_states({})
    canvas.grab()
    with qtbot.waitSignal(canvas.alarm_requested) as asked:
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPointF(60, 40).toPoint())
    assert asked.args == ["A1"]


def listed(qtbot, light: Theme) -> ScreenCanvas:
    """A canvas with a list that acknowledges."""
    canvas = ScreenCanvas(one("alarm_list", acknowledge=True), sample_source(), light)
    qtbot.addWidget(canvas)
    canvas.resize(SIZE)
    canvas.show()
    canvas.set_alarm_rows({row.alarm_id: row for row in sample_alarms()})
    canvas.set_alarm_states({})
    canvas.grab()
    return canvas


def test_an_alarm_is_acknowledged_as_it_was_seen_where_that_is_asked_for(qtbot, light: Theme) -> None:
    canvas = listed(qtbot, light)
    (found,) = canvas.scene.elements
    assert isinstance(found, AlarmRows)
    boxes = [(box, found.button(box, row)) for box, row in found.places(canvas.scene.look)]
    assert [button is not None for _, button in boxes] == [True, False, False], "only what nobody has seen"
    button = boxes[0][1]
    assert button is not None
    assert min(button.width(), button.height()) >= 24
    with qtbot.waitSignal(canvas.acknowledge_requested) as asked:
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=button.center().toPoint())
    assert asked.args == ["A0", "E0"]
    with qtbot.waitSignal(canvas.alarm_requested):
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=boxes[0][0].center().toPoint())
    _, plain = alarms(light)
    assert plain.button(boxes[0][0], sample_alarms()[0]) is None


def test_who_may_not_acknowledge_is_told_why_and_may_still_look(qtbot, light: Theme) -> None:
    canvas = listed(qtbot, light)
    (found,) = canvas.scene.elements
    action = AcknowledgeAction("A0", "E0")
    assert found.refusal(action, canvas.scene.look) == ""
    canvas.set_role(Role.VIEWER)
    assert "acknowledge alarms" in found.refusal(action, canvas.scene.look)
    assert found.refusal(AlarmAction("A0"), canvas.scene.look) == ""
    canvas.set_role(Role.OPERATOR)
    assert found.refusal(action, canvas.scene.look) == ""
    canvas.set_locked("The past cannot be changed.")
    with qtbot.assertNotEmitted(canvas.acknowledge_requested):
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPointF(480 - 18, 14).toPoint())
    assert found.refusal(action, canvas.scene.look) == "The past cannot be changed."


def test_the_keyboard_goes_through_rows_and_buttons(qtbot, light: Theme) -> None:
    canvas = listed(qtbot, light)
    (found,) = canvas.scene.elements
    canvas.setFocus()
    canvas.focusNextPrevChild(True)
    assert found.action() == AlarmAction("A0")
    told = [found.accessible_name()]
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    told.append(found.accessible_name())
    with qtbot.waitSignal(canvas.acknowledge_requested) as asked:
        qtbot.keyClick(canvas, Qt.Key.Key_Space)
    assert asked.args == ["A0", "E0"]
    qtbot.keyClick(canvas, Qt.Key.Key_Down)
    assert found.action() == AlarmAction("A1")
    assert found.focus_rect() == found.places(canvas.scene.look)[1][0]
    told.append(found.accessible_name())
    assert told == ["Alarms, Tank level high", "Alarms, Acknowledge: Tank level high",
                    "Alarms, Tank level above set point"]  # fmt: skip
    for _ in range(9):
        qtbot.keyClick(canvas, Qt.Key.Key_Up)
    assert found.action() == AlarmAction("A0")
    canvas.set_alarm_rows({})
    canvas.set_alarm_states({})
    canvas.grab()
    assert found.action() is None
    qtbot.keyClick(canvas, Qt.Key.Key_Return)


# OEE


def oee(plant: PreviewSource, theme: Theme, **properties: PropertyValue) -> Oee:
    scene = Scene(one("oee", **properties), plant, theme)
    found = scene.elements[0]
    assert isinstance(found, Oee)
    return found


def test_the_whole_is_the_product_unless_it_is_given(plant, light: Theme) -> None:
    assert oee(plant, light, availability="=Level", performance=80, quality=90).whole()[0] == pytest.approx(
        36
    )
    assert oee(plant, light, availability=90, performance=80, quality=90, oee="=Level").whole()[0] == 50


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("oee", {"availability": 90, "performance": 80, "quality": 70}),
        ("energy", {"label": "E"}),
        ("trend", {}),
    ],
)
def test_a_tile_of_fixed_values_is_painted_too(plant, light: Theme, kind: str, properties) -> None:
    empty = render(Screen("e", "E", ScreenLevel.UNIT, 480, 260, ()), plant, light, SIZE)
    assert different(render(one(kind, **properties), plant, light, SIZE), empty) > 100


def test_without_one_factor_there_is_no_whole(plant, light: Theme) -> None:
    plant.put("Level", None, BAD)
    found = oee(plant, light, availability="=Level", performance=80, quality=90)
    assert np.isnan(found.whole()[0])
    assert found.whole()[1] == BAD
    assert found.accessible_name() == "OEE, ----"


# Drawings and pictures

PARTS: dict[str, PropertyValue] = {"liquid": {"level": "=Level / 100"}}
LIBRARY = Library(pictures={"symbols/mixer.svg": MIXER, "images/broken.png": b"\x89PNG\r\n\x1a\nno"})


def drawn(plant, theme: Theme, parts: PropertyValue) -> Scene:
    return Scene(one("drawing", file="symbols/mixer.svg", parts=parts), plant, theme, LIBRARY)


def test_a_part_is_filled_up_to_its_level(plant, light: Theme) -> None:
    scene = drawn(plant, light, PARTS)
    areas = []
    for level in (0.0, 50.0, 100.0, 250.0):
        plant.put("Level", level)
        scene.refresh(1)
        image = paint(scene, SIZE)
        pixels = np.frombuffer(image.constBits(), np.uint32) & 0xFFFFFF
        areas.append(int((pixels == 0x99AABB).sum()))
    assert areas[0] < 400
    assert areas[1] == pytest.approx(areas[2] / 2, rel=0.2)
    assert areas[2] == areas[3]


def test_a_part_is_shown_and_filled_by_what_it_follows(plant, light: Theme) -> None:
    parts: dict[str, PropertyValue] = {
        "motor": {"fill": "='running' if Running else 'stopped'"},
        "blade": {"visible": "=Running"},
    }
    scene = drawn(plant, light, parts)
    running = paint(scene, SIZE)
    plant.put("Running", False)
    assert scene.refresh(1) == [0]
    assert different(running, paint(scene, SIZE)) > 300


def test_a_role_that_does_not_exist_is_marked_and_painted_as_unknown(plant, light: Theme) -> None:
    scene = drawn(plant, light, {"motor": {"fill": "='purple' if Running else 'stopped'"}})
    assert scene.elements[0].mark is Mark.BAD
    plant.put("Running", False)
    scene.refresh(1)
    assert scene.elements[0].mark is Mark.NONE


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"parts": {"lid": {"visible": True}}}, "no part 'lid'"),
        ({"parts": {"liquid": {"turn": 3}}}, "expected parts such as"),
        ({"parts": {"liquid": {"fill": "purple"}}}, "expected one of"),
        ({"parts": {"liquid": {"level": "=Nowhere"}}}, "Nowhere"),
        ({"parts": "liquid"}, "expected parts such as"),
        ({"file": "symbols/mixr.svg"}, "did you mean symbols/mixer.svg?"),
        ({"file": ""}, "expected a picture of the project"),
    ],
)
def test_a_drawing_that_cannot_be_shown_says_why(plant, light: Theme, properties, expected: str) -> None:
    model = one("drawing", **{"file": "symbols/mixer.svg", **properties})
    scene = Scene(model, plant, light, LIBRARY)
    assert expected in scene.elements[0].problem


def test_an_image_that_cannot_be_read_says_why(plant, light: Theme) -> None:
    scene = Scene(one("image", file="images/broken.png"), plant, light, LIBRARY)
    assert "is no PNG picture" in scene.elements[0].problem


@pytest.mark.parametrize(
    ("fit", "box"),
    [
        ("contain", (53.333, 0, 373.333, 240)),
        ("stretch", (0, 0, 480, 240)),
        ("actual", (100, 30, 280, 180)),
    ],
)
def test_an_image_fills_its_box_as_it_is_told(light: Theme, fit: str, box) -> None:
    screen = one("image", box=(0, 0, 480, 240), file="images/plan.png", fit=fit)
    scene = Scene(screen, sample_source(), light, sample_library())
    found = scene.elements[0]
    assert isinstance(found, Image)
    assert found.place().getRect() == pytest.approx(box, abs=0.01)


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
def test_an_image_in_its_own_size_is_copied_pixel_by_pixel(light: Theme, ratio: float) -> None:
    width, height = round(280 / ratio), round(180 / ratio)
    model = ElementModel("one", "image", 0, 0, 280 / ratio, 180 / ratio, {"file": "images/plan.png"})
    screen = Screen("main", "Main", ScreenLevel.UNIT, width, height, (model,))
    library = sample_library()
    scene = Scene(screen, sample_source(), light, library)
    image = paint(scene, QSize(width, height), ratio=ratio)
    own = QImage.fromData(library.pictures["images/plan.png"]).convertToFormat(QImage.Format.Format_RGB32)
    cut = own.copy(0, 0, min(own.width(), image.width()), min(own.height(), image.height()))
    image.setDevicePixelRatio(1)
    assert different(image.copy(cut.rect()), cut) < cut.width() * 4


# Values that a property cannot hold


def test_a_property_whose_expression_comes_to_another_type_is_bad(plant, light: Theme) -> None:
    for properties in (
        {"tag": "Level", "high": "=Name"},
        {"tag": "Level", "normal_low": "=1 / (Quiet - Quiet)"},
    ):
        scene = Scene(one("bar", **properties), plant, light)
        assert scene.elements[0].mark is Mark.BAD
        assert "BadTypeMismatch" in str(scene.elements[0].properties.status) or scene.elements[0].mark
    scene = Scene(one("rectangle", fill="=Name"), plant, light)
    assert scene.elements[0].mark is Mark.BAD
    plant.put("Name", "running")
    scene.refresh(1)
    assert scene.elements[0].mark is Mark.NONE


def test_a_long_message_of_an_alarm_list_takes_two_lines_while_there_is_room(light: Theme) -> None:
    long = "Product tank level very high, overflow near, and the refill valve does not close"

    def listed(height: int) -> tuple[Scene, AlarmRows]:
        scene = Scene(one("alarm_list", box=(0, 0, 360, height)), sample_source(), light)
        rows = [snapshot("A", message=long, active_ns=2), snapshot("B", message="Short", active_ns=1)]
        scene.set_alarm_rows({row.alarm_id: row for row in rows})
        scene.set_alarms({})
        found = scene.elements[0]
        assert isinstance(found, AlarmRows)
        return scene, found

    scene, found = listed(200)
    (first, one_row), (second, other) = found.places(scene.look)
    assert (one_row.alarm_id, other.alarm_id) == ("A", "B")
    assert first.height() > second.height()
    assert second.top() == first.bottom()
    assert found.action_at(second.center()) == AlarmAction("B")
    assert found.action_at(first.center()) == AlarmAction("A")
    assert found.action_at(QPointF(10, second.bottom() + 40)) is None
    scene, found = listed(60)
    heights = {box.height() for box, _ in found.places(scene.look)}
    assert len(heights) == 1, "no room for a second line"


def test_a_full_alarm_list_shows_its_first_rows_whole_and_counts_the_rest(light: Theme) -> None:
    long = "Product tank level very high, overflow near, and the refill valve does not close"
    scene = Scene(one("alarm_list", box=(0, 0, 360, 290)), sample_source(), light)
    rows = [snapshot(f"A{row}", message=long, active_ns=100 - row) for row in range(14)]
    scene.set_alarm_rows({row.alarm_id: row for row in rows})
    scene.set_alarms({})
    scene.look.overflows = {}
    found = scene.elements[0]
    places = found.places(scene.look)
    assert 5 <= len(places) < 10
    assert places[-1][0].bottom() + 28 <= found.rect.bottom(), "the rest is counted below"
    assert [box.height() for box, _ in places] == sorted((box.height() for box, _ in places), reverse=True)
    assert places[0][0].height() > 28
    few = Scene(one("alarm_list", box=(0, 0, 360, 96)), sample_source(), light)
    few.set_alarm_rows({row.alarm_id: row for row in rows[:3]})
    few.set_alarms({})
    assert len(few.elements[0].places(few.look)) == 3, "three alarms are three rows, however long"


def test_a_message_is_broken_into_three_lines_at_most(light: Theme) -> None:
    scene = Scene(one("alarm_list", box=(0, 0, 300, 200)), sample_source(), light)
    scene.set_alarm_rows({"A": snapshot("A", message="tank level very high " * 8)})
    scene.set_alarms({})
    ((box, _),) = scene.elements[0].places(scene.look)
    assert box.height() == 28 + 2 * 18
