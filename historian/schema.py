"""The history's tables.

Sample columns are stored twice in a sample's life: first appended to ``journal``, one row per commit, then
moved into ``block``, one compressed row per tag and about 2,000 samples, and summed up in ``roll``. Blocks of
a tag never overlap, and roll-ups hold exactly what the blocks hold. Everything else is one plain row per
event. docs/history-format.md describes every byte.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

SCHEMA_VERSION = 3
_BIG_KEY = BigInteger().with_variant(Integer(), "sqlite")

metadata = MetaData()

tag_table = Table(
    "tag",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("path", String, nullable=False, unique=True),
    Column("data_type", String, nullable=False),
    Column("unit", String, nullable=False),
)
"""The history's own tag ids: they outlive any change of the project's numbering."""

journal_table = Table(
    "journal",
    metadata,
    Column("id", _BIG_KEY, primary_key=True),
    Column("first_ns", BigInteger, nullable=False),
    Column("last_ns", BigInteger, nullable=False),
    Column("samples", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)

block_table = Table(
    "block",
    metadata,
    Column("id", _BIG_KEY, primary_key=True),
    Column("tag_id", Integer, nullable=False),
    Column("first_ns", BigInteger, nullable=False),
    Column("last_ns", BigInteger, nullable=False),
    Column("samples", Integer, nullable=False),
    Column("bad", Integer, nullable=False),
    Column("uncertain", Integer, nullable=False),
    Column("low", Double),
    Column("high", Double),
    Column("total", Double),
    Column("first", Double),
    Column("last", Double),
    Column("last_status", BigInteger, nullable=False),
    Column("area", Double),
    Column("valid_ns", BigInteger, nullable=False),
    Column("worst", BigInteger, nullable=False),
    Column("has_extras", Boolean, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Index("block_by_tag", "tag_id", "first_ns", "last_ns", "samples"),
    sqlite_autoincrement=True,
)
"""Ids are never used again, so that a reader may keep a decoded block under its id."""

roll_table = Table(
    "roll",
    metadata,
    Column("tag_id", Integer, primary_key=True, autoincrement=False),
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("chunk", Integer, primary_key=True, autoincrement=False),
    Column("data", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
"""See :mod:`historian.rollups`."""

meta_table = Table(
    "meta",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", String, nullable=False),
)
"""``is_open`` is 1 while a writer has the history: still 1 at the next start means that the last one died.
``horizon_raw`` and ``horizon_0`` to ``horizon_2`` say before which time samples and roll-ups were deleted."""

pending_table = Table(
    "pending",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)
"""At most one row, as in the journal: the newest sample of each swinging-door tag that the next one decides
about. Replaced with each commit, so that a crash does not cost the end of a straight line."""

log_table = Table(
    "plant_log",
    metadata,
    Column("id", _BIG_KEY, primary_key=True),
    Column("kind", String, nullable=False),
    Column("source_ns", BigInteger, nullable=False),
    Column("receive_ns", BigInteger, nullable=False),
    Column("subject", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Index("plant_log_by_time", "source_ns"),
)

write_table = Table(
    "write_log",
    metadata,
    Column("id", _BIG_KEY, primary_key=True),
    Column("requested_ns", BigInteger, nullable=False),
    Column("path", String, nullable=False),
    Column("user", String, nullable=False),
    Column("outcome", String, nullable=False),
    Column("result", LargeBinary, nullable=False),
    Index("write_log_by_time", "requested_ns"),
)
"""``result`` is a whole :class:`tags.model.WriteResult` as JSON."""

quarantine_table = Table(
    "quarantine",
    metadata,
    Column("id", _BIG_KEY, primary_key=True),
    Column("at_ns", BigInteger, nullable=False),
    Column("source", String, nullable=False),
    Column("source_id", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Index("quarantine_by_source", "source", "source_id", unique=True),
)
"""Rows of the table ``source`` that a server refused or nobody can read: kept, and out of the way (HIS-21).

``data`` is a journal row's own, or the row as JSON."""
