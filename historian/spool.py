"""What the local file does for a server that is away: stays within limits, and keeps what was refused."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy import Connection, delete, func, insert, select

from historian.beginning import entry_row, journal_rows
from historian.blocks import unpack_journal
from historian.model import GapReason, HistorianError, LogEntry
from historian.schema import journal_table, log_table, meta_table, quarantine_table
from tags.clock import NS_PER_S
from tags.model import Batch
from tags.status import StatusCode

_DAY_NS = 86_400 * NS_PER_S
_SHORTENED = 0.9
"""The oldest tenth goes at once, so that there is one mark for it and not one for every row."""
_ROWS_PER_SLICE = 2_000


@dataclass(frozen=True, slots=True)
class SpoolLimits:
    """Say how much the local file keeps for a server that is away (HIS-22); 0: no such limit."""

    max_bytes: int = 2_000_000_000
    max_days: int = 31


@dataclass(frozen=True, slots=True)
class Refused:
    """Hold a local row that cannot be handed over, and why."""

    source: str
    source_id: int
    reason: str
    data: bytes


def forget(connection: Connection, last_id: int, newest_ns: int) -> None:
    """Delete local journal rows that the server has, and note how far the samples went."""
    connection.execute(delete(journal_table).where(journal_table.c.id <= last_id))
    if newest_ns:
        connection.execute(delete(meta_table).where(meta_table.c.key == "forwarded_ns"))
        connection.execute(insert(meta_table), {"key": "forwarded_ns", "value": str(newest_ns)})


def quarantine(connection: Connection, refused: Sequence[Refused], now_ns: int) -> None:
    """Keep refused rows; one that is there already, because of a crash in between, is not kept twice."""
    rows = [
        {
            "at_ns": now_ns,
            "source": one.source,
            "source_id": one.source_id,
            "reason": one.reason,
            "data": one.data,
        }
        for one in refused
    ]
    connection.execute(insert(quarantine_table).prefix_with("OR IGNORE"), rows)


def shorten(connection: Connection, limits: SpoolLimits, now_ns: int) -> str | None:
    """Drop the oldest journal rows beyond the limits, mark the gap and log it; return the sentence said.

    The mark lies where the first lost sample of each tag was, so that no line is drawn across.
    """
    journal = journal_table.c
    size, last_id = connection.execute(
        select(func.coalesce(func.sum(func.length(journal.data)), 0), func.max(journal.id))
    ).one()
    excess = int(size) - int(limits.max_bytes * _SHORTENED) if 0 < limits.max_bytes < size else 0
    too_old_ns = now_ns - limits.max_days * _DAY_NS if limits.max_days else -(2**63)
    first_ns: dict[int, int] = {}
    dropped = 0
    ids: list[int] = []
    query = select(journal.id, journal.last_ns, journal.data).order_by(journal.id).limit(_ROWS_PER_SLICE)
    for row in connection.execute(query):
        if row.id == last_id or (excess <= 0 and row.last_ns >= too_old_ns):
            break
        ids.append(row.id)
        excess -= len(row.data)
        try:
            batch = unpack_journal(row.data)
        except HistorianError:
            continue  # nothing in it could have been read
        dropped += int((batch.statuses != np.uint32(StatusCode.BadDataLost)).sum())
        for tag_id in np.unique(batch.tag_ids).tolist():
            at_ns = int(batch.source_ns[batch.tag_ids == tag_id].min())
            first_ns[tag_id] = min(first_ns.get(tag_id, at_ns), at_ns)
    if not ids:
        return None
    connection.execute(delete(journal_table).where(journal.id <= ids[-1]))
    if first_ns:
        _mark(connection, first_ns)
    text = f"{dropped} samples were dropped because the history's server was away for too long"
    detail = json.dumps({"reason": GapReason.DROPPED.value, "samples": dropped, "tags": len(first_ns)})
    begin_ns = min(first_ns.values(), default=now_ns)
    connection.execute(
        insert(log_table), entry_row(LogEntry("gap", begin_ns, now_ns, "history", text, detail))
    )
    return text


def _mark(connection: Connection, first_ns: dict[int, int]) -> None:
    ids = np.array(sorted(first_ns), np.int32)
    times = np.array([first_ns[tag_id] for tag_id in ids.tolist()], np.int64)
    marker = replace(Batch.marking(ids, int(StatusCode.BadDataLost), 0), source_ns=times)
    connection.execute(insert(journal_table), journal_rows(marker))
