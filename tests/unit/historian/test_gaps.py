"""Where samples are missing, history says so and why (HIS-23), and a crash costs no end of a line."""

from pathlib import Path

import pytest

from historian.model import GapReason, gap_reason
from historian.stats import Gap
from historian.store import History, open_history
from historian.writer import HistoryWriter
from tags.clock import NS_PER_S, ManualClock
from tags.model import Batch, DataType, LogMode, LogPolicy, Tag, TagTable
from tags.status import StatusCode

TAGS = TagTable(
    [
        Tag(0, "Line.Speed", DataType.FLOAT64, log=LogPolicy(LogMode.CHANGE)),
        Tag(1, "Line.Ramp", DataType.FLOAT64, log=LogPolicy(LogMode.SWINGING, deviation_eu=0.1)),
    ]
)
START_NS = 1_700_000_000 * NS_PER_S


def store(history: History, *samples: tuple[int, float | None, int, int]) -> None:
    rows = [(tag, value, status, START_NS + second * NS_PER_S) for tag, value, status, second in samples]
    history.writer().samples(Batch.of(rows, START_NS))
    history.writer().flush().result(30)


def test_each_status_of_a_gap_has_its_reason() -> None:
    assert gap_reason(StatusCode.BadDataUnavailable) is GapReason.STATION_STOPPED
    assert gap_reason(StatusCode.BadNoCommunication) is GapReason.CONNECTION_LOST
    assert gap_reason(StatusCode.BadNotConnected) is GapReason.DISABLED
    assert gap_reason(StatusCode.BadDataLost) is GapReason.DROPPED
    assert gap_reason(StatusCode.BadSensorFailure) is None
    assert gap_reason(StatusCode.Good) is None


@pytest.mark.parametrize("sealed", [(), (0,), (1,), (0, 1), (2,)])
def test_stats_list_the_gaps_of_each_tag(tmp_path: Path, sealed: tuple[int, ...]) -> None:
    history = open_history(TAGS, tmp_path, clock=ManualClock(START_NS + 1000 * NS_PER_S))
    lost, disabled = int(StatusCode.BadNoCommunication), int(StatusCode.BadNotConnected)
    commits = (
        [(0, 1.0, 0, 0), (0, None, lost, 10), (0, None, lost, 15)],
        [(0, 2.0, 0, 20), (0, None, int(StatusCode.BadSensorFailure), 25), (0, 3.0, 0, 30)],
        [(0, None, disabled, 40)],
    )
    for number, commit in enumerate(commits):
        store(history, *commit)
        if number in sealed:
            history.seal()
    reader = history.reader()
    [found] = [tag for tag in reader.stats().tags if tag.path == "Line.Speed"]
    assert found.gaps == [
        Gap(START_NS + 10 * NS_PER_S, START_NS + 20 * NS_PER_S, GapReason.CONNECTION_LOST),
        Gap(START_NS + 40 * NS_PER_S, START_NS + 40 * NS_PER_S, GapReason.DISABLED),
    ]
    assert found.missing_s == 10.0
    assert found.bad == 4
    reader.close()
    history.close()


def test_what_a_swinging_door_has_not_decided_is_read_and_survives_a_crash(tmp_path: Path) -> None:
    crashed = open_history(TAGS, tmp_path, clock=ManualClock(START_NS + 100 * NS_PER_S))
    for second in range(11):
        crashed.writer()._undecided_s = 0.0
        store(crashed, (1, float(second), 0, second))
    reader = crashed.reader()
    assert reader.raw("Line.Ramp", 0, 2**62).values.tolist() == [0.0, 10.0]
    assert reader.state_at(2**62, ["Line.Ramp"]).values.tolist() == [10.0]
    # The process dies here: what follows is the next one's start.
    survivor = HistoryWriter(crashed._engine, TAGS, ManualClock(START_NS + 100 * NS_PER_S))
    series = reader.raw("Line.Ramp", 0, 2**62)
    assert series.values[series.statuses == 0].tolist() == [0.0, 10.0]
    assert series.statuses[-1] == int(StatusCode.BadDataUnavailable)
    with crashed.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM pending").scalar_one() == 0
    reader.close()
    survivor.close()
    crashed.close()


def test_a_stop_leaves_nothing_undecided(tmp_path: Path) -> None:
    history = open_history(TAGS, tmp_path, clock=ManualClock(START_NS + 100 * NS_PER_S))
    store(history, (1, 0.0, 0, 0), (1, 1.0, 0, 1))
    history.close()
    again = open_history(TAGS, tmp_path, clock=ManualClock(START_NS + 100 * NS_PER_S))
    reader = again.reader()
    series = reader.raw("Line.Ramp", 0, 2**62)
    assert series.values[series.statuses == 0].tolist() == [0.0, 1.0]
    with again.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM pending").scalar_one() == 0
    reader.close()
    again.close()
