"""OPC UA over asyncua: subscriptions whose notification messages go straight into columns.

The library's own subscription objects are not used: they make a task for each value. See
:mod:`tags.drivers.opcua_feed` and :mod:`tags.drivers.opcua_decode`.
"""

from collections.abc import Sequence

import numpy as np
from asyncua import ua

from tags.clock import Clock
from tags.conditions import ConditionRequest, ConditionSink
from tags.drivers.base import (
    BrowseNode,
    Capabilities,
    DriverError,
    DriverFault,
    DriverOptions,
    Item,
    ItemFacts,
    Sink,
)
from tags.drivers.frames import FrameTap
from tags.drivers.inspection import Inspection
from tags.drivers.opcua_columns import ItemTable
from tags.drivers.opcua_condition_methods import ConditionMethods
from tags.drivers.opcua_conditions import ConditionWatch
from tags.drivers.opcua_decode import columns_of
from tags.drivers.opcua_facts import describe
from tags.drivers.opcua_failures import refusal
from tags.drivers.opcua_feed import Feed, check_state
from tags.drivers.opcua_frames import describe as describe_frame
from tags.drivers.opcua_publishing import Publisher
from tags.drivers.opcua_session import Credentials, Session
from tags.drivers.opcua_types import Wanted, browse_type, read_request, variant_of
from tags.drivers.opcua_values import inspection_of, read_values
from tags.errors import ValueRefusedError
from tags.model import Batch, DataType, Value
from tags.status import StatusCode

_CAPABILITIES = Capabilities(
    pushes=True, browses=True, writes=True, source_time=True, data_types=frozenset(DataType)
)


def create(options: DriverOptions, clock: Clock) -> "OpcUaDriver":
    """Make an OPC UA driver with the options declared in the catalogue."""
    return OpcUaDriver(options, clock)


class OpcUaDriver:
    """Speak OPC UA to one server. All methods run on the event loop."""

    def __init__(self, options: DriverOptions, clock: Clock) -> None:
        self._clock = clock
        self._url = str(options["url"])
        self._credentials = Credentials(
            str(options["user"]),
            str(options["password"]),
            str(options["security"]),
            str(options["security_policy"]),
        )
        self._timeout_s = float(options["timeout_s"])
        self._sampling_ms = max(1, int(options["sampling_ms"]))
        self._max_items = max(1, int(options["max_items"]))
        self.frames = FrameTap(describe_frame, clock)
        self._reports_conditions = bool(options["alarms"])
        self._alarm_area = str(options["alarm_area"])
        self._watches_conditions = False
        self._session: Session | None = None
        self._publisher: Publisher | None = None
        self._methods: ConditionMethods | None = None
        self._feed: Feed | None = None

    @property
    def capabilities(self) -> Capabilities:
        """Return what this driver can do."""
        return _CAPABILITIES

    async def connect(self) -> str:
        """Open channel and session, and read who the server is and what it allows."""
        await self.close()
        session = self._session = Session(
            self._url, self._credentials, self._timeout_s, self._clock, self.frames
        )
        self._publisher = Publisher(session, self._clock)
        self._methods = ConditionMethods(session)
        try:
            return await session.open()
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Leave the session and drop the connection."""
        session, self._session = self._session, None
        self._publisher = self._methods = None
        if session is not None:
            await session.close()

    async def ping(self) -> None:
        """Read the server's state."""
        await check_state(self._connected())

    def plan(self) -> str:
        """Return one line on the subscriptions."""
        text = "no tags subscribed" if self._feed is None else self._feed.plan
        return f"{text}; with the server's alarms" if self._watches_conditions else text

    async def subscribe(self, items: Sequence[Item], sink: Sink) -> None:
        """Have the server report changes, and deliver each of its messages as one batch."""
        session, publisher = self._connected(), self._publisher
        if publisher is None:
            raise session.loss("subscribing")
        feed = Feed(session, publisher, items, sink, self._clock, self._sampling_ms, self._max_items)
        self._feed = feed
        try:
            await feed.run()
        finally:
            self._feed = None

    async def read(self, items: Sequence[Item]) -> Batch:
        """Read the values now, by as few requests as the server allows."""
        session = self._connected()
        wanted: list[Wanted] = []
        rows: list[int] = []
        for row, item in enumerate(items):
            node_id = session.node_id(item.address)
            if node_id is not None:
                wanted.append((node_id, ua.AttributeIds.Value))
                rows.append(row)
        samples = [
            ua.MonitoredItemNotification(ClientHandle=row, Value=result)
            for row, result in zip(rows, await session.read(wanted), strict=True)
        ]
        receive_ns = self._clock.now_ns()
        found = ItemTable(items).batch(columns_of(samples), receive_ns)
        if len(rows) == len(items):
            return found
        return _with_absent(items, rows, found, receive_ns)

    async def inspect(self, item: Item) -> Inspection:
        """Read an item by a request of its own, and show the bytes of the answer as they came."""
        session = self._connected()
        node_id = session.node_id(item.address)
        if node_id is None:
            return Inspection(
                await self.read([item]), f"nothing: the server has no namespace of {item.address.text}"
            )
        request = read_request([(node_id, ua.AttributeIds.Value)])
        body = await session.request("reading", session.answer, request)
        async with session.translated("reading"):
            (found,) = read_values(body)
        sample = ua.MonitoredItemNotification(ClientHandle=0, Value=found.value)
        row = ItemTable([item]).batch(columns_of([sample]), self._clock.now_ns())
        return inspection_of(row, node_id.to_string(), found)

    async def describe(self, items: Sequence[Item]) -> Sequence[ItemFacts]:
        """Return ranges, units and state texts that the server has for the items."""
        return await describe(self._connected(), items)

    @property
    def reports_conditions(self) -> bool:
        """Tell whether the option ``alarms`` asks for the server's conditions."""
        return self._reports_conditions

    async def watch_conditions(self, items: Sequence[Item], sink: ConditionSink) -> None:
        """Have the server report its alarms and conditions, beginning with those that it retains."""
        session, publisher = self._connected(), self._publisher
        if publisher is None:
            raise session.loss("subscribing to events")
        watch = ConditionWatch(session, publisher, items, sink, self._clock, self._alarm_area)
        self._watches_conditions = True
        try:
            await watch.run()
        finally:
            self._watches_conditions = False

    async def operate_condition(self, request: ConditionRequest) -> None:
        """Acknowledge, confirm, comment, shelve ... a condition at the server."""
        session, methods = self._connected(), self._methods
        if methods is None:
            raise session.loss("asking for an alarm")
        await methods.carry_out(request)

    async def write(self, item: Item, value: Value) -> None:
        """Write the value in the node's own type, without status and times: many servers refuse those."""
        session = self._connected()
        text = item.address.text
        node_id = session.node_id(item.address)
        if node_id is None:
            raise DriverError(
                DriverFault.ADDRESS,
                f"{text}: the server has no such namespace",
                int(StatusCode.BadNodeIdUnknown),
            )
        variant_type, is_array = await session.variant_type(node_id, text)
        try:
            variant = variant_of(item.data_type.check(value), variant_type, is_array=is_array)
        except (ValueRefusedError, ValueError) as error:
            raise DriverError(
                DriverFault.REFUSED, f"{text}: {error}", int(StatusCode.BadTypeMismatch)
            ) from None
        parameters = ua.WriteParameters()
        parameters.NodesToWrite = [
            ua.WriteValue(
                NodeId=node_id, AttributeId=ua.AttributeIds.Value, Value=ua.DataValue(variant, None)
            )
        ]
        (result,) = await session.request_all(f"writing {text}", session.services.write, parameters, 1)
        if not result.is_good():
            raise refusal(text, int(result.value))

    async def browse(self, parent: str | None) -> Sequence[BrowseNode]:
        """Return the objects and variables below a node (None: the Objects folder)."""
        session = self._connected()
        start = ua.NodeId(ua.ObjectIds.ObjectsFolder)
        if parent is not None:
            try:
                start = ua.NodeId.from_string(parent)
            except ua.UaError:
                raise DriverError(
                    DriverFault.ADDRESS, f"{parent!r} is no node id", int(StatusCode.BadNodeIdInvalid)
                ) from None
        references = await _references(session, start)
        variables: list[Wanted] = [
            (reference.NodeId, ua.AttributeIds.DataType)
            for reference in references
            if reference.NodeClass == ua.NodeClass.Variable
        ]
        types = {
            key[0]: browse_type(result.Value.Value if result.Value is not None else None)
            for key, result in zip(variables, await session.read(variables), strict=True)
        }
        return [
            BrowseNode(
                address=reference.NodeId.to_string(),
                name=reference.DisplayName.Text or reference.BrowseName.Name or reference.NodeId.to_string(),
                data_type=types.get(reference.NodeId),
                is_folder=reference.NodeClass == ua.NodeClass.Object,
            )
            for reference in references
        ]

    def _connected(self) -> Session:
        if self._session is None:
            raise DriverError(
                DriverFault.LOST, f"{self._url} is not connected", int(StatusCode.BadNotConnected)
            )
        return self._session


