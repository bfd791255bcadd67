"""Each element kind in each status and both themes: it paints, marks trouble, keeps alarm colours back."""

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from alarms.model import Priority
from projects.model import ElementModel, Library, Screen, ScreenLevel
from tags.model import DataType
from tags.status import StatusCode
from views.elements.base import Element, Look, WriteMark, WriteState
from views.elements.catalogue import BY_TYPE, ELEMENTS, create
from views.elements.placeholder import Placeholder, lines_of
from views.preview import PreviewSource, paint, render
from views.samples import sample_library
from views.scene import Scene
from views.style import LABEL_PX, THEMES, Theme, load_theme

SIZE = QSize(320, 240)
STATUSES = (
    StatusCode.Good,
    StatusCode.GoodLocalOverride,
    StatusCode.UncertainSubNormal,
    StatusCode.UncertainNoCommunicationLastUsableValue,
    StatusCode.UncertainSimulatedValue,
    StatusCode.BadWaitingForInitialData,
    StatusCode.BadNotConnected,
    StatusCode.BadSensorFailure,
)
TAG_OF = {DataType.FLOAT64: "Tank.Level", DataType.BOOL: "Pump.Running", DataType.INT32: "Line.State"}
ANALOG = ("setpoint", "bar", "indicator", "tank", "sparkline", "value", "gauge", "slider", "valve_control")
LIVE = [kind for kind in ELEMENTS if any(item.name == "tag" for item in kind.kind.properties)]
MARKED = [kind for kind in LIVE if kind.shows_quality]


def tag_for(kind: type[Element]) -> str:
    wanted = kind.kind.accepts
    if kind.kind.type in ANALOG:
        return "Tank.Level"
    if kind.kind.type in ("packml_state", "packml_diagram", "multistate", "bit_field", "selector"):
        return "Line.State"
    return TAG_OF[DataType.BOOL if DataType.BOOL in wanted else DataType.FLOAT64]


def needed(kind: type[Element]) -> dict[str, str]:
    """What a kind needs besides its tag."""
    return {"file": "symbols/mixer.svg"} if kind.kind.type == "drawing" else {}


def colors(image: QImage) -> set[str]:
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1)[:, : image.width()]
    return {f"#{pixel & 0xFFFFFF:06x}" for pixel in np.unique(pixels).tolist()}


def same(first: QImage, second: QImage) -> bool:
    return first == second


@pytest.mark.parametrize("kind", ELEMENTS, ids=lambda kind: kind.kind.type)
def test_every_kind_declares_itself_for_manual_and_editor(kind: type[Element]) -> None:
    declared = kind.kind
    assert declared.title
    assert declared.help.endswith(".")
    names = [item.name for item in declared.properties]
    assert len(names) == len(set(names))
    for item in declared.properties:
        assert item.help.endswith("."), item.name
        if item.choices:
            assert item.default in item.choices


def test_types_are_unique() -> None:
    assert len(BY_TYPE) == len(ELEMENTS)


@pytest.mark.parametrize("kind", LIVE, ids=lambda kind: kind.kind.type)
def test_live_kind_paints_in_every_status(
    kind: type[Element], theme: Theme, source: PreviewSource, make_screen, make_element
) -> None:
    path = tag_for(kind)
    screen = make_screen(make_element(kind.kind.type, tag=path, **needed(kind)))
    scene = Scene(screen, source, theme, sample_library())
    assert not scene.elements[0].problem
    value = source.value(source.tags.by_path(path).id)
    for now, status in enumerate(STATUSES):
        source.put(path, value, int(status))
        scene.refresh(now)
        assert len(colors(paint(scene, SIZE))) > 1, f"nothing is painted while {status.name}"


@pytest.mark.parametrize("kind", MARKED, ids=lambda kind: kind.kind.type)
def test_bad_uncertain_and_good_look_different(
    kind: type[Element], theme: Theme, source: PreviewSource, make_screen, make_element
) -> None:
    path = tag_for(kind)
    screen = make_screen(make_element(kind.kind.type, tag=path, **needed(kind)))
    value = source.value(source.tags.by_path(path).id)
    pictures = []
    for status in (0, StatusCode.UncertainSubNormal, StatusCode.BadSensorFailure, StatusCode.BadNotConnected):
        source.put(path, value, int(status))
        pictures.append(render(screen, source, theme, SIZE, library=sample_library()))
    for row, picture in enumerate(pictures):
        assert not any(same(picture, other) for other in pictures[row + 1 :])


@pytest.mark.parametrize("kind", ELEMENTS, ids=lambda kind: kind.kind.type)
def test_no_alarm_colour_without_alarm(
    kind: type[Element], theme: Theme, source: PreviewSource, make_screen, make_element
) -> None:
    properties = {"tag": tag_for(kind)} if kind in LIVE else {}
    seen = colors(render(make_screen(make_element(kind.kind.type, **properties)), source, theme, SIZE))
    assert not seen & {theme.alarms[priority].fill.name() for priority in Priority}


