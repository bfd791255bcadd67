"""Why this value: the chain from what the screen shows to the controller, with the broken link marked."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QHideEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from hmi.desktop.client import QueryFailure, StationClient
from hmi.diagnosis import WhyKind, WhyStep, WhyVerdict
from tags.status import is_good, name
from views.local_text import age
from views.style import Theme, font

REFRESH_MS = 1000
WIDTH = 470


@dataclass(frozen=True, slots=True)
class WhySubject:
    """Name what is to be explained: its title, the tags behind it, and what the screen shows of them."""

    title: str
    paths: tuple[str, ...]
    properties: Callable[[], Sequence[WhyStep]] = tuple


def kind_word(kind: WhyKind) -> str:
    """Return a link's kind as the operator reads it."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("Why", text)

    return {
        WhyKind.PROPERTY: tr("On the screen"),
        WhyKind.EXPRESSION: tr("Calculated tag"),
        WhyKind.TAG: tr("Tag"),
        WhyKind.RANGE: tr("Range"),
        WhyKind.SCALING: tr("Scaling"),
        WhyKind.RAW: tr("Raw value"),
        WhyKind.REQUEST: tr("Request"),
        WhyKind.CONNECTION: tr("Connection"),
        WhyKind.CONTROLLER: tr("Controller"),
    }[kind]


def verdict_word(verdict: WhyVerdict) -> str:
    """Return what a link's mark means."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("Why", text)

    return {
        WhyVerdict.SOUND: tr("in order"),
        WhyVerdict.NOTED: tr("look at this"),
        WhyVerdict.AFFECTED: tr("affected"),
        WhyVerdict.UNKNOWN: tr("not known"),
        WhyVerdict.BROKEN: tr("broken here"),
    }[verdict]


class _Mark(QWidget):
    """Show a verdict by shape: full dot, dot in a ring, empty ring, dashed ring, cross in a box."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedSize(22, 22)
        self.theme = theme
        self.verdict = WhyVerdict.UNKNOWN

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        """Paint the shape."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self.rect().adjusted(5, 5, -5, -5)
        pen = QPen(self.theme.text, 2.0)
        if self.verdict is WhyVerdict.UNKNOWN:
            pen.setStyle(Qt.PenStyle.DotLine)
        painter.setPen(pen)
        if self.verdict is WhyVerdict.BROKEN:
            wide = self.rect().adjusted(3, 3, -3, -3)
            painter.drawRect(wide)
            painter.drawLine(wide.topLeft(), wide.bottomRight())
            painter.drawLine(wide.topRight(), wide.bottomLeft())
        else:
            if self.verdict is WhyVerdict.SOUND:
                painter.setBrush(self.theme.text)
            painter.drawEllipse(box)
            if self.verdict is WhyVerdict.NOTED:
                painter.setBrush(self.theme.text)
                painter.drawEllipse(box.center(), 1, 1)
        painter.end()


class StepRow(QFrame):
    """Show one link of the chain; texts change in place."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.step: WhyStep | None = None
        self.mark = _Mark(theme, self)
        self.head = QLabel(self)
        self.head.setTextFormat(Qt.TextFormat.PlainText)
        self.head.setFont(font(14, bold=True))
        self.head.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.value = QLabel(self)
        self.value.setTextFormat(Qt.TextFormat.PlainText)
        self.value.setFont(font(16))
        self.text = QLabel(self)
        self.text.setWordWrap(True)
        self.dump = QLabel(self)
        self.dump.setProperty("role", "code")
        self.dump.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.status = QLabel(self)
        self.status.setProperty("role", "muted")
        self.advice = QLabel(self)
        self.advice.setWordWrap(True)
        self.advice.setFont(font(14, bold=True))
        first = QHBoxLayout()
        first.setSpacing(8)
        first.addWidget(self.mark)
        first.addWidget(self.head, 1)
        first.addWidget(self.value)
        self._body = QVBoxLayout()
        self._body.setContentsMargins(30, 0, 0, 0)
        self._body.setSpacing(1)
        for label in (self.text, self.dump, self.status, self.advice):
            label.setTextFormat(Qt.TextFormat.PlainText)
            self._body.addWidget(label)
        self._layout = QVBoxLayout(self)
        self._layout.setSpacing(1)
        self._layout.addLayout(first)
        self._layout.addLayout(self._body)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)

    def show_step(self, step: WhyStep, now_ns: int) -> None:
        """Show a link."""
        self.step = step
        self.mark.verdict = step.verdict
        self.mark.setToolTip(verdict_word(step.verdict))
        self.mark.update()
        named = step.kind in (WhyKind.TAG, WhyKind.EXPRESSION, WhyKind.PROPERTY, WhyKind.CONNECTION)
        self.head.setText(f"{kind_word(step.kind)}  {step.subject}" if named else kind_word(step.kind))
        self.value.setText(step.value)
        self.text.setText(step.text)
        self.dump.setText(step.dump)
        self.dump.setVisible(bool(step.dump))
        parts = []
        if step.at_ns:
            parts.append(self.tr("{} old").format(age(step.at_ns, now_ns)))
        if step.value or not is_good(step.status):
            parts.append(name(step.status))
        self.status.setText("  ·  ".join(parts))
        self.status.setVisible(bool(parts))
        self.advice.setText(self.tr("What to do: {}").format(step.advice) if step.advice else "")
        self.advice.setVisible(bool(step.advice))
        self._layout.setContentsMargins(8 + 18 * step.depth, 5, 8, 5)
        accessible = (kind_word(step.kind), step.subject, step.value, step.text, verdict_word(step.verdict))
        self.setAccessibleName(", ".join(part for part in accessible if part))

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self.mark.theme = theme
        self.mark.update()


