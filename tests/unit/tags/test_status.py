import numpy as np
import pytest

from tags.status import Quality, StatusCode, is_bad, is_good, name, qualities, quality, worst


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (0x00000000, Quality.GOOD),
        (0x00300600, Quality.GOOD),
        (0x40940000, Quality.UNCERTAIN),
        (0x80310000, Quality.BAD),
        (0xC0000000, Quality.BAD),
        (0xFFFFFFFF, Quality.BAD),
    ],
)
def test_quality_follows_the_severity_bits(status: int, expected: Quality) -> None:
    assert quality(status) is expected
    assert qualities(np.array([status], np.uint32)).tolist() == [expected]
    assert is_good(status) == (expected is Quality.GOOD)
    assert is_bad(status) == (expected is Quality.BAD)


def test_every_named_code_has_the_severity_of_its_name() -> None:
    for code in StatusCode:
        assert quality(code).name.capitalize() == next(
            word for word in ("Good", "Uncertain", "Bad") if code.name.startswith(word)
        )


def test_names_ignore_info_bits_and_survive_unknown_codes() -> None:
    assert name(StatusCode.BadNoCommunication) == "BadNoCommunication"
    assert name(StatusCode.GoodClamped | 0x0600) == "GoodClamped"
    assert name(0x80FF0000) == "Bad (0x80FF0000)"
    assert name(0x40FF0001) == "Uncertain (0x40FF0001)"


def test_worst_takes_the_first_of_the_worst_quality() -> None:
    assert worst() == StatusCode.Good
    assert worst(StatusCode.UncertainSubNormal, StatusCode.Good) == StatusCode.UncertainSubNormal
    assert worst(StatusCode.Uncertain, StatusCode.BadTimeout, StatusCode.BadNoData) == StatusCode.BadTimeout
