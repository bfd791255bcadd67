"""What happened besides samples: plant log, operator writes and alarm events, on one time axis."""

import heapq
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Double,
    Row,
    Select,
    Text,
    column,
    func,
    inspect,
    or_,
    select,
    table,
)

from historian.happening import ALARM_KIND, WRITE_KIND, EventChoice, Happening
from historian.model import LogEntry
from historian.patience import Patience
from historian.schema import log_table, write_table
from tags.model import Value, WriteResult

_ROWS_PER_FETCH = 500
_ROWS_PER_CHECK = 256

_result = msgspec.json.Decoder(WriteResult)
_alarm_table = table(
    "alarm_event",
    column("sequence", BigInteger),
    column("source_ns", BigInteger),
    column("tag", Text),
    column("alarm_id", Text),
    column("transition", Text),
    column("message", Text),
    column("value", Text),
    column("limit", Double),
    column("unit", Text),
    column("user", Text),
)
"""What is read of the alarm journal, which the alarm package owns and which may not be there."""


@dataclass(frozen=True, slots=True)
class Place:
    """Name a database that has events; of each kind those whose number is higher than the one given."""

    connection: Connection
    log_id: int = 0
    write_id: int = 0
    alarm_sequence: int = 0


@dataclass(frozen=True, slots=True)
class _Source:
    """Name a table's query with its columns of time and number, and what makes a happening of its rows."""

    query: "Select[Any]"
    times: "ColumnElement[int]"
    number: "ColumnElement[int]"
    make: Callable[[Row[Any]], Happening]


def entries(
    places: Sequence[Place], start_ns: int, end_ns: int, kinds: Sequence[str], subject: str | None
) -> Iterator[LogEntry]:
    """Yield plant log entries in the order of source time."""
    log = log_table.c
    query = (
        select(log_table)
        .where(log.source_ns >= start_ns, log.source_ns < end_ns)
        .order_by(log.source_ns, log.id)
    )
    if kinds:
        query = query.where(log.kind.in_(list(kinds)))
    if subject is not None:
        query = query.where(log.subject == subject)
    found = (
        (
            LogEntry(row.kind, row.source_ns, row.receive_ns, row.subject, row.text, row.detail)
            for row in _rows(place.connection, query.where(log.id > place.log_id))
        )
        for place in places
    )
    yield from heapq.merge(*found, key=lambda entry: entry.source_ns)


def writes(places: Sequence[Place], start_ns: int, end_ns: int, path: str | None) -> Iterator[WriteResult]:
    """Yield operator writes in the order of their request."""
    write = write_table.c
    query = (
        select(write.requested_ns, write.result)
        .where(write.requested_ns >= start_ns, write.requested_ns < end_ns)
        .order_by(write.requested_ns, write.id)
    )
    if path is not None:
        query = query.where(write.path == path)
    found = (
        (
            (row.requested_ns, _result.decode(row.result))
            for row in _rows(place.connection, query.where(write.id > place.write_id))
        )
        for place in places
    )
    for _, result in heapq.merge(*found, key=lambda pair: pair[0]):
        yield result


def timeline(
    places: Sequence[Place],
    start_ns: int,
    end_ns: int,
    choice: EventChoice,
    patience: Patience,
    samples: Sequence[Iterator[Happening]] = (),
    *,
    newest_first: bool = False,
) -> Iterator[Happening]:
    """Yield the chosen events in the order of source time, and ``samples``, which are in that order too."""
    streams = [*samples]
    for place in places:
        for source in _sources(place, choice):
            times, number = source.times, source.number
            order = (times.desc(), number.desc()) if newest_first else (times, number)
            query = source.query.where(times >= start_ns, times < end_ns).order_by(*order)
            streams.append(_made(place.connection, query, source.make))
    sign = -1 if newest_first else 1
    merged = heapq.merge(*streams, key=lambda event: sign * event.source_ns)
    for row, event in enumerate(merged):
        if row % _ROWS_PER_CHECK == 0:
            patience.check()
        if choice.suits(event):
            yield event


