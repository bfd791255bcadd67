"""Sealing: move samples from the journal, where they lie by commit, into blocks, where they lie by tag."""

import numpy as np
from sqlalchemy import Connection, delete, insert, select

from historian.blocks import pack_block, unpack_journal
from historian.schema import block_table, journal_table
from tags.model import Batch


def seal(connection: Connection, max_rows: int) -> int:
    """Move the oldest journal rows into one block per tag; return how many samples were moved.

    Runs inside the caller's transaction: a crash leaves either the journal rows or the blocks, never both.
    """
    rows: list[Batch] = []
    ids: list[int] = []
    total = 0
    for row in connection.execute(select(journal_table).order_by(journal_table.c.id)):
        batch = unpack_journal(row.data)
        rows.append(batch)
        ids.append(row.id)
        total += len(batch)
        if total >= max_rows:
            break
    if not total:
        return 0
    joined = Batch.concatenate(rows)
    # Within equal times the order of arrival stays, so that the later one still wins.
    order = np.lexsort((np.arange(total), joined.source_ns, joined.tag_ids))
    tag_ids = joined.tag_ids[order]
    starts = np.flatnonzero(np.r_[True, tag_ids[1:] != tag_ids[:-1]])
    blocks = []
    for start, end in zip(starts.tolist(), [*starts[1:].tolist(), total], strict=True):
        part = joined.take(order[start:end])
        finite = part.values[np.isfinite(part.values)]
        blocks.append(
            {
                "tag_id": int(tag_ids[start]),
                "first_ns": int(part.source_ns[0]),
                "last_ns": int(part.source_ns[-1]),
                "samples": len(part),
                "low": float(finite.min()) if len(finite) else None,
                "high": float(finite.max()) if len(finite) else None,
                "data": pack_block(part.source_ns, part.values, part.statuses, part.extras),
            }
        )
    connection.execute(insert(block_table), blocks)
    connection.execute(delete(journal_table).where(journal_table.c.id.between(ids[0], ids[-1])))
    return total
