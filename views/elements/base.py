"""What an element kind is: its declared properties, what it accepts, how it paints and what a click does."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import ClassVar, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen

from alarms.model import AlarmSnapshot, Priority
from projects.model import ElementModel, Library, PropertyValue
from tags.clock import NS_PER_S
from tags.model import DataType, Tag, Value
from tags.roles import Role
from views.bindings import Properties
from views.declarations import ALARMED, FOLLOWED, WRITTEN, Property, PropertyKind
from views.local_text import local_date
from views.project_names import device_text
from views.quality import Mark, hidden_text, mark, reason
from views.style import LABEL_PX, Theme, font
from views.words import grouped, localised, word

ANY: Final = frozenset(DataType)
BOOLEAN: Final = frozenset({DataType.BOOL})
NUMERIC: Final = frozenset(kind for kind in DataType if kind.is_numeric)
DISCRETE: Final = BOOLEAN | frozenset(kind for kind in DataType if kind.is_integer)


@dataclass(frozen=True, slots=True)
class Kind:
    """Declare an element kind for canvas, editor and manual."""

    type: str
    title: str
    help: str
    properties: tuple[Property, ...]
    accepts: frozenset[DataType] = ANY


class WriteState(StrEnum):
    """Name what an element shows of a write that was asked for on it."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    CLAMPED = "clamped"
    REFUSED = "refused"
    TIMED_OUT = "timed_out"


@dataclass(frozen=True, slots=True)
class WriteMark:
    """Show a write at its elements: state, one sentence for the operator, and the value asked for."""

    state: WriteState
    text: str = ""
    value: Value | None = None


class Care(StrEnum):
    """Name what must come before a command goes out (HMI-21)."""

    NONE = "none"
    CONFIRM = "confirm"
    """A question is answered."""
    REASON = "reason"
    """A question is answered and a reason given, which is kept with the write."""
    SELECT = "select"
    """The command is selected first and operated within 30 s."""


@dataclass(frozen=True, slots=True)
class WriteAction:
    """Ask for a value to be written with ``care``; ``confirm`` is the question that is then asked (HMI-21).

    ``pulse_ms`` above 0 asks for ``release`` to be written after that time.
    """

    path: str
    value: Value
    confirm: str = ""
    pulse_ms: int = 0
    release: Value = 0
    care: Care = Care.NONE


@dataclass(frozen=True, slots=True)
class EditAction:
    """Open the inline editor for a tag, within ``low`` and ``high`` where given.

    A change of more than ``jump_percent`` of that range is asked about even without ``care``; 0: never.
    """

    tag: Tag
    value: Value | None
    low: float | None
    high: float | None
    unit: str
    decimals: int
    care: Care
    title: str
    jump_percent: float = 0.0


@dataclass(frozen=True, slots=True)
class NavigateAction:
    """Show another screen."""

    screen_id: str


@dataclass(frozen=True, slots=True)
class FaceplateAction:
    """Open a faceplate for an instance, beside the screen."""

    faceplate_id: str
    instance: str


@dataclass(frozen=True, slots=True)
class PageAction:
    """Show another page of a tab; pages count from 0."""

    tab_id: str
    page: int


@dataclass(frozen=True, slots=True)
class AlarmAction:
    """Show one alarm with what to do about it."""

    alarm_id: str


@dataclass(frozen=True, slots=True)
class AcknowledgeAction:
    """Acknowledge an alarm as it was seen: the event that its row showed."""

    alarm_id: str
    event_id: str


Action = (
    WriteAction | EditAction | NavigateAction | FaceplateAction | PageAction | AlarmAction | AcknowledgeAction
)


