"""The tables ``[alarms]`` of project.toml: classes of alarms, and the matrix that gives priorities."""

from collections.abc import Callable, Mapping
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from alarms.policy import AlarmClass
from alarms.priorities import DEFAULT_MATRIX, PriorityMatrix
from tags.roles import Role

Report = Callable[[tuple[str, ...], str], None]
"""Takes a key's path and one sentence about what is wrong with it."""
MAX_CLASS_S: Final = 86_400.0
_Cell = Literal["alert", "low", "medium", "high", "urgent"]
_MAX_TIMES: Final = 9
_PLACE: Final = ("alarms", "priority_matrix")


class AlarmClassTable(BaseModel):
    """Declare a table ``[alarms.classes.NAME]``."""

    model_config = ConfigDict(strict=True, extra="forbid")
    comment_required: bool = False
    auto_ack: bool = False
    auto_ack_after_s: Annotated[float, Field(ge=0, le=MAX_CLASS_S)] = 0.0
    shelve: Literal["operator", "supervisor", "maintenance", "engineer", "admin", "never", ""] = ""
    suppress: bool = True
    out_of_service: bool = True
    realarm_s: Annotated[float, Field(ge=0, le=MAX_CLASS_S)] = 0.0

    def rules(self) -> AlarmClass:
        """Return what the table says."""
        role = Role(self.shelve) if self.shelve in tuple(Role) else None
        return AlarmClass(
            comment_required=self.comment_required,
            auto_ack=self.auto_ack,
            auto_ack_after_s=self.auto_ack_after_s,
            is_shelvable=self.shelve != "never",
            shelve_role=role,
            may_suppress=self.suppress,
            may_remove=self.out_of_service,
            realarm_s=self.realarm_s,
        )


class PriorityTable(BaseModel):
    """Declare the table ``[alarms.priority_matrix]`` (ALM-41): one row of cells per consequence."""

    model_config = ConfigDict(strict=True, extra="forbid")
    times_min: (
        Annotated[list[Annotated[float, Field(gt=0, le=1440)]], Field(min_length=1, max_length=_MAX_TIMES)]
        | None
    ) = None
    rows: Annotated[dict[str, list[_Cell]], Field(min_length=1, max_length=_MAX_TIMES)] | None = None

    def matrix(self, report: Report) -> PriorityMatrix:
        """Return the matrix; one that does not fit together is reported and replaced by the default."""
        times_s = DEFAULT_MATRIX.times_s
        if self.times_min is not None:
            times_s = tuple(time_min * 60 for time_min in self.times_min)
        if list(times_s) != sorted(set(times_s), reverse=True):
            text = "expected different times, from the longest to the shortest"
            report((*_PLACE, "times_min"), text)
            return DEFAULT_MATRIX
        if self.rows is None:
            if len(times_s) != len(DEFAULT_MATRIX.times_s):
                text = f"expected {len(DEFAULT_MATRIX.times_s)} times, or rows that go with them"
                report((*_PLACE, "times_min"), text)
                return DEFAULT_MATRIX
            return PriorityMatrix(times_s, DEFAULT_MATRIX.rows)
        wanted = len(times_s) + 1
        wrong = {name: len(cells) for name, cells in self.rows.items() if len(cells) != wanted}
        for name, count in wrong.items():
            text = f"expected {wanted} priorities, one more than times, got {count}"
            report((*_PLACE, "rows", name), text)
        return DEFAULT_MATRIX if wrong else PriorityMatrix.of(times_s, self.rows)


class AlarmsTable(BaseModel):
    """Declare the table ``[alarms]``."""

    model_config = ConfigDict(strict=True, extra="forbid")
    classes: dict[str, AlarmClassTable] = Field(default_factory=dict)
    priority_matrix: PriorityTable = Field(default_factory=PriorityTable)

    def rules(self) -> Mapping[str, AlarmClass]:
        """Return the rules of each class."""
        return {name: table.rules() for name, table in self.classes.items()}
