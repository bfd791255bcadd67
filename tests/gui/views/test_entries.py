"""Selector, slider, bit field, table, clock, control valve and pipe: what they show and what they ask for."""

from datetime import datetime

import pytest
from PySide6.QtCore import QPoint, QPointF, QSize, Qt

from tags.clock import NS_PER_S
from tags.model import Access, DataType, Tag, TagTable
from tags.status import StatusCode
from views.canvas import ScreenCanvas
from views.elements.base import Care, EditAction, Look, WriteAction
from views.elements.choice import Selector, Slider
from views.elements.tables import Clock
from views.preview import START_NS, PreviewSource, paint
from views.scene import Scene
from views.style import Theme

SIZE = QSize(320, 240)


@pytest.fixture
def plant() -> PreviewSource:
    tags = TagTable(
        [
            Tag(0, "Mode", DataType.INT32, states={0: "Off", 1: "Hand", 2: "Auto"}, access=Access.READ_WRITE),
            Tag(1, "Speed", DataType.FLOAT64, eu_low=0, eu_high=200, decimals=0, access=Access.READ_WRITE),
            Tag(2, "Word", DataType.UINT16),
            Tag(3, "Fixed", DataType.INT32, states={0: "Off", 1: "On"}),
            Tag(4, "Flow", DataType.BOOL),
        ]
    )
    found = PreviewSource(tags)
    for path, value in (("Mode", 1), ("Speed", 50.0), ("Word", 5), ("Fixed", 0), ("Flow", True)):
        found.put(path, value)
    return found


def test_a_field_of_a_selector_asks_for_its_state(
    qtbot, light: Theme, plant: PreviewSource, make_screen, make_element
) -> None:
    model = make_element("selector", box=(0, 0, 300, 40), tag="Mode")
    canvas = ScreenCanvas(make_screen(model), plant, light)
    qtbot.addWidget(canvas)
    canvas.resize(320, 240)
    canvas.show()
    with qtbot.waitSignal(canvas.write_requested) as asked:
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(250, 20))
    assert asked.args[:2] == ["Mode", 2]
    with qtbot.waitSignal(canvas.write_requested) as asked:
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    assert asked.args[:2] == ["Mode", 0]
    with qtbot.waitSignal(canvas.write_requested) as asked:
        qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert asked.args[:2] == ["Mode", 2], "the keyboard goes on to the next state"


def test_a_selector_is_blocked_as_any_control(
    light: Theme, plant: PreviewSource, make_screen, make_element
) -> None:
    scene = Scene(make_screen(make_element("selector", tag="Fixed")), plant, light)
    assert "read-only" in scene.elements[0].blocked(Look(light))
    wanted = make_element("selector", tag="Mode", confirm="Change the mode?", states={"7": "Seven"})
    selector = Scene(make_screen(wanted), plant, light).elements[0]
    assert isinstance(selector, Selector)
    assert selector.action() == WriteAction("Mode", 7, "Change the mode?", care=Care.CONFIRM)
    assert selector.action_at(QPointF(0, 0)) is None, "beside all fields"


@pytest.mark.parametrize(("x", "value"), [(-50, 0.0), (12, 0.0), (150, 100.0), (288, 200.0), (900, 200.0)])
def test_a_press_on_the_track_asks_for_the_value_there(
    x: float, value: float, light: Theme, plant: PreviewSource, make_screen, make_element
) -> None:
    model = make_element("slider", box=(0, 0, 300, 60), tag="Speed")
    slider = Scene(make_screen(model), plant, light).elements[0]
    assert isinstance(slider, Slider)
    at = QPointF(x, slider.scale().track.center().y())
    assert slider.action_at(at) == WriteAction("Speed", value)
    entry = slider.action_at(QPointF(x, 4))
    assert isinstance(entry, EditAction)
    assert (entry.low, entry.high) == (0, 200)


def test_bits_are_those_of_the_word(light: Theme, plant: PreviewSource, make_screen, make_element) -> None:
    model = make_element("bit_field", tag="Word", bits={"0": "Door", "1": "Air", "2": "Power"})
    scene = Scene(make_screen(model), plant, light)
    before = paint(scene, SIZE)
    plant.put("Word", 7)
    assert scene.catch_up() == [0]
    assert paint(scene, SIZE) != before
    plant.put("Word", 5 + 8)
    scene.catch_up()
    assert paint(scene, SIZE) == before, "a bit without a name is not shown"
    plant.put("Word", None, int(StatusCode.BadSensorFailure))
    scene.catch_up()
    assert paint(scene, SIZE) != before


