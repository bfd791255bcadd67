"""Figures about a history: size, bytes per sample, ages, rates and gaps, over all and by tag."""

import json
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from historian.blocks import unpack_journal
from historian.model import GapReason
from historian.schema import block_table, journal_table, log_table, roll_table, tag_table
from tags.clock import NS_PER_S


@dataclass(slots=True)
class TagStats:
    """Count one tag's samples."""

    path: str
    samples: int = 0
    bad: int = 0
    bytes: int = 0
    first_ns: int | None = None
    last_ns: int | None = None

    @property
    def rate_per_s(self) -> float:
        """Return samples per second between the first and the last one."""
        if self.first_ns is None or self.last_ns is None or self.last_ns == self.first_ns:
            return 0.0
        return (self.samples - 1) / ((self.last_ns - self.first_ns) / NS_PER_S)

    def widen(self, first_ns: int, last_ns: int) -> None:
        """Take in a stretch of samples."""
        self.first_ns = first_ns if self.first_ns is None else min(self.first_ns, first_ns)
        self.last_ns = last_ns if self.last_ns is None else max(self.last_ns, last_ns)


@dataclass(frozen=True, slots=True)
class Stats:
    """Count a whole history; ``gaps`` maps a reason to how often samples are missing for it."""

    tags: list[TagStats]
    samples: int
    unsealed: int
    blocks: int
    block_bytes: int
    roll_bytes: int
    journal_bytes: int
    gaps: dict[str, int]

    @property
    def bytes_per_sample(self) -> float:
        """Return the bytes of blocks and roll-ups to a sealed sample."""
        sealed = self.samples - self.unsealed
        return (self.block_bytes + self.roll_bytes) / sealed if sealed else 0.0


def collect(connection: Connection) -> Stats:
    """Read the figures; a sample that is sealed and still in the journal for a moment counts twice."""
    block, roll = block_table.c, roll_table.c
    by_id = {
        row.id: TagStats(row.path)
        for row in connection.execute(select(tag_table.c.id, tag_table.c.path).order_by(tag_table.c.path))
    }
    query = select(
        block.tag_id,
        func.sum(block.samples),
        func.sum(block.bad),
        func.sum(func.length(block.data)),
        func.min(block.first_ns),
        func.max(block.last_ns),
    ).group_by(block.tag_id)
    for tag_id, samples, bad, size, first_ns, last_ns in connection.execute(query):
        found = by_id[tag_id]
        found.samples, found.bad, found.bytes = int(samples), int(bad), int(size)
        found.widen(int(first_ns), int(last_ns))
    unsealed = journal_bytes = 0
    for data in connection.execute(select(journal_table.c.data)).scalars():
        batch = unpack_journal(data)
        journal_bytes += len(data)
        unsealed += len(batch)
        for tag_id, at_ns, status in zip(
            batch.tag_ids.tolist(), batch.source_ns.tolist(), batch.statuses.tolist(), strict=True
        ):
            found = by_id[tag_id]
            found.samples += 1
            found.bad += status >= 0x80000000
            found.widen(at_ns, at_ns)
    tags = list(by_id.values())
    return Stats(
        tags,
        sum(tag.samples for tag in tags),
        unsealed,
        int(connection.execute(select(func.count(block.id))).scalar_one()),
        sum(tag.bytes for tag in tags),
        int(connection.execute(select(func.coalesce(func.sum(func.length(roll.data)), 0))).scalar_one()),
        journal_bytes,
        _gaps(connection),
    )


def _gaps(connection: Connection) -> dict[str, int]:
    found = dict.fromkeys((reason.value for reason in GapReason), 0)
    for detail in connection.execute(select(log_table.c.detail).where(log_table.c.kind == "gap")).scalars():
        reason = json.loads(detail).get("reason") if detail else None
        if reason in found:
            found[reason] += 1
    return found