@pytest.mark.parametrize("priority", Priority)
def test_alarm_stands_beside_its_element(
    priority: Priority, theme: Theme, source: PreviewSource, make_screen, make_element
) -> None:
    scene = Scene(make_screen(make_element("value", tag="Tank.Level", label="Level")), source, theme)
    assert scene.set_alarms({"Tank.Level": (priority, True)}) == [0]
    assert theme.alarms[priority].fill.name() in colors(paint(scene, SIZE))
    assert scene.set_alarms({}) == [0], "the row is painted again without the symbol"
    assert theme.alarms[priority].fill.name() not in colors(paint(scene, SIZE))


def test_alarms_of_a_part_are_shown_at_the_part(
    light: Theme, source: PreviewSource, make_screen, make_element
) -> None:
    motor = make_element("motor", tag="Pump.Running", alarms="Pump")
    quiet = make_element("motor", "two", (240, 40, 64, 64), tag="Pump.Running", alarms="none")
    scene = Scene(make_screen(motor, quiet), source, light)
    assert scene.set_alarms({"Pump.Tripped": (Priority.HIGH, False)}) == [0]
    assert scene.set_alarms({"PumpHouse.Door": (Priority.HIGH, False)}) == [0], "only the end of the old one"
    assert light.alarms[Priority.HIGH].fill.name() not in colors(paint(scene, SIZE))


def test_only_unacknowledged_alarms_flash(
    light: Theme, source: PreviewSource, make_screen, make_element
) -> None:
    scene = Scene(make_screen(make_element("value", tag="Tank.Level")), source, light)
    second = 1_000_000_000
    scene.refresh(0)
    scene.set_alarms({"Tank.Level": (Priority.URGENT, False)})
    scene.refresh(second)
    shown = paint(scene, SIZE)
    assert scene.refresh(second + second // 2) == [0]
    hollow = paint(scene, SIZE)
    assert not same(shown, hollow)
    assert light.alarms[Priority.URGENT].outline.name() in colors(hollow), "outline and number stay"
    scene.set_alarms({"Tank.Level": (Priority.URGENT, True)})
    assert scene.refresh(2 * second) == []
    assert light.alarms[Priority.URGENT].fill.name() in colors(paint(scene, SIZE))


def test_alarm_indicator_shows_the_most_urgent(
    light: Theme, source: PreviewSource, make_screen, make_element
) -> None:
    box = (40, 40, 64, 32)
    scene = Scene(
        make_screen(
            make_element("alarm_indicator", box=box, path="Tank"),
            make_element("alarm_indicator", "two", (120, 40, 64, 32)),
        ),
        source,
        light,
    )
    fill = {priority: light.alarms[priority].fill.name() for priority in Priority}
    scene.set_alarms(
        {
            "Tank.Level": (Priority.LOW, True),
            "Tank.Valve": (Priority.HIGH, True),
            "Air": (Priority.URGENT, True),
        }
    )
    seen = colors(paint(scene, SIZE))
    assert fill[Priority.HIGH] in seen
    assert fill[Priority.URGENT] in seen
    assert fill[Priority.LOW] not in seen


def test_alarm_indicator_without_an_alarm_shows_nothing(
    light: Theme, source: PreviewSource, make_screen, make_element
) -> None:
    scene = Scene(make_screen(make_element("alarm_indicator", path="Tank")), source, light)
    scene.set_alarms({"Air": (Priority.URGENT, True)})
    assert paint(scene, SIZE) == paint(Scene(make_screen(), source, light), SIZE)


@pytest.mark.parametrize("state", WriteState)
def test_write_is_shown_at_its_entry(
    state: WriteState, theme: Theme, source: PreviewSource, make_screen, make_element
) -> None:
    scene = Scene(
        make_screen(make_element("setpoint", box=(40, 40, 240, 40), tag="Tank.SetPoint")), source, theme
    )
    before = paint(scene, SIZE)
    assert scene.set_writes({"Tank.SetPoint": WriteMark(state, "why")}) == [0]
    assert not same(before, paint(scene, SIZE))
    assert scene.set_writes({"Tank.SetPoint": WriteMark(state, "why")}) == [], "nothing new"
    assert scene.set_writes({}) == [0]
    assert same(before, paint(scene, SIZE))


def test_unknown_type_becomes_a_placeholder_that_says_why(source: PreviewSource, make_element) -> None:
    element = create(make_element("hologram", colour="red"), source.tags)
    assert isinstance(element, Placeholder)
    assert "hologram" in element.problem
    assert element.model.type == "hologram"


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ({"tag": "Tank.Levell"}, "Tank.Level"),
        ({"tag": "Line.Name"}, "STRING"),
        ({"tag": "Tank.Level", "low": "deep"}, "expected a number"),
        ({"tag": "Tank.Level", "setpoint": "=Tank.Level.."}, "Tank.Level.."),
        ({"tag": "Tank.Level", "low": 10, "high": 0}, "ends at 0, which is not above its start, 10"),
        ({"tag": "Tank.Level", "low": 5, "high": 5}, "not above its start"),
    ],
)
def test_faulty_element_becomes_a_placeholder_and_the_rest_runs(
    properties: dict, reason: str, theme: Theme, source: PreviewSource, make_screen, make_element
) -> None:
    good = make_element("value", "two", (8, 208, 200, 24), tag="Tank.Level")
    scene = Scene(make_screen(make_element("indicator", **properties), good), source, theme)
    assert reason in scene.elements[0].problem
    assert not scene.elements[1].problem
    assert len(colors(paint(scene, SIZE))) > 1