def test_rows_of_a_table_have_statuses_of_their_own(
    light: Theme, plant: PreviewSource, make_screen, make_element
) -> None:
    model = make_element(
        "table",
        box=(8, 40, 300, 100),
        row1_tag="Speed",
        row2_tag="Mode",
        row2_label="Mode of operation",
        label="Drive",
    )
    scene = Scene(make_screen(model), plant, light)
    scene.look.overflows = {}
    both_good = paint(scene, SIZE)
    plant.put("Mode", None, int(StatusCode.BadNotConnected))
    assert scene.catch_up() == [0]
    one_bad = paint(scene, SIZE)
    first = scene.elements[0].rows()[0][1].toRect()  # type: ignore[attr-defined]
    assert one_bad.copy(first.adjusted(0, 0, 0, -8)) == both_good.copy(first.adjusted(0, 0, 0, -8))
    assert one_bad != both_good
    assert not scene.look.overflows


def test_clock_tells_the_time_and_changes_once_a_second(
    light: Theme, plant: PreviewSource, make_screen, make_element
) -> None:
    scene = Scene(make_screen(make_element("clock", date=False)), plant, light)
    clock = scene.elements[0]
    assert isinstance(clock, Clock)
    assert scene.refresh(START_NS) == [0]
    assert scene.refresh(START_NS + NS_PER_S // 10) == []
    assert scene.refresh(START_NS + NS_PER_S) == [0]
    expected = datetime.fromtimestamp(START_NS / NS_PER_S + 1).astimezone()
    assert clock.accessible_name() == f"{expected:%H:%M:%S}"


def test_control_valve_tells_its_position_and_when_it_is_closed(
    light: Theme, plant: PreviewSource, make_screen, make_element
) -> None:
    scene = Scene(make_screen(make_element("valve_control", tag="Speed", unit="%")), plant, light)
    valve = scene.elements[0]
    assert valve.accessible_name() == "Speed, 50 %"
    opened = paint(scene, SIZE)
    plant.put("Speed", 0.5)
    scene.catch_up()
    assert light.stopped.name() in {paint(scene, SIZE).pixelColor(x, 130).name() for x in range(320)}
    assert paint(scene, SIZE) != opened
    plant.put("Speed", None, int(StatusCode.BadNotConnected))
    scene.catch_up()
    assert valve.accessible_name() == "Speed, ---"


def test_a_pipe_tells_whether_something_flows(
    theme: Theme, plant: PreviewSource, make_screen, make_element
) -> None:
    model = make_element("pipe", flowing="=Flow", line_width=8, arrow=True, points="0,0 100,0 100,80")
    scene = Scene(make_screen(model), plant, theme)
    full = paint(scene, SIZE)
    plant.put("Flow", False)
    assert scene.catch_up() == [0]
    hollow = paint(scene, SIZE)
    assert hollow.pixelColor(80, 40) == theme.background != full.pixelColor(80, 40)


@pytest.mark.parametrize(
    ("kind", "tag", "steps"),
    [
        (
            "slider",
            "Speed",
            [
                (Qt.Key.Key_Right, 52.0),
                (Qt.Key.Key_Up, 52.0),
                (Qt.Key.Key_Left, 48.0),
                (Qt.Key.Key_Down, 48.0),
            ],
        ),
        ("selector", "Mode", [(Qt.Key.Key_Right, 2), (Qt.Key.Key_Left, 0)]),
    ],
)
def test_an_arrow_asks_for_one_step(
    qtbot, light: Theme, plant: PreviewSource, make_screen, make_element, kind: str, tag: str, steps
) -> None:
    canvas = ScreenCanvas(make_screen(make_element(kind, box=(0, 0, 300, 60), tag=tag)), plant, light)
    qtbot.addWidget(canvas)
    canvas.resize(320, 240)
    canvas.show()
    canvas.focusNextPrevChild(True)
    for key, expected in steps:
        with qtbot.waitSignal(canvas.write_requested) as asked:
            qtbot.keyClick(canvas, key)
        assert asked.args[:2] == [tag, expected]


@pytest.mark.parametrize(("path", "value", "kind", "forward"), [
    ("Speed", 200.0, "slider", True), ("Speed", 0.0, "slider", False),
    ("Mode", 2, "selector", True), ("Mode", 0, "selector", False), ("Mode", 7, "selector", True),
])  # fmt: skip
def test_there_is_no_step_beyond_the_ends(
    light: Theme, plant: PreviewSource, make_screen, make_element, path: str, value, kind: str, forward: bool
) -> None:
    plant.put(path, value)
    scene = Scene(make_screen(make_element(kind, tag=path)), plant, light)
    assert scene.elements[0].stepped(forward) is None


def test_there_is_no_step_from_a_value_that_is_not_known(
    light: Theme, plant: PreviewSource, make_screen, make_element
) -> None:
    plant.put("Speed", None, int(StatusCode.BadNotConnected))
    scene = Scene(make_screen(make_element("slider", tag="Speed")), plant, light)
    assert scene.elements[0].stepped(True) is None