async def _references(session: Session, start: ua.NodeId) -> list[ua.ReferenceDescription]:
    """Return all objects and variables below a node, however many answers it takes."""
    description = ua.BrowseDescription()
    description.NodeId = start
    description.BrowseDirection = ua.BrowseDirection.Forward
    description.ReferenceTypeId = ua.NodeId(ua.ObjectIds.HierarchicalReferences)
    description.IncludeSubtypes = True
    description.NodeClassMask = ua.NodeClass.Object | ua.NodeClass.Variable
    description.ResultMask = ua.BrowseResultMask.All
    parameters = ua.BrowseParameters()
    parameters.NodesToBrowse = [description]
    parameters.RequestedMaxReferencesPerNode = 0
    (result,) = await session.request_all("browsing", session.services.browse, parameters, 1)
    found: list[ua.ReferenceDescription] = []
    while True:
        if not result.StatusCode.is_good():
            raise refusal(start.to_string(), int(result.StatusCode.value))
        found.extend(result.References or ())
        if not result.ContinuationPoint:
            return found
        following = ua.BrowseNextParameters(
            ReleaseContinuationPoints=False, ContinuationPoints=[result.ContinuationPoint]
        )
        (result,) = await session.request_all("browsing", session.services.browse_next, following, 1)


def _with_absent(items: Sequence[Item], rows: Sequence[int], found: Batch, receive_ns: int) -> Batch:
    """Return one row per item: the found ones in their rows, BadNodeIdUnknown in all others."""
    size = len(items)
    at = np.array(rows, np.intp)
    values = np.full(size, np.nan)
    statuses = np.full(size, StatusCode.BadNodeIdUnknown, np.uint32)
    source_ns = np.full(size, receive_ns, np.int64)
    values[at], statuses[at], source_ns[at] = found.values, found.statuses, found.source_ns
    extras = {rows[row]: value for row, value in found.extras.items()}
    tag_ids = np.fromiter((item.tag_id for item in items), np.int32, size)
    return Batch(tag_ids, values, statuses, source_ns, receive_ns, extras)
