"""How values are written and how entries are read."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest

from tags.errors import ValueRefusedError
from tags.model import DataType, Scaling, Tag
from views.editors import check_entry, parse_number, range_text
from views.elements.base import decimals_of, format_value
from views.language import LANGUAGE
from views.local_text import number
from views.words import computed_text, grouped

LEVEL = Tag(0, "Level", DataType.FLOAT64, unit="%", eu_low=0, eu_high=100)
COUNT = Tag(1, "Count", DataType.INT16)
SCALED = Tag(2, "Scaled", DataType.INT16, scaling=Scaling(0, 27648, 0, 100), eu_low=0, eu_high=100)
STATE = Tag(3, "State", DataType.INT32, states={2: "Stopped"})
SWITCH = Tag(4, "Switch", DataType.BOOL)
NAMED = Tag(5, "Named", DataType.BOOL, states={0: "Closed", 1: "Open"})


@pytest.mark.parametrize(
    ("value", "tag", "decimals", "text"),
    [
        (41.26, LEVEL, None, "41.3"),
        (41.26, LEVEL, 0, "41"),
        (-0.04, LEVEL, None, "0.0"),
        (-5.5, LEVEL, None, "−5.5"),
        (12345, COUNT, None, "12\u202f345"),
        (1234, COUNT, None, "1234"),
        (41.26, SCALED, None, "41.3"),
        (2, STATE, None, "Stopped"),
        (9, STATE, None, "9"),
        (True, SWITCH, None, "On"),
        (False, NAMED, None, "Closed"),
        ("Milk", LEVEL, None, "Milk"),
        ((1, 2), COUNT, None, "1, 2"),
        (3.14159, None, None, "3.14"),
    ],
)
def test_values_as_people_read_them(value, tag: Tag | None, decimals: int | None, text: str) -> None:
    assert format_value(value, tag, decimals) == text


def test_moments_are_told_in_local_time() -> None:
    moment = Tag(6, "When", DataType.DATETIME)
    at = datetime(2026, 3, 4, 5, 6, 7).astimezone()
    assert format_value(int(at.timestamp()) * 1_000_000_000, moment) == "2026-03-04 05:06:07"
    assert format_value(0, moment) == "never"


@pytest.mark.parametrize(
    ("plain", "text"),
    [("1234567.50", "1\u202f234\u202f567.50"), ("999", "999"), ("-12345", "−12\u202f345"), ("nan", "nan")],
)
def test_thousands_are_kept_apart(plain: str, text: str) -> None:
    assert grouped(plain) == text


@pytest.fixture
def french() -> Iterator[None]:
    LANGUAGE.use("fr")
    yield
    LANGUAGE.use("en")


@pytest.mark.usefixtures("french")
def test_french_sets_thousands_apart_from_four_digits_on() -> None:
    assert grouped("1248.8") == "1\u202f248,8"
    assert format_value(2000, COUNT) == "2\u202f000"
    assert number(1248.75, 2) == "1\u202f248,75"
    assert number(-2000) == "−2\u202f000"
    assert grouped("999") == "999"


@pytest.mark.usefixtures("french")
def test_what_an_expression_comes_to_is_written_as_values_are() -> None:
    assert computed_text(1248.5) == "1\u202f248,5"
    assert computed_text(-3) == "−3"
    assert computed_text("2.5 bar") == "2.5 bar"
    assert computed_text(None) == ""


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("value", [0.0, 0.125, -3.5, 999.5, 1500.0, 1248.8, -12345.6, 9_876_543.21])
def test_an_entry_takes_back_every_number_as_it_is_shown(language: str, value: float) -> None:
    LANGUAGE.use(language)
    try:
        assert parse_number(grouped(f"{value:.3f}")) == value
        assert parse_number(number(value, 3)) == value
    finally:
        LANGUAGE.use("en")


def test_decimals_follow_tag_or_range() -> None:
    assert decimals_of(Tag(0, "A", DataType.FLOAT64, decimals=3)) == 3
    assert decimals_of(Tag(0, "A", DataType.FLOAT64, eu_low=0, eu_high=3000)) == 0
    assert decimals_of(Tag(0, "A", DataType.FLOAT64, eu_low=0, eu_high=4)) == 2
    assert decimals_of(COUNT) == 0
    assert decimals_of(SCALED) == 1


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12,5", 12.5),
        ("12.5", 12.5),
        (" 1 234,5 ", 1234.5),
        ("−3", -3.0),
        ("+7", 7.0),
        ("1\u202f000", 1000.0),
        ("1e2", 100.0),
    ],
)
def test_entries_that_are_numbers(text: str, number: float) -> None:
    assert parse_number(text) == number


@pytest.mark.parametrize("text", ["", "abc", "1,2,3", "1.2,3", "nan", "inf", "-", "1_000", "0x10"])
def test_entries_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"number|could not"):
        parse_number(text)


def test_entry_in_range_is_of_the_tags_type() -> None:
    assert check_entry("55,5", LEVEL, 20, 90, "%") == 55.5
    whole = check_entry("12", COUNT, None, None, "")
    assert whole == 12
    assert isinstance(whole, int)
    assert check_entry("12.5", SCALED, 0, 100, "%") == 12.5


@pytest.mark.parametrize(
    ("text", "tag", "low", "high", "message"),
    [
        ("95", LEVEL, 20.0, 90.0, "Allowed: 20.0 to 90.0 %"),
        ("19,9", LEVEL, 20.0, 90.0, "Allowed: 20.0 to 90.0 %"),
        ("95", LEVEL, None, 90.0, "Allowed: at most 90.0 %"),
        ("1", LEVEL, 20.0, None, "Allowed: at least 20.0 %"),
        ("much", LEVEL, None, None, "Enter a number"),
        ("1.5", COUNT, None, None, "Enter a whole number"),
        ("47,5", replace(LEVEL, decimals=0), None, None, "Enter a whole number"),
        ("47,555", replace(LEVEL, decimals=2), None, None, "Decimals: at most 2"),
        ("0.0000001", LEVEL, None, None, "Decimals: at most 1"),
        ("70000", COUNT, None, None, "outside -32768 to 32767"),
    ],
)
def test_entry_that_is_not_allowed_says_what_is(
    text: str, tag: Tag, low: float | None, high: float | None, message: str
) -> None:
    with pytest.raises(ValueRefusedError, match=message):
        check_entry(text, tag, low, high, "%")


def test_an_entry_may_have_as_many_decimals_as_are_shown() -> None:
    assert check_entry("47,50", LEVEL, 20, 90, "%") == 47.5
    assert check_entry("47.25", LEVEL, 20, 90, "%", 2) == 47.25
    assert check_entry("1e1", LEVEL, 0, 90, "%", 0) == 10.0
    assert check_entry("80,1", LEVEL, 20, 90, "%") == 80.1
    assert check_entry("33.333333", LEVEL, 20, 90, "%", 6) == 33.333333


def test_range_in_words() -> None:
    assert range_text(LEVEL, 20, 90, "%", 0) == "20 to 90 %"
    assert range_text(LEVEL, None, None, "%", 0) == "any number"
