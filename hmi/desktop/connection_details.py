"""What one connection does in detail: its tags, its frames, and a test of it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from hmi.desktop.background import Background
from hmi.desktop.certificates import CertificatesPanel
from hmi.desktop.client import QueryFailure, StationClient
from hmi.desktop.connection_tags import ConnectionTags
from hmi.desktop.frame_log import FrameLog
from hmi.desktop.live import LiveSource
from hmi.diagnosis import ProbeStep
from views.local_text import milliseconds
from views.style import font


class ConnectionTest(QWidget):
    """Test a connection when asked and show each step in words with its milliseconds."""

    def __init__(self, client: StationClient, parent: QWidget) -> None:
        super().__init__(parent)
        self._client = client
        self._connection = ""
        self._path = ""
        self._request: int | None = None
        self.button = QPushButton(self.tr("Test now"), self)
        self.button.setProperty("kind", "primary")
        self.button.clicked.connect(self.run)
        self.verdict = QLabel(self)
        self.verdict.setTextFormat(Qt.TextFormat.PlainText)
        self.verdict.setFont(font(16, bold=True))
        self.hint = QLabel(self)
        self.hint.setTextFormat(Qt.TextFormat.PlainText)
        self.hint.setProperty("role", "muted")
        row = QHBoxLayout()
        row.addWidget(self.button)
        row.addWidget(self.verdict)
        row.addStretch(1)
        row.addWidget(self.hint)
        self._steps = QGridLayout()
        self._steps.setHorizontalSpacing(20)
        self._steps.setColumnStretch(3, 1)
        self.labels: list[QLabel] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 6, 0, 0)
        layout.addLayout(row)
        layout.addLayout(self._steps)
        layout.addStretch(1)

    def set_target(self, connection: str, path: str) -> None:
        """Test this connection; read this tag, or one of the station's choice when it is empty."""
        if connection != self._connection:
            self._forget()
            self._connection = connection
            self.verdict.clear()
            self._show([])
        self._path = path
        self.hint.setText(
            self.tr("Connects, pings and reads {}.").format(path or self.tr("a tag of the station's choice"))
        )

    @Slot()
    def run(self) -> None:
        """Ask the station for the test."""
        self._forget()
        self.verdict.setText(self.tr("Testing…"))
        self._show([])
        self.button.setEnabled(False)
        self._request = self._client.probe(self._connection, self._path, self._take)

    def _forget(self) -> None:
        if self._request is not None:
            self._client.cancel(self._request)
            self._request = None
        self.button.setEnabled(True)

    def _take(self, found: list[ProbeStep] | QueryFailure) -> None:
        self._request = None
        self.button.setEnabled(True)
        if isinstance(found, QueryFailure):
            self.verdict.setText(found.text)
            return
        passed = all(step.passed for step in found)
        self.verdict.setText(self.tr("All passed.") if passed else self.tr("It fails here:"))
        self._show(found)

    def _show(self, steps: Sequence[ProbeStep]) -> None:
        for label in self.labels:
            self._steps.removeWidget(label)
            label.deleteLater()
        self.labels = []
        for row, step in enumerate(steps):
            mark = self.tr("passed") if step.passed else self.tr("failed")
            duration = milliseconds(step.duration_ms) if step.duration_ms else ""
            for column, text in enumerate((mark, step.title, duration, step.text)):
                label = QLabel(text, self)
                label.setTextFormat(Qt.TextFormat.PlainText)
                label.setWordWrap(column == 3)
                label.setFont(font(15, bold=column == 0 and not step.passed))
                self._steps.addWidget(label, row, column, Qt.AlignmentFlag.AlignTop)
                self.labels.append(label)


class ConnectionDetails(QFrame):
    """Show tags, frames and test of the chosen connection. Hidden until one is chosen."""

    why_requested = Signal(str)
    tags_changed = Signal()
    """Other tags are to be followed, or none any more."""

    def __init__(
        self, live: LiveSource, client: StationClient, background: Background, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setProperty("surface", "panel")
        self.connection = ""
        self.title = QLabel(self)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setFont(font(18, bold=True))
        close = QPushButton(self.tr("Close"), self)
        close.setProperty("kind", "flat")
        close.clicked.connect(self.close_details)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(close)
        self.tags = ConnectionTags(live, self)
        self.tags.why_requested.connect(self.why_requested)
        self.frames = FrameLog(client, background, self)
        self.test = ConnectionTest(client, self)
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.tags, self.tr("Tags"))
        self.tabs.addTab(self.frames, self.tr("Frame log"))
        self.tabs.addTab(self.test, self.tr("Test"))
        self.certificates = CertificatesPanel(client, self)
        self.tabs.addTab(self.certificates, self.tr("Certificates"))
        self.tabs.currentChanged.connect(self._aim)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 8, 14, 10)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.tabs, 1)
        self.hide()

    def open(self, connection: str, url: str = "") -> None:
        """Show a connection; ``url`` is its address where its security goes by certificates."""
        changed = connection != self.connection
        self.connection = connection
        self.title.setText(connection)
        if changed:
            self.tags.set_connection(connection)
            self.frames.set_connection(connection)
        self.tabs.setTabVisible(self.tabs.indexOf(self.certificates), bool(url))
        if url:
            self.certificates.open(url)
        self._aim()
        self.show()
        if changed:
            self.tags_changed.emit()

    def show_certificates(self) -> None:
        """Turn to the certificates: one waits for a decision."""
        self.tabs.setCurrentWidget(self.certificates)

    @Slot()
    def close_details(self) -> None:
        """Hide the details; nothing is followed for them any more."""
        self.connection = ""
        self.hide()
        self.frames.set_connection("")
        self.tags_changed.emit()

    def tag_ids(self) -> list[int]:
        """Return the tags to be followed for what is shown."""
        return self.tags.model.tag_ids if self.connection else []

    @Slot()
    def _aim(self) -> None:
        self.test.set_target(self.connection, self.tags.selected_path())
