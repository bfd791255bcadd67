"""The connections page: each controller's state in words, what it is, and how the traffic runs."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from alarms.model import AlarmSnapshot
from hmi.desktop.connection_book import state_word
from hmi.desktop.connection_details import ConnectionDetails
from tags.connection import ConnectionState, ConnectionStatus
from tags.status import StatusCode
from views.alarm_banner import SymbolLabel
from views.alarm_book import is_unacknowledged
from views.late import Late
from views.local_text import age, local_time, milliseconds, number
from views.style import Theme, font

_MARGIN_PX = 10
FindAlarm = Callable[[str], AlarmSnapshot | None]
"""Return the worst alarm of a connection, by its name."""


class StateMark(QWidget):
    """Show a connection's state by shape, without colour: full, half, empty, crossed, barred."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedSize(26, 26)
        self._theme = theme
        self._state = ConnectionState.CONNECTING

    def set_state(self, state: ConnectionState) -> None:
        """Show this state."""
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
        box = self.rect().adjusted(4, 4, -4, -4)
        painter.setPen(QPen(color, 2.5))
        state = self._state
        if state is ConnectionState.CONNECTED:
            painter.setBrush(color)
        painter.drawEllipse(box)
        if state is ConnectionState.DEGRADED:
            painter.setBrush(color)
            painter.drawPie(box, 90 * 16, 180 * 16)
        elif state is ConnectionState.CONNECTING:
            painter.setBrush(color)
            painter.drawEllipse(box.center(), 2, 2)
        elif state is ConnectionState.DISABLED:
            painter.drawLine(box.left() + 4, box.center().y(), box.right() - 4, box.center().y())
        elif state in (ConnectionState.UNAVAILABLE, ConnectionState.FAILED):
            painter.drawLine(box.topLeft(), box.bottomRight())
            if state is ConnectionState.FAILED:
                painter.drawLine(box.topRight(), box.bottomLeft())
        painter.end()


class ConnectionCard(QFrame):
    """Show one connection; texts change in place."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("surface", "panel")
        self._status: ConnectionStatus | None = None
        self.mark = StateMark(theme, self)
        self.symbol = SymbolLabel(24, theme, self)
        self.name = QLabel(self)
        self.name.setFont(font(18, bold=True))
        self.state = QLabel(self)
        self.state.setFont(font(16, bold=True))
        self.since = QLabel(self)
        self.since.setProperty("role", "muted")
        self.sentence = QLabel(self)
        self.sentence.setWordWrap(True)
        self.detail = QLabel(self)
        self.detail.setProperty("role", "muted")
        self.detail.setWordWrap(True)
        for label in (self.name, self.state, self.sentence, self.detail):
            label.setTextFormat(Qt.TextFormat.PlainText)  # what a device or project says is no mark-up
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self.mark)
        head.addWidget(self.name)
        head.addWidget(self.state)
        head.addWidget(self.since)
        head.addStretch(1)
        head.addWidget(self.symbol)
        self.trust = QPushButton(self.tr("Decide on the certificate…"), self)
        self.trust.setProperty("kind", "primary")
        self.trust.hide()
        head.addWidget(self.trust)
        self.details = QPushButton(self.tr("Tags, frames, test"), self)
        head.addWidget(self.details)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        self._figures: dict[str, QLabel] = {}
        for column, (key, title) in enumerate(
            {
                "tags": self.tr("Tags"),
                "bad": self.tr("Bad"),
                "rate": self.tr("Values/s"),
                "p50": self.tr("Answer, median"),
                "p99": self.tr("Answer, 99 %"),
                "requests": self.tr("Requests"),
                "errors": self.tr("Errors"),
                "reconnects": self.tr("Reconnects"),
                "sent": self.tr("Sent"),
                "received": self.tr("Received"),
            }.items()
        ):
            label = QLabel(title, self)
            label.setProperty("role", "muted")
            value = QLabel(self)
            value.setFont(font(16))
            for part in (label, value):
                part.setToolTip(self._meaning(key))
            grid.addWidget(label, 0, column)
            grid.addWidget(value, 1, column)
            grid.setColumnStretch(column, 1)
            self._figures[key] = value
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 14, 12)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.sentence)
        layout.addWidget(self.detail)
        layout.addSpacing(6)
        layout.addLayout(grid)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def _meaning(self, key: str) -> str:
        return {
            "tags": self.tr("Tags that are fetched from this device"),
            "bad": self.tr("Tags without a usable value now"),
            "rate": self.tr("Values that came per second, lately"),
            "p50": self.tr("Half of the requests were answered within this time"),
            "p99": self.tr("All but one of a hundred requests were answered within this time"),
            "requests": self.tr("Requests since the station started"),
            "errors": self.tr(
                "Requests that the device refused or did not answer. A few at the start are normal: "
                "places that it does not have are found by asking, and are left out from then on."
            ),
            "reconnects": self.tr("How often the connection was lost and made again"),
            "sent": self.tr("Bytes sent since the station started"),
            "received": self.tr("Bytes received since the station started"),
        }[key]

    def show_status(self, status: ConnectionStatus) -> None:
        """Show a connection's state and counters."""
        before, self._status = self._status, status
        if before is None or before.state is not status.state:
            self.mark.set_state(status.state)
            self.state.setText(state_word(status.state))
        self.name.setText(status.name)
        self.sentence.setText(status.text)
        self.trust.setVisible(status.fault == StatusCode.BadCertificateUntrusted)
        detail = [status.driver, status.device, status.plan]
        self.detail.setText("  ·  ".join(part for part in detail if part))
        texts = {
            "tags": number(status.tags),
            "bad": number(status.bad_tags),
            "rate": number(status.values_per_s, 0),
            "p50": milliseconds(status.request_p50_ms) if status.requests else "–",
            "p99": milliseconds(status.request_p99_ms) if status.requests else "–",
            "requests": number(status.requests),
            "errors": number(status.errors),
            "reconnects": number(status.reconnects),
            "sent": bytes_text(status.sent_bytes),
            "received": bytes_text(status.received_bytes),
        }
        for key, text in texts.items():
            self._figures[key].setText(text)

    def show_alarm(self, alarm: AlarmSnapshot | None) -> None:
        """Show the connection's alarm beside its state."""
        flashes = alarm is not None and is_unacknowledged(alarm)
        self.symbol.set_symbol(alarm.priority if alarm is not None else None, flashes=flashes)
        self.symbol.setToolTip(alarm.message if alarm is not None else "")

    def refresh(self, now_ns: int) -> None:
        """Let the time go on."""
        if self._status is not None and self._status.since_ns:
            text = self.tr("for {}").format(age(self._status.since_ns, now_ns))
            if text != self.since.text():
                self.since.setText(text)
                self.since.setToolTip(local_time(self._status.since_ns))

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self.mark.set_theme(theme)
        self.symbol.set_theme(theme)


