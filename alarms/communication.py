"""The alarm that every connection has, in words that the window shows as guidance (ALM-11)."""

from collections.abc import Iterable, Sequence
from typing import Final

from alarms.model import AlarmDefinition, AlarmType, MessageClass, Priority

COMMUNICATION_PREFIX: Final = "COMM."


def communication_alarm(connection: str) -> AlarmDefinition:
    """Return the alarm that a connection has when the project defines none for it (ALM-11)."""
    return AlarmDefinition(
        alarm_id=COMMUNICATION_PREFIX + connection,
        tag=connection,
        name="communication lost",
        description="communication lost",
        type=AlarmType.COMMUNICATION,
        setpoint=1.0,
        priority=Priority.HIGH,
        area=connection,
        cause="The controller is off, in stop, or the network between it and the station is cut.",
        consequence="Its values are no longer known and it takes no commands from here.",
        operator_action="Check the controller's power, state and network cable; work from the local panel.",
        message_class=MessageClass.ALARM,
    )


def with_communication(
    definitions: Sequence[AlarmDefinition], connections: Iterable[str]
) -> tuple[AlarmDefinition, ...]:
    """Return the definitions with exactly one COMM alarm per connection (ALM-11)."""
    defined = {item.tag for item in definitions if item.type is AlarmType.COMMUNICATION}
    added = [communication_alarm(name) for name in connections if name not in defined]
    return (*definitions, *added)
