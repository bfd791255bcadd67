"""What a writer does first and last: tags get their ids, and the ends of series are marked."""

import json
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, delete, func, insert, select

from historian.blocks import pack_journal, unpack_journal
from historian.model import GapReason, LogEntry
from historian.schema import (
    block_table,
    journal_table,
    log_table,
    meta_table,
    pending_table,
    tag_table,
)
from tags.clock import Clock
from tags.model import Batch, TagTable
from tags.status import StatusCode

ROW_SAMPLES = 65_536
"""A journal row's at most. What piled up while a disk was away is one commit of millions, and a row of 50 MB
would hold up every thread of a reader that takes it."""


def set_open(connection: Connection, *, is_open: bool) -> None:
    """Note whether a writer has the history."""
    connection.execute(delete(meta_table).where(meta_table.c.key == "is_open"))
    connection.execute(insert(meta_table), {"key": "is_open", "value": str(int(is_open))})


def _ends(connection: Connection, at_ns: int) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return every tag's history id and the time that is not before ``at_ns`` nor any of its samples."""
    ids = np.array(connection.execute(select(tag_table.c.id)).scalars().all(), dtype=np.int32)
    times = np.full(int(ids.max(initial=0)) + 1, at_ns)
    sealed = select(block_table.c.tag_id, func.max(block_table.c.last_ns)).where(
        block_table.c.last_ns >= at_ns
    )
    for tag_id, last_ns in connection.execute(sealed.group_by(block_table.c.tag_id)):
        times[tag_id] = max(times[tag_id], last_ns + 1)
    late = select(journal_table.c.data).where(journal_table.c.last_ns >= at_ns)
    for data in connection.execute(late).scalars():
        batch = unpack_journal(data)
        np.maximum.at(times, batch.tag_ids, batch.source_ns + 1)
    return ids, np.maximum(times, at_ns)[ids]


def entry_row(entry: LogEntry) -> dict[str, object]:
    """Return the plant log's row of an entry."""
    return {
        "kind": entry.kind,
        "source_ns": entry.source_ns,
        "receive_ns": entry.receive_ns,
        "subject": entry.subject,
        "text": entry.text,
        "detail": entry.detail,
    }


def history_ids(connection: Connection, tags: TagTable, logged: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Return the history's id of each project tag (-1 when it is not logged), adding new tags."""
    known = {row.path: row.id for row in connection.execute(select(tag_table.c.path, tag_table.c.id))}
    fresh = [
        {"path": tag.path, "data_type": tag.data_type.value, "unit": tag.unit}
        for tag in tags
        if logged[tag.id] and tag.path not in known
    ]
    if fresh:
        connection.execute(insert(tag_table), fresh)
        known = {row.path: row.id for row in connection.execute(select(tag_table.c.path, tag_table.c.id))}
    return np.array([known.get(tag.path, -1) if logged[tag.id] else -1 for tag in tags], dtype=np.int32)


def set_pending(connection: Connection, batch: Batch | None) -> None:
    """Replace what the next samples decide about; its tag ids are the history's own."""
    connection.execute(delete(pending_table))
    if batch is not None and len(batch):
        connection.execute(insert(pending_table), {"id": 1, "data": pack_journal(batch)})


def journal_rows(batch: Batch) -> list[dict[str, object]]:
    """Return the journal's rows of samples, which have the order of arrival and the history's own tag ids."""
    if len(batch) <= ROW_SAMPLES:
        parts = [batch]
    else:
        parts = [
            batch.take(np.arange(begin, min(begin + ROW_SAMPLES, len(batch))))
            for begin in range(0, len(batch), ROW_SAMPLES)
        ]
    return [
        {
            "first_ns": int(part.source_ns.min()),
            "last_ns": int(part.source_ns.max()),
            "samples": len(part),
            "data": pack_journal(part),
        }
        for part in parts
    ]


def mark_crash(connection: Connection, clock: Clock) -> None:
    """Mark the end of every series that the last run could not mark itself (HIS-23).

    What a swinging door had not decided about then is stored, as a stop would have done.
    """
    undecided = connection.execute(select(pending_table.c.data)).scalar_one_or_none()
    if undecided is not None:
        connection.execute(insert(journal_table), journal_rows(unpack_journal(undecided)))
        set_pending(connection, None)
    last_ns = connection.execute(select(func.max(journal_table.c.last_ns))).scalar_one_or_none()
    sealed_ns = connection.execute(select(func.max(block_table.c.last_ns))).scalar_one_or_none()
    forwarded = connection.execute(
        select(meta_table.c.value).where(meta_table.c.key == "forwarded_ns")
    ).scalar_one_or_none()
    newest_ns = max(last_ns or 0, sealed_ns or 0, int(forwarded or 0))
    was_open = connection.execute(
        select(meta_table.c.value).where(meta_table.c.key == "is_open")
    ).scalar_one_or_none()
    set_open(connection, is_open=True)
    if was_open != "1" or not newest_ns:
        return
    now_ns = clock.now_ns()
    ids, times = _ends(connection, min(newest_ns + 1, now_ns))
    marker = replace(Batch.marking(ids, int(StatusCode.BadDataUnavailable), newest_ns + 1), source_ns=times)
    connection.execute(insert(journal_table), journal_rows(marker))
    detail = json.dumps({"reason": GapReason.STATION_STOPPED.value})
    text = "The station ended without stopping; samples are missing from here on"
    connection.execute(
        insert(log_table),
        entry_row(LogEntry("gap", min(newest_ns + 1, now_ns), now_ns, "station", text, detail)),
    )
