"""Bring a history of an older format to the present one, in the transaction that opens it."""

import numpy as np
from sqlalchemy import Connection, text

from historian.blocks import Columns, merge_columns, unpack_block
from historian.schema import metadata
from historian.sealing import apply, prepare
from tags.model import Batch


def migrate(connection: Connection, version: int) -> None:
    """Upgrade step by step; a crash in between leaves the old format whole.

    Format 3 only adds the tables ``pending`` and ``quarantine``, which whoever opens the database makes.
    """
    if version < 2:
        _to_2(connection)


def _to_2(connection: Connection) -> None:
    """Rewrite blocks, which could overlap, so that they do not, and make the roll-ups.

    The journal's rows are the same in both formats, but its ids must never be used again from now on.
    """
    connection.execute(text("ALTER TABLE block RENAME TO block_1"))
    connection.execute(text("DROP INDEX block_by_tag"))
    connection.execute(text("ALTER TABLE journal RENAME TO journal_1"))
    metadata.create_all(connection)
    connection.execute(
        text(
            "INSERT INTO journal (id, first_ns, last_ns, samples, data)"
            " SELECT id, first_ns, last_ns, samples, data FROM journal_1 ORDER BY id"
        )
    )
    for tag_id in connection.execute(text("SELECT id FROM tag ORDER BY id")).scalars().all():
        parts: list[Columns] = [
            unpack_block(data)
            for data in connection.execute(
                text("SELECT data FROM block_1 WHERE tag_id = :tag ORDER BY id"), {"tag": tag_id}
            ).scalars()
        ]
        times, values, statuses, extras = merge_columns(parts)
        if len(times):
            ids = np.full(len(times), tag_id, np.int32)
            apply(connection, prepare(connection, Batch(ids, values, statuses, times, 0, extras)))
    connection.execute(text("DROP TABLE block_1"))
    connection.execute(text("DROP TABLE journal_1"))
