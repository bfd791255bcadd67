"""A connection: one driver under supervision, its state, counters and writes."""

from dataclasses import dataclass
from enum import StrEnum


class ConnectionState(StrEnum):
    """Name a connection's state."""

    DISABLED = "disabled"
    """Switched off by configuration."""
    CONNECTING = "connecting"
    """The first attempt, or one after a loss, is under way."""
    CONNECTED = "connected"
    """The device answers and every item is fetched in time."""
    DEGRADED = "degraded"
    """The device answers, but some items fail or come late."""
    UNAVAILABLE = "unavailable"
    """The device does not answer; attempts go on by themselves."""
    FAILED = "failed"
    """Options, address space or security are wrong: somebody must mend them."""


@dataclass(frozen=True, slots=True)
class ConnectionStatus:
    """Show a connection: its state with one sentence, and its counters since the station started."""

    name: str
    driver: str
    state: ConnectionState
    text: str
    device: str = ""
    plan: str = ""
    since_ns: int = 0
    tags: int = 0
    bad_tags: int = 0
    requests: int = 0
    errors: int = 0
    reconnects: int = 0
    request_p50_ms: float = 0.0
    request_p99_ms: float = 0.0
    values_per_s: float = 0.0
    sent_bytes: int = 0
    received_bytes: int = 0
