"""An OPC UA server on loopback with two values that it describes, and two alarms of its own."""

from asyncua import Server, ua

from tags.simulator.opcua_alarms import Condition, ConditionServer
from tags.simulator.opcua_server import Sessions
from tests.support.ports import free_port

HOT = ua.NodeId("Hot", 2)
EMPTY = ua.NodeId("Empty", 2)
TEMPERATURE = ua.NodeId("Temperature", 2)
MODE = ua.NodeId("Mode", 2)


class Plant:
    """An OPC UA server with two values and two conditions."""

    def __init__(self, *, refresh: bool = True, port: int = 0) -> None:
        self.port = port or free_port()
        self._refresh = refresh
        self.server: Server
        self.conditions: ConditionServer

    async def start(self) -> None:
        self.server = Server(iserver=Sessions())
        self.conditions = ConditionServer(self.server, refresh=self._refresh)
        await self.server.init()
        self.server.set_endpoint(self.url)
        self.server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        await self.server.register_namespace("urn:test:plant")
        self.conditions.bind()
        value = await self.server.nodes.objects.add_variable(TEMPERATURE, "2:Temperature", 20.0)
        await value.set_writable()
        unit = ua.EUInformation(DisplayName=ua.LocalizedText("°C"))
        await value.add_property(ua.NodeId("Temperature.EURange", 2), "0:EURange", ua.Range(0.0, 250.0))
        await value.add_property(ua.NodeId("Temperature.Unit", 2), "0:EngineeringUnits", unit)
        mode = await self.server.nodes.objects.add_variable(
            MODE, "2:Mode", ua.Variant(1, ua.VariantType.Int32)
        )
        texts = [ua.LocalizedText("Hand"), ua.LocalizedText("Auto")]
        await mode.add_property(ua.NodeId("Mode.EnumStrings", 2), "0:EnumStrings", texts)
        for condition in (
            Condition(HOT, "Hot", TEMPERATURE, "Oven", "Oven too hot", 850, limit=90.0,
                      type_id=ua.ObjectIds.ExclusiveLevelAlarmType),
            Condition(EMPTY, "Empty", ua.NodeId("Hopper", 2), "Hopper", "Hopper empty", 300,
                      must_confirm=False),
        ):  # fmt: skip
            await self.conditions.add(self.server.nodes.objects, condition)
        await self.server.start()

    async def stop(self) -> None:
        """End as a killed server does: connections are dropped and sessions forgotten."""
        await self.server.iserver.forget_sessions()
        await self.server.stop()

    @property
    def url(self) -> str:
        return f"opc.tcp://127.0.0.1:{self.port}/plant"