def test_a_long_reason_is_cut_at_its_end_only(light: Theme, source: PreviewSource, make_screen) -> None:
    def top(reason: str) -> QImage:
        box = ElementModel("one", "placeholder", 8, 8, 200, 44, {"reason": reason})
        return render(make_screen(box, width=320, height=240), source, light, SIZE).copy(12, 10, 190, 18)

    long = "Alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa"
    assert top(long) == top(long + " quebec romeo sierra tango"), "the first line is where it was"
    assert len(colors(top(long))) > 4


def test_a_reason_is_broken_at_its_blanks() -> None:
    words = "⚠ This element has the id of another one"
    for width in (60.0, 100.0, 160.0):
        lines = lines_of(words, width, LABEL_PX)
        assert len(lines) > 1
        assert " ".join(lines) == words
    assert len(lines_of("x" * 60, 100.0, LABEL_PX)) > 1, "a word without a blank is broken all the same"


@pytest.mark.parametrize("points", ["a,b 3", "0,0 40", "0,0 nan,4"])
def test_corners_that_are_none_are_told_instead_of_a_shape_that_nobody_drew(
    points: str, source: PreviewSource, make_element
) -> None:
    for kind in ("polygon", "polyline", "pipe"):
        assert "is no corner" in create(make_element(kind, points=points), source.tags).problem
        assert not create(make_element(kind, points="0,0 40,-.5 40,2.5"), source.tags).problem


@pytest.mark.parametrize("kind", ["packml_state", "multistate"])
def test_between_two_states_there_is_none(
    kind: str, light: Theme, source: PreviewSource, make_screen, make_element
) -> None:
    states = {"states": {"1": "Clearing"}} if kind == "multistate" else {}
    element = make_element(kind, tag="=Line.State * 0 + 1.15", **states)
    assert "Clearing" not in Scene(make_screen(element), source, light).elements[0].text()
    element = make_element(kind, tag="=Line.State * 0 + 1", **states)
    assert Scene(make_screen(element), source, light).elements[0].text() == "Clearing"


def test_a_way_to_a_lost_screen_says_so(light: Theme, source: PreviewSource, make_element) -> None:
    library = Library({"filling": Screen("filling", "Filling", ScreenLevel.UNIT, 100, 100, ())})
    look = Look(light)
    assert not create(make_element("navigation", screen="filling"), source.tags, library).blocked(look)
    lost = create(make_element("navigation", screen="filing"), source.tags, library)
    assert lost.blocked(look) == "There is no screen 'filing'."


def test_expression_that_fails_while_running_is_marked_bad(
    light: Theme, source: PreviewSource, make_screen, make_element
) -> None:
    screen = make_screen(make_element("value", tag="=100 / (Tank.Level - 40)"))
    assert Scene(screen, source, light).elements[0].properties.status == StatusCode.BadOutOfRange
    source.put("Tank.Level", 42.0)
    assert Scene(screen, source, light).elements[0].properties.number("tag") == 50.0


@pytest.mark.parametrize("value", [1e308, -1e308, float("inf"), float("-inf")])
@pytest.mark.parametrize("kind", LIVE, ids=lambda kind: kind.kind.type)
def test_absurd_numbers_do_no_harm(
    kind: type[Element], value: float, light: Theme, source: PreviewSource, make_screen, make_element
) -> None:
    source.put("Tank.Level", value)
    is_written = any(item.name == "tag" and item.fixed for item in kind.kind.properties)
    tag = "Tank.Level" if is_written else "=Tank.Level * 1"
    scene = Scene(make_screen(make_element(kind.kind.type, tag=tag, **needed(kind))), source, light)
    paint(scene, SIZE)
    scene = Scene(make_screen(make_element("value", tag="Tank.Level")), source, light)
    assert len(colors(paint(scene, SIZE))) > 1