def bytes_text(count: int) -> str:
    """Return a number of bytes in a readable unit."""
    units = QCoreApplication.translate("LocalText", "B kB MB GB TB").split()
    size = float(count)
    step = 0
    while size >= 1000 and step < len(units) - 1:
        size /= 1000
        step += 1
    return f"{number(size, 1 if step else 0)} {units[step]}"


class ConnectionsPage(QWidget):
    """Show all connections as cards, in the project's order.

    ``secured`` has the addresses of those whose security goes by certificates.
    """

    def __init__(
        self,
        find_alarm: FindAlarm,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        secured: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(parent)
        self._secured = secured or {}
        self._find_alarm = find_alarm
        self._theme = theme
        self.cards: dict[str, ConnectionCard] = {}
        self._list = QWidget(self)
        self._layout = QVBoxLayout(self._list)
        self._layout.setContentsMargins(10, 10, 10, 10)
        self._layout.setSpacing(8)
        self._empty = QLabel(self.tr("This project has no connections."), self._list)
        self._empty.setProperty("role", "muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._layout.addWidget(self._empty)
        self._layout.addStretch(1)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(self._list)
        scroll.viewport().setAutoFillBackground(False)
        self._list.setAutoFillBackground(False)
        self._scroll = scroll
        self._splitter = QSplitter(Qt.Orientation.Vertical, self)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(scroll)
        self._details: Late[ConnectionDetails] | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._splitter)

    def set_details(self, details: Late[ConnectionDetails]) -> None:
        """Show details of one connection below the cards when they are asked for."""
        self._details = details

    def put_details(self, details: ConnectionDetails) -> None:
        """Give the details their place below the cards."""
        self._splitter.addWidget(details)
        self._splitter.setStretchFactor(0, 0)
        self._splitter.setStretchFactor(1, 1)

    def show_card(self, name: str) -> None:
        """Bring the card of a connection into view."""
        if name in self.cards:
            self._scroll.ensureWidgetVisible(self.cards[name])

    def open_details(self, name: str, *, certificates: bool = False) -> None:
        """Show the details of a connection and its card above them, or its device's certificates."""
        if self._details is not None and name in self.cards:
            details = self._details()
            details.open(name, self._secured.get(name, ""))
            if certificates:
                details.show_certificates()
            card = self.cards[name].sizeHint().height() + 2 * _MARGIN_PX
            self._splitter.setSizes([card, max(self.height() - card, 0)])
            QTimer.singleShot(0, self, lambda: self._scroll.ensureWidgetVisible(self.cards[name]))

    def apply(self, statuses: Sequence[ConnectionStatus]) -> None:
        """Take states and counters that changed."""
        for status in statuses:
            card = self.cards.get(status.name)
            if card is None:
                card = self.cards[status.name] = ConnectionCard(self._theme, self._list)
                card.details.clicked.connect(lambda _=False, name=status.name: self.open_details(name))
                card.trust.clicked.connect(
                    lambda _=False, name=status.name: self.open_details(name, certificates=True)
                )
                self._layout.insertWidget(self._layout.count() - 1, card)
            card.show_status(status)
        self._empty.setVisible(not self.cards)

    def refresh(self, now_ns: int) -> None:
        """Let the time go on while the page is visible."""
        if self.isVisible():
            for card in self.cards.values():
                card.refresh(now_ns)

    def refresh_alarms(self) -> None:
        """Show each connection's alarm."""
        for name, card in self.cards.items():
            card.show_alarm(self._find_alarm(name))

    def set_blink(self, on: bool) -> None:
        """Set the phase of unacknowledged symbols."""
        for card in self.cards.values():
            card.symbol.set_blink(on)

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self._theme = theme
        for card in self.cards.values():
            card.set_theme(theme)
