"""The table [history] of project.toml: how long each kind of data is kept."""

import pytest

from historian.retention import Retention
from projects.config import read_config
from projects.model import StationSettings
from projects.problems import Problems
from tags.drivers.catalogue import drivers


def read(table: str) -> tuple[StationSettings, list[str]]:
    problems = Problems()
    config = read_config(f'name = "p"\nformat = 1\n{table}'.encode(), drivers(), problems)
    assert config is not None
    return config.station, [str(one) for one in problems.sorted()]


def test_without_the_table_the_historians_own_times_hold():
    station, problems = read("")
    assert problems == []
    levels = station.five_minute_days, station.hour_days, station.day_days
    assert Retention(station.raw_days, levels, station.log_days) == Retention()


def test_the_table_is_carried():
    station, problems = read(
        "[history]\nraw_days = 7\nfive_minute_days = 30\nhour_days = 60\nday_days = 0\nlog_days = 9"
    )
    assert problems == []
    assert station == StationSettings(raw_days=7, five_minute_days=30, hour_days=60, day_days=0, log_days=9)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("raw_day = 7", "raw_days"),
        ("raw_days = -1", "greater than or equal to 0"),
        ("raw_days = 36501", "less than or equal to 36500"),
        ("raw_days = 1.5", "integer"),
        ("raw_days = true", "integer"),
    ],
)
def test_a_bad_key_is_named_and_the_sound_ones_hold(line: str, said: str):
    station, [problem] = read(f"[history]\nhour_days = 4000\nday_days = 4000\n{line}")
    assert problem.startswith("project.toml:6 [history.raw_day")
    assert said in problem
    assert (station.raw_days, station.hour_days) == (90, 4000)


@pytest.mark.parametrize("days", [1000, 0])
def test_a_finer_level_kept_longer_is_a_warning(days: int):
    _, [problem] = read(f"[history]\nraw_days = {days}")
    assert problem.startswith("project.toml:4 [history.raw_days]: raw_days keeps more than five_minute_days")
