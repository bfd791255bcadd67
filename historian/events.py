"""What happened besides samples: plant log, operator writes and alarm events, on one time axis."""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import BigInteger, Connection, Select, Text, column, inspect, select, table

from historian.model import LogEntry
from historian.schema import log_table, write_table
from tags.model import WriteResult

WRITE_KIND = "write"
ALARM_KIND = "alarm"

_result = msgspec.json.Decoder(WriteResult)
_alarm_table = table(
    "alarm_event",
    column("sequence", BigInteger),
    column("source_ns", BigInteger),
    column("tag", Text),
    column("alarm_id", Text),
    column("transition", Text),
    column("message", Text),
)
"""What is read of the alarm journal, which the alarm package owns and which may not be there."""


@dataclass(frozen=True, slots=True)
class Happening:
    """Tell of one event on the common time axis.

    ``kind`` is that of a :class:`historian.model.LogEntry`, ``write`` or ``alarm``; ``subject`` the
    connection, station or tag; ``detail`` the outcome of a write, the transition of an alarm, or a log
    entry's own.
    """

    kind: str
    source_ns: int
    subject: str
    text: str
    detail: str


def entries(
    connection: Connection, start_ns: int, end_ns: int, kinds: Sequence[str], subject: str | None
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
    for row in connection.execute(query):
        yield LogEntry(row.kind, row.source_ns, row.receive_ns, row.subject, row.text, row.detail)


def writes(connection: Connection, start_ns: int, end_ns: int, path: str | None) -> Iterator[WriteResult]:
    """Yield operator writes in the order of their request."""
    write = write_table.c
    query = (
        select(write.result)
        .where(write.requested_ns >= start_ns, write.requested_ns < end_ns)
        .order_by(write.requested_ns, write.id)
    )
    if path is not None:
        query = query.where(write.path == path)
    for data in connection.execute(query).scalars():
        yield _result.decode(data)


def timeline(
    connection: Connection, start_ns: int, end_ns: int, kinds: Sequence[str], subject: str | None
) -> Iterator[Happening]:
    """Yield events of all kinds, or of some, in the order of source time."""
    streams = [
        _happenings(connection, query.where(times >= start_ns, times < end_ns).order_by(times))
        for query, times in _sources(connection, kinds, subject)
    ]
    yield from heapq.merge(*streams, key=lambda happening: happening.source_ns)


def nearest(
    connection: Connection, at_ns: int, kinds: Sequence[str], subject: str | None, *, forward: bool
) -> Happening | None:
    """Return the next event after a time, or the last one before it."""
    found: list[Happening] = []
    for query, times in _sources(connection, kinds, subject):
        query = query.where(times > at_ns if forward else times < at_ns)
        query = query.order_by(times if forward else times.desc()).limit(1)
        found.extend(_happenings(connection, query))
    if not found:
        return None
    return (min if forward else max)(found, key=lambda happening: happening.source_ns)


def _sources(connection: Connection, kinds: Sequence[str], subject: str | None):  # type: ignore[no-untyped-def]  # pairs of a Select of five columns and its time column
    """Yield a query for each table that can answer, with its column of times."""
    log, write, alarm = log_table.c, write_table.c, _alarm_table.c
    logged = [kind for kind in kinds if kind not in (WRITE_KIND, ALARM_KIND)]
    if logged or not kinds:
        query = select(log.kind, log.source_ns, log.subject, log.text, log.detail)
        if logged:
            query = query.where(log.kind.in_(logged))
        yield _about(query, log.subject, subject), log.source_ns
    if WRITE_KIND in kinds or not kinds:
        query = select(write.requested_ns, write.path, write.outcome, write.result)
        yield _about(query, write.path, subject), write.requested_ns
    if (ALARM_KIND in kinds or not kinds) and inspect(connection).has_table("alarm_event"):
        query = select(
            alarm.source_ns, alarm.tag, alarm.transition, alarm.message, alarm.alarm_id, alarm.sequence
        )
        yield _about(query, alarm.tag, subject), alarm.source_ns


def _about(query, subject_column, subject: str | None):  # type: ignore[no-untyped-def]  # Select in, Select out
    return query if subject is None else query.where(subject_column == subject)


def _happenings(connection: Connection, query: "Select[tuple[object, ...]]") -> Iterator[Happening]:
    for row in connection.execute(query):
        if hasattr(row, "result"):
            result = _result.decode(row.result)
            text = result.text or f"{result.request.user} wrote {result.request.value!r}"
            yield Happening(WRITE_KIND, row.requested_ns, row.path, text, row.outcome)
        elif hasattr(row, "alarm_id"):
            text = f"{row.alarm_id}: {row.message}"
            yield Happening(ALARM_KIND, row.source_ns, row.tag, text, row.transition)
        else:
            yield Happening(row.kind, row.source_ns, row.subject, row.text, row.detail)
