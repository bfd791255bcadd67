"""The benchmarks by name; each takes seconds and returns its report."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from hmi.benchmarks import latency, store
from hmi.benchmarks.report import Report

BENCHES: Mapping[str, Callable[[float], Report]] = MappingProxyType(
    {"latency": latency.measure, "store": store.measure}
)
