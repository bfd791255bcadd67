"""The alarm journal: every transition, appended once and never changed (ALM-06, ALM-21)."""

import json
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    Float,
    Index,
    Integer,
    MetaData,
    Row,
    Select,
    SmallInteger,
    String,
    Table,
    Text,
    event,
    func,
    insert,
    or_,
    select,
)
from sqlalchemy.schema import DDL

from alarms.model import AlarmEvent, AlarmState, MessageClass, Priority, Transition
from alarms.state import Variables
from tags.model import Value

Submit = Callable[[Callable[[Connection], Any]], Future[Any]]
"""Runs a task in the one writer thread, in its own transaction (historian.model.Writer.submit)."""

_BIG = BigInteger().with_variant(Integer, "sqlite")
_AT_REST: Final = Variables().to_flags()

metadata = MetaData()
alarm_event = Table(
    "alarm_event",
    metadata,
    Column("sequence", _BIG, primary_key=True, autoincrement=False),
    Column("event_id", String(32), nullable=False, unique=True),
    Column("occurrence_id", String(32), nullable=False),
    Column("alarm_id", Text, nullable=False),
    Column("transition", String(24), nullable=False),
    Column("source_ns", _BIG, nullable=False),
    Column("receive_ns", _BIG, nullable=False),
    Column("state_before", String(8), nullable=False),
    Column("state_after", String(8), nullable=False),
    Column("value", Text, comment="JSON, so that a text, a number and a truth value stay what they are"),
    Column("limit", Float(53)),
    Column("unit", Text, nullable=False),
    Column("status", _BIG, nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("severity", SmallInteger, nullable=False),
    Column("message", Text, nullable=False),
    Column("area", Text, nullable=False),
    Column("user", Text, nullable=False),
    Column("workstation", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("tag", Text, nullable=False),
    Column("flags", Integer, nullable=False),
    Column("shelved_until_ns", _BIG, nullable=False),
    Column("message_class", String(8), nullable=False),
    Index("alarm_event_by_time", "source_ns", "sequence"),
    Index("alarm_event_by_alarm", "alarm_id", "sequence"),
)
"""One row per transition; times are UTC nanoseconds."""

_NAMES: Final = tuple(alarm_event.columns.keys())
_REFUSAL: Final = "the alarm journal is append-only"
_GUARDS: Final = (
    (
        "sqlite",
        "CREATE TRIGGER alarm_event_no_update BEFORE UPDATE ON alarm_event"
        f" BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
    ),
    (
        "sqlite",
        "CREATE TRIGGER alarm_event_no_delete BEFORE DELETE ON alarm_event"
        f" BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
    ),
    (
        "postgresql",
        "CREATE OR REPLACE FUNCTION alarm_event_refuse() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$",
    ),
    (
        "postgresql",
        "CREATE TRIGGER alarm_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON alarm_event"
        " FOR EACH STATEMENT EXECUTE FUNCTION alarm_event_refuse()",
    ),
)
"""Dialect and statement; run when the table is created."""
for _dialect, _statement in _GUARDS:
    event.listen(
        alarm_event,
        "after_create",
        DDL(_statement).execute_if(dialect=_dialect),  # type: ignore[no-untyped-call]
    )


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Choose journal events; an empty field chooses all.

    ``text`` is looked for in message, alarm id, tag and comment, in any case. ``areas`` and ``tags`` match a
    path and everything below it.
    """

    priorities: Sequence[Priority] = ()
    transitions: Sequence[Transition] = ()
    alarm_ids: Sequence[str] = ()
    tags: Sequence[str] = ()
    areas: Sequence[str] = ()
    users: Sequence[str] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class OpenOccurrences:
    """Hold what a station takes its alarms up from: events of all that are not at rest, oldest first."""

    events: list[AlarmEvent]
    last_sequence: int


class Journal:
    """Append to the journal through the history's writer, and query it over ``engine``.

    :meth:`append` may be called from any thread and never blocks; the queries block and run anywhere.
    """

    def __init__(self, submit: Submit, engine: Engine) -> None:
        self._submit = submit
        self._engine = engine

    @staticmethod
    def create_tables(connection: Connection) -> None:
        """Create the table, its indexes and the triggers that refuse any change, if there are none."""
        metadata.create_all(connection)

    def append(self, events: Sequence[AlarmEvent]) -> "Future[None]":
        """Append events in one transaction; the future ends when they are on disk, or with the error."""
        rows = [_row(item) for item in events]

        def write(connection: Connection) -> None:
            if rows:
                connection.execute(insert(alarm_event), rows)

        return self._submit(write)

    def events(
        self,
        start_ns: int,
        end_ns: int,
        *,
        limit: int | None = None,
        newest_first: bool = False,
        chosen: EventFilter | None = None,
    ) -> list[AlarmEvent]:
        """Return the events with start <= source time < end, ordered by source time, then sequence.

        With ``limit`` the first ones of that order are returned: the newest when ``newest_first``.
        """
        columns = alarm_event.c
        query = select(alarm_event).where(columns.source_ns >= start_ns, columns.source_ns < end_ns)
        query = _filtered(query, chosen or EventFilter())
        order = (columns.source_ns.asc(), columns.sequence.asc())
        if newest_first:
            order = (columns.source_ns.desc(), columns.sequence.desc())
        return self._read(query.order_by(*order).limit(limit))

    def open_occurrences(self) -> OpenOccurrences:
        """Return all events since each alarm was last at rest, and the highest sequence number."""
        columns = alarm_event.c
        rest = (
            select(columns.alarm_id, func.max(columns.sequence).label("sequence"))
            .where(columns.flags == _AT_REST)
            .group_by(columns.alarm_id)
            .subquery()
        )
        query = (
            select(alarm_event)
            .outerjoin(rest, rest.c.alarm_id == columns.alarm_id)
            .where(columns.sequence > func.coalesce(rest.c.sequence, 0))
            .order_by(columns.sequence)
        )
        with self._engine.connect() as connection:
            events = [_event(row) for row in connection.execute(query)]
            last = connection.execute(select(func.max(columns.sequence))).scalar()
        return OpenOccurrences(events, last or 0)

    def _read(self, query: Select[Any]) -> list[AlarmEvent]:
        with self._engine.connect() as connection:
            return [_event(row) for row in connection.execute(query)]


def _filtered(query: Select[Any], chosen: EventFilter) -> Select[Any]:
    columns = alarm_event.c
    if chosen.priorities:
        query = query.where(columns.priority.in_([int(priority) for priority in chosen.priorities]))
    if chosen.transitions:
        query = query.where(columns.transition.in_([transition.value for transition in chosen.transitions]))
    if chosen.alarm_ids:
        query = query.where(columns.alarm_id.in_(chosen.alarm_ids))
    if chosen.users:
        query = query.where(columns.user.in_(chosen.users))
    for column, paths in ((columns.tag, chosen.tags), (columns.area, chosen.areas)):
        if paths:
            below = [column.startswith(path + ".", autoescape=True) for path in paths]
            query = query.where(or_(column.in_(paths), *below))
    if chosen.text:
        searched = (columns.message, columns.alarm_id, columns.tag, columns.comment)
        query = query.where(or_(*(column.icontains(chosen.text, autoescape=True) for column in searched)))
    return query


def _row(item: AlarmEvent) -> dict[str, Any]:
    return {
        "sequence": item.sequence,
        "event_id": item.event_id,
        "occurrence_id": item.occurrence_id,
        "alarm_id": item.alarm_id,
        "transition": item.transition.value,
        "source_ns": item.source_ns,
        "receive_ns": item.receive_ns,
        "state_before": item.state_before.value,
        "state_after": item.state_after.value,
        "value": None if item.value is None else json.dumps(item.value),
        "limit": item.limit,
        "unit": item.unit,
        "status": item.status,
        "priority": int(item.priority),
        "severity": item.severity,
        "message": item.message,
        "area": item.area,
        "user": item.user,
        "workstation": item.workstation,
        "comment": item.comment,
        "tag": item.tag,
        "flags": item.flags,
        "shelved_until_ns": item.shelved_until_ns,
        "message_class": item.message_class.value,
    }


def _event(row: Row[Any]) -> AlarmEvent:
    facts = dict(zip(_NAMES, row, strict=True))
    facts["transition"] = Transition(facts["transition"])
    facts["state_before"] = AlarmState(facts["state_before"])
    facts["state_after"] = AlarmState(facts["state_after"])
    facts["priority"] = Priority(facts["priority"])
    facts["message_class"] = MessageClass(facts["message_class"])
    facts["value"] = _value(facts["value"])
    return AlarmEvent(**facts)


def _value(text: str | None) -> Value | None:
    if text is None:
        return None
    value = json.loads(text)
    return tuple(value) if isinstance(value, list) else value
