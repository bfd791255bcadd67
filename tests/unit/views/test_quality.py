import numpy as np
import pytest

from tags.status import StatusCode
from views.quality import Mark, hidden_text, mark, marks, reason, short_reason


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (StatusCode.Good, Mark.NONE),
        (StatusCode.GoodClamped, Mark.NONE),
        (StatusCode.GoodLocalOverride, Mark.FORCED),
        (StatusCode.UncertainSimulatedValue, Mark.SIMULATED),
        (StatusCode.UncertainSubNormal, Mark.UNCERTAIN),
        (StatusCode.UncertainNoCommunicationLastUsableValue, Mark.STALE),
        (StatusCode.BadWaitingForInitialData, Mark.WAITING),
        (StatusCode.BadNotConnected, Mark.NOT_CONNECTED),
        (StatusCode.BadSensorFailure, Mark.BAD),
        (StatusCode.BadNoData, Mark.NO_VALUE),
        (int(StatusCode.BadNoData) | 0x0400, Mark.NO_VALUE),
        (0x80FF0000, Mark.BAD),
        (0x40FF0000, Mark.UNCERTAIN),
        (0xC0000000, Mark.BAD),
        (int(StatusCode.BadNotConnected) | 0x0400, Mark.NOT_CONNECTED),
    ],
)
def test_mark_of_status(status: int, expected: Mark) -> None:
    assert mark(int(status)) is expected


def test_columns_agree_with_single_statuses() -> None:
    statuses = np.array([*StatusCode, 0x80FF0000, 0xC0000000], np.uint32)
    assert marks(statuses).tolist() == [mark(int(status)) for status in statuses]
    assert marks(np.zeros(3, np.uint32)).tolist() == [Mark.NONE] * 3
    assert marks(np.empty(0, np.uint32)).tolist() == []


def test_bad_values_are_hidden_and_uncertain_ones_are_not() -> None:
    hidden = [Mark.WAITING, Mark.NO_VALUE, Mark.NOT_CONNECTED, Mark.BAD]
    assert [shown for shown in Mark if shown.hides_value] == hidden
    assert len({hidden_text(shown) for shown in hidden}) == len(hidden), "each tells its own reason"
    assert [shown for shown in hidden if not shown.is_muted] == [Mark.BAD]
    assert hidden_text(Mark.BAD) == "----"
    assert hidden_text(Mark.NOT_CONNECTED) == "---"
    assert hidden_text(Mark.WAITING) == "…"


def test_reason_names_the_status() -> None:
    assert reason(int(StatusCode.BadSensorFailure)).endswith("(BadSensorFailure)")
    assert "BadNotConnected" in reason(int(StatusCode.BadNotConnected))
    assert "(" not in reason(0)


def test_each_reason_has_words_of_its_own() -> None:
    assert reason(int(StatusCode.BadSensorFailure)) == "The sensor has failed. (BadSensorFailure)"
    assert short_reason(int(StatusCode.BadSensorFailure) | 0x0400) == "sensor failure"
    assert short_reason(int(StatusCode.BadConfigurationError)) == "no such address"
    assert short_reason(0) == short_reason(int(StatusCode.BadNotConnected)) == ""
    hidden = [code for code in StatusCode if mark(int(code)) is Mark.BAD and short_reason(int(code))]
    assert all(reason(int(code)).endswith(f"({code.name})") for code in hidden)
