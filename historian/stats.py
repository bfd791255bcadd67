"""Figures about a history: size, bytes per sample, ages, rates and gaps, over all and by tag."""

import json
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select

from historian.blocks import Columns, merge_columns, slice_columns, unpack_block, unpack_journal
from historian.model import GapReason, gap_reason
from historian.samples import of_tag
from historian.schema import (
    block_table,
    journal_table,
    log_table,
    quarantine_table,
    roll_table,
    tag_table,
)
from tags.clock import NS_PER_S
from tags.model import Batch
from tags.status import is_bad


@dataclass(frozen=True, slots=True)
class Gap:
    """Tell of a stretch in which a tag had no value because nobody recorded any.

    ``end_ns`` is the first sample with a value, or the gap's own last sample while it goes on.
    """

    start_ns: int
    end_ns: int
    reason: GapReason


@dataclass(slots=True)
class TagStats:
    """Count one tag's samples."""

    path: str
    samples: int = 0
    bad: int = 0
    bytes: int = 0
    first_ns: int | None = None
    last_ns: int | None = None
    gaps: list[Gap] = field(default_factory=list)
    """Stretches without recorded samples, in order."""

    @property
    def missing_s(self) -> float:
        """Return for how long nothing was recorded; a gap that goes on counts up to its last sample."""
        return sum(gap.end_ns - gap.start_ns for gap in self.gaps) / NS_PER_S

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
    """Count a whole history.

    ``gaps`` maps a reason to how often the plant log says that samples are missing for it; ``quarantined``
    are rows that a server refused.
    """

    tags: list[TagStats]
    samples: int
    unsealed: int
    blocks: int
    block_bytes: int
    roll_bytes: int
    journal_bytes: int
    gaps: dict[str, int]
    quarantined: int = 0

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
    sealed_bad = {tag_id for tag_id, found in by_id.items() if found.bad}
    unsealed = journal_bytes = 0
    loose: list[Batch] = []
    for data in connection.execute(select(journal_table.c.data)).scalars():
        batch = unpack_journal(data)
        loose.append(batch)
        journal_bytes += len(data)
        unsealed += len(batch)
        for tag_id, at_ns, status in zip(
            batch.tag_ids.tolist(), batch.source_ns.tolist(), batch.statuses.tolist(), strict=True
        ):
            found = by_id[tag_id]
            found.samples += 1
            found.bad += status >= 0x80000000
            found.widen(at_ns, at_ns)
    for tag_id, found in by_id.items():
        if found.bad:
            found.gaps = _gaps_of(
                connection, tag_id, of_tag(loose, tag_id), reads_blocks=tag_id in sealed_bad
            )
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
        int(connection.execute(select(func.count(quarantine_table.c.id))).scalar_one()),
    )


def _gaps_of(connection: Connection, tag_id: int, loose: Columns, *, reads_blocks: bool) -> list[Gap]:
    """Return a tag's gaps from the statuses of its samples; blocks without a bad one are not read."""
    block = block_table.c
    parts: list[Columns] = []
    if reads_blocks:
        bad = (
            select(block.data, block.last_ns)
            .where(block.tag_id == tag_id, block.bad > 0)
            .order_by(block.first_ns)
        )
        for data, last_ns in connection.execute(bad):
            parts.append(unpack_block(data))
            following = select(block.first_ns, block.data).where(
                block.tag_id == tag_id, block.first_ns > last_ns
            )
            after = connection.execute(following.order_by(block.first_ns).limit(1)).first()
            if after is not None and is_bad(int(parts[-1][2][-1])):
                # The gap may end with the next block's first sample.
                parts.append(slice_columns(unpack_block(after.data), 0, 1))
    elif len(loose[0]):
        before = select(block.data).where(block.tag_id == tag_id).order_by(block.first_ns.desc()).limit(1)
        newest = connection.execute(before).scalar_one_or_none()
        if newest is not None:
            parts.append(unpack_block(newest))
    times, _, statuses, _ = merge_columns([*parts, loose])
    gaps: list[Gap] = []
    begun: tuple[int, GapReason] | None = None
    for at_ns, status in zip(times.tolist(), statuses.tolist(), strict=True):
        reason = gap_reason(status)
        if begun is not None and (reason is None or reason is not begun[1]):
            gaps.append(Gap(begun[0], at_ns, begun[1]))
            begun = None
        if reason is not None and begun is None:
            begun = at_ns, reason
    if begun is not None:
        gaps.append(Gap(begun[0], int(times[-1]), begun[1]))
    return gaps


def _gaps(connection: Connection) -> dict[str, int]:
    found = dict.fromkeys((reason.value for reason in GapReason), 0)
    for detail in connection.execute(select(log_table.c.detail).where(log_table.c.kind == "gap")).scalars():
        reason = json.loads(detail).get("reason") if detail else None
        if reason in found:
            found[reason] += 1
    return found
