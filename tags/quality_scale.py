"""The graded scale for drivers: what each level asks, and what proves that a driver meets it.

A claim names the test that proves it; ``tests/unit/repository/test_driver_scale.py`` checks that it exists
and runs over that driver. docs/drivers.md explains the rules to people.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

LEVELS: Final = ("bronze", "silver", "gold")
EXEMPT: Final = "exempt: "
"""Begins the evidence of a rule that a protocol cannot meet; the reason follows."""


@dataclass(frozen=True, slots=True)
class Rule:
    """State one thing that a level asks of a driver."""

    name: str
    level: str
    text: str


RULES: Final = (
    Rule("conformance", "bronze", "every test of the conformance suite passes against a real server"),
    Rule("options", "bronze", "each option has a help text, and a default unless it is required"),
    Rule(
        "honest_status", "bronze", "a missing or refused address is bad with a reason and spoils no neighbour"
    ),
    Rule(
        "reconnect", "bronze", "it connects again by itself after a loss, and close leaves no task or thread"
    ),
    Rule("misbehaving_peers", "silver", "no fault of a peer makes a wrong or old value good"),
    Rule("writes_once", "silver", "a write is never sent twice and is read back"),
    Rule("plan", "silver", "it says in one line how the tags are fetched"),
    Rule("browse", "gold", "the device's addresses can be browsed, where the protocol has that"),
    Rule("security", "gold", "messages can be signed and encrypted, where the protocol has that"),
    Rule("interoperability", "gold", "it was tested against a server in another language"),
    Rule("benchmark", "gold", "a benchmark measures its cost against a stated target"),
)

_CONFORMANCE = "tests/protocol/test_driver_conformance.py"
_PEERS = "tests/protocol/test_pathological_peers.py"
_BENCHMARKS = "tests/protocol/test_driver_benchmarks.py::test_every_driver_has_a_benchmark"
_LIBMODBUS = "tests/protocol/test_interoperability_libmodbus.py"
_NO_BROWSE = EXEMPT + "the protocol cannot list what a device has"
_NO_SECURITY = EXEMPT + "the protocol has no security; keep it in the machine's own network"

_COMMON: Final = {
    "conformance": f"{_CONFORMANCE}::test_every_type_keeps_its_extremes",
    "options": "tests/unit/repository/test_driver_scale.py::test_options_are_explained",
    "honest_status": f"{_CONFORMANCE}::test_a_missing_address_spoils_no_neighbour",
    "reconnect": f"{_CONFORMANCE}::test_reconnects_after_the_server_is_back",
    "plan": f"{_CONFORMANCE}::test_subscription_delivers_what_is_written",
}
_DEVICE: Final = {
    **_COMMON,
    "misbehaving_peers": f"{_PEERS}::test_no_fault_makes_a_wrong_or_old_value_good",
    "writes_once": f"{_PEERS}::test_no_fault_makes_a_wrong_or_old_value_good",
}

CLAIMS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "opcua": {
            **_DEVICE,
            "browse": "tests/protocol/test_opcua_driver.py::test_browsing",
            "security": "tests/protocol/test_interoperability_node.py::test_opcua_security",
            "interoperability": "tests/protocol/test_interoperability_node.py::test_opcua_types",
            "benchmark": _BENCHMARKS,
        },
        "modbus": {
            **_DEVICE,
            "browse": _NO_BROWSE,
            "security": _NO_SECURITY,
            "interoperability": f"{_LIBMODBUS}::test_values_survive",
            "benchmark": _BENCHMARKS,
        },
        "modbus_rtu": {
            **_DEVICE,
            "browse": _NO_BROWSE,
            "security": _NO_SECURITY,
            "interoperability": f"{_LIBMODBUS}::test_values_survive_a_serial_line",
        },
        "s7": {
            **_DEVICE,
            "browse": _NO_BROWSE,
            "security": _NO_SECURITY,
            "interoperability": "tests/protocol/test_interoperability_node.py::test_s7_types",
            "benchmark": _BENCHMARKS,
        },
        "memory": {
            **_COMMON,
            "misbehaving_peers": EXEMPT + "it has no peer",
            "writes_once": f"{_CONFORMANCE}::test_every_type_keeps_its_extremes",
        },
    }
)
"""What proves each rule, by driver; a rule without entry is not met."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Say whether a driver meets a rule, and what proves it or why the rule cannot apply."""

    rule: Rule
    met: bool
    evidence: str


def facts(driver: str) -> list[Fact]:
    """Return how a driver stands on every rule; nothing is proved of one that no claim names."""
    claims = CLAIMS.get(driver, {})
    return [Fact(rule, rule.name in claims, claims.get(rule.name, "")) for rule in RULES]


def level_of(driver: str) -> str | None:
    """Return the highest level of which a driver meets all rules, and all of the levels before it."""
    reached: str | None = None
    for level in LEVELS:
        if not all(fact.met for fact in facts(driver) if fact.rule.level == level):
            break
        reached = level
    return reached
