"""The way of a device's reports to the alarms, one for each connection."""

from collections.abc import Sequence
from typing import Protocol

from tags.conditions import DeviceCondition


class Receiver(Protocol):
    """Take the reports of all devices; :class:`alarms.device_alarms.DeviceAlarms` is it."""

    def refresh_began(self, connection: str) -> None:
        """Doubt all of a device's alarms."""
        ...

    def reported(self, connection: str, conditions: Sequence[DeviceCondition]) -> None:
        """Take reports."""
        ...

    def refresh_ended(self, connection: str) -> None:
        """Drop what is still in doubt."""
        ...

    def refresh_refused(self, connection: str, text: str) -> None:
        """Note that the device cannot report what it retains."""
        ...


class DeviceSink:
    """Pass on what the device of one connection reports; see :class:`tags.conditions.ConditionSink`."""

    __slots__ = ("_alarms", "_connection")

    def __init__(self, alarms: Receiver, connection: str) -> None:
        self._alarms = alarms
        self._connection = connection

    def refresh_began(self) -> None:
        """Pass on that all is in doubt."""
        self._alarms.refresh_began(self._connection)

    def reported(self, conditions: Sequence[DeviceCondition]) -> None:
        """Pass reports on."""
        self._alarms.reported(self._connection, conditions)

    def refresh_ended(self) -> None:
        """Pass on that all is told."""
        self._alarms.refresh_ended(self._connection)

    def refresh_refused(self, text: str) -> None:
        """Pass on that the device cannot tell."""
        self._alarms.refresh_refused(self._connection, text)