@dataclass(slots=True)
class Look:
    """Hold what all elements of a canvas share while they paint.

    ``alarms`` and ``writes`` go by tag path. ``locked`` is why nothing may be commanded (empty: it may);
    ``role`` that of the operator, None where nobody is asked; ``silent`` are the connections whose device
    does not answer, which a tag that is only written does not tell itself.
    ``overflows`` collects texts that had to be cut, for tests and the linter.
    """

    theme: Theme
    alarms: Mapping[str, tuple[Priority, bool]] = field(default_factory=dict)
    writes: Mapping[str, WriteMark] = field(default_factory=dict)
    locked: str = ""
    role: Role | None = None
    silent: frozenset[str] = frozenset()
    blink_on: bool = True
    hovered: str = ""
    pressed: str = ""
    now_ns: int = 0
    overflows: dict[str, str] | None = None
    alarms_below: Mapping[str, list[tuple[Priority, bool]]] = field(default_factory=dict)
    """The same below each part of the plant, the most urgent first."""
    alarm_rows: Mapping[str, AlarmSnapshot] = field(default_factory=dict)
    """The alarms by their id, as the station last told them."""
    alarm_round: int = 0
    """Another number each time the alarms were told anew."""

    def text(
        self,
        painter: QPainter,
        rect: QRectF,
        text: str,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
        *,
        size_px: float = LABEL_PX,
        bold: bool = False,
        color: QColor | None = None,
        owner: str = "",
    ) -> None:
        """Paint one line of text inside ``rect``, centred vertically, cut with … when it does not fit."""
        if not text:
            return
        used = cached_font(size_px, bold)
        width = text_width(text, size_px, bold)
        if width > rect.width() + 0.5:
            if self.overflows is not None:
                self.overflows[owner] = text
            text = QFontMetricsF(used).elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        painter.setFont(used)
        painter.setPen(self.theme.text if color is None else color)
        painter.drawText(rect, _text_flags(align), text)


@lru_cache(maxsize=8)
def _text_flags(align: Qt.AlignmentFlag) -> int:
    """Return the flags of one line, centred vertically; putting them together costs 1 us each time."""
    flags = align | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine | Qt.TextFlag.TextDontClip
    return int(flags.value)


@lru_cache(maxsize=64)
def cached_font(size_px: float, bold: bool) -> QFont:
    """Return the interface font; not to be changed."""
    return font(size_px, bold=bold)


@lru_cache(maxsize=4096)
def text_width(text: str, size_px: float, bold: bool) -> float:
    """Return the width of a line of text in screen pixels."""
    return QFontMetricsF(cached_font(size_px, bold)).horizontalAdvance(text)


def alarms_of(look: Look, path: str) -> list[tuple[Priority, bool]]:
    """Return the active alarms of a tag or of anything below a path, the most urgent first."""
    return look.alarms_below.get(path, [])


def below_each(alarms: Mapping[str, tuple[Priority, bool]]) -> dict[str, list[tuple[Priority, bool]]]:
    """Return the active alarms below each part of the plant, the most urgent first, of those by path."""
    found: dict[str, list[tuple[Priority, bool]]] = {}
    for path, state in sorted(alarms.items(), key=lambda item: item[1]):
        end = len(path)
        while end > 0:
            found.setdefault(path[:end], []).append(state)
            end = path.rfind(".", 0, end)
    return found


TAG: Final = Property("tag", PropertyKind.TAG, "", "The tag that is shown.")
WRITTEN_TAG: Final = Property(
    "tag", PropertyKind.TAG, "", "The tag that is shown and written.", fixed=WRITTEN
)
LABEL: Final = Property("label", PropertyKind.TEXT, "", "A caption.")
TOOL_TIP: Final = Property("tool_tip", PropertyKind.TEXT, "", "A first line for the tool tip.")
ALARMS: Final = Property(
    "alarms",
    PropertyKind.TEXT,
    "",
    "Path of the part whose alarms are marked here; 'none' for no mark.",
    fixed=ALARMED,
)
NO_ALARMS: Final = "none"
VISIBLE: Final = Property("visible", PropertyKind.BOOLEAN, True, "Whether the element is shown.")
FACEPLATE: Final = Property(
    "faceplate",
    PropertyKind.TEXT,
    "",
    "The faceplate that a press opens, by its file's name.",
    fixed=FOLLOWED,
)
INSTANCE: Final = Property(
    "instance",
    PropertyKind.TEXT,
    "",
    "Path that the faceplate is about; 'name=path;...' for several.",
    fixed=FOLLOWED,
)
COMMON: Final = (TOOL_TIP, ALARMS, VISIBLE, FACEPLATE, INSTANCE)
"""Properties of every element."""
DECIDING: Final = frozenset(
    {
        *("value", "release", "pulse_ms", "on_value", "off_value", "low", "high", "decimals"),
        *("care", "confirm", "jump_percent"),
    }
)
"""Properties of controls that decide what is written, and after which question."""
_NOT_IN_PICTURES: Final = frozenset({"tag", "visible", "tool_tip"})
"""What kept pictures need not follow: a kind's own key tells of its tag."""


