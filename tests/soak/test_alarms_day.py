"""A day of the packaging cell in a minute: what history says happened is what the operators saw."""

import pytest

from alarms.metrics import assess
from alarms.metrics_events import Period
from alarms.model import Transition
from projects.examples import example_path
from projects.files import load
from tags.clock import NS_PER_S
from tests.support.cell_day import DAY_STEPS, START_NS, alike, live_day, logged


@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", [3, 11])
def test_a_day_replayed_from_history_is_the_day_that_was(tmp_path, seed):
    tags = logged(load(example_path("packaging_cell")).tags)
    station = live_day(tags, tmp_path, DAY_STEPS, seed)
    try:
        events, samples = alike(station, tags, DAY_STEPS)
        assert samples > 200_000
        kinds = {event.transition for event in events}
        assert {
            Transition.ACTIVATED,
            Transition.RETURNED,
            Transition.RE_ALARMED,
            Transition.ACKNOWLEDGED,
            Transition.SHELVED,
            Transition.UNSHELVED,
            Transition.SUPPRESSED,
            Transition.UNSUPPRESSED,
        } <= kinds
        counted = assess(events, Period(START_NS, START_NS + 24 * 3600 * NS_PER_S))
        assert station.manager.counts().activations == round(counted.kpi("KPI-03").value or 0) > 100
    finally:
        station.history.close()
