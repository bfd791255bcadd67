"""Every query equals a plain list, whatever was committed, sealed and asked for."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from historian.aggregates import Aggregate, AggregateSettings
from historian.happening import EventChoice, Happening
from historian.model import LogEntry
from historian.store import History, open_history
from tags.clock import NS_PER_S, ManualClock
from tags.model import (
    Batch,
    DataType,
    LogMode,
    LogPolicy,
    Tag,
    TagTable,
    Value,
    WriteOutcome,
    WriteRequest,
    WriteResult,
    WriteStep,
)
from tests.support.plain_aggregates import PLAIN, Point

CHANGE = LogPolicy(LogMode.CHANGE)
TAGS = TagTable(
    [
        Tag(0, "Tank.Level", DataType.FLOAT64, log=CHANGE),
        Tag(1, "Tank.Name", DataType.STRING, log=CHANGE),
        Tag(2, "Tank.Count", DataType.UINT64, log=CHANGE),
        Tag(3, "Tank.Full", DataType.BOOL, log=CHANGE),
        Tag(4, "Tank.State", DataType.INT16, states={0: "Idle", 1: "Filling"}, log=CHANGE),
        Tag(5, "Tank.Filled", DataType.DATETIME, log=CHANGE),
    ]
)
START_NS = 1_700_000_000 * NS_PER_S // (3_600 * NS_PER_S) * (3_600 * NS_PER_S)
BAD, UNCERTAIN = 0x808B0000, 0x40000000
NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
"""A smaller example costs a history on disk for each try; minutes."""
VALUES: dict[int, st.SearchStrategy[Value]] = {
    0: st.floats(allow_nan=False) | st.just(float("inf")),
    1: st.text(max_size=20),
    2: st.integers(0, 2**64 - 1),
    3: st.booleans(),
    4: st.integers(-(2**15), 2**15 - 1),
    5: st.integers(-(2**62), 2**62),
}
Sample = tuple[int, Value | None, int, int]


@st.composite
def sample_of_any_type(draw: st.DrawFn) -> Sample:
    tag_id = draw(st.integers(0, 5))
    status = draw(st.sampled_from([0, 0, UNCERTAIN, BAD]))
    return tag_id, None if status == BAD else draw(VALUES[tag_id]), status, draw(st.integers(0, 40))


def opened(directory: Path) -> History:
    return open_history(TAGS, directory, clock=ManualClock(START_NS))


def store(history: History, commits: list[list[Sample]], sealed: set[int]) -> dict[int, dict[int, Sample]]:
    """Store commits, seal after some, and return what a list would hold: by tag and time."""
    truth: dict[int, dict[int, Sample]] = {tag.id: {} for tag in TAGS}
    for number, commit in enumerate(commits):
        rows = [(tag, value, status, START_NS + second * NS_PER_S) for tag, value, status, second in commit]
        history.writer().samples(Batch.of(rows, START_NS))
        history.writer().flush().result(30)
        for row in rows:
            truth[row[0]][row[3]] = row
        if number in sealed:
            history.seal()
    return truth


def is_same(one: Value | None, other: Value | None) -> bool:
    if one is None or other is None:
        return one is other
    return float(one) == other if isinstance(other, bool) else one == other


@settings(max_examples=35, deadline=None, phases=NO_SHRINKING)
@given(
    commits=st.lists(st.lists(sample_of_any_type(), min_size=1, max_size=15), min_size=1, max_size=5),
    sealed=st.sets(st.integers(0, 4)),
    window=st.tuples(st.integers(-3, 45), st.integers(1, 45)),
    limit=st.none() | st.integers(1, 5),
)
def test_every_type_comes_back_exactly_forward_backward_and_at_any_time(
    tmp_path_factory: pytest.TempPathFactory,
    commits: list[list[Sample]],
    sealed: set[int],
    window: tuple[int, int],
    limit: int | None,
) -> None:
    history = opened(tmp_path_factory.mktemp("history"))
    truth = store(history, commits, sealed)
    reader = history.reader()
    start_ns = START_NS + window[0] * NS_PER_S
    end_ns = start_ns + window[1] * NS_PER_S
    try:
        for tag in TAGS:
            found = [truth[tag.id][at] for at in sorted(truth[tag.id])]
            forward = [row for row in found if start_ns <= row[3] < end_ns][:limit]
            backward = [row for row in reversed(found) if start_ns < row[3] <= end_ns][:limit]
            for asked, expected in (
                (reader.raw(tag.path, start_ns, end_ns, limit=limit), forward),
                (reader.raw(tag.path, end_ns, start_ns, limit=limit), backward),
            ):
                assert asked.source_ns.tolist() == [row[3] for row in expected]
                assert asked.statuses.tolist() == [row[2] for row in expected]
                for number, row in enumerate(expected):
                    value: Value | None = asked.extras.get(number, float(asked.values[number]))
                    assert is_same(None if row[2] >> 31 else value, row[1])
                    assert not row[2] >> 31 or np.isnan(asked.values[number])
        state = reader.state_at(end_ns)
        held = {}
        for tag in TAGS:
            upto = [at for at in truth[tag.id] if at <= end_ns]
            if upto:
                held[tag.id] = truth[tag.id][max(upto)]
        assert state.tag_ids.tolist() == sorted(held)
        for number, tag_id in enumerate(state.tag_ids.tolist()):
            assert int(state.source_ns[number]) == held[tag_id][3]
            assert int(state.statuses[number]) == held[tag_id][2]
            assert is_same(state.value_at(number), held[tag_id][1])
        for tag_stats in reader.stats().tags:
            mine = truth[TAGS.by_path(tag_stats.path).id]
            assert tag_stats.first_ns == min(mine, default=None)
            assert tag_stats.last_ns == max(mine, default=None)
    finally:
        reader.close()
        history.close()


@st.composite
def numbers(draw: st.DrawFn) -> Sample:
    status = draw(st.sampled_from([0, 0, 0, UNCERTAIN, BAD]))
    value = None if status == BAD else draw(st.sampled_from([0.0, 1.0, 2.5, -4.0]) | st.floats(-1e6, 1e6))
    return 0, value, status, draw(st.integers(-30, 150))


@settings(max_examples=60, deadline=None, phases=NO_SHRINKING)
@given(
    commits=st.lists(st.lists(numbers(), min_size=1, max_size=12), min_size=1, max_size=3),
    sealed=st.sets(st.integers(0, 2)),
    window=st.tuples(st.integers(0, 100), st.integers(1, 60)),
    stepped=st.booleans(),
)
def test_every_aggregate_equals_the_standards_words_over_a_plain_list(
    tmp_path_factory: pytest.TempPathFactory,
    commits: list[list[Sample]],
    sealed: set[int],
    window: tuple[int, int],
    stepped: bool,
) -> None:
    history = opened(tmp_path_factory.mktemp("history"))
    truth = store(history, commits, sealed)[0]
    points = [Point(at, truth[at][1], truth[at][2]) for at in sorted(truth)]
    start_ns = START_NS + window[0] * NS_PER_S
    end_ns = start_ns + window[1] * NS_PER_S
    # Bounds are searched one interval around, and one sample beyond (AGG-02).
    around = (start_ns - (end_ns - start_ns), end_ns + (end_ns - start_ns))
    seen = [point for point in points if around[0] <= point.at < around[1]]
    seen = (
        [point for point in points if point.at < around[0]][-1:]
        + seen
        + [point for point in points if point.at >= around[1]][:1]
    )
    reader = history.reader()
    try:
        for aggregate in Aggregate:
            [found] = reader.aggregates(
                "Tank.Level",
                aggregate,
                start_ns,
                end_ns,
                end_ns - start_ns,
                AggregateSettings(stepped=stepped),
            )
            value, status = PLAIN[aggregate.value](seen, start_ns, end_ns, stepped)
            assert float(found.values[0]) == pytest.approx(value, rel=1e-9, abs=1e-6, nan_ok=True), aggregate
            assert f"{int(found.statuses[0]):08X}" == f"{status:08X}", aggregate
    finally:
        reader.close()
        history.close()


KINDS = ("connection", "station", "gap", "clock")
SUBJECTS = ("Filler1", "Filler1.Tank", "filler1", "Filler10", "plc")


@settings(max_examples=35, deadline=None, phases=NO_SHRINKING)
@given(
    logged=st.lists(
        st.tuples(
            st.integers(0, 20),
            st.sampled_from(KINDS),
            st.sampled_from(SUBJECTS),
            st.sampled_from(["lost", "Back"]),
        ),
        max_size=12,
    ),
    written=st.lists(
        st.tuples(
            st.integers(0, 20),
            st.sampled_from(SUBJECTS),
            st.sampled_from(["marie", "paul"]),
            st.integers(0, 9),
        ),
        max_size=8,
    ),
    sampled=st.lists(st.integers(0, 20), max_size=5, unique=True),
    window=st.tuples(st.integers(-1, 20), st.integers(1, 22)),
    choice=st.builds(
        EventChoice,
        st.lists(st.sampled_from([*KINDS, "write"]), max_size=3, unique=True),
        st.lists(st.sampled_from(SUBJECTS), max_size=2, unique=True),
        st.lists(st.sampled_from(["marie", "paul"]), max_size=2, unique=True),
        st.sampled_from(["", "LOST", "mar", "Tank"]),
    ),
)
def test_the_one_ordered_log_equals_a_sorted_list(
    tmp_path_factory: pytest.TempPathFactory,
    logged: list[tuple[int, str, str, str]],
    written: list[tuple[int, str, str, int]],
    sampled: list[int],
    window: tuple[int, int],
    choice: EventChoice,
) -> None:
    history = opened(tmp_path_factory.mktemp("history"))
    writer = history.writer()
    truth: list[Happening] = []
    for second, kind, subject, text in logged:
        at_ns = START_NS + second * NS_PER_S
        writer.entry(LogEntry(kind, at_ns, at_ns, subject, text))
        truth.append(Happening(kind, at_ns, subject, text, ""))
    for second, path, user, number in written:
        at_ns = START_NS + second * NS_PER_S
        steps = ((WriteStep.REQUESTED, at_ns),)
        request = WriteRequest(1, path, number, user)
        writer.write_result(WriteResult(request, WriteOutcome.CONFIRMED, old_value=0, steps=steps))
        text = f"{user} wrote {number}"
        truth.append(Happening("write", at_ns, path, text, "confirmed", f"0 → {number}", user))
    for second in sampled:
        writer.samples(Batch.of([(0, 1.0, 0, START_NS + second * NS_PER_S)], START_NS))
    writer.flush().result(30)
    start_ns = START_NS + window[0] * NS_PER_S
    end_ns = start_ns + window[1] * NS_PER_S

    def is_chosen(event: Happening) -> bool:
        words = (event.subject, event.text, event.user, event.detail)
        return (
            (not choice.kinds or event.kind in choice.kinds)
            and (
                not choice.subjects
                or any(event.subject == one or event.subject.startswith(one + ".") for one in choice.subjects)
            )
            and (not choice.users or event.user in choice.users)
            and any(choice.text.lower() in word.lower() for word in words)
        )

    chosen = [event for event in truth if is_chosen(event)]
    expected = sorted(event for event in map(_key, chosen) if start_ns <= event[0] < end_ns)
    reader = history.reader()
    try:
        found = list(reader.timeline(start_ns, end_ns, choice))
        assert sorted(map(_key, found)) == expected
        assert [event.source_ns for event in found] == [event[0] for event in expected]
        backward = list(reader.timeline(start_ns, end_ns, choice, newest_first=True))
        assert [event.source_ns for event in backward] == [event[0] for event in reversed(expected)]
        assert sorted(map(_key, backward)) == expected
        later = [event.source_ns for event in chosen if event.source_ns > start_ns]
        earlier = [event.source_ns for event in chosen if event.source_ns < end_ns]
        following, preceding = reader.next_event(start_ns, choice), reader.previous_event(end_ns, choice)
        assert (following.source_ns if following else None) == min(later, default=None)
        assert (preceding.source_ns if preceding else None) == max(earlier, default=None)
        both = list(reader.timeline(start_ns, end_ns, replace(choice, text="", paths=["Tank.Level"])))
        times = [START_NS + second * NS_PER_S for second in sorted(sampled)]
        assert [event.source_ns for event in both if event.kind == "sample"] == [
            at for at in times if start_ns <= at < end_ns
        ]
        assert [event.source_ns for event in both] == sorted(event.source_ns for event in both)
    finally:
        reader.close()
        history.close()


def _key(event: Happening) -> tuple[int, str, str, str, str]:
    return event.source_ns, event.kind, event.subject, event.text, event.change
