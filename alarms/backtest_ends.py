"""Find when the hiding of alarms may end in stored history: then it counts what their conditions are doing.

An alarm whose value is back in normal when its hiding ends is not told (decision 0058), so a back-test must
feed the samples around these moments, which decide nothing otherwise. A moment too many does no harm.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from alarms.model import AlarmDefinition, AlarmEvent, Transition
from alarms.releases import Wait, condition_inputs
from alarms.suppression import RECOVERY_NS, InputSource, Suppression
from tags.model import Batch, TagTable

_BY_OPERATOR = frozenset((Transition.UNSHELVED, Transition.RETURNED_TO_SERVICE))
NO_MOMENTS: NDArray[np.int64] = np.empty(0, np.int64)


class SuppressionEnd(NamedTuple):
    """Say when an expression became false, when that ends a suppression, and when the clock does so."""

    begun_ns: int
    end_ns: int
    due_ns: int


@dataclass(frozen=True, slots=True)
class Ends:
    """Hold by path of a tag, in order, the moments that count and the ends of suppressions of its alarms.

    Those are when an input changes what an expression says, and when the hiding of an alarm may end.
    """

    by_path: Mapping[str, NDArray[np.int64]] = field(default_factory=dict)
    suppressions: Mapping[str, Sequence[SuppressionEnd]] = field(default_factory=dict)

    def moments(self, path: str) -> NDArray[np.int64]:
        """Return the moments, in order, at which the state of this tag and of its alarms counts."""
        return self.by_path.get(path, NO_MOMENTS)

    def silent(self, path: str, source_ns: NDArray[np.int64]) -> set[SuppressionEnd]:
        """Return the ends that a tag with samples at these times leaves to the clock."""
        ends = self.suppressions.get(path, ())
        begin = np.searchsorted(source_ns, [item.end_ns for item in ends], side="left")
        end = np.searchsorted(source_ns, [item.due_ns for item in ends], side="left")
        return {item for item, is_silent in zip(ends, begin == end, strict=True) if is_silent}


def find_ends(
    definitions: Sequence[AlarmDefinition],
    tags: TagTable,
    inputs: Batch,
    recoveries_ns: Iterable[int],
    operations: Iterable[AlarmEvent],
) -> Ends:
    """Return when hiding may end.

    ``inputs`` are the samples of the inputs of suppression expressions in the order of time;
    ``recoveries_ns`` is when connections came back; ``operations`` are events of a live journal.
    """
    reads = [condition_inputs(item) for item in definitions]
    by_path: dict[str, set[int]] = {}

    def note(places: Iterable[int], moments_ns: Iterable[int]) -> None:
        moments = set(moments_ns)
        for path in {path for place in places for path in reads[place]}:
            by_path.setdefault(path, set()).update(moments)

    suppressions: dict[str, set[SuppressionEnd]] = {}
    waits = [_waits(item, definitions, tags) for item in definitions]
    suppression = Suppression(definitions, tags, InputSource(tags))
    suppression.seed()
    for row in suppression.rows(inputs):
        for verdict in suppression.apply(inputs, row):
            begun_ns = int(inputs.source_ns[row])
            by_path.setdefault(tags[int(inputs.tag_ids[row])].path, set()).add(begun_ns)
            if verdict.is_suppressed:
                continue
            for index in verdict.alarms:
                for wait in waits[index]:
                    end_ns = verdict.source_ns + wait.wait_ns
                    found = SuppressionEnd(begun_ns, end_ns, begun_ns + wait.wait_ns + wait.settle_ns)
                    note([index], [end_ns])
                    for path in reads[index]:
                        suppressions.setdefault(path, set()).add(found)
    everything = range(len(definitions))
    note(everything, (at_ns + RECOVERY_NS for at_ns in recoveries_ns))
    places: dict[str, list[int]] = {}
    for index, item in enumerate(definitions):
        places.setdefault(item.alarm_id, []).append(index)
    for event in operations:
        if event.transition in _BY_OPERATOR:
            note(places.get(event.alarm_id, ()), [event.source_ns])
        elif event.transition is Transition.SHELVED:
            note(places.get(event.alarm_id, ()), [event.shelved_until_ns])
    return Ends(
        {path: np.array(sorted(found), np.int64) for path, found in by_path.items()},
        {path: sorted(found) for path, found in suppressions.items()},
    )


def _waits(definition: AlarmDefinition, definitions: Sequence[AlarmDefinition], tags: TagTable) -> list[Wait]:
    """Return how long suppression may go on; of exclusive limits either may say it."""
    if not definition.suppression_expression.strip():
        return []
    levels = [item for item in definitions if item.exclusive and item.tag == definition.tag]
    return [Wait.of((item,), tags) for item in (levels if definition.exclusive else (definition,))]
