import pytest

from tags.clock import NS_PER_MS, NS_PER_S, ManualClock, SystemClock, iso_utc


def test_a_manual_clock_moves_only_when_told() -> None:
    clock = ManualClock(5 * NS_PER_S)
    assert (clock.now_ns(), clock.monotonic_ns()) == (5 * NS_PER_S, 0)
    clock.advance(NS_PER_MS)
    assert (clock.now_ns(), clock.monotonic_ns()) == (5 * NS_PER_S + NS_PER_MS, NS_PER_MS)
    clock.set_now_ns(NS_PER_S)
    assert (clock.now_ns(), clock.monotonic_ns()) == (NS_PER_S, NS_PER_MS)
    with pytest.raises(ValueError, match="zero or more"):
        clock.advance(-1)


def test_the_system_clock_runs_and_its_monotonic_time_does_not_go_back() -> None:
    clock = SystemClock()
    readings = [clock.monotonic_ns() for _ in range(100)]
    assert readings == sorted(readings)
    assert clock.now_ns() > 1_600_000_000 * NS_PER_S


def test_iso_utc_has_milliseconds_and_says_utc() -> None:
    assert iso_utc(0) == "1970-01-01T00:00:00.000Z"
    assert iso_utc(1_700_000_000_123_999_999) == "2023-11-14T22:13:20.123Z"