class Element:
    """Show one element model: painter and properties; everything about tags is in its :class:`Properties`.

    Subclasses declare :attr:`kind` and paint in screen pixels with the painter set to the screen's scale.
    What :meth:`paint_static` paints never changes while a theme is shown; :meth:`paint_live` runs when an
    input changed. GUI thread only.
    """

    kind: ClassVar[Kind]
    is_interactive: bool = False
    has_static: ClassVar[bool] = False
    static_reads: ClassVar[frozenset[str]] = frozenset()
    """The properties that :meth:`paint_static` reads: while one follows tags, it runs with every live one."""
    follows_alarms: ClassVar[bool] = False
    """Whether the picture depends on alarms rather than on tags."""
    keeps_history: ClassVar[bool] = False
    """Whether :meth:`observe` wants a sample now and then."""
    shows_alarms: ClassVar[bool] = False
    """Whether the alarm symbol stands next to it without being asked for by ``alarms``."""
    shows_quality: ClassVar[bool] = True
    """Whether the status is marked at the element (HMI-16)."""
    marks_at_left: ClassVar[bool] = False
    """Whether the sign of a doubtful status stands at the left, where a unit follows at the right."""
    problem: str = ""
    """Why the element cannot be shown."""
    gate: "Element | None" = None
    """The nearest container around it that is not always shown."""

    def __init__(self, model: ElementModel, properties: Properties) -> None:
        self.model = model
        self.properties = properties
        self.rect = QRectF(model.x, model.y, model.w, model.h)
        if self.properties.text("faceplate"):
            self.is_interactive = True
        self._visible = None if properties.is_live("visible") else properties.flag("visible")
        self.is_static_live = not self.static_reads.isdisjoint(properties.bindings)
        """Whether what is else painted once follows tags."""
        live = properties.bindings.keys() - _NOT_IN_PICTURES
        self._decided_by = tuple(live & DECIDING) if live else ()
        self._followed = tuple(sorted(live)) if live else ()

    @property
    def is_live(self) -> bool:
        """Tell whether the element is painted again when values come."""
        return bool(self.properties.bindings) or self.is_interactive or self.follows_alarms

    @property
    def path(self) -> str:
        """Return the path of the element's tag, empty when it has none."""
        tag = self.properties.tag()
        return "" if tag is None else tag.path

    @property
    def mark(self) -> Mark:
        """Return how the element's inputs are to be decorated."""
        return mark(self.properties.status)

    @property
    def alarm_path(self) -> str:
        """Return the path whose alarms are marked at this element, empty for none."""
        given = self.properties.text("alarms")
        if given:
            return "" if given == NO_ALARMS else given
        return self.path if self.shows_alarms else ""

    @property
    def explained_path(self) -> str | None:
        """Return the path whose alarms a click explains, empty for the whole plant, None for no alarms."""
        return self.alarm_path or None

    @property
    def is_never_visible(self) -> bool:
        """Tell whether the element is hidden for good."""
        return self._visible is False

    @property
    def is_visible(self) -> bool:
        """Tell whether the element is shown: its own condition and those of the containers around it.

        A condition that cannot be told hides nothing: the element is there with the mark of its status.
        """
        if self.gate is not None and not self.gate.is_visible:
            return False
        if self._visible is not None:
            return self._visible
        found = self.properties.evaluated("visible")
        if found.value is None:
            return mark(found.status) is not Mark.WAITING
        return bool(found.value)

    @classmethod
    def own_properties(cls, model: ElementModel) -> list[tuple[Property, PropertyValue]]:  # noqa: ARG003  for tabs
        """Return properties that this very element has beside those of its kind, each with its value."""
        return []

    def is_about(self, path: str) -> bool:
        """Tell whether the element shows a tag, or marks alarms of it."""
        below = self.alarm_path
        return self.path == path or bool(below and (path == below or path.startswith(below + ".")))

    def is_gated_by(self, gates: set[int]) -> bool:
        """Tell whether a container around it is among ``gates``, by identity."""
        gate = self.gate
        while gate is not None:
            if id(gate) in gates:
                return True
            gate = gate.gate
        return False

    def equip(self, library: Library) -> None:
        """Take what the element needs of the project besides tags; called once, before it is shown.

        Raises:
            BindingError: something of it is missing or faulty.
        """

    def alarms(self, look: Look) -> list[tuple[Priority, bool]]:
        """Return the active alarms that are shown at the element, the most urgent first."""
        return alarms_of(look, self.alarm_path) if self.alarm_path else []

    def mark_rect(self) -> QRectF:
        """Return the box that a mark of doubt frames."""
        return self.rect

    def reason_rect(self) -> QRectF | None:
        """Return the room in which a bad value's reason stands, when it fits; None for none."""
        return None

    def alarm_anchor(self) -> QPointF:
        """Return the middle of the alarm symbol: at the upper left corner."""
        return self.rect.topLeft() + QPointF(2, 2)

    def paint_static(self, painter: QPainter, look: Look) -> None:
        """Paint what never changes."""

    def paint_live(self, painter: QPainter, look: Look) -> None:
        """Paint what follows the values."""

    def picture_key(self) -> Hashable | None:
        """Return what alone decides the live picture, so that it can be kept; None: it cannot.

        Other live properties than the tag are taken into account besides, and how the pointer and a block
        change a control.
        """
        return None

    def followed(self) -> tuple[Hashable, ...]:
        """Return what the picture follows beside the tag."""
        return tuple(self.properties.followed(name) for name in self._followed)

    def action(self) -> Action | None:
        """Return what a click does: by itself it opens the faceplate, if there is one."""
        name = self.properties.text("faceplate")
        return FaceplateAction(name, self.properties.text("instance")) if name else None

    def action_at(self, point: QPointF) -> Action | None:  # noqa: ARG002  for kinds with several places
        """Return what a click at a point does, in screen pixels."""
        return self.action()

    def stepped(self, forward: bool) -> QPointF | None:  # noqa: ARG002  for kinds with several places
        """Return the point whose press goes one step on or back, as the arrow keys ask for it."""
        return None

    @property
    def decided_by(self) -> tuple[str, ...]:
        """Return the live properties that decide what a press writes; while one is bad, nothing is."""
        return self._decided_by

    def is_meant(self, write: WriteMark) -> bool:  # noqa: ARG002  for kinds that share a tag
        """Tell whether a write of the element's tag is the one that this element asks for."""
        return True

    def blocked(self, look: Look) -> str:
        """Return why a click does nothing now, in one sentence; empty when it works."""
        return look.locked if isinstance(self.action(), (WriteAction, EditAction)) else ""

    def refusal(self, action: Action, look: Look) -> str:  # noqa: ARG002  for kinds with several actions
        """Return why one of its actions does nothing now, in one sentence; empty when it works."""
        return self.blocked(look)

    def step(self, forward: bool) -> bool:  # noqa: ARG002  for kinds with several places
        """Move the keyboard one place on or back within the element; tell whether there is one."""
        return False

    def focus_rect(self) -> QRectF:
        """Return where the keyboard is."""
        return self.rect

    def observe(self, now_ns: int) -> bool:  # noqa: ARG002  for kinds that keep history
        """Take a sample for a short history; tell whether the picture changed."""
        return False

    def accessible_name(self) -> str:
        """Return the name for assistive technology."""
        return self.properties.text("label") or self.path or self.model.id

    def tool_tip(self) -> list[str]:
        """Return the lines of the tool tip that are the kind's own."""
        return []

    def hit(self, point: QPointF) -> bool:
        """Tell whether a point is on the element."""
        return self.rect.contains(point)


