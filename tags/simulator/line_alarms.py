"""What the line controller judges itself and reports as alarms and conditions of OPC UA."""

from __future__ import annotations

from collections import deque
from typing import Any, Final

from asyncua import Server, ua

from tags.simulator.cell import PackagingCell
from tags.simulator.opcua_alarms import Condition, ConditionServer
from tags.simulator.packml import Mode

REJECT_RATE: Final = ua.NodeId("Line.Alarms.RejectRate", 2)
OUT_OF_PRODUCTION: Final = ua.NodeId("Line.Alarms.OutOfProduction", 2)
WINDOW: Final = 50
"""So many bottles that left the line are looked back at."""
MOST_REJECTED: Final = 3


class LineAlarms:
    """Two conditions: too many of the last bottles rejected (to be confirmed), and a unit mode for people.

    Make it before `server.init()`.
    """

    def __init__(self, server: Server) -> None:
        self._conditions = ConditionServer(server)
        self._last: deque[bool] = deque(maxlen=WINDOW)
        self._good = self._rejected = -1

    async def build(self, parent: Any) -> None:
        """Put the conditions into a folder below `parent` and answer their methods."""
        self._conditions.bind()
        folder = await parent.add_object(ua.NodeId("Line.Alarms", 2), "2:Alarms")
        await self._conditions.add(
            folder,
            Condition(
                REJECT_RATE,
                "RejectRate",
                ua.NodeId("Line.Admin.ProdDefectiveCount", 2),
                "Line.Reject",
                "Too many bottles rejected",
                500,
                type_id=ua.ObjectIds.ExclusiveLevelAlarmType,
                limit=float(MOST_REJECTED),
            ),
        )
        await self._conditions.add(
            folder,
            Condition(
                OUT_OF_PRODUCTION,
                "OutOfProduction",
                ua.NodeId("Line.Status.UnitModeCurrent", 2),
                "Line.Mode",
                "Line taken out of production mode",
                300,
                must_confirm=False,
            ),
        )

    async def update(self, cell: PackagingCell) -> None:
        """Judge the model."""
        rejected = self._look(cell)
        many = rejected >= MOST_REJECTED
        text = f"Too many bottles rejected: {rejected} of the last {len(self._last)}"
        await self._conditions.set_active(REJECT_RATE, many, text if many else "")
        await self._conditions.set_active(OUT_OF_PRODUCTION, cell.unit.mode is not Mode.PRODUCTION)
        await self._conditions.tick()

    def _look(self, cell: PackagingCell) -> int:
        """Return how many of the last bottles were rejected."""
        good, rejected = cell.line.good, cell.line.rejected
        # What left before the controller started, it has not seen.
        if self._good < 0 or good < self._good or rejected < self._rejected:
            self._last.clear()
        else:
            self._last.extend([False] * min(good - self._good, WINDOW))
            self._last.extend([True] * min(rejected - self._rejected, WINDOW))
        self._good, self._rejected = good, rejected
        return sum(self._last)
