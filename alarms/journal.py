"""The alarm journal: every transition, appended once and never changed (ALM-06, ALM-21)."""

import json
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
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
    false,
    func,
    insert,
    inspect,
    literal,
    or_,
    select,
    text,
    tuple_,
)
from sqlalchemy.schema import DDL

from alarms.filters import EventFilter as EventFilter
from alarms.filters import EventPlace
from alarms.model import AlarmEvent, AlarmState, MessageClass, Priority, Transition
from alarms.settings import SettingChange
from alarms.state import Variables
from tags.model import Value

Submit = Callable[[Callable[[Connection], Any]], Future[Any]]
"""Runs a task in the one writer thread, in its own transaction (historian.model.Writer.submit)."""

_BIG = BigInteger().with_variant(Integer, "sqlite")
_FOR_EVER: Final = 2**63 - 1
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
    Column("first_out", Boolean, nullable=False, server_default=false()),
    Column("level", Text, nullable=False, server_default=""),
    Index("alarm_event_by_time", "source_ns", "sequence"),
    Index("alarm_event_by_alarm", "alarm_id", "sequence"),
)
"""One row per transition; times are UTC nanoseconds."""

alarm_setting = Table(
    "alarm_setting",
    metadata,
    Column("number", _BIG, primary_key=True),
    Column("at_ns", _BIG, nullable=False),
    Column("alarm_id", Text, nullable=False),
    Column("setting", String(24), nullable=False),
    Column("old", Text, nullable=False, comment="JSON"),
    Column("new", Text, nullable=False, comment="JSON"),
    Column("user", Text, nullable=False),
    Column("workstation", Text, nullable=False),
    Column("reason", Text, nullable=False),
)
"""One row per setting that somebody changed while the station ran (ALM-22)."""

JOURNAL_TABLES: Final = ((alarm_event, "sequence"), (alarm_setting, "number"))
"""What is only ever appended, each with the key that grows."""

_NAMES: Final = tuple(alarm_event.columns.keys())
_REFUSAL: Final = "the alarm journal is append-only"
_GUARDS: Final = (
    (
        "sqlite",
        "CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}"
        f" BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
    ),
    (
        "sqlite",
        "CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}"
        f" BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
    ),
    (
        "postgresql",
        "CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$",
    ),
    (
        "postgresql",
        "CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()",
    ),
)
"""Dialect and statement; run when a table is created."""
for _table in (alarm_event, alarm_setting):
    for _dialect, _statement in _GUARDS:
        event.listen(
            _table,
            "after_create",
            DDL(_statement.replace("{table}", _table.name)).execute_if(dialect=_dialect),  # type: ignore[no-untyped-call]
        )


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
        self._columns: list[ColumnElement[Any]] | None = None

    @staticmethod
    def create_tables(connection: Connection) -> None:
        """Create the tables, their indexes and the triggers that refuse any change, if there are none.

        A journal that an older version began gets the columns that came later.
        """
        metadata.create_all(connection)
        present = {column["name"] for column in inspect(connection).get_columns(alarm_event.name)}
        for column in alarm_event.columns:
            if column.name not in present:
                kind = column.type.compile(connection.dialect)
                default = "FALSE" if isinstance(column.type, Boolean) else "''"
                connection.execute(
                    text(
                        f"ALTER TABLE {alarm_event.name} ADD COLUMN {column.name} {kind}"
                        f" NOT NULL DEFAULT {default}"
                    )
                )

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
        beyond: EventPlace | None = None,
    ) -> list[AlarmEvent]:
        """Return the events with start <= source time < end, ordered by source time, then sequence.

        With ``limit`` the first ones of that order are returned: the newest when ``newest_first``; with
        ``beyond``, the place of the last one of a page, the next ones.
        """
        columns = alarm_event.c
        query = self._select().where(columns.source_ns >= start_ns, columns.source_ns < end_ns)
        query = _filtered(query, chosen or EventFilter())
        if beyond is not None:
            place = tuple_(columns.source_ns, columns.sequence)
            query = query.where(place < tuple_(*beyond) if newest_first else place > tuple_(*beyond))
        order = (columns.source_ns.asc(), columns.sequence.asc())
        if newest_first:
            order = (columns.source_ns.desc(), columns.sequence.desc())
        return self._read(query.order_by(*order).limit(limit))

    def append_changes(self, changes: Sequence[SettingChange]) -> "Future[None]":
        """Append changed settings in one transaction; the future ends when they are on disk."""
        rows = [
            {
                "at_ns": item.at_ns,
                "alarm_id": item.alarm_id,
                "setting": item.setting,
                "old": json.dumps(item.old),
                "new": json.dumps(item.new),
                "user": item.user,
                "workstation": item.workstation,
                "reason": item.reason,
            }
            for item in changes
        ]

        def write(connection: Connection) -> None:
            if rows:
                connection.execute(insert(alarm_setting), rows)

        return self._submit(write)

    def setting_changes(self, start_ns: int = 0, end_ns: int = _FOR_EVER) -> list[SettingChange]:
        """Return the changed settings with start <= time < end in the order in which they were made."""
        columns = alarm_setting.c
        query = (
            select(alarm_setting)
            .where(columns.at_ns >= start_ns, columns.at_ns < end_ns)
            .order_by(columns.number)
        )
        with self._engine.connect() as connection:
            return [
                SettingChange(
                    row.at_ns,
                    row.alarm_id,
                    row.setting,
                    json.loads(row.old),
                    json.loads(row.new),
                    row.user,
                    row.workstation,
                    row.reason,
                )
                for row in connection.execute(query)
            ]

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
            self._select()
            .outerjoin(rest, rest.c.alarm_id == columns.alarm_id)
            .where(columns.sequence > func.coalesce(rest.c.sequence, 0))
            .order_by(columns.sequence)
        )
        with self._engine.connect() as connection:
            events = [_event(row) for row in connection.execute(query)]
            last = connection.execute(select(func.max(columns.sequence))).scalar()
        return OpenOccurrences(events, last or 0)

    def _select(self) -> Select[Any]:
        """Select all columns; one that the journal of an older version still lacks has its default."""
        if self._columns is None:
            present = {column["name"] for column in inspect(self._engine).get_columns(alarm_event.name)}
            self._columns = [
                column
                if column.name in present
                else literal(False if isinstance(column.type, Boolean) else "").label(column.name)
                for column in alarm_event.columns
            ]
        return select(*self._columns).select_from(alarm_event)

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
        "first_out": item.first_out,
        "level": item.level,
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
