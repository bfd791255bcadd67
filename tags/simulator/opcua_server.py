"""The line controller: an OPC UA server with the PackML tags of the model (PML-07).

Node ids are texts in namespace 2, `ns=2;s=Line.Status.StateCurrent`. Analogue nodes carry EURange and
EngineeringUnits. Source timestamps are those of the tick in which a value changed. What the controller judges
itself it reports as alarms and conditions (`line_alarms`).
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

from asyncua import Server, ua
from asyncua.server.internal_server import InternalServer
from asyncua.server.internal_session import InternalSession

from tags.simulator.cell import PackagingCell
from tags.simulator.controller import LOOPBACK, ControllerAddress, listening_socket
from tags.simulator.line_alarms import LineAlarms
from tags.simulator.maps import LINE, LINE_POINTS
from tags.simulator.points import Point, Value

PATH = "/vigie/line"
NAMESPACE_URI = "urn:vigie:simulator:packaging-cell"
_TYPES = {
    "BOOL": ua.VariantType.Boolean,
    "INT32": ua.VariantType.Int32,
    "UINT32": ua.VariantType.UInt32,
    "FLOAT32": ua.VariantType.Float,
    "FLOAT64": ua.VariantType.Double,
    "STRING": ua.VariantType.String,
    "DATETIME": ua.VariantType.DateTime,
}
_UNITS = {
    "1/min": (0, "1/min", "per minute"),
    "s": (5_457_219, "s", "second"),
    "ms": (4_403_766, "ms", "millisecond"),
}
"""UNECE code as OPC UA numbers it, symbol, name."""


def _datetime(nanoseconds: int) -> datetime:
    return datetime.fromtimestamp(nanoseconds / 1e9, tz=UTC)


class _Placed:
    """One point with its node and the value that the node shows at present."""

    __slots__ = ("attribute", "last", "node_id", "point", "read", "variant_type")

    def __init__(self, point: Point) -> None:
        self.point = point
        self.read = point.reader()
        self.node_id = ua.NodeId.from_string(point.address)
        self.variant_type = _TYPES[point.type]
        self.last: object = None

    def value(self, model: PackagingCell) -> Value | datetime:
        """Give the present value of the model as the node shows it."""
        if self.point.type == "DATETIME":
            return _datetime(self.read(model))
        value = self.point.encode(self.read(model))
        return round(value, 3) if isinstance(value, float) else value


class Sessions(InternalServer):  # type: ignore[misc]
    """The library's core, which remembers the clients' sessions.

    A session with subscriptions outlives its connection there, for a client to take it up again. A killed
    controller has forgotten them: they are closed when it stops.
    """

    def __init__(self) -> None:
        super().__init__()
        self.sessions: set[InternalSession] = set()

    def register_external_session(self, session: InternalSession) -> None:
        """Remember a client's session."""
        super().register_external_session(session)
        self.sessions.add(session)

    def unregister_external_session(self, session: InternalSession) -> None:
        """Forget a session that was closed."""
        super().unregister_external_session(session)
        self.sessions.discard(session)

    async def forget_sessions(self) -> None:
        """Drop every connection at once, and close every session with its subscriptions."""
        for transport in tuple(self.asyncio_transports):
            transport.abort()
        for session in tuple(self.sessions):
            await session.close_session(True)


