"""The benchmarks by name; each takes seconds and returns its report."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from hmi.benchmarks import historian, latency, modbus, opcua, recovery, s7, store
from hmi.benchmarks.report import Report

BENCHES: Mapping[str, Callable[[float], Report]] = MappingProxyType(
    {
        "historian": historian.measure,
        "latency": latency.measure,
        "modbus": modbus.measure,
        "opcua": opcua.measure,
        "recovery": recovery.measure,
        "s7": s7.measure,
        "store": store.measure,
    }
)
