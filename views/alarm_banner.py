"""The alarm banner of every screen: the foremost alarm, counts per priority, what is hidden (HMI-14)."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from alarms.model import AlarmSnapshot, Priority
from views.alarm_book import HIDDEN_GROUPS, AlarmBook, StateGroup, is_unacknowledged
from views.alarm_text import priority_text, state_text
from views.local_text import local_time, number
from views.project_names import area_text
from views.style import Theme, font, icon, paint_alarm_symbol

HEIGHT_PX = 46
_LEAST_PX = 12
"""No text is smaller than this."""


class ElidedLabel(QLabel):
    """Show a text in one line, or ``lines`` at most where it needs them and there is the height.

    What still does not fit ends in an ellipsis and is complete in the tool tip.
    """

    def __init__(self, parent: QWidget | None = None, *, lines: int = 1) -> None:
        super().__init__(parent)
        self._full = ""
        self._most_lines = lines
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(40)

    def set_full_text(self, text: str) -> None:
        """Show this text."""
        if text != self._full:
            self._full = text
            self.setToolTip(text)
            self.setAccessibleName(text)
            self.update()

    @property
    def full_text(self) -> str:
        """Return the whole text."""
        return self._full

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return the room for the whole text."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._full) + 4, metrics.lineSpacing() * self._most_lines + 4)

    def shown_lines(self) -> tuple[QFont, list[str]]:
        """Return what is painted, and in which font: smaller where two lines are higher than the label."""
        own = self.font()
        if self._most_lines == 1 or QFontMetrics(own).horizontalAdvance(self._full) <= self.width():
            lines = [self._full]
        else:
            tallest = self.height() // self._most_lines
            while own.pixelSize() > _LEAST_PX and QFontMetrics(own).height() > tallest:
                own.setPixelSize(own.pixelSize() - 1)
            lines = _broken(self._full, QFontMetrics(own), self.width(), self._most_lines)
        metrics = QFontMetrics(own)
        return own, [metrics.elidedText(line, Qt.TextElideMode.ElideRight, self.width()) for line in lines]

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        """Paint what fits."""
        painter = QPainter(self)
        shown, lines = self.shown_lines()
        painter.setFont(shown)
        painter.setPen(self.palette().color(self.foregroundRole()))
        flags = self.alignment() | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect(), flags, "\n".join(lines))
        painter.end()


def _broken(text: str, metrics: QFontMetrics, width_px: int, most: int) -> list[str]:
    """Return a text in lines broken between words; the last one holds all the rest."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if lines[-1] and len(lines) < most and metrics.horizontalAdvance(longer) > width_px:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


