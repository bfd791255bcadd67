import numpy as np
import pytest

from tags.status import StatusCode
from views.quality import Mark, hidden_text, mark, marks, reason


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
    assert [shown for shown in Mark if shown.hides_value] == [Mark.WAITING, Mark.NOT_CONNECTED, Mark.BAD]
    assert hidden_text(Mark.BAD) == "----"
    assert hidden_text(Mark.NOT_CONNECTED) == "---"
    assert hidden_text(Mark.WAITING) == "…"


def test_reason_names_the_status() -> None:
    assert reason(int(StatusCode.BadSensorFailure)).endswith("(BadSensorFailure)")
    assert "BadNotConnected" in reason(int(StatusCode.BadNotConnected))
    assert "(" not in reason(0)
