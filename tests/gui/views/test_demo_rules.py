"""The sample screens keep the rules of standards.md 2.2 (LNT) that can be computed for them."""

from collections.abc import Iterator

import pytest

from alarms.model import AlarmType
from projects.examples import example_path
from projects.files import load
from projects.model import ElementModel, Project, ScreenLevel
from tags.model import Tag
from views.elements.bars import Bar, Indicator
from views.elements.base import EditAction, Element, WriteAction
from views.elements.controls import care_of
from views.elements.gauge import Gauge
from views.elements.setpoint import SetPoint
from views.elements.sparkline import Sparkline
from views.elements.value import Value
from views.elements.vessel import Tank
from views.preview import PreviewSource
from views.scene import Scene
from views.style import Theme

CELL = example_path("packaging_cell")
SCREENS = sorted(file.stem for file in (CELL / "screens").glob("*.json"))
HOME = "overview"
MOST_CLICKS = 3
MOST_ELEMENTS, MOST_BINDINGS = 1500, 400
MOST_PENS = 8
LEAST_WITH_CONTEXT = 0.6
DIMENSIONLESS = {"Energy.CosPhi", "Line.GoodCount", "Line.BottleBalance"}
"""A power factor and numbers of bottles have no unit."""
WITH_CONTEXT = (Bar, Indicator, Gauge, Sparkline, Tank)
CRITICAL = ("Line.Command.PanelCommand", "Line.Command.ResetCounters", "Line.Command.ResetPackMLTimes")
"""Commands that need two distinct actions (HMI-21)."""


@pytest.fixture(scope="module")
def project() -> Project:
    return load(CELL)


@pytest.fixture(params=SCREENS)
def scene(request: pytest.FixtureRequest, project: Project, light: Theme) -> Scene:
    source = PreviewSource(project.tags)
    return Scene(project.screens[request.param], source, light, library=project.library)


TOTALS = {"h", "min", "s", "ms", "kWh"}
"""Units of times and counters, which only grow: no band says whether one is normal."""


def analog(element: Element) -> Tag | None:
    """Return the tag of a measurement; what the station sums up itself is none."""
    tag = element.properties.tag()
    if tag is None or (tag.connection is None and tag.expression is None):
        return None
    return tag if tag.eu_low is not None and not tag.states and tag.unit not in (*TOTALS, "") else None


def is_writing(element: Element) -> bool:
    return isinstance(element.action(), (WriteAction, EditAction))


def test_a_numeric_display_has_a_unit(scene: Scene) -> None:
    """LNT-29; counts of whole things have none."""
    for element in scene.elements:
        tag = element.properties.tag()
        if not isinstance(element, (Value, SetPoint)) or tag is None or tag.path in DIMENSIONLESS:
            continue
        if tag.data_type.is_float or tag.scaling is not None:
            assert tag.unit or element.properties.text("unit"), (element.model.id, tag.path)


def test_no_more_decimals_than_the_tag_resolves(scene: Scene) -> None:
    """LNT-30."""
    for element in scene.elements:
        tag, wanted = element.properties.tag(), element.model.properties.get("decimals")
        if tag is not None and isinstance(wanted, int):
            assert wanted <= (2 if tag.decimals is None else tag.decimals), (element.model.id, tag.path)


def test_most_analog_values_of_the_working_screens_have_context(scene: Scene) -> None:
    """LNT-31: indicator, bar, tank or sparkline of the same tag on the same screen, or a trend pen."""
    if scene.screen.level not in (ScreenLevel.OVERVIEW, ScreenLevel.UNIT):
        return
    shown = {tag.path for one in scene.elements if isinstance(one, Value) and (tag := analog(one))}
    context = {tag.path for one in scene.elements if isinstance(one, WITH_CONTEXT) and (tag := analog(one))}
    context |= {str(pen) for model in scene.screen.elements for pen in pens(model)}
    bare = sorted(shown - context)
    assert len(bare) <= (1 - LEAST_WITH_CONTEXT) * len(shown), bare


def pens(model: ElementModel) -> Iterator[object]:
    for number in range(1, MOST_PENS + 1):
        if model.properties.get(f"pen{number}_tag"):
            yield model.properties[f"pen{number}_tag"]


def test_scales_have_a_range(scene: Scene) -> None:
    """LNT-32."""
    for element in scene.elements:
        if isinstance(element, WITH_CONTEXT) and not element.properties.has("auto"):
            tag, properties = element.properties.tag(), element.model.properties
            own = tag is not None and tag.eu_low is not None and tag.eu_high is not None
            assert own or {"low", "high"} <= properties.keys() or properties.get("unit") == "%", (
                element.model.id
            )


