"""The table of blocks on PostgreSQL: one partition for every 32 days, so that each has a small index."""

from collections.abc import Iterable

from sqlalchemy import Connection, select, text
from sqlalchemy.dialects import postgresql

from historian.schema import block_table

PARTITION_NS = 32 * 86_400 * 1_000_000_000


def create_block_table(connection: Connection) -> None:
    """Create the partitioned table and its index where they are not there yet."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    columns = ", ".join(
        f'"{column.name}" {column.type.compile(dialect)}{"" if column.nullable else " NOT NULL"}'
        for column in block_table.columns
        if column.name != "id"
    )
    connection.execute(text("CREATE SEQUENCE IF NOT EXISTS block_id_seq"))
    connection.execute(
        text(
            "CREATE TABLE IF NOT EXISTS block (id bigint NOT NULL DEFAULT nextval('block_id_seq'), "
            f"{columns}, PRIMARY KEY (id, first_ns)) PARTITION BY RANGE (first_ns)"
        )
    )
    connection.execute(
        text("CREATE INDEX IF NOT EXISTS block_by_tag ON block (tag_id, first_ns, last_ns, samples)")
    )


def make_partitions(connection: Connection, first_ns: Iterable[int]) -> None:
    """Make the partitions that blocks with these begins need (PostgreSQL only)."""
    if connection.dialect.name != "postgresql":
        return
    for number in sorted({at_ns // PARTITION_NS for at_ns in first_ns}):
        name = f"block_{number}" if number >= 0 else f"block_m{-number}"
        begin, end = number * PARTITION_NS, (number + 1) * PARTITION_NS
        connection.execute(
            text(f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF block FOR VALUES FROM ({begin}) TO ({end})")
        )


def drop_empty_partitions(connection: Connection, before_ns: int) -> None:
    """Drop partitions that end before a time and in which retention has left nothing (PostgreSQL only)."""
    if connection.dialect.name != "postgresql":
        return
    names = connection.execute(
        text("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'block'::regclass")
    ).scalars()
    for name in names.all():
        number = int(name.removeprefix("block_").replace("m", "-"))
        end_ns = (number + 1) * PARTITION_NS
        inside = select(block_table.c.id).where(
            block_table.c.first_ns >= number * PARTITION_NS, block_table.c.first_ns < end_ns
        )
        if end_ns <= before_ns and connection.execute(inside.limit(1)).first() is None:
            connection.execute(text(f"DROP TABLE {name}"))
