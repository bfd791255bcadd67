"""What a device says of a tag fills only what the project leaves open."""

from dataclasses import replace

import pytest

from tags.drivers.base import ItemFacts
from tags.facts import described, described_table, wants
from tags.model import DataType, Tag, TagTable
from tags.scaling import Scaling

FACTS = ItemFacts((0.0, 120.0), (-50.0, 200.0), "°C", ((0, "Off"), (1, "On")))
OPEN = Tag(0, "Oven.Temperature", DataType.FLOAT64, connection="plant")


def test_everything_is_filled_where_the_project_says_nothing() -> None:
    tag = described(OPEN, FACTS)
    assert (tag.eu_low, tag.eu_high, tag.unit, tag.states) == (0.0, 120.0, "°C", {0: "Off", 1: "On"})
    assert replace(tag, eu_low=None, eu_high=None, unit="", states={}) == OPEN


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        ({"unit": "K"}, ("K", 0.0, 120.0, 2)),
        ({"eu_low": 10.0}, ("°C", 10.0, None, 2)),
        ({"eu_low": 1.0, "eu_high": 2.0}, ("°C", 1.0, 2.0, 2)),
        ({"states": {5: "five"}}, ("°C", 0.0, 120.0, 1)),
    ],
)
def test_the_project_goes_first(changes: dict, kept: tuple) -> None:
    tag = described(replace(OPEN, **changes), FACTS)
    assert (tag.unit, tag.eu_low, tag.eu_high, len(tag.states)) == kept


def test_a_scaled_tag_takes_nothing_and_is_not_asked_about() -> None:
    scaled = replace(OPEN, scaling=Scaling(0, 27648, 0, 100))
    assert not wants(scaled)
    assert described(scaled, FACTS) is scaled


def test_a_full_definition_is_not_asked_about() -> None:
    assert wants(OPEN)
    full = described(OPEN, FACTS)
    assert not wants(full)
    assert described(full, FACTS) is full


def test_the_instrument_range_serves_where_there_is_no_other() -> None:
    tag = described(OPEN, ItemFacts(instrument_range=(-50.0, 200.0)))
    assert (tag.eu_low, tag.eu_high) == (-50.0, 200.0)


def test_a_table_without_news_is_the_very_same() -> None:
    tags = TagTable([OPEN])
    assert described_table(tags, {}) is tags
    assert described_table(tags, {0: ItemFacts(), 7: FACTS}) is tags
    assert described_table(tags, {0: FACTS}).by_path("Oven.Temperature").unit == "°C"
