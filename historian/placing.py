"""Where a tag's samples lie in the table of blocks, and what of them retention has deleted."""

from typing import Any

from sqlalchemy import Connection, func, select

from historian.blocks import Columns, unpack_block
from historian.schema import block_table, meta_table

_PREFIX = "horizon_"
_HORIZONS = select(meta_table.c.key, meta_table.c.value).where(meta_table.c.key.startswith(_PREFIX))
"""Built once: putting a statement together costs more than running it."""


def horizons(connection: Connection) -> dict[str, int]:
    """Return the times before which retention has deleted ``raw`` samples and each level of roll-ups."""
    return {key.removeprefix(_PREFIX): int(value) for key, value in connection.execute(_HORIZONS)}


def horizon(connection: Connection, what: str) -> int | None:
    """Return the time before which retention has deleted ``raw`` samples or a level of roll-ups."""
    return horizons(connection).get(what)


def load_blocks(connection: Connection, tag_id: int, first_ns: int, last_ns: int) -> list[Columns]:
    """Return the samples of every block of a tag that overlaps a period, both ends included."""
    query = (
        select(block_table.c.data)
        .where(
            block_table.c.tag_id == tag_id,
            block_table.c.first_ns <= last_ns,
            block_table.c.first_ns >= first_block_ns(tag_id, first_ns),
            block_table.c.last_ns >= first_ns,
        )
        .order_by(block_table.c.first_ns)
    )
    return [unpack_block(data) for data in connection.execute(query).scalars()]


def first_block_ns(tag_id: Any, at_ns: Any) -> Any:
    """Return the begin of the block that holds a time or is the next before it, for use in a query.

    Both may be numbers or parameters of a query.
    """
    newest = select(func.max(block_table.c.first_ns)).where(
        block_table.c.tag_id == tag_id, block_table.c.first_ns <= at_ns
    )
    return func.coalesce(newest.scalar_subquery(), -(2**63))
