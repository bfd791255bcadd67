"""Half an hour of the packaging cell with its faults; ``tests/soak/test_alarms_day.py`` runs whole days."""

from pathlib import Path

from alarms.model import Transition
from projects.examples import example_path
from projects.files import load
from tests.support.cell_day import DAY_STEPS, alike, live_day, logged

STEPS = DAY_STEPS // 48


def test_half_an_hour_replayed_from_history_is_the_one_that_was(tmp_path: Path) -> None:
    tags = logged(load(example_path("packaging_cell")).tags)
    station = live_day(tags, tmp_path, STEPS, seed=5)
    try:
        events, samples = alike(station, tags, STEPS)
        assert samples > 4000
        kinds = {event.transition for event in events}
        assert {Transition.ACTIVATED, Transition.RETURNED, Transition.ACKNOWLEDGED} <= kinds
    finally:
        station.history.close()
