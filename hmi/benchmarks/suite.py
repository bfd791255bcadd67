"""The benchmarks by name; each takes seconds and returns its report."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from hmi.benchmarks import (
    alarms,
    historian,
    latency,
    modbus,
    opcua,
    recovery,
    screen,
    siemens,
    start,
    store,
    window,
)
from hmi.benchmarks.report import Report

BENCHES: Mapping[str, Callable[[float], Report]] = MappingProxyType(
    {
        "alarms": alarms.measure,
        "historian": historian.measure,
        "latency": latency.measure,
        "modbus": modbus.measure,
        "opcua": opcua.measure,
        "recovery": recovery.measure,
        "s7": siemens.measure,
        "screen": screen.measure,
        "start": start.measure,
        "store": store.measure,
        "window": window.measure,
    }
)
