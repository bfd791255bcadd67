"""This window's horn: what is to be heard, repeated until silenced or acknowledged (ALM-08, ALM-09)."""

from collections.abc import Iterable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from alarms.model import AlarmSnapshot, AlarmState, Priority
from hmi.desktop.sound import Player
from hmi.desktop.tones import TONES, wav
from views.alarm_book import AlarmChange, is_alarm


class Horn(QObject):
    """Sound the highest priority that is unacknowledged, active and not silenced. GUI thread only.

    Silencing stops what is heard now and acknowledges nothing; an alarm that is annunciated afterwards, also
    one that comes again, is heard. Only state UNACK is audible: what returned or is hidden is not. A message
    costs what it changes. Without a player (None) everything works and nothing is heard.
    """

    sounding_changed = Signal(bool)
    """There is something to be silenced, or no longer."""

    def __init__(self, player: Player | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._player = player
        self._is_on = True
        self._loud: dict[Priority, set[str]] = {priority: set() for priority in Priority}
        self._silenced: dict[str, tuple[str, int]] = {}
        self._calls: dict[str, tuple[str, int]] = {}
        self._sounding: Priority | None = None
        self._files: dict[Priority, bytes] = {}
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._call)

    @property
    def sounding(self) -> Priority | None:
        """Return the priority that is heard now, or would be if the horn were on."""
        return self._sounding

    @property
    def is_on(self) -> bool:
        """Return whether this window makes sounds at all."""
        return self._is_on

    def set_on(self, is_on: bool) -> None:
        """Switch all sounds of this window on or off."""
        if is_on != self._is_on:
            self._is_on = is_on
            self._restart()

    def apply(self, change: AlarmChange) -> None:
        """Follow a change that the alarm book has taken."""
        for alarm_id in change.removed:
            self._forget(alarm_id)
            self._silenced.pop(alarm_id, None)
        for row in change.changed:
            self._take(row)
        self._choose()

    def forget(self, rows: Iterable[AlarmSnapshot] = ()) -> None:
        """Begin anew with the alarms of another project."""
        for members in self._loud.values():
            members.clear()
        self._silenced.clear()
        self._calls.clear()
        for row in rows:
            self._take(row)
        self._choose()

    def silence(self) -> None:
        """Be quiet until an alarm is annunciated that is not there yet."""
        for members in self._loud.values():
            for alarm_id in members:
                self._silenced[alarm_id] = self._calls[alarm_id]
            members.clear()
        self._calls.clear()
        self._choose()

    def close(self) -> None:
        """Be quiet for good."""
        self._timer.stop()
        if self._player is not None:
            self._player.close()
            self._player = None

    def _take(self, row: AlarmSnapshot) -> None:
        self._forget(row.alarm_id)
        if row.state is not AlarmState.UNACKNOWLEDGED or not is_alarm(row):
            return
        # Counts and times grow with each annunciation of an occurrence, also of one silenced before.
        call = (row.occurrence_id, row.count)
        if self._silenced.get(row.alarm_id) != call:
            self._silenced.pop(row.alarm_id, None)
            self._loud[row.priority].add(row.alarm_id)
            self._calls[row.alarm_id] = call

    def _forget(self, alarm_id: str) -> None:
        if self._calls.pop(alarm_id, None) is not None:
            for members in self._loud.values():
                members.discard(alarm_id)

    def _choose(self) -> None:
        loudest = next((priority for priority in Priority if self._loud[priority]), None)
        if loudest is self._sounding:
            return
        was_sounding, self._sounding = self._sounding is not None, loudest
        self._restart()
        if was_sounding is not (loudest is not None):
            self.sounding_changed.emit(loudest is not None)

    def _restart(self) -> None:
        self._timer.stop()
        if self._player is None:
            return
        self._player.stop()
        if self._sounding is not None and self._is_on:
            self._timer.start(TONES[self._sounding].repeat_ms)
            self._call()

    @Slot()
    def _call(self) -> None:
        priority = self._sounding
        if priority is None or self._player is None:
            return
        if priority not in self._files:
            self._files[priority] = wav(TONES[priority])
        self._player.play(priority.name.lower(), self._files[priority])
