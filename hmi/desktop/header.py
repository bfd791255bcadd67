"""The window's top line: the way back, where we are, the link to the station, who is there, and the time."""

from PySide6.QtCore import QDateTime, QSize, Qt, Signal
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from hmi.desktop.connector import LinkState
from projects.model import Screen
from views.alarm_banner import ElidedLabel
from views.local_text import date_format
from views.style import Theme, font

HEIGHT_PX = 44


class LinkMark(QWidget):
    """Show the link's state by shape: a full disc is connected, a ring is trying, a crossed ring is lost."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedSize(16, 16)
        self._theme = theme
        self._state = LinkState.CONNECTING

    def set_state(self, state: LinkState) -> None:
        """Show this state."""
        if state is not self._state:
            self._state = state
            self.update()

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        """Paint the shape."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = self._theme.text
        painter.setPen(QPen(color, 2))
        box = self.rect().adjusted(3, 3, -3, -3)
        if self._state is LinkState.CONNECTED:
            painter.setBrush(color)
        painter.drawEllipse(box)
        if self._state in (LinkState.LOST, LinkState.REFUSED, LinkState.CLOSED):
            painter.drawLine(box.topLeft(), box.bottomRight())
        painter.end()


class HeaderBar(QFrame):
    """Hold the window's actions as buttons around the screen's name."""

    place_chosen = Signal(str)
    """A screen in the breadcrumb."""

    def __init__(self, actions: dict[str, QAction], theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("surface", "chrome")
        self.setFixedHeight(HEIGHT_PX)
        self._buttons: list[QToolButton] = []
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 2, 8, 2)
        layout.setSpacing(2)
        for name in ("menu", "back", "forward", "home", "search"):
            layout.addWidget(self._button(actions[name]))
        layout.addSpacing(8)
        self._crumbs = QLabel(self)
        self._crumbs.setTextFormat(Qt.TextFormat.RichText)
        self._crumbs.linkActivated.connect(self.place_chosen)
        self.title = ElidedLabel(self)
        self.title.setFont(font(18, bold=True))
        self._favourite = self._button(actions["favourite"])
        layout.addWidget(self._crumbs)
        layout.addWidget(self._favourite)
        layout.addWidget(self.title, 1)
        self._mark = LinkMark(theme, self)
        self._link = QLabel(self)
        self._user = QLabel(self)
        self._user.setProperty("role", "muted")
        self._date = QLabel(self)
        self._date.setProperty("role", "muted")
        self._clock = QLabel(self)
        self._clock.setFont(font(18, bold=True))
        for widget, space in (
            (self._mark, 4),
            (self._link, 14),
            (self._user, 14),
            (self._date, 8),
            (self._clock, 10),
        ):
            layout.addWidget(widget)
            layout.addSpacing(space)
        for name in ("sound", "theme", "fullscreen"):
            layout.addWidget(self._button(actions[name]))
        self._theme = theme
        self.set_theme(theme)

    def _button(self, action: QAction) -> QToolButton:
        button = QToolButton(self)
        button.setDefaultAction(action)
        button.setIconSize(QSize(22, 22))
        button.setFixedSize(36, 36)
        button.setAutoRaise(True)
        button.setAccessibleName(action.text())
        if action.menu() is not None:
            button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._buttons.append(button)
        return button

    def set_place(self, path: list[Screen], title: str) -> None:
        """Show where we are: the screens above as links, then the title."""
        color = self._theme.text_muted.name()
        links = [
            f'<a href="{screen.id}" style="color:{color}; text-decoration:none">{_escaped(screen.title)}</a>'
            f'<span style="color:{color}">&nbsp;&nbsp;›&nbsp;&nbsp;</span>'
            for screen in path[:-1]
        ]
        self._crumbs.setText("".join(links))
        self._crumbs.setVisible(bool(links))
        self.title.set_full_text(title)
        self._favourite.setVisible(bool(path))

    def set_link(self, state: LinkState, station: str, sentence: str) -> None:
        """Show the link's state."""
        self._mark.set_state(state)
        words = {
            LinkState.CONNECTED: station or self.tr("Connected"),
            LinkState.CONNECTING: self.tr("Connecting"),
            LinkState.LOST: self.tr("No station"),
            LinkState.REFUSED: self.tr("Refused"),
            LinkState.CLOSED: self.tr("Closed"),
        }
        self._link.setText(words[state])
        self._link.setFont(font(14, bold=state is not LinkState.CONNECTED))
        for widget in (self._mark, self._link):
            widget.setToolTip(sentence)

    def set_user(self, user: str, workstation: str) -> None:
        """Show who is there."""
        self._user.setText(user)
        self._user.setToolTip(self.tr("{user} at {workstation}").format(user=user, workstation=workstation))

    def set_time(self, now_ns: int) -> None:
        """Show the local time."""
        moment = QDateTime.fromMSecsSinceEpoch(now_ns // 1_000_000)
        text = moment.toString("HH:mm:ss")
        if text != self._clock.text():
            self._clock.setText(text)
            self._date.setText(moment.toString(date_format()))

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self._theme = theme
        self._mark.set_theme(theme)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