def test_invisible_element_is_not_painted(
    light: Theme, source: PreviewSource, make_screen, make_element
) -> None:
    hidden = make_element("tank", tag="Tank.Level", visible="=Tank.Level > 50")
    scene = Scene(make_screen(hidden), source, light)
    assert colors(paint(scene, SIZE)) == {light.background.name()}
    source.put("Tank.Level", 60.0)
    assert scene.refresh(0) == [0]
    assert len(colors(paint(scene, SIZE))) > 1


def test_state_is_told_by_brightness_and_word(
    light: Theme, source: PreviewSource, make_screen, make_element
) -> None:
    scene = Scene(make_screen(make_element("pump", tag="Pump.Running")), source, light)
    element = scene.elements[0]
    assert element.accessible_name() == "Pump.Running, Running"
    assert light.running.name() in colors(paint(scene, SIZE))
    source.put("Pump.Running", False)
    scene.refresh(0)
    assert element.accessible_name() == "Pump.Running, Stopped"
    assert light.stopped.name() in colors(paint(scene, SIZE))


def test_level_is_filled_from_the_bottom(
    light: Theme, source: PreviewSource, make_screen, make_element
) -> None:
    screen = make_screen(make_element("tank", box=(0, 0, 320, 240), tag="Tank.Level", show_value=False))
    source.put("Tank.Level", 50.0)
    image = render(screen, source, light, SIZE)
    assert image.pixelColor(100, 180).name() == light.level.name()
    assert image.pixelColor(100, 60).name() == light.surface.name()


def test_sparkline_keeps_its_own_time(light: Theme, source: PreviewSource, make_screen, make_element) -> None:
    scene = Scene(make_screen(make_element("sparkline", tag="Tank.Level", seconds=60)), source, light)
    second = 1_000_000_000
    for now in range(100):
        scene.refresh(now * second)
    line = scene.elements[0]
    assert line.samples[-1] == (99 * second, 40.0)
    assert line.samples[0][0] >= 39 * second
    line.preload([(now * second, 1.0) for now in range(30, 50)])
    times = [time_ns for time_ns, _ in line.samples]
    assert times == sorted(set(times))
    assert line.samples[0] == (30 * second, 1.0)


def test_a_sparkline_of_a_quick_value_begins_where_its_axis_does(source: PreviewSource, make_element) -> None:
    line = create(make_element("sparkline", tag="Tank.Level", seconds=600), source.tags)
    second = 1_000_000_000
    peak = 100 * second
    line.preload([(now * second // 5, 9.0 if now * second // 5 == peak else now % 7) for now in range(3_000)])
    times = [time_ns for time_ns, _ in line.samples]
    assert times == sorted(times)
    assert (times[0], times[-1]) == (0, 2_999 * second // 5)
    assert (peak, 9.0) in line.samples
    line.preload([])
    line.samples.clear()
    gap = [(now * second // 5, float("nan") if 1_000 < now < 1_500 else 1.0) for now in range(3_000)]
    line.preload(gap)
    assert any(value != value for _, value in line.samples), "a gap stays one"


def test_a_sparkline_stays_in_its_box_and_goes_back_to_its_beginning(
    light: Theme, source: PreviewSource, make_screen, make_element
) -> None:
    second = 1_000_000_000
    element = make_element("sparkline", "one", (120, 40, 160, 40), tag="Tank.Level", seconds=60)
    scene = Scene(make_screen(element), source, light)
    scene.elements[0].preload([(0, 40.0), (200 * second, 40.0), (220 * second, 41.0)])
    for now in range(221, 230):
        scene.refresh(now * second)
    image = paint(scene, SIZE)
    assert len(colors(image.copy(0, 0, 118, 240))) == 1, "nothing is painted left of it"
    assert len(colors(image.copy(124, 42, 20, 36))) > 1, "the value that was there before is held"


def test_texts_that_do_not_fit_are_reported(
    light: Theme, source: PreviewSource, make_screen, make_element
) -> None:
    text = make_element("text", box=(40, 40, 40, 24), text="much too long for its box")
    scene = Scene(make_screen(text), source, light)
    scene.look.overflows = {}
    paint(scene, SIZE)
    assert scene.look.overflows == {"one": "much too long for its box"}


@pytest.mark.parametrize("name", THEMES)
def test_picture_is_crisp_at_any_ratio(
    name: str, fonts: None, source: PreviewSource, make_screen, make_element
) -> None:
    screen = make_screen(make_element("value", tag="Tank.Level", label="Level"))
    theme = load_theme(name)
    assert render(screen, source, theme, SIZE, ratio=2.0).size() == SIZE * 2
    assert render(screen, source, theme, QSize(160, 400)).size() == QSize(160, 400)
