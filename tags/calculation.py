"""Calculated tags: their order of evaluation, and the engine that keeps them in step with their inputs."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from tags.clock import Clock
from tags.database import TagDatabase
from tags.errors import ExpressionError, ValueRefusedError
from tags.expression import BoundExpression, compile_expression
from tags.model import Batch, DataType, TagTable, Value
from tags.status import StatusCode

_Sample = tuple[int, Value | None, int, int]


class CalculatedTags:
    """Evaluate the expression tags of one table whenever an input changed. Station loop only.

    Tags are sorted into levels: a tag's inputs all lie in lower levels, so that a change runs through a whole
    chain in one pass, each tag evaluated once.

    Raises:
        ExpressionError: an expression does not compile, names no tag, or depends on itself; the message names
            the tag, or the whole cycle.
    """

    def __init__(self, tags: TagTable) -> None:
        self._tags = tags
        self._bound = bind_expressions(tags)
        inputs = {tag_id: bound.tag_ids for tag_id, bound in self._bound.items()}
        cycle = find_cycle(inputs)
        if cycle:
            names = " -> ".join(tags[tag_id].path for tag_id in cycle)
            raise ExpressionError(f"calculated tags depend on themselves: {names}")
        self._levels = _levels(inputs)
        self._dependents: dict[int, list[int]] = {}
        for tag_id, needed in inputs.items():
            for source in needed:
                self._dependents.setdefault(source, []).append(tag_id)
        self._is_input: NDArray[np.bool_] = np.zeros(len(tags), np.bool_)
        self._is_input[list(self._dependents)] = True

    def __len__(self) -> int:
        return len(self._bound)

    def evaluate_all(self, database: TagDatabase, clock: Clock) -> Batch:
        """Evaluate every calculated tag and return the accepted changes as one batch."""
        return self._evaluate(set(self._bound), database, clock)

    def update(self, changed: NDArray[np.int32], database: TagDatabase, clock: Clock) -> Batch:
        """Evaluate the tags that depend on the ``changed`` ids; return the accepted changes as one batch."""
        inputs = changed[self._is_input[changed]]
        if not len(inputs):
            return Batch.empty(clock.now_ns())
        return self._evaluate(self._affected(inputs), database, clock)

    def _affected(self, inputs: NDArray[np.int32]) -> set[int]:
        affected: set[int] = set()
        for tag_id in set(inputs.tolist()):
            affected.update(self._dependents[tag_id])
        return affected

    def _evaluate(self, pending: set[int], database: TagDatabase, clock: Clock) -> Batch:
        now_ns = clock.now_ns()
        by_level: dict[int, set[int]] = {}
        self._sort_in(by_level, pending)
        results: list[Batch] = []
        while by_level:
            samples = [
                self._sample(tag_id, database, now_ns) for tag_id in sorted(by_level.pop(min(by_level)))
            ]
            changed = database.apply_eu(Batch.of(samples, now_ns))
            if len(changed):
                results.append(changed)
                inputs = changed.tag_ids[self._is_input[changed.tag_ids]]
                self._sort_in(by_level, self._affected(inputs))
        return Batch.concatenate(results) if results else Batch.empty(now_ns)

    def _sort_in(self, by_level: dict[int, set[int]], pending: set[int]) -> None:
        for tag_id in pending:
            by_level.setdefault(self._levels[tag_id], set()).add(tag_id)

    def _sample(self, tag_id: int, database: TagDatabase, now_ns: int) -> _Sample:
        evaluated = self._bound[tag_id].evaluate(database)
        value, status = evaluated.value, evaluated.status
        if value is not None:
            try:
                value = convert(value, self._tags[tag_id].data_type)
            except ValueRefusedError:
                is_text = isinstance(value, str) != (self._tags[tag_id].data_type is DataType.STRING)
                status = int(StatusCode.BadTypeMismatch if is_text else StatusCode.BadOutOfRange)
                value = None
        return tag_id, value, status, evaluated.source_ns or now_ns


def bind_expressions(tags: TagTable) -> dict[int, BoundExpression]:
    """Compile and bind the expressions of all calculated tags, by tag id.

    Raises:
        ExpressionError: the first one that does not compile or names no tag, with the tag's path.
    """
    bound: dict[int, BoundExpression] = {}
    for tag in tags:
        if tag.expression is not None:
            try:
                bound[tag.id] = compile_expression(tag.expression).bind(tags)
            except ExpressionError as error:
                raise ExpressionError(f"{tag.path}: {error}") from None
    return bound


def convert(value: Value, data_type: DataType) -> Value:
    """Return a calculated value in the form of ``data_type``.

    Whole-number types take the nearest whole number, BOOL takes any number but zero for true.

    Raises:
        ValueRefusedError: a text where a number is needed or the other way round, or a number out of range.
    """
    if isinstance(value, tuple):
        return tuple(_convert_scalar(item, data_type) for item in value)
    return _convert_scalar(value, data_type)


def _convert_scalar(value: bool | float | str, data_type: DataType) -> bool | float | str:
    if not isinstance(value, str):
        if data_type is DataType.BOOL:
            value = bool(value)
        elif isinstance(value, float) and not data_type.is_float and math.isfinite(value):
            value = round(value)
    converted = data_type.check(value)
    if isinstance(converted, tuple):
        raise TypeError("a scalar stays a scalar")
    return converted


def find_cycle(inputs: Mapping[int, Sequence[int]]) -> tuple[int, ...] | None:
    """Return one chain of tag ids that ends where it starts, or None.

    ``inputs`` maps each calculated tag to the tags that it reads; any depth, no recursion.
    """
    settled: set[int] = set()
    for start in inputs:
        chain: list[int] = []
        on_chain: set[int] = set()
        stack: list[tuple[int, int]] = [(start, 0)]
        while stack:
            tag_id, step = stack.pop()
            if step == 0:
                if tag_id in on_chain:
                    return (*chain[chain.index(tag_id) :], tag_id)
                if tag_id in settled or tag_id not in inputs:
                    continue
                chain.append(tag_id)
                on_chain.add(tag_id)
            if step < len(inputs[tag_id]):
                stack.append((tag_id, step + 1))
                stack.append((inputs[tag_id][step], 0))
            else:
                settled.add(tag_id)
                on_chain.remove(chain.pop())
    return None


def _levels(inputs: Mapping[int, Sequence[int]]) -> dict[int, int]:
    """Return the level of each calculated tag: one more than the highest of its calculated inputs."""
    levels: dict[int, int] = {}
    waiting = {tag_id: {source for source in needed if source in inputs} for tag_id, needed in inputs.items()}
    dependents: dict[int, list[int]] = {}
    for tag_id, needed in waiting.items():
        for source in needed:
            dependents.setdefault(source, []).append(tag_id)
    ready = [tag_id for tag_id, needed in waiting.items() if not needed]
    level = 0
    while ready:
        following: list[int] = []
        for tag_id in ready:
            levels[tag_id] = level
            for dependent in dependents.get(tag_id, ()):
                waiting[dependent].discard(tag_id)
                if not waiting[dependent]:
                    following.append(dependent)
        ready = following
        level += 1
    return levels