class WhyPanel(QFrame):
    """Show the chain of one subject at the right of the window and keep it live while visible.

    Hidden, it asks nothing and costs nothing. GUI thread only.
    """

    closed = Signal()

    def __init__(self, client: StationClient, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("surface", "panel")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Why this value?"))
        self._client = client
        self._theme = theme
        self._subject = WhySubject("", ())
        self._request: int | None = None
        self.rows: list[StepRow] = []
        caption = QLabel(self.tr("Why this value?"), self)
        caption.setProperty("role", "muted")
        self.title = QLabel(self)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setFont(font(18, bold=True))
        self.title.setWordWrap(True)
        self.verdict = QLabel(self)
        self.verdict.setTextFormat(Qt.TextFormat.PlainText)
        self.verdict.setWordWrap(True)
        self.verdict.setFont(font(16))
        close = QPushButton(self.tr("Close"), self)
        close.setProperty("kind", "flat")
        close.setToolTip(self.tr("Close (Esc)"))
        close.clicked.connect(self.hide)
        head = QHBoxLayout()
        head.addWidget(caption, 1)
        head.addWidget(close)
        self._list = QWidget(self)
        self._rows = QVBoxLayout(self._list)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(0)
        self._rows.addStretch(1)
        self._area = QScrollArea(self)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidget(self._list)
        self._area.viewport().setAutoFillBackground(False)
        self._list.setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 8, 8)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.title)
        layout.addWidget(self.verdict)
        layout.addWidget(self._area, 1)
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self._ask)
        self.hide()

    def explain(self, subject: WhySubject) -> None:
        """Show why this subject has its value, from now on."""
        self._forget()
        self._subject = subject
        self.title.setText(subject.title)
        self.verdict.setText(self.tr("Asking the station…"))
        self._show([])
        self.place()
        self.show()
        self.raise_()
        self.setFocus()
        self._ask()

    def place(self) -> None:
        """Lie over the right side of the parent."""
        parent = self.parentWidget()
        if parent is not None:
            width = min(WIDTH, parent.width())
            self.setGeometry(QRect(parent.width() - width, 0, width, parent.height()))

    def broken(self) -> WhyStep | None:
        """Return the link that is marked as the cause, if there is one."""
        steps = [row.step for row in self.rows if row.step is not None]
        return next((step for step in steps if step.verdict is WhyVerdict.BROKEN), None)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Ask from now on."""
        self._timer.start()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Ask no more."""
        self._timer.stop()
        self._forget()
        super().hideEvent(event)
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Close on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self._theme = theme
        for row in self.rows:
            row.set_theme(theme)

    def _forget(self) -> None:
        if self._request is not None:
            self._client.cancel(self._request)
            self._request = None

    @Slot()
    def _ask(self) -> None:
        # One question at a time: a device that answers slowly is not asked faster than it can.
        if self._request is None and self.isVisible():
            self._request = self._client.query_why(self._subject.paths, self._take)

    def _take(self, found: list[list[WhyStep]] | QueryFailure) -> None:
        self._request = None
        if isinstance(found, QueryFailure):
            self.verdict.setText(found.text)
            self._show([])
            return
        shown = list(self._subject.properties())
        is_first = not self.rows
        self._show([*shown, *(step for chain in found for step in chain)])
        if is_first:
            # Once, so that who reads on is not pulled back with every answer.
            QTimer.singleShot(0, self, self._show_cause)
        self.verdict.setText(self._summary([*([step] for step in shown), *found]))

    @Slot()
    def _show_cause(self) -> None:
        cause = self.broken()
        row = next((row for row in self.rows if row.step is cause), None)
        if row is not None and cause is not None:
            self._area.ensureWidgetVisible(row)

    def _summary(self, chains: Sequence[Sequence[WhyStep]]) -> str:
        worst = [chain for chain in chains if chain and not is_good(chain[0].status)]
        if not worst:
            noted = any(step.verdict is WhyVerdict.NOTED for chain in chains for step in chain)
            return self.tr("Good; one link is worth a look.") if noted else self.tr("Every link is in order.")
        blamed = (step for chain in worst for step in chain if step.verdict is WhyVerdict.BROKEN)
        cause = next(blamed, None)
        if cause is None:
            return self.tr("Not good: {}").format(name(worst[0][0].status))
        place = self.tr("Broken at: {kind} ({subject}).").format(
            kind=kind_word(cause.kind), subject=cause.subject
        )
        return f"{place} {cause.advice}"

    def _show(self, steps: Sequence[WhyStep]) -> None:
        now_ns = time.time_ns()
        while len(self.rows) < len(steps):
            row = StepRow(self._theme, self._list)
            self._rows.insertWidget(len(self.rows), row)
            self.rows.append(row)
            row.show()
        while len(self.rows) > len(steps):
            row = self.rows.pop()
            self._rows.removeWidget(row)
            row.hide()
            row.deleteLater()
        first_broken = True
        for row, step in zip(self.rows, steps, strict=True):
            row.show_step(step, now_ns)
            is_cause = first_broken and step.verdict is WhyVerdict.BROKEN
            first_broken = first_broken and not is_cause
            row.setFrameShape(QFrame.Shape.Box if is_cause else QFrame.Shape.NoFrame)
