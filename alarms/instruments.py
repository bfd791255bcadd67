"""Tell, once per connection, that alarms have no usable input although the connection stands (ALM-10).

An alarm whose input is bad keeps its state, so it can neither come nor go: somebody must know that it is
blind. One alarm per connection says so, not one per tag.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from alarms.communication import with_communication
from alarms.model import AlarmDefinition, AlarmType, Priority
from alarms.suppression import connections_of
from tags.clock import NS_PER_S
from tags.expression import compile_expression
from tags.model import TagTable

INSTRUMENT_PREFIX: Final = "INSTRUMENT."
SETTLE_NS: Final = 10 * NS_PER_S
"""How long inputs must be unusable, or usable again: longer than a connection needs to settle."""
_JUDGE_NS: Final = NS_PER_S
_MOST_NAMES: Final = 5
_NOT_BLIND: Final = frozenset(
    (AlarmType.COMMUNICATION, AlarmType.INSTRUMENT, AlarmType.BAD_QUALITY, AlarmType.STALE)
)
"""These tell of bad or missing values themselves."""


@dataclass(frozen=True, slots=True)
class Blindness:
    """Tell that a connection's alarms lost their inputs, or have them back, since a time (UTC ns)."""

    connection: str
    is_blind: bool
    since_ns: int
    names: str


class Instruments:
    """Follow which alarms are blind. ``definitions`` in the order of the engine's; all on its loop."""

    def __init__(self, definitions: Sequence[AlarmDefinition], tags: TagTable) -> None:
        self._names = [item.alarm_id for item in definitions]
        self._connections = _watched(definitions, tags)
        self._told = dict.fromkeys(
            sorted({name for found in self._connections.values() for name in found}), False
        )
        self._since_ns: dict[str, int] = {}
        self._standing: set[str] = set()
        self._judged_ns = 0

    @property
    def connections(self) -> Collection[str]:
        """Return the connections over which alarms get their inputs."""
        return self._told.keys()

    def connection_changed(self, name: str, is_standing: bool) -> None:
        """Note whether a connection stands; one that does not explains its bad values by itself (ALM-11)."""
        if is_standing:
            self._standing.add(name)
        else:
            self._standing.discard(name)

    def recall(self, name: str) -> None:
        """Take up from the journal that a connection's alarms were blind."""
        self._told[name] = True

    def judge(self, now_ns: int, unusable: Callable[[], NDArray[np.int64]]) -> list[Blindness]:
        """Return what is to be told now; ``unusable`` gives the places of conditions without a usable input.

        It is asked once a second at most.
        """
        if now_ns - self._judged_ns < _JUDGE_NS:
            return []
        self._judged_ns = now_ns
        blind: dict[str, list[int]] = {}
        for index in unusable().tolist() if self._standing else ():
            names = self._connections.get(index, ())
            if all(name in self._standing for name in names):
                for name in names:
                    blind.setdefault(name, []).append(index)
        found = []
        for name, is_told in self._told.items():
            if (name in blind) is is_told:
                self._since_ns.pop(name, None)
                continue
            since_ns = self._since_ns.setdefault(name, now_ns)
            if now_ns - since_ns >= SETTLE_NS:
                self._told[name] = not is_told
                del self._since_ns[name]
                found.append(Blindness(name, not is_told, since_ns, self._listed(blind.get(name, ()))))
        return found

    def _listed(self, places: Sequence[int]) -> str:
        shown = ", ".join(self._names[index] for index in places[:_MOST_NAMES])
        more = len(places) - _MOST_NAMES
        return f"{shown} and {more} more" if more > 0 else shown


def instrument_alarms(definitions: Sequence[AlarmDefinition], tags: TagTable) -> list[AlarmDefinition]:
    """Return the alarm of each connection over which alarms get their inputs."""
    return [
        AlarmDefinition(
            alarm_id=INSTRUMENT_PREFIX + connection,
            tag=connection,
            name="blind alarms",
            description="alarms without a usable input",
            type=AlarmType.INSTRUMENT,
            setpoint=1.0,
            priority=Priority.MEDIUM,
            area=connection,
            cause="An instrument or its wiring has failed, or the controller marks its values as bad.",
            consequence="The alarms named do not come, whatever happens: their equipment is not watched.",
            operator_action="Watch the equipment by other means; have the instrument repaired.",
        )
        for connection in Instruments(definitions, tags).connections
    ]


def with_diagnostics(
    definitions: Sequence[AlarmDefinition], tags: TagTable, connections: Iterable[str]
) -> tuple[AlarmDefinition, ...]:
    """Return all alarms that a station of these definitions runs: with those of its connections."""
    running = with_communication(definitions, connections)
    return (*running, *instrument_alarms(running, tags))


def _watched(definitions: Sequence[AlarmDefinition], tags: TagTable) -> dict[int, tuple[str, ...]]:
    """Return the connections of each alarm that can be blind and has no bad-quality alarm of its own."""
    told = {item.tag for item in definitions if item.type is AlarmType.BAD_QUALITY}
    found = {}
    for index, item in enumerate(definitions):
        if item.type in _NOT_BLIND or item.tag in told:
            continue
        paths = {item.tag, item.setpoint_tag} - {""}
        if item.type is AlarmType.EXPRESSION:
            paths = set(compile_expression(item.expression).paths)
        names = {name for path in paths for name in connections_of(path, tags)}
        if names:
            found[index] = tuple(sorted(names))
    return found