class LineController:
    """The OPC UA controller; see `controller.Controller`."""

    name = LINE
    protocol = "OPC UA"

    def __init__(self, port: int) -> None:
        self._port = port
        self._placed = [_Placed(point) for point in LINE_POINTS]
        self._server: Server | None = None
        self._model: PackagingCell | None = None
        self._alarms: LineAlarms | None = None
        self._clock_s = -1
        self._own_write = False

    @property
    def running(self) -> bool:
        """Tell whether it answers."""
        return self._server is not None

    @property
    def address(self) -> ControllerAddress:
        """Give where it answers."""
        url = f"opc.tcp://{LOOPBACK}:{self._port}{PATH}"
        return ControllerAddress(self.name, self.protocol, LOOPBACK, self._port, url)

    async def start(self, cell: PackagingCell) -> None:
        """Open the port and show `cell`; raise PortTakenError."""
        with listening_socket(self.name, self._port) as probe:
            self._port = probe.getsockname()[1]
        # Its one warning is about endpoints with certificates; only the open one is asked for here.
        logging.getLogger("asyncua.server.server").setLevel(logging.ERROR)
        server = Server(iserver=Sessions())
        alarms = self._alarms = LineAlarms(server)
        await server.init()
        server.disable_clock()
        server.set_endpoint(self.address.url)
        server.set_server_name("Packaging cell, line controller")
        await server.set_application_uri("urn:vigie:simulator:line")
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        await server.register_namespace(NAMESPACE_URI)
        self._model = cell
        line = await self._build(server, cell)
        await alarms.build(line)
        await server.start()
        self._server = server

    async def update(self, cell: PackagingCell) -> None:
        """Write what has changed since the last tick."""
        self._model = cell
        server, alarms = self._server, self._alarms
        if server is None or alarms is None:
            return
        now = datetime.now(UTC)
        for placed in self._placed:
            value = placed.value(cell)
            if value != placed.last or type(value) is not type(placed.last):
                placed.last = value
                self._own_write = placed.point.writable
                await server.write_attribute_value(placed.node_id, _data_value(placed, value, now))
        await alarms.update(cell)
        if int(cell.time_s) != self._clock_s:
            self._clock_s = int(cell.time_s)
            clock = ua.NodeId(ua.ObjectIds.Server_ServerStatus_CurrentTime)
            variant = ua.Variant(now, ua.VariantType.DateTime)
            await server.write_attribute_value(clock, ua.DataValue(variant, SourceTimestamp=now))

    async def stop(self) -> None:
        """Drop every connection at once and close the port."""
        server, self._server = self._server, None
        if server is None:
            return
        await server.iserver.forget_sessions()
        await server.stop()

    async def _build(self, server: Server, cell: PackagingCell) -> Any:
        """Make the nodes of all points; return the one below which all of the line stands."""
        now = datetime.now(UTC)
        folders: dict[str, Any] = {"": server.nodes.objects}
        for placed in self._placed:
            parts = placed.point.name.split(".")
            for depth in range(1, len(parts)):
                path, parent = ".".join(parts[:depth]), ".".join(parts[: depth - 1])
                if path not in folders:
                    folders[path] = await folders[parent].add_object(
                        ua.NodeId(path, 2), f"2:{parts[depth - 1]}"
                    )
            value = placed.value(cell)
            placed.last = value
            node = await folders[".".join(parts[:-1])].add_variable(
                placed.node_id, f"2:{parts[-1]}", value, placed.variant_type
            )
            if placed.point.unit:
                await self._describe(node, placed.point)
            if placed.point.writable:
                await node.set_writable()
                server.iserver.aspace.set_attribute_value_setter(
                    placed.node_id, ua.AttributeIds.Value, self._setter(placed)
                )
            self._own_write = placed.point.writable
            await server.write_attribute_value(placed.node_id, _data_value(placed, value, now))
        return folders["Line"]

    async def _describe(self, node: Any, point: Point) -> None:
        number, symbol, name = _UNITS[point.unit]
        unit = ua.EUInformation(
            NamespaceUri="http://www.opcfoundation.org/UA/units/un/cefact",
            UnitId=number,
            DisplayName=ua.LocalizedText(symbol),
            Description=ua.LocalizedText(name),
        )
        prefix = f"{point.name}."
        await node.add_property(ua.NodeId(f"{prefix}EngineeringUnits", 2), "0:EngineeringUnits", unit)
        await node.add_property(
            ua.NodeId(f"{prefix}EURange", 2), "0:EURange", ua.Range(point.low, point.high)
        )

    def _setter(self, placed: _Placed) -> Any:
        """Give the hook of writes: a client's goes to the model first, and what that made of it is shown."""

        def take(node: Any, attribute: ua.AttributeIds, data: ua.DataValue) -> None:
            own, self._own_write = self._own_write, False
            wanted = None if data.Value is None else data.Value.Value
            model = self._model
            if not own and model is not None and isinstance(wanted, (bool, int, float, str)):
                placed.point.accept(model, wanted)
                # Written again on the next tick, so that subscribers too see a clamped value.
                placed.last = None
                data = _data_value(placed, placed.value(model), datetime.now(UTC))
            node.attributes[attribute].value = data

        return take


def _data_value(placed: _Placed, value: Value | datetime, source_time: datetime) -> ua.DataValue:
    variant = ua.Variant(value, placed.variant_type)
    return ua.DataValue(variant, SourceTimestamp=source_time, ServerTimestamp=source_time)
