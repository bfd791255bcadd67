"""Where the operator is and can go: the tree of screens, the pages, and the way back."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QStyle,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from projects.model import Project, Screen
from projects.screens import property_values
from views.style import Theme, icon

LEAST_PX = 228
MOST_PX = 320
"""How wide the panel gets for the titles of its screens; longer ones end in … and have a tool tip."""
_INDENT_PX = 14
_ROOM_PX = 24
"""What the style keeps free beside a title."""
SHOWN_FAVOURITES = 6
_SCREEN_ROLE = int(Qt.ItemDataRole.UserRole)


class ScreenHistory:
    """Remember the screens visited, as a browser does."""

    def __init__(self) -> None:
        self._visited: list[str] = []
        self._at = -1

    @property
    def current(self) -> str:
        """Return the present screen, empty before the first."""
        return self._visited[self._at] if self._at >= 0 else ""

    @property
    def can_go_back(self) -> bool:
        """Tell whether there is a screen before this one."""
        return self._at > 0

    @property
    def can_go_forward(self) -> bool:
        """Tell whether the operator has gone back from somewhere."""
        return self._at < len(self._visited) - 1

    def visit(self, screen_id: str) -> None:
        """Go to a screen; what was ahead is forgotten."""
        if screen_id != self.current:
            del self._visited[self._at + 1 :]
            self._visited.append(screen_id)
            self._at += 1

    def back(self) -> str:
        """Go one screen back and return it."""
        self._at = max(0, self._at - 1)
        return self.current

    def forward(self) -> str:
        """Go one screen forward and return it."""
        self._at = min(len(self._visited) - 1, self._at + 1)
        return self.current


def clicks_from(project: Project, start: str) -> dict[str, int]:
    """Return how many clicks each screen is away from one: buttons of screens, the breadcrumb and Home.

    The tree of screens, which needs one click to anywhere, is not counted: it may be hidden (HMI-11).
    """
    links = {name: _links(project, screen) for name, screen in project.screens.items()}
    found = {start: 0}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        for there in links[here]:
            if there in project.screens and there not in found:
                found[there] = found[here] + 1
                waiting.append(there)
    return found


def _links(project: Project, screen: Screen) -> list[str]:
    buttons = [
        value
        for element in screen.elements
        for _, key, value in property_values(element.properties)
        if key == "screen" and isinstance(value, str)
    ]
    above = [one.id for one in path_to(project.screens, screen.id)[:-1]]
    return [*buttons, *above, home_screen(project)]


def home_screen(project: Project) -> str:
    """Return the screen to open first: the project's home, else the highest; empty if there is none."""
    if project.station.home in project.screens:
        return project.station.home
    return min(project.screens, key=lambda one: (project.screens[one].level, one), default="")


def path_to(screens: Mapping[str, Screen], screen_id: str) -> list[Screen]:
    """Return the screens from the top of the tree down to this one."""
    path: list[Screen] = []
    while screen_id in screens and screens[screen_id] not in path:
        path.insert(0, screens[screen_id])
        screen_id = screens[screen_id].parent
    return path


def in_order(screens: Mapping[str, Screen]) -> list[Screen]:
    """Return the screens in the order of the tree: by level and title, children behind their parent."""
    children: dict[str, list[Screen]] = {}
    for screen in screens.values():
        parent = screen.parent if screen.parent in screens and screen.parent != screen.id else ""
        children.setdefault(parent, []).append(screen)
    ordered: list[Screen] = []

    def add(parent: str) -> None:
        for screen in sorted(children.get(parent, ()), key=lambda one: (one.level, one.title.casefold())):
            if screen not in ordered:
                ordered.append(screen)
                add(screen.id)

    add("")
    ordered += [screen for screen in screens.values() if screen not in ordered]
    return ordered


@dataclass(frozen=True, slots=True)
class Place:
    """Say where an operator is: the page, the screens visited, and the faceplates beside them."""

    page: str
    history: ScreenHistory
    faceplates: tuple[tuple[str, str], ...] = ()


