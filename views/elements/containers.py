"""What holds elements: groups, tabs with pages, repeaters and embedded screens.

They are laid out by :mod:`projects.containers`; here they only paint what is their own. None takes room from
what it holds: a container's box is that of its own picture, so that what is in it stays in columns and in the
static layer.
"""

from typing import Final

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter

from alarms.model import Priority
from projects.containers import FOUND, PAGE, SHOWN, first_page
from projects.model import ElementModel, PropertyValue
from views.bindings import Properties
from views.declarations import ALARMED, FOLLOWED, LAID_OUT, Property, PropertyKind
from views.elements.base import (
    ALARMS,
    VISIBLE,
    Action,
    Element,
    Kind,
    Look,
    PageAction,
    alarms_of,
    pen,
    text_width,
)
from views.style import LABEL_PX, paint_alarm_symbol

_NOTE_PX: Final = 24.0
_SYMBOL_PX: Final = 18.0
_LEAST_HEADER_PX: Final = 24.0
"""The least height of what is pressed (HMI-20)."""


class Container(Element):
    """Paint nothing but its alarm symbol; ``visible`` holds for all that it holds."""

    def __init__(self, model: ElementModel, properties: Properties) -> None:
        super().__init__(model, properties)
        self.rect = QRectF(self.rect.topLeft(), QSizeF(0.0, 0.0))


class Group(Container):
    """Hold elements that belong together."""

    kind = Kind("group", "Group", "Elements that are moved, shown and hidden together.", (ALARMS, VISIBLE))


class Page(Container):
    """Hold the elements of one page of a tab."""

    kind = Kind(
        "page",
        "Page",
        "One page of a tab, with its elements; what is on a page that is not shown costs nothing.",
        (
            Property("title", PropertyKind.TEXT, "", "Written on the tab's header."),
            Property(
                "alarms",
                PropertyKind.TEXT,
                "",
                "Path whose most urgent alarm is shown on the tab's header.",
                fixed=ALARMED,
            ),
            VISIBLE,
        ),
    )

    @property
    def alarm_path(self) -> str:
        """Return none: the header shows them."""
        return ""


class Embedded(Container):
    """Show another screen, or a faceplate for an instance, as a part of this one."""

    kind = Kind(
        "embedded",
        "Embedded screen",
        "Another screen or a faceplate as a part of this one, in its own size.",
        (
            Property(
                "source",
                PropertyKind.TEXT,
                "",
                "What is shown: 'screens/boiler', 'faceplates/motor'.",
                fixed=FOLLOWED,
            ),
            Property(
                "parameters",
                PropertyKind.TEXT,
                "",
                "Path that a faceplate is about; 'name=path;...' for several.",
                fixed=FOLLOWED,
            ),
            ALARMS,
            VISIBLE,
        ),
    )


class Repeater(Container):
    """Hold a cell of the same elements for each instance; say when there is none, or more than fit."""

    kind = Kind(
        "repeater",
        "Repeater",
        "The same elements once for each instance of a type, or for each path of a pattern.",
        (
            Property("of", PropertyKind.TEXT, "", "The type whose instances are shown.", fixed=LAID_OUT),
            Property(
                "paths",
                PropertyKind.TEXT,
                "",
                "A pattern such as 'Filling.*' that paths must match.",
                fixed=LAID_OUT,
            ),
            Property(
                "parameter",
                PropertyKind.TEXT,
                "",
                "Name for the path in the cells; default: item, for {item}, {item_name}, {item_number}.",
                fixed=LAID_OUT,
            ),
            Property(
                "columns", PropertyKind.NUMBER, 0, "Cells side by side; 0: as many as fit.", fixed=LAID_OUT
            ),
            Property("spacing", PropertyKind.NUMBER, 8, "Room between cells.", fixed=LAID_OUT),
            Property(
                "cell_w", PropertyKind.NUMBER, 0, "Width of a cell; 0: as its elements need.", fixed=LAID_OUT
            ),
            Property(
                "cell_h", PropertyKind.NUMBER, 0, "Height of a cell; 0: as its elements need.", fixed=LAID_OUT
            ),
            VISIBLE,
        ),
    )

    def __init__(self, model: ElementModel, properties: Properties) -> None:
        super().__init__(model, properties)
        self._note = self._said(model)
        if self._note:
            top = model.y if not model.properties.get(FOUND) else model.y + model.h - _NOTE_PX
            self.rect = QRectF(model.x, top, model.w, _NOTE_PX)

    @property
    def is_live(self) -> bool:
        """Tell that a note lies above the cells."""
        return super().is_live or bool(self._note)

    def _said(self, model: ElementModel) -> str:
        found, shown = model.properties.get(FOUND), model.properties.get(SHOWN)
        if not isinstance(found, int) or not isinstance(shown, int):
            return ""
        if not found:
            wanted = str(model.properties.get("of") or model.properties.get("paths"))
            return QCoreApplication.translate("Repeater", "There is no {what}.").format(what=wanted)
        if found == shown:
            return ""
        return QCoreApplication.translate("Repeater", "%n more do not fit here.", "", found - shown)

    def paint_live(self, painter: QPainter, look: Look) -> None:
        """Paint what there is to say."""
        if not self._note:
            return
        width = min(self.rect.width(), text_width(self._note, LABEL_PX, False) + 16)
        plate = QRectF(self.rect.right() - width, self.rect.y(), width, self.rect.height())
        painter.setPen(pen(look.theme.outline, 1.5))
        painter.setBrush(look.theme.surface)
        painter.drawRoundedRect(plate, 4, 4)
        inner = plate.adjusted(8, 0, -8, 0)
        look.text(painter, inner, self._note, color=look.theme.text, owner=self.model.id)

    def accessible_name(self) -> str:
        """Return what there is to say."""
        return self._note or super().accessible_name()