def test_what_is_critical_needs_two_actions_and_entries_have_a_range(scene: Scene) -> None:
    """LNT-37, HMI-21."""
    for element in scene.interactive:
        tag = element.properties.tag()
        if tag is not None and tag.path in CRITICAL and is_writing(element):
            assert care_of(element).value != "none", element.model.id
        if isinstance(element, SetPoint):
            assert tag is not None
            assert None not in element.limits() or tag.eu_low is not None, element.model.id


def test_level_title_and_revision_are_declared(project: Project) -> None:
    """LNT-39; every level of the hierarchy is there (HMI-11)."""
    for screen in project.screens.values():
        assert screen.title
        assert screen.revision, screen.id
    assert {screen.level for screen in project.screens.values()} == set(ScreenLevel)


def test_every_screen_is_three_clicks_from_home(project: Project) -> None:
    """LNT-40, LNT-41."""
    depth, reached = 0, {HOME}
    frontier = {HOME}
    while frontier:
        ways = {
            str(model.properties["screen"])
            for name in frontier
            for model in project.screens[name].elements
            if model.type == "navigation"
        }
        assert ways <= set(SCREENS), "a dead link"
        frontier = ways - reached
        if frontier:
            depth += 1
        reached |= frontier
    assert reached == set(SCREENS)
    assert depth <= MOST_CLICKS


def test_a_screen_lies_below_one_of_a_higher_level(project: Project) -> None:
    for screen in project.screens.values():
        if screen.parent:
            assert project.screens[screen.parent].level.value < screen.level.value, screen.id


def test_every_alarm_leads_to_a_screen_that_shows_its_tag(project: Project, light: Theme) -> None:
    """LNT-44."""
    shown = {}
    for name, screen in project.screens.items():
        scene = Scene(screen, PreviewSource(project.tags), light, library=project.library)
        shown[name] = {project.tags[tag_id].path for tag_id in scene.tag_ids.tolist()}
    for alarm in project.alarms:
        if alarm.tag not in project.connections:
            assert alarm.tag in shown[alarm.display_link], alarm.alarm_id


def test_every_alarm_says_what_to_do(project: Project) -> None:
    """ALM-01, ALM-20."""
    for alarm in project.alarms:
        if alarm.tag not in project.connections:
            assert alarm.cause, alarm.alarm_id
            assert alarm.consequence, alarm.alarm_id
            assert alarm.operator_action, alarm.alarm_id
            assert alarm.time_to_respond_s, alarm.alarm_id


def test_nothing_is_commanded_from_the_overview(project: Project, light: Theme) -> None:
    """LNT-45."""
    for screen in project.screens.values():
        if screen.level is ScreenLevel.OVERVIEW:
            scene = Scene(screen, PreviewSource(project.tags), light, library=project.library)
            assert [element.model.id for element in scene.interactive if is_writing(element)] == []


def test_a_screen_is_not_overloaded(scene: Scene) -> None:
    """LNT-46, LNT-47."""
    assert len(scene.elements) <= MOST_ELEMENTS
    assert sum(len(element.properties.bindings) for element in scene.elements) <= MOST_BINDINGS
    for model in scene.screen.elements:
        assert len(list(pens(model))) <= MOST_PENS


def test_text_sizes_are_few(scene: Scene) -> None:
    """LNT-22."""
    sizes = {str(element.model.properties.get("size", "label")) for element in scene.elements}
    assert len(sizes) <= 4


def test_interactive_elements_have_names(scene: Scene) -> None:
    """LNT-55."""
    for element in scene.interactive:
        assert element.accessible_name(), element.model.id


def test_the_limits_of_guarded_measurements_are_those_of_their_alarms(project: Project) -> None:
    """One number in two places drifts apart."""
    types = {AlarmType.LO: "Low", AlarmType.LOLO: "LowLow", AlarmType.HI: "High", AlarmType.HIHI: "HighHigh"}
    checked = 0
    for alarm in project.alarms:
        owner, _, member = alarm.tag.rpartition(".")
        limit = project.tags.find(f"{owner}.{types.get(alarm.type, '?')}")
        if member == "Value" and limit is not None:
            assert limit.expression == f"{alarm.setpoint:g}", alarm.alarm_id
            checked += 1
    assert checked >= 2