def nearest(places: Sequence[Place], at_ns: int, choice: EventChoice, *, forward: bool) -> Happening | None:
    """Return the next event after a time, or the last one before it."""
    found: list[Happening] = []
    for place in places:
        for source in _sources(place, choice):
            times = source.times
            query = source.query.where(times > at_ns if forward else times < at_ns)
            order = (times, source.number) if forward else (times.desc(), source.number.desc())
            query = query.order_by(*order)
            first = next(filter(choice.suits, _made(place.connection, query, source.make)), None)
            if first is not None:
                found.append(first)
    if not found:
        return None
    return (min if forward else max)(found, key=lambda event: event.source_ns)


def _sources(place: Place, choice: EventChoice) -> Iterator[_Source]:
    """Yield a query for each table that can answer."""
    log, write, alarm = log_table.c, write_table.c, _alarm_table.c
    if not choice.users:  # the plant log has no column for who it was
        query = select(log_table).where(log.id > place.log_id)
        if choice.kinds:
            query = query.where(log.kind.in_(list(choice.kinds)))
        yield _Source(_about(query, log.subject, choice.subjects), log.source_ns, log.id, _of_log)
    if choice.has_kind(WRITE_KIND):
        query = select(write_table).where(write.id > place.write_id)
        if choice.users:
            query = query.where(write.user.in_(list(choice.users)))
        yield _Source(_about(query, write.path, choice.subjects), write.requested_ns, write.id, _of_write)
    if choice.has_kind(ALARM_KIND) and inspect(place.connection).has_table(_alarm_table.name):
        query = select(*alarm).where(alarm.sequence > place.alarm_sequence)
        if choice.users:
            query = query.where(alarm.user.in_(list(choice.users)))
        subjects = (alarm.tag, alarm.alarm_id)
        yield _Source(_about(query, subjects, choice.subjects), alarm.source_ns, alarm.sequence, _of_alarm)


def _about(
    query: "Select[Any]",
    columns: "ColumnElement[str] | Sequence[ColumnElement[str]]",
    subjects: Sequence[str],
) -> "Select[Any]":
    """Keep what is about the subjects or about something below them."""
    if not subjects:
        return query
    names = columns if isinstance(columns, tuple) else (columns,)
    # Not LIKE, which takes small and capital letters for the same.
    below = [func.substr(name, 1, len(path) + 1) == f"{path}." for name in names for path in subjects]
    return query.where(or_(*(name.in_(list(subjects)) for name in names), *below))


def _rows(connection: Connection, query: "Select[Any]") -> Iterator[Row[Any]]:
    """Read in pieces, so that the first event of many years comes at once."""
    yield from connection.execute(query.execution_options(yield_per=_ROWS_PER_FETCH))


def _made(
    connection: Connection, query: "Select[Any]", make: Callable[[Row[Any]], Happening]
) -> Iterator[Happening]:
    for row in _rows(connection, query):
        yield make(row)


def _of_log(row: Row[Any]) -> Happening:
    return Happening(row.kind, row.source_ns, row.subject, row.text, row.detail)


def _of_write(row: Row[Any]) -> Happening:
    result = _result.decode(row.result)
    request = result.request
    text = result.text or f"{request.user} wrote {request.value!r}"
    if request.reason:
        text = f"{text} ({request.reason})"
    change = f"{_shown(result.old_value)} → {_shown(request.value)}"
    if result.read_back is not None and result.read_back != request.value:
        change += f" ({_shown(result.read_back)})"
    return Happening(WRITE_KIND, row.requested_ns, row.path, text, row.outcome, change, request.user)


def _of_alarm(row: Row[Any]) -> Happening:
    value = None if row.value is None else json.loads(row.value)
    change = ""
    if isinstance(value, bool):
        change = str(value)
    elif isinstance(value, int | float):
        limit = "" if row.limit is None else f" / {_shown(row.limit)}"
        change = f"{_shown(value)}{limit} {row.unit}".rstrip()
    return Happening(
        ALARM_KIND,
        row.source_ns,
        row.tag,
        f"{row.alarm_id}: {row.message}",
        row.transition,
        change,
        row.user,
    )


def _shown(value: Value | None) -> str:
    if value is None:
        return "?"
    return f"{value:.7g}" if isinstance(value, float) else str(value)
