"""The certificates of devices in the window: what each says of itself, and whether it is trusted."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from hmi.desktop.client import QueryFailure, StationClient
from hmi.desktop.saving import ask_file
from hmi.link import ChangeTrust, QueryTrust, Trust
from tags.drivers.certificates import CertificateFacts, TrustDecision, TrustState
from views.language import station_text
from views.local_text import local_time

REASON_CHARACTERS = 200


def trust_word(state: TrustState) -> str:
    """Return what was decided about a certificate, in a word or two."""
    return {
        TrustState.TRUSTED: QCoreApplication.translate("Certificates", "Trusted"),
        TrustState.WAITING: QCoreApplication.translate("Certificates", "Not decided"),
        TrustState.REJECTED: QCoreApplication.translate("Certificates", "Rejected"),
    }[state]


class FactGrid(QWidget):
    """Show facts as names and values under each other; without a name a value takes the whole line."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(1, 1)
        self._grid.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._rows: list[tuple[str, str]] = []

    def show_rows(self, rows: list[tuple[str, str]]) -> None:
        """Show these names with their values."""
        self._rows = rows
        while (item := self._grid.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for place, (name, value) in enumerate(rows):
            text = QLabel(value, self)
            text.setTextFormat(Qt.TextFormat.PlainText)
            text.setWordWrap(True)
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            if name:
                title = QLabel(name, self)
                title.setProperty("role", "muted")
                title.setAlignment(Qt.AlignmentFlag.AlignTop)
                self._grid.addWidget(title, place, 0)
                self._grid.addWidget(text, place, 1)
            else:
                self._grid.addWidget(text, place, 0, 1, 2)

    def text(self) -> str:
        """Return all that is shown, a line for each fact."""
        return "\n".join(" ".join(part for part in row if part) for row in self._rows)


class CertificatesPanel(QWidget):
    """List the devices' certificates, show one in full, and ask for a decision with its reason.

    Nothing is trusted by opening this: the buttons send a decision, and the station answers with the list.
    """

    def __init__(self, client: StationClient, parent: QWidget) -> None:
        super().__init__(parent)
        self._client = client
        self._found: list[CertificateFacts] = []
        self._own: CertificateFacts | None = None
        self._own_der = b""
        self.dialog: QFileDialog | None = None
        self._connection_url = ""
        self.table = QTableWidget(0, 3, self)
        self.table.setHorizontalHeaderLabels([self.tr("Decision"), self.tr("Name"), self.tr("Seen at")])
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        self.table.horizontalHeader().setHighlightSections(False)
        self.table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.table.horizontalHeader().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        self.table.itemSelectionChanged.connect(self._show_selected)
        self.facts = FactGrid(self)
        self.reason = QLineEdit(self)
        self.reason.setMaxLength(REASON_CHARACTERS)
        self.reason.setPlaceholderText(self.tr("Reason (thumbprint compared…)"))
        self.reason.textChanged.connect(self._refresh_buttons)
        self.accept = QPushButton(self.tr("Accept"), self)
        self.reject = QPushButton(self.tr("Reject"), self)
        self.remove = QPushButton(self.tr("Remove"), self)
        self.accept.setProperty("kind", "primary")
        self.remove.setToolTip(self.tr("Forget the certificate; the next connection asks again"))
        self.accept.clicked.connect(lambda: self._decide(TrustDecision.ACCEPT))
        self.reject.clicked.connect(lambda: self._decide(TrustDecision.REJECT))
        self.remove.clicked.connect(lambda: self._decide(TrustDecision.REMOVE))
        self.told = QLabel(self)
        self.told.setTextFormat(Qt.TextFormat.PlainText)
        self.told.setWordWrap(True)
        self.told.hide()
        self.own = QLabel(self)
        self.own.setTextFormat(Qt.TextFormat.PlainText)
        self.own.setWordWrap(True)
        self.own.setProperty("role", "muted")
        self.own.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.export = QPushButton(self.tr("Export…"), self)
        self.export.setToolTip(self.tr("Save the own certificate, for the server's administrator to trust"))
        self.export.clicked.connect(self._export)
        self._build_layout()
        self._refresh_buttons()

    def _build_layout(self) -> None:
        decision = QHBoxLayout()
        decision.addWidget(self.reason, 1)
        decision.addWidget(self.accept)
        decision.addWidget(self.reject)
        decision.addWidget(self.remove)
        right = QFrame(self)
        layout = QVBoxLayout(right)
        layout.setContentsMargins(10, 0, 0, 0)
        room = QScrollArea(right)
        room.setFrameShape(QFrame.Shape.NoFrame)
        room.setWidgetResizable(True)
        room.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        room.setWidget(self.facts)
        for part in (room.viewport(), self.facts):  # what a scroll area fills would be the palette's grey
            part.setAutoFillBackground(False)
        layout.addWidget(room, 1)
        layout.addLayout(decision)
        layout.addWidget(self.told)
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.table)
        splitter.addWidget(right)
        splitter.setStretchFactor(0, 1)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([900, 1_100])  # whatever is in them now
        own = QHBoxLayout()
        own.addWidget(self.own, 1)
        own.addWidget(self.export)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 6, 0, 0)
        outer.addWidget(splitter, 1)
        outer.addLayout(own)

    def open(self, url: str) -> None:
        """Ask the station for the certificates; select the one that the device at this address showed."""
        self._connection_url = url
        self._client.trust(lambda request_id: QueryTrust(request_id), self._take)

    def _take(self, found: Trust | QueryFailure) -> None:
        if isinstance(found, QueryFailure):
            self._tell(found.text)
            return
        chosen = self._selected()
        self._found = list(found.certificates)
        self._own, self._own_der = found.own, found.own_der
        self.table.setRowCount(len(self._found))
        for row, facts in enumerate(self._found):
            texts = (trust_word(facts.state), facts.subject or facts.thumbprint, ", ".join(facts.seen))
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self.table.setItem(row, column, item)
        self.table.resizeColumnToContents(0)
        self._select(chosen.thumbprint if chosen is not None else "")
        self._show_own()
        self._show_selected()

    def _select(self, thumbprint: str) -> None:
        rows = [row for row, facts in enumerate(self._found) if facts.thumbprint == thumbprint]
        rows += [row for row, facts in enumerate(self._found) if self._connection_url in facts.seen]
        if rows or self._found:
            self.table.selectRow(rows[0] if rows else 0)

    def _selected(self) -> CertificateFacts | None:
        row = self.table.currentRow()
        return self._found[row] if 0 <= row < len(self._found) else None

    @Slot()
    def _show_selected(self) -> None:
        facts = self._selected()
        if facts is None:
            self.facts.show_rows([("", self.tr("No device has shown a certificate yet."))])
        else:
            self.facts.show_rows(self._described(facts))
        self._refresh_buttons()

    def _described(self, facts: CertificateFacts) -> list[tuple[str, str]]:
        thumbprint = (self.tr("Thumbprint (SHA-1)"), _grouped(facts.thumbprint))
        if facts.fault:
            return [("", station_text(facts.fault)), thumbprint]
        rows = [
            (self.tr("Subject"), facts.subject),
            (
                self.tr("Issued by"),
                self.tr("itself") if facts.issuer == facts.subject else facts.issuer,
            ),
            (
                self.tr("Valid"),
                self.tr("from {start} to {end}").format(
                    start=local_time(facts.valid_from_ns, milliseconds=False),
                    end=local_time(facts.valid_until_ns, milliseconds=False),
                ),
            ),
            (self.tr("Names"), ", ".join(facts.names) or "–"),
            (self.tr("Key"), station_text(facts.key)),
            thumbprint,
            (self.tr("Fingerprint (SHA-256)"), _grouped(facts.fingerprint)),
        ]
        if facts.decided_by:
            told = self.tr("by {user}, {time}: {reason}").format(
                user=facts.decided_by,
                time=local_time(facts.decided_ns, milliseconds=False),
                reason=facts.reason,
            )
            rows.append((trust_word(facts.state), told))
        return rows

    def _show_own(self) -> None:
        self.export.setEnabled(bool(self._own_der))
        if self._own is None:
            self.own.setText(self.tr("Own certificate: made for the first secured connection."))
            return
        self.own.setText(
            self.tr(
                "Own certificate: {path}, thumbprint {thumbprint}. The server has to trust it too."
            ).format(path=self._own.path, thumbprint=_grouped(self._own.thumbprint))
        )

    @Slot()
    def _refresh_buttons(self) -> None:
        facts = self._selected()
        has_reason = bool(self.reason.text().strip())
        state = facts.state if facts is not None else None
        self.accept.setEnabled(has_reason and state in (TrustState.WAITING, TrustState.REJECTED))
        self.reject.setEnabled(has_reason and state in (TrustState.WAITING, TrustState.TRUSTED))
        self.remove.setEnabled(has_reason and state is not None)

    def _tell(self, text: str) -> None:
        self.told.setText(text)
        self.told.setVisible(bool(text))

    def _decide(self, decision: TrustDecision) -> None:
        facts, reason = self._selected(), self.reason.text().strip()
        if facts is None or not reason:
            return
        words = {
            TrustDecision.ACCEPT: self.tr("Accepted; the connection tries again by itself."),
            TrustDecision.REJECT: self.tr("Rejected."),
            TrustDecision.REMOVE: self.tr("Removed."),
        }
        thumbprint = facts.thumbprint

        def take(found: Trust | QueryFailure) -> None:
            self._take(found)
            if not isinstance(found, QueryFailure):
                self.reason.clear()
                self._tell(words[decision])

        self._tell("")
        self._client.trust(lambda request_id: ChangeTrust(request_id, thumbprint, decision, reason), take)

    @Slot()
    def _export(self) -> None:
        kinds = {".der": self.tr("Certificate")}
        self.dialog = ask_file(self, self.tr("Save the own certificate"), "vigie", kinds, self.save_own)

    def save_own(self, path: Path) -> None:
        """Write the own certificate; a failure is told below."""
        try:
            path.write_bytes(self._own_der)
        except OSError as error:
            self._tell(
                self.tr("{path} cannot be written: {reason}").format(
                    path=path, reason=error.strerror or str(error)
                )
            )
            return
        self._tell(self.tr("Saved to {}.").format(path))


def _grouped(digits: str) -> str:
    """Return hexadecimal digits in groups, as people compare them."""
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))
