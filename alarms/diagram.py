"""Draw the transition table for people, from the very data that runs."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from alarms.table import DISABLED, DSUPR, ENABLED, NORM, OOSRV, SHLVD, TABLE, Row, Trigger


def diagram() -> str:
    """Return the visible part of the table as a Mermaid state diagram, generated from the data."""
    lines = ["stateDiagram-v2", f"    [*] --> {NORM.value}"]
    for row in TABLE:
        if row.target is None:
            continue
        guard = f" [{row.guard.value}]" if row.guard.value else ""
        lines += [
            f"    {source.value} --> {row.target.value}: {row.number} {row.trigger.value}{guard}"
            for source in row.sources
        ]
    return "\n".join(lines) + "\n"


def table_text() -> str:
    """Return the whole table as a Markdown table, generated from the data."""
    lines = ["| Row | From | Trigger | If | To | Effects |", "|---|---|---|---|---|---|"]
    for row in TABLE:
        sources = "any but DISABLED" if row.sources == ENABLED else ", ".join(row.sources)
        effects = ", ".join(sorted(effect.value for effect in row.effects))
        cells = (row.number, sources, row.trigger.value, row.guard.value, _target_text(row), effects)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _target_text(row: Row) -> str:
    if row.refusal:
        return f"refused: {row.refusal}"
    if row.is_below:
        return "stays hidden; the state below moves"
    if row.target is not None:
        return row.target.value
    if row.transition is None:
        return "unchanged"
    if row.trigger in (Trigger.SEVERITY_ROSE, Trigger.SEVERITY_FELL):
        return "stays; shown with its new limit"
    return _HIDING_TEXTS[row.trigger]


_HIDING_TEXTS: Final[Mapping[Trigger, str]] = MappingProxyType(
    {
        Trigger.SHELVE_TIMED: SHLVD.value,
        Trigger.SHELVE_ONE_SHOT: SHLVD.value,
        Trigger.SUPPRESS: DSUPR.value,
        Trigger.REMOVE_FROM_SERVICE: OOSRV.value,
        Trigger.DISABLE: DISABLED.value,
        Trigger.ENABLE: NORM.value,
        **dict.fromkeys(
            (Trigger.UNSHELVE, Trigger.SHELVING_OVER, Trigger.UNSUPPRESS, Trigger.RETURN_TO_SERVICE),
            "UNACK if the condition is true, LATUN if latched, else NORM",
        ),
    }
)