def shown_value(element: Element, name: str = "tag", decimals: int | None = None) -> str:
    """Return the text of a property's value, or what stands for one that must not be shown."""
    found = element.properties.evaluated(name)
    shown = mark(found.status)
    if shown.hides_value or found.value is None:
        return hidden_text(shown)
    return format_value(found.value, element.properties.tag(name), decimals)


_LONGEST: Final = 1e15
"""Numbers from here on have more digits than a double holds and are written with a power of ten."""


def format_value(value: Value, tag: Tag | None, decimals: int | None = None) -> str:
    """Return a value as people read it: state text, or a number with the tag's decimals (HMI-17)."""
    if isinstance(value, str):
        return device_text(value)
    if isinstance(value, tuple):
        return ", ".join(format_value(item, tag, decimals) for item in value)
    if tag is not None and tag.data_type is DataType.DATETIME:
        return time_text(int(value))
    if tag is not None and tag.states and (isinstance(value, int) or value.is_integer()):
        return tag.states.get(int(value), str(int(value)))
    if isinstance(value, bool) or (tag is not None and tag.data_type is DataType.BOOL):
        return word("On") if value else word("Off")
    if abs(value) >= _LONGEST:
        return localised(f"{value:.6g}")
    places = decimals if decimals is not None else decimals_of(tag, value)
    return grouped(f"{value:.{places}f}")


