"""How long a silent unit is left alone, and when nobody is left."""

from tags.drivers.modbus_units import Units


def test_a_silent_unit_is_asked_less_and_less_and_at_once_when_it_answered() -> None:
    units = Units({1, 2}, timeout_s=1.0)
    assert units.are_several
    now_s, pauses = 100.0, []
    for _ in range(5):
        assert units.missed(2, now_s)
        assert units.is_paused(2, now_s)
        assert not units.is_paused(1, now_s)
        step_s = next(step for step in range(1, 60) if not units.is_paused(2, now_s + step))
        pauses.append(step_s)
        now_s += step_s
    assert pauses == [5, 10, 20, 30, 30]
    assert units.silent == [2]
    assert units.in_order() == [1, 2]
    units.answered(2)
    assert units.silent == []
    assert not units.is_paused(2, now_s)


def test_when_all_are_silent_the_link_is() -> None:
    units = Units({1, 2, 3}, timeout_s=1.0)
    assert units.missed(1, 0.0)
    assert units.missed(2, 0.0)
    assert not units.missed(3, 0.0)
    units.forget()
    assert units.silent == []
    assert not Units({1}, 1.0).are_several
