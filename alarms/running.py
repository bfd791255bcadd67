"""The settings that alarms run with: planned changes, and what differs from the master database (ALM-22)."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from alarms import definitions as definition_rules
from alarms.model import AlarmDefinition, AlarmError, AlarmRefusal
from alarms.settings import (
    SETTINGS,
    Setting,
    SettingChange,
    SettingDifference,
    changed,
    differences,
    value_of,
)
from alarms.suppression_loops import reachable
from tags.model import TagTable

_log = logging.getLogger(__name__)

_OF_THE_WHOLE: Final = ("enabled", "suppression_expression")
"""Settings that both levels of one alarm have together; the inner one is asked for them."""

Wanted = Mapping[str, Mapping[str, Setting]]
"""Settings by alarm id, then by column of ``alarms.csv``."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Hold what a request would change: definitions by place, or why nothing is changed."""

    after: Mapping[int, AlarmDefinition]
    refusals: list[AlarmRefusal]


class RunningSettings:
    """Hold the definitions that run beside those of the master database, and who changed what.

    ``definitions`` are sound; levels of one alarm are known from them. Nothing here moves an alarm.
    """

    def __init__(self, definitions: tuple[AlarmDefinition, ...], tags: TagTable) -> None:
        self._tags = tags
        self._master = definitions
        self._definitions = definitions
        self._place = {item.alarm_id: index for index, item in enumerate(definitions)}
        self._bases = definition_rules.levels(definitions)
        self._changes: list[SettingChange] = []

    @property
    def definitions(self) -> tuple[AlarmDefinition, ...]:
        """Return the definitions as they run now."""
        return self._definitions

    def differences(self) -> list[SettingDifference]:
        """Return how what runs differs from the master database, in the order of its rows."""
        return differences(self._master, self._definitions, self._changes)

    def plan(self, wanted: Wanted) -> Plan:
        """Return the definitions that a request leads to: all of it, or nothing and the reasons."""
        after: dict[int, AlarmDefinition] = {}
        refusals: list[AlarmRefusal] = []
        for alarm_id, changes in wanted.items():
            try:
                after.update(self._changed(alarm_id, changes))
            except AlarmError as error:
                refusals.append(AlarmRefusal(alarm_id, str(error)))
        if not refusals:
            refusals = self._faults(after)
        return Plan({} if refusals else after, refusals)

    def _changed(self, alarm_id: str, changes: Mapping[str, Setting]) -> dict[int, AlarmDefinition]:
        index = self._place.get(alarm_id)
        if index is None:
            raise AlarmError("no alarm has this id")
        base = self._bases.get(index, index)
        shared = [setting for setting in _OF_THE_WHOLE if setting in changes]
        if base != index and shared:
            what = "enable or disable that one" if shared == ["enabled"] else "change that one"
            raise AlarmError(f"{alarm_id}: it is a level of {self._definitions[base].alarm_id}, {what}")
        try:
            found = {index: changed(self._definitions[index], changes)}
            expression = {name: value for name, value in changes.items() if name == "suppression_expression"}
            for outer in (outer for outer, inner in self._bases.items() if inner == index and expression):
                found[outer] = changed(self._definitions[outer], expression)
        except AlarmError as error:
            raise AlarmError(f"{alarm_id}: {error}") from None
        return found

    def _faults(self, after: Mapping[int, AlarmDefinition]) -> list[AlarmRefusal]:
        """Return why the changed definitions may not take their places, one sentence per alarm."""
        found: dict[str, str] = {}
        for definition in after.values():
            for problem in definition_rules.faults(definition, self._tags):
                found.setdefault(definition.alarm_id, f"{problem.column}: {problem.text}")
        if not found and after:
            found = self._faults_together(after)
        return [AlarmRefusal(alarm_id, f"{alarm_id}: {text}") for alarm_id, text in found.items()]

    def _faults_together(self, after: Mapping[int, AlarmDefinition]) -> dict[str, str]:
        """Return what does not go together any more, by an alarm that the change concerns."""
        proposed = self._with(after)
        names = [definition.alarm_id for definition in after.values()]
        tags = {definition.tag for definition in after.values()}
        rewritten = [
            index
            for index, definition in after.items()
            if definition.suppression_expression != self._definitions[index].suppression_expression
        ]
        concerned = reachable(proposed, rewritten, self._tags) if rewritten else set()
        chosen = [index for index, item in enumerate(proposed) if item.tag in tags or index in concerned]
        problems = definition_rules.review([proposed[index] for index in chosen], self._tags)
        faults = [problem for problem in problems if not problem.is_warning]
        if not faults:
            return {}
        known = set(definition_rules.review([self._definitions[index] for index in chosen], self._tags))
        found: dict[str, str] = {}
        for problem in faults:
            if problem not in known:
                # A loop is told of its first alarm, which may be another one than was changed.
                subject = next(
                    (name for name in (problem.alarm_id, problem.other) if name in names), names[0]
                )
                found.setdefault(subject, f"{problem.column}: {problem.text}")
        return found

    def _with(self, after: Mapping[int, AlarmDefinition]) -> tuple[AlarmDefinition, ...]:
        return tuple(after.get(index, item) for index, item in enumerate(self._definitions))

    def take(
        self, after: Mapping[int, AlarmDefinition], at_ns: int, user: str, workstation: str, reason: str
    ) -> list[SettingChange]:
        """Let planned definitions run from now on; return what changed by that."""
        made = []
        for index, definition in after.items():
            before = self._definitions[index]
            made += [
                SettingChange(at_ns, definition.alarm_id, name, old, new, user, workstation, reason)
                for name, old, new in _different(before, definition)
            ]
        self._definitions = self._with(after)
        self._changes += made
        return made

    def adopt(self, changes: Sequence[SettingChange]) -> dict[int, AlarmDefinition]:
        """Take the changes of earlier runs up, oldest first; return the definitions that differ by them.

        A change that does not fit the master database any more is left out.
        """
        newest: dict[str, dict[str, SettingChange]] = {}
        for item in changes:
            newest.setdefault(item.alarm_id, {})[item.setting] = item
        wanted: dict[int, AlarmDefinition] = {}
        for alarm_id, items in newest.items():
            index = self._place.get(alarm_id)
            if index is None:
                continue
            try:
                wanted[index] = changed(
                    self._definitions[index], {name: item.new for name, item in items.items()}
                )
            except AlarmError as error:
                _log.info("changed settings of %s are left out: %s", alarm_id, error)
        while refusals := self._faults(wanted):
            for refusal in refusals:
                _log.info("changed settings are left out: %s", refusal.text)
                del wanted[self._place[refusal.subject]]
        after = {
            index: definition
            for index, definition in wanted.items()
            if definition != self._definitions[index]
        }
        self._definitions = self._with(after)
        self._changes = list(changes)
        return after

    def settings_back(self, alarm_ids: Iterable[str] | None) -> dict[str, dict[str, Setting]]:
        """Return the settings of the master database for alarms (None: all) that run with others."""
        chosen = None if alarm_ids is None else set(alarm_ids)
        back: dict[str, dict[str, Setting]] = {}
        for item in self.differences():
            index = self._place[item.alarm_id]
            if self._bases.get(index, index) != index and item.setting in _OF_THE_WHOLE:
                # It comes back with the level that it belongs to.
                continue
            if chosen is None or item.alarm_id in chosen:
                back.setdefault(item.alarm_id, {})[item.setting] = item.master
        return back


def _different(before: AlarmDefinition, after: AlarmDefinition) -> list[tuple[str, Setting, Setting]]:
    values = ((name, value_of(before, name), value_of(after, name)) for name in SETTINGS)
    return [(name, old, new) for name, old, new in values if old != new]