def time_text(time_ns: int) -> str:
    """Return a moment in local time, to the second."""
    if time_ns <= 0:
        return word("never")
    return f"{local_date(time_ns)} {datetime.fromtimestamp(time_ns / NS_PER_S).astimezone():%H:%M:%S}"


def decimals_of(tag: Tag | None, value: float = 0.5) -> int:
    """Return the decimals of a tag's values: its own, none for whole numbers, else by its range."""
    if tag is not None and tag.decimals is not None:
        return tag.decimals
    if isinstance(value, int) or (tag is not None and tag.data_type.is_integer and tag.scaling is None):
        return 0
    if tag is not None and tag.eu_low is not None and tag.eu_high is not None:
        span = abs(tag.eu_high - tag.eu_low)
        return 0 if span >= 1000 else 1 if span >= 10 else 2
    return 2


def range_of(element: Element) -> tuple[float, float]:
    """Return the shown range: ``low`` and ``high``, else the tag's engineering range, else 0 to 100."""
    tag = element.properties.tag()
    low = tag.eu_low if tag is not None and tag.eu_low is not None else 0.0
    high = tag.eu_high if tag is not None and tag.eu_high is not None else 100.0
    low = element.properties.number("low", low)
    high = element.properties.number("high", high)
    return (low, high) if high > low else (low, low + 1.0)


def jump_percent(old: Value | None, new: Value, low: float | None, high: float | None) -> float:
    """Return how far two values are apart in per cent of a range, 0 where that has no meaning."""
    if isinstance(old, (str, tuple)) or isinstance(new, (str, tuple)) or old is None:
        return 0.0
    if low is None or high is None or high <= low:
        return 0.0
    return 100.0 * abs(float(new) - float(old)) / (high - low)


def unit_of(element: Element, name: str = "tag") -> str:
    """Return the unit to show: the property ``unit``, else the tag's."""
    given = element.properties.text("unit")
    tag = element.properties.tag(name)
    return given or ("" if tag is None else tag.unit)


def status_lines(element: Element) -> list[str]:
    """Return the tool tip's sentence on quality, empty for a good value."""
    return [] if element.mark is Mark.NONE else [reason(element.properties.status)]


def pen(color: QColor, width: float = 1.0, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """Return a pen with square ends and mitred corners."""
    return QPen(QBrush(color), width, style, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.MiterJoin)


def declared(*properties: Property) -> tuple[Property, ...]:
    """Return an element's own properties followed by the common ones."""
    return (*properties, *COMMON)
