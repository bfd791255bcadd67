"""Copy a healthy history while it is in use, and read the copy through."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from historian.blocks import unpack_block, unpack_journal
from historian.model import HistorianError, HistoryUnavailableError
from historian.rollup_store import SPARSE
from historian.rollups import unpack_chunk

Progress = Callable[[float], None]
"""Called with the share that is done, 0 to 1."""

_PAGES_PER_STEP = 2_048
_COPYING = 0.5
"""The share of the work that copying is; the rest is reading the copy."""


def backup(source: Path, target: Path, progress: Progress | None = None) -> int:
    """Copy a history, as it is at one moment, while a station writes to it; return the copy's samples.

    The copy gets its name when all of it has been read: every page, block, journal row and roll-up.

    Raises:
        HistoryUnavailableError: the source cannot be read, the target cannot be written, or the copy is not
            whole.
    """
    if target.exists():
        raise HistoryUnavailableError(f"{target} exists: name a file that does not")
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    tell = progress or (lambda _share: None)
    try:
        with (
            closing(sqlite3.connect(source.absolute().as_uri() + "?mode=ro", uri=True)) as original,
            closing(sqlite3.connect(part)) as copy,
        ):
            # A read transaction holds one state: without it each commit of the station begins the copy anew.
            original.isolation_level = None
            original.execute("BEGIN")
            original.execute("SELECT count(*) FROM meta").fetchone()
            original.backup(
                copy,
                pages=_PAGES_PER_STEP,
                progress=lambda _status, left, total: tell(_COPYING * (total - left) / max(total, 1)),
            )
            copy.execute("UPDATE meta SET value = '0' WHERE key = 'is_open'")
            copy.commit()
            samples = _read_through(copy, tell)
        part.replace(target)
    except (sqlite3.Error, OSError) as error:
        part.unlink(missing_ok=True)
        raise HistoryUnavailableError(f"the history cannot be copied to {target}: {error}") from error
    except HistorianError as error:
        part.unlink(missing_ok=True)
        raise HistoryUnavailableError(
            f"{source} is damaged, so a copy would be too ({error}): 'vigie history repair' saves the rest"
        ) from error
    tell(1.0)
    return samples


def _read_through(copy: sqlite3.Connection, tell: Progress) -> int:
    """Decode everything; return the number of samples.

    Raises:
        HistorianError: something is damaged.
    """
    [found] = copy.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        raise HistorianError(str(found))
    samples = done = 0
    total = sum(
        copy.execute(f"SELECT coalesce(sum(length(data)), 0) FROM {table}").fetchone()[0]  # noqa: S608  # ours
        for table in ("block", "journal", "roll")
    )
    for tag_id, rows, data in copy.execute("SELECT tag_id, samples, data FROM block"):
        if len(unpack_block(data)[0]) != rows:
            raise HistorianError(f"a block of tag {tag_id} does not have its {rows} samples")
        samples += rows
        done += len(data)
        tell(_COPYING + (1 - _COPYING) * done / total)
    for rows, data in copy.execute("SELECT samples, data FROM journal"):
        if len(unpack_journal(data)) != rows:
            raise HistorianError(f"a row of the journal does not have its {rows} samples")
        samples += rows
    for level, data in copy.execute("SELECT level, data FROM roll"):
        if data != SPARSE:
            unpack_chunk(level, data)
    return samples