class NavigationPanel(QFrame):
    """Show the tree of screens and the window's other pages."""

    screen_chosen = Signal(str)
    page_chosen = Signal(str)

    def __init__(self, pages: Mapping[str, tuple[str, str, str]], theme: Theme, parent: QWidget) -> None:
        """Make the panel; ``pages`` maps a page's name to title, icon and key."""
        super().__init__(parent)
        self.setProperty("surface", "chrome")
        self.setFixedWidth(LEAST_PX)
        self._theme = theme
        self._items: dict[str, QTreeWidgetItem] = {}
        self.tree = QTreeWidget(self)
        self.tree.setHeaderHidden(True)
        self.tree.setIndentation(_INDENT_PX)
        self.tree.setRootIsDecorated(False)
        self.tree.setProperty("surface", "plain")
        self.tree.setExpandsOnDoubleClick(False)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.setAccessibleName(self.tr("Screens"))
        self.tree.itemClicked.connect(self._on_item)
        self.tree.itemActivated.connect(self._on_item)
        self.favourites = QListWidget(self)
        self.favourites.setProperty("surface", "plain")
        self.favourites.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.favourites.setAccessibleName(self.tr("Favourites"))
        self.favourites.itemClicked.connect(self._on_favourite)
        self.favourites.itemActivated.connect(self._on_favourite)
        self._favourites_title = self._title(self.tr("Favourites"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 8)
        layout.setSpacing(2)
        layout.addWidget(self._favourites_title)
        layout.addWidget(self.favourites)
        layout.addWidget(self._title(self.tr("Screens")))
        layout.addWidget(self.tree, 1)
        layout.addSpacing(8)
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QToolButton] = {}
        self._icons: dict[str, str] = {}
        place = QVBoxLayout()
        place.setContentsMargins(8, 0, 8, 0)
        for name, (text, icon_name, key) in pages.items():
            button = QToolButton(self)
            button.setText(f" {text}")
            button.setToolTip(f"{text} ({key})")
            button.setCheckable(True)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setIconSize(QSize(20, 20))
            button.setFixedHeight(36)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.clicked.connect(lambda _=False, page=name: self.page_chosen.emit(page))
            self._group.addButton(button)
            self.buttons[name] = button
            self._icons[name] = icon_name
            place.addWidget(button)
        layout.addLayout(place)
        self.set_favourites({}, ())
        self.set_theme(theme)

    def _title(self, text: str) -> QLabel:
        title = QLabel(text, self)
        title.setProperty("role", "muted")
        title.setStyleSheet("margin: 10px 0 4px 12px")  # contents margins go when the style is set again
        return title

    def set_favourites(self, screens: Mapping[str, Screen], favourites: Sequence[str]) -> None:
        """Show the screens that the user marked above all others, nothing when there are none."""
        self.favourites.clear()
        for name in favourites:
            if name in screens:
                item = QListWidgetItem(screens[name].title)
                item.setData(_SCREEN_ROLE, name)
                item.setToolTip(screens[name].title)
                self.favourites.addItem(item)
        count = self.favourites.count()
        row_px = self.favourites.sizeHintForRow(0) if count else 0
        self.favourites.setFixedHeight(min(count, SHOWN_FAVOURITES) * row_px + 4)
        for widget in (self.favourites, self._favourites_title):
            widget.setVisible(count > 0)

    def set_screens(self, screens: Mapping[str, Screen]) -> None:
        """Show these screens."""
        self.tree.clear()
        self._items.clear()
        for screen in in_order(screens):
            item = QTreeWidgetItem([screen.title])
            item.setData(0, _SCREEN_ROLE, screen.id)
            item.setToolTip(0, f"{screen.title} ({screen.level.value})")
            parent = self._items.get(screen.parent)
            if parent is not None and screen.parent != screen.id:
                parent.addChild(item)
            else:
                self.tree.addTopLevelItem(item)
            self._items[screen.id] = item
        self.tree.expandAll()
        self._fit_width(screens)

    def _fit_width(self, screens: Mapping[str, Screen]) -> None:
        """Give the titles the room that they need beside a scroll bar, up to a limit."""
        metrics = self.tree.fontMetrics()
        room_px = _ROOM_PX + self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        needed = [
            metrics.horizontalAdvance(screen.title) + (len(path_to(screens, screen.id)) - 1) * _INDENT_PX
            for screen in screens.values()
        ]
        self.setFixedWidth(min(max(max(needed, default=0) + room_px, LEAST_PX), MOST_PX))

    def show_place(self, page: str, screen_id: str) -> None:
        """Mark the present page, and the screen when one is shown."""
        for name, button in self.buttons.items():
            self._group.setExclusive(False)
            button.setChecked(name == page)
            self._group.setExclusive(True)
        item = self._items.get(screen_id) if page == "screens" else None
        self.tree.setCurrentItem(item)  # type: ignore[arg-type]
        if item is None:
            self.tree.clearSelection()

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self._theme = theme
        for name, button in self.buttons.items():
            button.setIcon(icon(self._icons[name], theme))

    @Slot(QListWidgetItem)
    def _on_favourite(self, item: QListWidgetItem) -> None:
        self.screen_chosen.emit(item.data(_SCREEN_ROLE))

    @Slot(QTreeWidgetItem, int)
    def _on_item(self, item: QTreeWidgetItem, column: int) -> None:  # noqa: ARG002
        self.screen_chosen.emit(item.data(0, _SCREEN_ROLE))