class Tab(Element):
    """Paint the header of a tab: a field per page, the shown one open, with the alarms of those not shown."""

    kind = Kind(
        "tab",
        "Tab",
        "Pages in one place, one of them shown; each title tells of alarms on its page.",
        (
            Property("page", PropertyKind.NUMBER, 1, "The page shown first, from 1.", fixed=LAID_OUT),
            Property("header", PropertyKind.NUMBER, 36, "Height of the header.", fixed=LAID_OUT),
            VISIBLE,
        ),
    )
    is_interactive = True
    follows_alarms = True
    shows_quality = False

    def __init__(self, model: ElementModel, properties: Properties) -> None:
        super().__init__(model, properties)
        self.pages = tuple(page for page in model.children if page.type == PAGE)
        self.shown = first_page(model)
        height = max(_LEAST_HEADER_PX, properties.number("header", 36.0))
        self.rect.setHeight(min(height, model.h))

    def fields(self) -> list[QRectF]:
        """Return the box of each page's field: as wide as the titles need, narrower when they must be."""
        widths = [text_width(title, LABEL_PX, True) + 32 + _SYMBOL_PX for title in self.titles()]
        squeeze = min(1.0, self.rect.width() / max(1.0, sum(widths)))
        found, left = [], self.rect.x()
        for width in widths:
            found.append(QRectF(left, self.rect.y(), width * squeeze, self.rect.height()))
            left += width * squeeze
        return found

    @classmethod
    def own_properties(cls, model: ElementModel) -> list[tuple[Property, PropertyValue]]:
        """Return the titles of the pages, which stand on the header though only one page is there."""
        return [
            (Property(f"title.{place}", PropertyKind.TEXT, "", ""), str(page.properties.get("title") or ""))
            for place, page in enumerate(page for page in model.children if page.type == PAGE)
        ]

    def titles(self) -> list[str]:
        """Return the pages' titles, their ids where they have none."""
        texts = [self.properties.text(f"title.{place}") for place in range(len(self.pages))]
        return [text or page.id for text, page in zip(texts, self.pages, strict=True)]

    def alarms(self, look: Look) -> list[tuple[Priority, bool]]:
        """Return the alarms of all pages, the unacknowledged first: those flash."""
        found = [one for page in self.pages for one in self._alarms_on(page, look)]
        return sorted(found, key=lambda one: (one[1], one[0]))

    def _alarms_on(self, page: ElementModel, look: Look) -> list[tuple[Priority, bool]]:
        path = page.properties.get("alarms")
        return alarms_of(look, path) if isinstance(path, str) and path else []

    @property
    def explained_path(self) -> str | None:
        """Return none: a press shows a page."""
        return None

    def action(self) -> Action | None:
        """Return the way to the next page."""
        return PageAction(self.model.id, (self.shown + 1) % len(self.pages)) if self.pages else None

    def action_at(self, point: QPointF) -> Action | None:
        """Return the way to the page whose field is at a point."""
        for number, box in enumerate(self.fields()):
            if box.contains(point):
                return PageAction(self.model.id, number)
        return None

    def stepped(self, forward: bool) -> QPointF | None:
        """Return the middle of the field beside the shown one, none beyond the ends."""
        wanted = self.shown + (1 if forward else -1)
        return self.fields()[wanted].center() if 0 <= wanted < len(self.pages) else None

    def paint_live(self, painter: QPainter, look: Look) -> None:
        """Paint the fields, the shown one joined to its page."""
        theme, body = look.theme, self.rect
        painter.setPen(pen(theme.control_border, 1.5))
        painter.drawLine(body.bottomLeft() - QPointF(0, 0.75), body.bottomRight() - QPointF(0, 0.75))
        names = zip(self.fields(), self.titles(), self.pages, strict=True)
        for number, (box, title, page) in enumerate(names):
            shown = number == self.shown
            painter.setPen(pen(theme.control_border, 1.5))
            painter.setBrush(theme.background if shown else theme.control)
            face = box.adjusted(0.75, 2 if shown else 5, -3, 4)
            painter.save()
            painter.setClipRect(box.adjusted(0, 0, 1, 0 if shown else -1.5), Qt.ClipOperation.IntersectClip)
            painter.drawRoundedRect(face, 5, 5)
            painter.restore()
            if shown:
                painter.fillRect(QRectF(face.x() + 6, face.y(), face.width() - 12, 3), theme.accent)
            ink = theme.text if shown else theme.text_muted
            text = QRectF(face.x() + 10, face.y(), face.width() - 16 - _SYMBOL_PX, box.bottom() - face.y())
            look.text(painter, text, title, bold=shown, color=ink, owner=self.model.id)
            active = self._alarms_on(page, look)
            if active:
                mark = QRectF(0, 0, _SYMBOL_PX, _SYMBOL_PX)
                mark.moveCenter(QPointF(face.right() - 6 - _SYMBOL_PX / 2, text.center().y()))
                paint_alarm_symbol(painter, mark, *active[0], look.blink_on, theme)

    def accessible_name(self) -> str:
        """Return the title of the page shown and its place."""
        if not self.pages:
            return super().accessible_name()
        return QCoreApplication.translate("Tab", "{title}, page {number} of {count}").format(
            title=self.titles()[self.shown], number=self.shown + 1, count=len(self.pages)
        )
