"""The seam between the station and a protocol: what a driver is, offers and reports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from tags.address import Address
from tags.conditions import ConditionRequest, ConditionSink
from tags.errors import TagError
from tags.model import Batch, DataType, Value
from tags.status import StatusCode


class DriverFault(StrEnum):
    """Name why a driver could not do what was asked."""

    LOST = "lost"
    """The link is down; the supervisor reconnects."""
    TIMEOUT = "timeout"
    """No answer in time."""
    ADDRESS = "address"
    """The device does not know the address."""
    REFUSED = "refused"
    """The device answered no: access, state or value."""
    CONFIGURATION = "configuration"
    """The options are wrong or the device is set up otherwise; trying again does not help."""
    UNSUPPORTED = "unsupported"
    """The driver or the protocol cannot do this."""


class DriverError(TagError):
    """Tell a device's or link's failure; a driver leaks no exception of its library.

    ``status`` is what the tags concerned get; ``str()`` is one sentence for the operator.
    """

    def __init__(
        self, fault: DriverFault, text: str, status: int = int(StatusCode.BadCommunicationError)
    ) -> None:
        super().__init__(text)
        self.fault = fault
        self.status = status


@dataclass(frozen=True, slots=True)
class Option:
    """Declare one option of a connection, as ``[connections.NAME]`` in project.toml gives it."""

    name: str
    kind: type[str] | type[int] | type[float] | type[bool]
    default: str | int | float | bool | None
    help: str
    required: bool = False
    choices: tuple[str, ...] = ()
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Say what a driver can do, so that nobody has to find out by an exception."""

    pushes: bool
    """The device reports changes by itself; otherwise the driver polls."""
    browses: bool
    writes: bool
    source_time: bool
    """Source times come from the device; otherwise they are the time at which the poll was answered."""
    data_types: frozenset[DataType]


@dataclass(frozen=True, slots=True)
class Item:
    """Name one value that a driver delivers: the tag's id, where it lives, its type on the wire and period.

    ``keep_all`` asks for every change between two deliveries, not only the newest: logged and alarmed tags.
    """

    tag_id: int
    address: Address
    data_type: DataType
    period_ms: int
    keep_all: bool = False


@dataclass(frozen=True, slots=True)
class BrowseNode:
    """Describe one place of a device's address space."""

    address: str
    name: str
    data_type: DataType | None
    is_folder: bool
    description: str = ""


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """Hold what the device itself says about an item (DQ-10, DQ-13); what it does not say is None or empty.

    ``eu_range`` and ``instrument_range`` are low and high, ``states`` value and text. The project's own
    definition of a tag goes before them.
    """

    eu_range: tuple[float, float] | None = None
    instrument_range: tuple[float, float] | None = None
    unit: str = ""
    states: tuple[tuple[int, str], ...] = ()


class Sink(Protocol):
    """Take what a driver delivers. Called on the station's event loop only; never blocks."""

    def deliver(self, batch: Batch, age_ns: int = 0) -> None:
        """Take samples: raw values as the device holds them (scaling is the database's work).

        ``age_ns`` is how long a message that the device sent by itself was held up on its way. Of polls the
        time of the request is counted already.

        A polling driver delivers every row of each answered poll, changed or not: that is what keeps a tag
        fresh. A row whose item failed carries a bad status and NaN; it never spoils its neighbours.
        """
        ...

    def refreshed(self, period_ms: int, age_ns: int = 0) -> None:
        """Note that the device confirmed all items of this period ``age_ns`` ago, though none changed.

        For drivers that push changes only: the server's empty keep-alive proves that nothing changed.
        """
        ...

    def exchanged(self, duration_ns: int, sent_bytes: int, received_bytes: int, failed: bool) -> None:
        """Count one request and its answer, for the connection's counters."""
        ...


class Driver(Protocol):
    """Speak one protocol to one device. All methods run on the station's event loop and never block it.

    A driver is made for one connection by its factory ``create(options, clock)``, may be connected again
    after a loss, and holds no task, thread or socket once ``close`` has returned. Every failure is a
    :class:`DriverError`; after one with fault LOST or TIMEOUT of the link the supervisor calls ``close`` and
    later ``connect``.
    """

    @property
    def capabilities(self) -> Capabilities:
        """Return what this driver can do."""
        ...

    async def connect(self) -> str:
        """Open the link and return one line about the device (vendor, model, PDU size, security).

        Raises:
            DriverError: within the option ``timeout_s``; CONFIGURATION when trying again is useless.
        """
        ...

    async def close(self) -> None:
        """Release everything at once; safe to call twice and in any state."""
        ...

    async def browse(self, parent: str | None) -> Sequence[BrowseNode]:
        """Return the children of ``parent`` (None: the root)."""
        ...

    async def subscribe(self, items: Sequence[Item], sink: Sink) -> None:
        """Deliver the items to ``sink`` until cancelled; only ends by cancellation or by raising.

        Raises:
            DriverError: the link is lost (LOST or TIMEOUT): one raise, no retry in the driver.
        """
        ...

    async def read(self, items: Sequence[Item]) -> Batch:
        """Read the items now, one row per item in the given order; failed items have a bad status."""
        ...

    async def write(self, item: Item, value: Value) -> None:
        """Write one raw value of the item's data type, once: never sent again after a doubt.

        Raises:
            DriverError: REFUSED with the device's reason, TIMEOUT when it is unknown whether it arrived.
        """
        ...

    async def ping(self) -> None:
        """Prove that the device still answers, by its cheapest request.

        Raises:
            DriverError: it does not.
        """
        ...

    def plan(self) -> str:
        """Return one line on how the subscribed items are fetched ("214 tags in 3 requests, 61 % used")."""
        ...


@runtime_checkable
class Describer(Protocol):
    """Offer facts about items, beside :class:`Driver`: for protocols whose devices know them."""

    async def describe(self, items: Sequence[Item]) -> Sequence[ItemFacts]:
        """Return what the device says about the items, one for each; empty facts where it says nothing.

        Raises:
            DriverError: the link failed.
        """
        ...


@runtime_checkable
class CombinedWriter(Protocol):
    """Offer to write and read back by one request, beside :class:`Driver`: for protocols that have that."""

    async def write_and_read(self, item: Item, value: Value) -> Batch | None:
        """Write as :meth:`Driver.write` does, and return one row of what the device holds right after.

        None when the value was written, but could not be read by the same request.

        Raises:
            DriverError: as :meth:`Driver.write`.
        """
        ...


@runtime_checkable
class ConditionSource(Protocol):
    """Report conditions that the device keeps itself, beside :class:`Driver`."""

    @property
    def reports_conditions(self) -> bool:
        """Tell whether the connection's options ask for them."""
        ...

    async def watch_conditions(self, items: Sequence[Item], sink: ConditionSink) -> None:
        """Report to ``sink`` until cancelled, beginning with all that the device retains.

        ``items`` are all items of the connection: they tell which tag a condition is about. Only ends by
        cancellation or by raising, as :meth:`Driver.subscribe`.

        Raises:
            DriverError: the link is lost, or (UNSUPPORTED) the device has no conditions at all.
        """
        ...

    async def operate_condition(self, request: ConditionRequest) -> None:
        """Have the device do what is asked, once; what comes of it is reported to the sink.

        Raises:
            DriverError: REFUSED or UNSUPPORTED with the device's reason in words, or the link failed.
        """
        ...


DriverOptions = Mapping[str, str | int | float | bool]
"""The validated options of one connection."""
