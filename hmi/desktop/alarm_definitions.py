"""The alarms that a station runs, in the words of the window: those of the project and of its connections."""

from dataclasses import replace

from alarms.instruments import with_diagnostics
from alarms.model import AlarmDefinition
from projects.model import Project
from views.language import station_text


def explained(project: Project) -> list[AlarmDefinition]:
    """Return all alarms with their guidance in the language in use.

    The project's own texts are translated already; those of the alarms that the station adds for each
    connection (ALM-10, ALM-11) are the program's.
    """
    own = {item.alarm_id for item in project.alarms}
    return [
        item if item.alarm_id in own else _spoken(item)
        for item in with_diagnostics(project.alarms, project.tags, project.connections)
    ]


def _spoken(definition: AlarmDefinition) -> AlarmDefinition:
    return replace(
        definition,
        name=station_text(definition.name),
        description=station_text(definition.description),
        cause=station_text(definition.cause),
        consequence=station_text(definition.consequence),
        operator_action=station_text(definition.operator_action),
    )
