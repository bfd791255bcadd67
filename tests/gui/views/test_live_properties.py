"""Any property takes an expression: what it comes to is shown as the literal would be, without a trace."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QImage

from projects.model import ElementModel, Library, PropertyValue, Screen, ScreenLevel
from tags.clock import NS_PER_S
from tags.status import StatusCode
from views.canvas import ScreenCanvas
from views.declarations import Property, PropertyKind
from views.elements.base import TOOL_TIP, Element, Look
from views.elements.catalogue import ELEMENTS, create
from views.elements.controls import Button
from views.elements.setpoint import SetPoint
from views.preview import START_NS, PreviewSource, render
from views.quality import Mark
from views.samples import MARGIN_PX, sample_alarms, sample_library, sample_model, sample_source
from views.style import Theme

SWITCH = "Pump2.Running"
"""No example but those of containers follows it."""
VALUES: dict[str, tuple[PropertyValue, PropertyValue]] = {
    "high": (70, 95),
    "low": (3, 20),
    "normal_high": (60, 90),
    "limit_high": (80, 95),
    "points": ("0,10 60,10 60,40", "0,40 30,40 30,5 90,5"),
    "running": (True, False),
    "start": (10, 80),
    "span": (90, 200),
    "box_width": (90, 130),
    "unit_width": (20, 60),
    "label_width": (60, 110),
    "rotation": (0, 90),
    "seconds": (60, 400),
    "closed_below": (1, 99),
    "availability": (60, 95),
    "performance": (50, 99),
    "quality": (40, 99),
    "oee": (30, 80),
    "target": (50, 90),
}
BY_KIND: dict[PropertyKind, tuple[PropertyValue, PropertyValue]] = {
    PropertyKind.TEXT: ("Alpha", "Bravo"),
    PropertyKind.NUMBER: (1, 3),
    PropertyKind.BOOLEAN: (True, False),
    PropertyKind.COLOR: ("running", "stopped"),
    PropertyKind.VALUE: (0, 1),
}


def live_properties(kind: type[Element]) -> list[Property]:
    return [
        item
        for item in kind.kind.properties
        if not item.fixed
        and item is not TOOL_TIP
        and item.kind in (*BY_KIND, PropertyKind.CHOICE)
        and kind.kind.type != "page"
    ]


def two_values(kind: type[Element], item: Property) -> tuple[PropertyValue, PropertyValue]:
    if item.kind is PropertyKind.CHOICE:
        return str(item.choices[-1]), str(item.choices[0])
    if kind.kind.type == "multistate" and item.name in ("running", "stopped", "transition"):
        return "2", "6"
    if kind.kind.type == "clock" and item.name == "seconds":
        return True, False
    return VALUES.get(item.name, BY_KIND[item.kind])


def shown(qtbot, kind: type[Element], light: Theme, library: Library, **properties: PropertyValue) -> QImage:
    """The picture of an example after the switch was thrown; never one that columns paint."""
    model = sample_model(kind)
    alone = {"tool_tip": f"=text({SWITCH})"} if TOOL_TIP in kind.kind.properties else {}
    model = replace(model, properties={**model.properties, **alone, **properties})
    size = QSize(int(model.w) + 2 * MARGIN_PX, int(model.h) + 2 * MARGIN_PX)
    screen = Screen("one", "One", ScreenLevel.UNIT, size.width(), size.height(), (model,))
    source = sample_source()
    canvas = ScreenCanvas(screen, source, light, library=library)
    qtbot.addWidget(canvas)
    canvas.setMinimumSize(1, 1)
    canvas.resize(size)
    canvas.show()
    assert [one.problem for one in canvas.scene.elements if one.problem] == []
    canvas.set_alarm_rows({row.alarm_id: row for row in sample_alarms()})
    canvas.set_alarm_states({})
    source.put(SWITCH, False)
    canvas.refresh(START_NS)
    canvas.grab()
    source.put(SWITCH, True)
    canvas.refresh(START_NS + 60 * NS_PER_S)
    return canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def differing(first: QImage, second: QImage) -> int:
    assert first.size() == second.size()
    pixels = [np.frombuffer(image.constBits(), np.uint8).astype(int) for image in (first, second)]
    return int((np.abs(pixels[0] - pixels[1]) > 48).sum())


@pytest.mark.parametrize("kind", ELEMENTS, ids=lambda kind: kind.kind.type)
def test_an_expression_is_shown_as_its_literal(qtbot, kind: type[Element], light: Theme) -> None:
    library, stale = sample_library(), {}
    for item in live_properties(kind):
        before, after = two_values(kind, item)
        live = shown(qtbot, kind, light, library, **{item.name: f"={after!r} if {SWITCH} else {before!r}"})
        literal = shown(qtbot, kind, light, library, **{item.name: after})
        if different := differing(live, literal):
            stale[item.name] = different
    assert stale == {}


@pytest.mark.parametrize("kind", ELEMENTS, ids=lambda kind: kind.kind.type)
def test_what_takes_no_expression_says_why_and_is_structural(kind: type[Element]) -> None:
    fixed = {item.name for item in kind.kind.properties if item.fixed}
    assert fixed <= {
        *("alarms", "faceplate", "instance", "path", "area", "rows_only_unacknowledged", "screen", "file"),
        *("of", "paths", "parameter", "columns", "spacing", "cell_w", "cell_h", "source", "parameters"),
        *("page", "header", "tag", *(f"pen{n}_tag" for n in range(1, 9))),
        *(("seconds",) if kind.kind.type == "sparkline" else ()),
    }
    assert all(
        not item.fixed.endswith(".") and len(item.fixed) > 15 for item in kind.kind.properties if item.fixed
    )


def one(kind: str, **properties: PropertyValue) -> Screen:
    model = ElementModel("one", kind, 20, 20, 280, 40, properties)
    return Screen("one", "One", ScreenLevel.UNIT, 320, 120, (model,))


def made(kind: str, source: PreviewSource, **properties: PropertyValue) -> Element:
    element = create(one(kind, **properties).elements[0], source.tags)
    assert element.problem == ""
    element.properties.evaluate(source)
    return element


def test_a_bad_expression_reads_as_the_default_and_is_marked(light: Theme) -> None:
    source = sample_source()
    source.put("Tank.Level", None, int(StatusCode.BadSensorFailure))
    element = made(
        "text", source, text="A", size="='title' if Tank.Level > 1 else 'label'", bold="=Tank.Level > 1"
    )
    assert element.properties.text("size") == "label"
    assert element.mark is Mark.BAD
    render(one("rectangle", line_width="=Tank.Level", fill="='no such role'"), source, light, QSize(320, 120))


@pytest.mark.parametrize(
    ("kind", "tag", "name", "given"),
    [
        ("button", "Pump.Start", "value", "=Tank.Level > 50"),
        ("button", "Pump.Start", "release", "=Tank.Level > 50"),
        ("button", "Pump.Start", "confirm", "='Really at ' + text(Tank.Level) + '?'"),
        ("button", "Pump.Start", "care", "='reason' if Tank.Level > 50 else 'none'"),
        ("toggle", "Pump.Start", "on_value", "=1 if Tank.Level > 50 else 2"),
        ("setpoint", "Tank.SetPoint", "high", "=Tank.Level"),
        ("setpoint", "Tank.SetPoint", "jump_percent", "=Tank.Level"),
        ("slider", "Tank.SetPoint", "low", "=Tank.Level"),
    ],
)
def test_nothing_is_written_while_it_is_not_known_what(
    kind: str, tag: str, name: str, given: str, light
) -> None:
    source = sample_source()
    element, look = made(kind, source, tag=tag, **{name: given}), Look(light)
    assert element.blocked(look) == ""
    source.put("Tank.Level", None, int(StatusCode.BadSensorFailure))
    element.properties.evaluate(source)
    assert "not known" in element.blocked(look)


def test_the_value_that_is_written_follows_tags(qtbot, light: Theme) -> None:
    source = sample_source()
    screen = one("button", tag="Tank.SetPoint", value="=Tank.Level + 1", label="Take the level")
    canvas = ScreenCanvas(screen, source, light)
    qtbot.addWidget(canvas)
    canvas.setMinimumSize(1, 1)
    canvas.resize(320, 120)
    canvas.show()
    source.put("Tank.Level", 70.5)
    canvas.refresh(START_NS)
    with qtbot.waitSignal(canvas.write_requested) as asked:
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(160, 40))
    assert asked.args[:2] == ["Tank.SetPoint", 71.5]
    assert isinstance(canvas.scene.elements[0], Button)


def test_what_is_written_is_a_tag() -> None:
    source = sample_source()
    element = create(one("setpoint", tag="=Tank.SetPoint * 2").elements[0], source.tags)
    assert "tag: takes no expression" in element.problem
    assert isinstance(made("setpoint", source, tag="=Tank.SetPoint"), SetPoint)


def test_what_measures_shows_nothing_while_it_is_not_known(light: Theme) -> None:
    source = sample_source()
    empty = render(replace(one("arc"), elements=()), source, light, QSize(320, 120))
    source.put("Tank.Level", None, int(StatusCode.BadNoData))
    assert differing(render(one("arc", span="=Tank.Level * 3.6"), source, light, QSize(320, 120)), empty) == 0


@pytest.mark.parametrize("count", [1, 12], ids=["alone", "in a column"])
@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (StatusCode.BadNoData, "n/a"),
        (StatusCode.BadNotConnected, "---"),
        (StatusCode.BadSensorFailure, "----"),
        (StatusCode.BadWaitingForInitialData, "…"),
    ],
)
def test_a_text_that_cannot_be_told_says_so(count: int, status: StatusCode, expected: str, light) -> None:
    source = sample_source()
    source.put("Tank.Level", None, int(status))
    models = [
        ElementModel(f"e{row}", "text", 20, 8 + row * 24, 120, 22, {"text": "=text(Tank.Level)"})
        for row in range(count)
    ]
    screen = Screen("one", "One", ScreenLevel.UNIT, 320, 320, tuple(models))
    found = render(screen, source, light, QSize(320, 320))
    said = [replace(model, properties={"text": expected}) for model in models]
    plain = render(replace(screen, elements=tuple(said)), source, light, QSize(320, 320))
    inside = (24, 12, 90, 14)  # within the frame that marks the status
    assert differing(found.copy(*inside), plain.copy(*inside)) <= 40
    blank = render(replace(screen, elements=()), source, light, QSize(320, 320))
    assert differing(found.copy(*inside), blank.copy(*inside)) > 5


def test_texts_of_states_and_titles_of_pages_follow_tags() -> None:
    source = sample_source()
    given = {"6": "='Full' if Tank.Level > 60 else 'Filling'", "2": "Empty"}
    element = made("multistate", source, tag="Line.State", states=given)
    assert element.properties.states("states") == {6: "Full", 2: "Empty"}
    tab = sample_model(next(kind for kind in ELEMENTS if kind.kind.type == "tab"))
    first = replace(tab.children[0], properties={"title": "='Tank ' + text(Line.Mode)"})
    element = create(replace(tab, children=(first, *tab.children[1:])), source.tags, sample_library())
    element.properties.evaluate(source)
    assert element.titles() == ["Tank Auto", "Tank"]  # type: ignore[attr-defined]


def test_a_bar_shows_its_set_point(light: Theme) -> None:
    source = sample_source()
    plain = render(one("bar", tag="Tank.Level"), source, light, QSize(320, 120))
    for given in (80, "=Tank.SetPoint + 20"):
        marked = render(one("bar", tag="Tank.Level", setpoint=given), source, light, QSize(320, 120))
        assert differing(marked, plain) > 30
        pixels = {marked.pixelColor(x, 30).name() for x in range(20 + 222, 20 + 228)}
        assert light.accent.name() in pixels
    assert made("bar", source, tag="Tank.Level", setpoint=80).properties.number("setpoint") == 80