class SymbolLabel(QWidget):
    """Show one alarm symbol, flashing while unacknowledged; nothing when there is no alarm."""

    def __init__(self, side_px: int, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(side_px, side_px)
        self._theme = theme
        self._priority: Priority | None = None
        self._flashes = False
        self._blink_on = True

    def set_symbol(self, priority: Priority | None, *, flashes: bool) -> None:
        """Show this priority's symbol."""
        if (priority, flashes) != (self._priority, self._flashes):
            self._priority, self._flashes = priority, flashes
            self.update()

    def set_blink(self, on: bool) -> None:
        """Set the phase."""
        if on != self._blink_on:
            self._blink_on = on
            if self._flashes:
                self.update()

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        """Paint the symbol."""
        if self._priority is None:
            return
        painter = QPainter(self)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        paint_alarm_symbol(painter, box, self._priority, not self._flashes, self._blink_on, self._theme)
        painter.end()


class PriorityCount(QAbstractButton):
    """Count one priority's alarms by shape, number and colour; grey while there is none."""

    def __init__(self, priority: Priority, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.priority = priority
        self._theme = theme
        self.active = 0
        self.unacknowledged = 0
        self._blink_on = True
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.set_counts(0, 0)

    def set_counts(self, active: int, unacknowledged: int) -> None:
        """Show how many alarms are active or wait, and how many of them nobody has acknowledged."""
        self.active, self.unacknowledged = active, unacknowledged
        text = self.tr("{priority}: %Ln alarm(s), {waiting}", "", active).format(
            priority=priority_text(self.priority), waiting=self.tr("%Ln unacknowledged", "", unacknowledged)
        )
        self.setToolTip(text)
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def set_blink(self, on: bool) -> None:
        """Set the phase."""
        if on != self._blink_on:
            self._blink_on = on
            if self.unacknowledged:
                self.update()

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Leave room for three digits, so that nothing moves when a count grows."""
        return QSize(24 + QFontMetrics(font(16, bold=True)).horizontalAdvance("000") + 12, 34)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Return the size hint."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        """Paint symbol and count."""
        painter = QPainter(self)
        theme = self._theme
        if self.underMouse() or self.hasFocus():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.selection)
            painter.drawRoundedRect(QRectF(self.rect()), 4, 4)
        box = QRectF(4, (self.height() - 20) / 2, 20, 20)
        if self.active:
            paint_alarm_symbol(painter, box, self.priority, not self.unacknowledged, self._blink_on, theme)
        else:
            painter.setOpacity(0.75)
            painter.setPen(theme.text_muted)
            painter.setFont(font(14))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(self.priority.value))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
            painter.setOpacity(1.0)
        painter.setPen(theme.text if self.active else theme.text_muted)
        painter.setFont(font(16, bold=bool(self.unacknowledged)))
        text = number(self.active) if self.active < 1_000 else self.tr("999+")
        area = QRectF(30, 0, self.width() - 30, self.height())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.end()

    def event(self, event: QEvent) -> bool:
        """Redraw when the pointer comes or goes."""
        if event.type() in (QEvent.Type.Enter, QEvent.Type.Leave):
            self.update()
        return super().event(event)


class AlarmBanner(QFrame):
    """Show an :class:`AlarmBook` in one line on every screen, always in the same place."""

    acknowledge_requested = Signal(list, str)
    """The event id of the alarm in the line, as it was shown, and no comment."""
    list_requested = Signal()
    """The operator wants the alarm list."""
    hidden_requested = Signal(object)
    """The operator wants the list of hidden alarms of this :class:`StateGroup`."""
    guidance_requested = Signal(str)
    """The operator wants to know what to do about the alarm with this id."""
    silence_requested = Signal()
    """The horn is to be quiet; acknowledges nothing (ALM-08)."""

    def __init__(self, book: AlarmBook, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._book = book
        self._shown: AlarmSnapshot | None = None
        self._refusal = ""
        self.setProperty("surface", "chrome")
        self.setFixedHeight(HEIGHT_PX)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.symbol = SymbolLabel(28, theme, self)
        self.time = QLabel(self)
        self.message = ElidedLabel(self, lines=2)
        self.state = QLabel(self)
        self.state.setProperty("role", "muted")
        self.acknowledge = QPushButton(self.tr("Acknowledge"), self)
        self.acknowledge.setToolTip(self.tr("Acknowledge the alarm in this line (F9)"))
        self.acknowledge.setCursor(Qt.CursorShape.ArrowCursor)
        self.acknowledge.clicked.connect(self.acknowledge_shown)
        self.silence = QToolButton(self)
        self.silence.setToolTip(self.tr("Silence this window's horn (F10); acknowledges nothing"))
        self.silence.setAccessibleName(self.tr("Silence"))
        self.silence.clicked.connect(self.silence_requested)
        self.guidance = QToolButton(self)
        self.guidance.setToolTip(self.tr("What to do about this alarm"))
        self.guidance.setAccessibleName(self.tr("What to do"))
        self.guidance.clicked.connect(self._ask_guidance)
        for button in (self.silence, self.guidance):
            button.setCursor(Qt.CursorShape.ArrowCursor)
            button.setIconSize(QSize(20, 20))
            button.setFixedSize(34, 34)
        self.silence.setEnabled(False)
        self.counts = {priority: PriorityCount(priority, theme, self) for priority in Priority}
        self.hidden = {group: self._hidden_counter(group) for group in HIDDEN_GROUPS}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 12, 4)
        layout.setSpacing(8)
        layout.addWidget(self.symbol)
        layout.addWidget(self.time)
        layout.addWidget(self.message, 1)
        layout.addWidget(self.state)
        layout.addWidget(self.guidance)
        layout.addWidget(self.acknowledge)
        layout.addWidget(self.silence)
        layout.addSpacing(2)
        for count in self.counts.values():
            count.clicked.connect(self.list_requested)
            layout.addWidget(count)
        for counter in self.hidden.values():
            layout.addWidget(counter)
        self.set_theme(theme)
        self.refresh()

    def _hidden_counter(self, group: StateGroup) -> QToolButton:
        counter = QToolButton(self)
        counter.setCursor(Qt.CursorShape.PointingHandCursor)
        counter.setStyleSheet("font-size: 12px; padding: 0 4px;")  # two lines in the banner's height
        counter.setFixedHeight(38)
        counter.setToolTip(
            {
                StateGroup.SHELVED: self.tr("Alarms shelved by an operator; click for the list"),
                StateGroup.SUPPRESSED: self.tr("Alarms suppressed by design; click for the list"),
                StateGroup.OUT_OF_SERVICE: self.tr("Alarms out of service; click for the list"),
            }[group]
        )
        counter.clicked.connect(lambda: self.hidden_requested.emit(group))
        return counter

    def set_book(self, book: AlarmBook) -> None:
        """Show another book, as when the station runs another project now."""
        self._book = book
        self.refresh()

    def refresh(self) -> None:
        """Show the book as it is now."""
        book = self._book
        for priority, count in self.counts.items():
            unacknowledged = book.count(StateGroup.UNACKNOWLEDGED, priority)
            active = unacknowledged + book.count(StateGroup.ACKNOWLEDGED, priority)
            if (active, unacknowledged) != (count.active, count.unacknowledged):
                count.set_counts(active, unacknowledged)
        for group, words in (
            (StateGroup.SHELVED, self.tr("Shelved")),
            (StateGroup.SUPPRESSED, self.tr("Suppressed")),
            (StateGroup.OUT_OF_SERVICE, self.tr("Off")),
        ):
            hidden = number(book.count(group))
            text = f"{words}\n{hidden}"
            if text != self.hidden[group].text():
                self.hidden[group].setText(text)
                self.hidden[group].setAccessibleName(f"{words} {hidden}")
        shown = book.foremost()
        if shown == self._shown and self.message.full_text:
            return
        self._shown = shown
        due = shown is not None and is_unacknowledged(shown)
        self.symbol.set_symbol(shown.priority if shown is not None else None, flashes=due)
        self.symbol.setVisible(shown is not None)
        self.time.setVisible(shown is not None)
        self.acknowledge.setEnabled(due and not self._refusal)
        self.guidance.setEnabled(shown is not None)
        self.message.setFont(font(16, bold=due))
        if shown is None:
            self.message.set_full_text(self.tr("No active alarms"))
            self.state.setText("")
            return
        self.time.setText(local_time(shown.active_ns, milliseconds=False).partition(" ")[2])
        self.time.setToolTip(local_time(shown.active_ns))
        place = f"  ·  {area_text(shown.area)}" if shown.area else ""
        self.message.set_full_text(shown.message + place)
        self.state.setText(state_text(shown))

    def set_refusal(self, text: str) -> None:
        """Say why this user may not acknowledge; empty when he may."""
        self._refusal = text
        self.acknowledge.setToolTip(text or self.tr("Acknowledge the alarm in this line (F9)"))
        due = self._shown is not None and is_unacknowledged(self._shown)
        self.acknowledge.setEnabled(due and not text)

    def acknowledge_shown(self) -> None:
        """Ask to acknowledge the alarm in the line as it is shown."""
        if not self._refusal and self._shown is not None and is_unacknowledged(self._shown):
            self.acknowledge_requested.emit([self._shown.event_id], "")

    def _ask_guidance(self) -> None:
        if self._shown is not None:
            self.guidance_requested.emit(self._shown.alarm_id)

    def set_sounding(self, is_sounding: bool) -> None:
        """Offer to silence the horn while it has something to sound for."""
        self.silence.setEnabled(is_sounding)

    def set_blink(self, on: bool) -> None:
        """Set the phase of unacknowledged symbols."""
        self.symbol.set_blink(on)
        for count in self.counts.values():
            count.set_blink(on)

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self.symbol.set_theme(theme)
        for count in self.counts.values():
            count.set_theme(theme)
        self.acknowledge.setIcon(icon("acknowledge", theme))
        self.silence.setIcon(icon("silence", theme))
        self.guidance.setIcon(icon("help", theme))
        self.time.setFont(font(15))
        self.message.setFont(font(16, bold=self._shown is not None and is_unacknowledged(self._shown)))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Open the alarm list."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.list_requested.emit()
        super().mousePressEvent(event)
