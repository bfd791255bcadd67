"""The tables ``[types.NAME]`` and ``[oee.NAME]`` of project.toml."""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from projects.model import OeeUnit

_MAX_STOP_S: Final = 86_400.0


class TypeTable(BaseModel):
    """Declare what a type of the project extends."""

    model_config = ConfigDict(strict=True, extra="forbid")
    extends: Annotated[str, Field(min_length=1, max_length=64)]


class OeeTable(BaseModel):
    """Declare a unit whose effectiveness is computed."""

    model_config = ConfigDict(strict=True, extra="forbid")
    unit: Annotated[str, Field(min_length=1, max_length=200)]
    results: Annotated[str, Field(min_length=1, max_length=200)]
    shifts: Annotated[
        list[Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]], Field(min_length=1)
    ] = ["00:00"]
    micro_stop_s: Annotated[float, Field(gt=0, le=_MAX_STOP_S)] = 300.0
    planned_reasons: list[int] = Field(default_factory=list)
    operator_reasons: list[int] = Field(default_factory=list)
    external_reasons: list[int] = Field(default_factory=list)

    def declared(self, name: str) -> OeeUnit:
        """Return what the table says."""
        minutes = sorted({60 * int(text[:2]) + int(text[3:]) for text in self.shifts})
        return OeeUnit(
            name,
            self.unit,
            self.results,
            tuple(minutes),
            self.micro_stop_s,
            frozenset(self.planned_reasons),
            frozenset(self.operator_reasons),
            frozenset(self.external_reasons),
        )
