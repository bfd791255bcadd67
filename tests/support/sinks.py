"""A sink that remembers what a driver delivered."""

import asyncio
from collections.abc import Callable, Sequence

from tags.conditions import DeviceCondition
from tags.model import Batch, Value
from tests.support.patience import PATIENCE_S


class RecordingSink:
    """Collects batches; `samples` holds value, status and source time of each tag in order of arrival."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []
        self.ages_ns: list[int] = []
        self.samples: dict[int, list[tuple[Value | None, int, int]]] = {}
        self.fresh: dict[int, int] = {}
        self.exchanges: list[tuple[int, int, int, bool]] = []
        self._changed = asyncio.Event()

    def deliver(self, batch: Batch, age_ns: int = 0) -> None:
        self.batches.append(batch)
        self.ages_ns.append(age_ns)
        for row, tag_id in enumerate(batch.tag_ids.tolist()):
            sample = (batch.value_at(row), int(batch.statuses[row]), int(batch.source_ns[row]))
            self.samples.setdefault(tag_id, []).append(sample)
        self._changed.set()

    def refreshed(self, period_ms: int, age_ns: int = 0) -> None:
        self.fresh[period_ms] = self.fresh.get(period_ms, 0) + 1
        self._changed.set()

    def exchanged(self, duration_ns: int, sent_bytes: int, received_bytes: int, failed: bool) -> None:
        self.exchanges.append((duration_ns, sent_bytes, received_bytes, failed))

    def value(self, tag_id: int) -> Value | None:
        return self.samples[tag_id][-1][0]

    def status(self, tag_id: int) -> int:
        return self.samples[tag_id][-1][1]

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for a condition on what was delivered; raises TimeoutError."""
        async with asyncio.timeout(PATIENCE_S):
            while not condition():
                self._changed.clear()
                await self._changed.wait()


class ConditionRecorder:
    """Keeps what a driver tells: reports, and the words `began`, `ended` and refusals in their order."""

    def __init__(self) -> None:
        self.told: list[DeviceCondition | str] = []
        self._changed = asyncio.Event()

    def refresh_began(self) -> None:
        self._tell("began")

    def reported(self, conditions: Sequence[DeviceCondition]) -> None:
        for condition in conditions:
            self._tell(condition)

    def refresh_ended(self) -> None:
        self._tell("ended")

    def refresh_refused(self, text: str) -> None:
        self._tell(text)

    def _tell(self, what: DeviceCondition | str) -> None:
        self.told.append(what)
        self._changed.set()

    @property
    def conditions(self) -> list[DeviceCondition]:
        return [told for told in self.told if isinstance(told, DeviceCondition)]

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not condition():
                self._changed.clear()
                await self._changed.wait()
