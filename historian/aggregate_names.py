"""The names of the OPC UA aggregates, for whoever must not load what computes them."""

from typing import Final

AGGREGATES: Final = (
    "interpolative",
    "average",
    "time_average",
    "time_average2",
    "total",
    "minimum",
    "maximum",
    "minimum_actual_time",
    "maximum_actual_time",
    "range",
    "count",
    "duration_good",
    "percent_good",
    "duration_in_state_zero",
    "duration_in_state_non_zero",
    "number_of_transitions",
    "delta",
)
