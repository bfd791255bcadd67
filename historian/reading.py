"""What every query of a reader needs: a connection of its own, and the level that still knows a time."""

import numpy as np
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from historian.aggregates import Known
from historian.model import HistoryUnavailableError, Series
from historian.placing import horizons
from historian.rollups import LEVELS


class Reading:
    """Open a connection for one query and turn the database's errors into the historian's."""

    __slots__ = ("_connection", "_engine")

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __enter__(self) -> Connection:
        try:
            self._connection = self._engine.connect()
        except SQLAlchemyError as error:
            raise _unavailable(error) from error
        return self._connection

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._connection.close()
        if isinstance(error, SQLAlchemyError):
            raise _unavailable(error) from error


def _unavailable(error: SQLAlchemyError) -> HistoryUnavailableError:
    return HistoryUnavailableError(f"the history cannot be read: {getattr(error, 'orig', None) or error}")


def finest_level(connection: Connection, start_ns: int) -> int | None:
    """Return the finest level that still knows a time, None for samples."""
    deleted = horizons(connection)
    raw_ns = deleted.get("raw")
    if raw_ns is None or start_ns >= raw_ns:
        return None
    for level in range(LEVELS):
        kept_ns = deleted.get(str(level))
        if kept_ns is None or start_ns >= kept_ns:
            return level
    return LEVELS - 1


def known(connection: Connection) -> Known:
    """Return what retention has left."""
    deleted = horizons(connection)
    levels = tuple(deleted.get(str(level), -(2**63)) for level in range(LEVELS))
    return Known(deleted.get("raw", -(2**63)), levels)


def reversed_series(series: Series, limit: int | None) -> Series:
    """Return samples newest first, at most ``limit``."""
    rows = len(series.source_ns)
    order = np.arange(rows)[::-1][: rows if limit is None else limit]
    extras = {new: series.extras[old] for new, old in enumerate(order.tolist()) if old in series.extras}
    return Series(series.path, series.source_ns[order], series.values[order], series.statuses[order], extras)
