"""The pattern server of OPC UA answers what it cannot do, whatever a peer that was misled asks of it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from asyncua import ua

from tags.clock import SystemClock
from tags.drivers.base import DriverError, DriverFault
from tags.drivers.frames import FrameTap
from tags.drivers.opcua_frames import describe
from tags.drivers.opcua_session import Credentials, Session
from tags.simulator.pattern_opcua import PatternOpcUaServer


@pytest_asyncio.fixture
async def session() -> AsyncIterator[Session]:
    server, clock = PatternOpcUaServer(), SystemClock()
    await server.start()
    credentials = Credentials("", "", "none", "Basic256Sha256")
    session = Session(server.url, credentials, 3.0, clock, FrameTap(describe, clock))
    await session.open()
    yield session
    await session.close()
    await server.stop()


async def test_items_of_a_subscription_that_it_does_not_have_are_refused(session: Session) -> None:
    parameters = ua.CreateMonitoredItemsParameters(SubscriptionId=99)
    with pytest.raises(DriverError, match="BadSubscriptionIdInvalid") as caught:
        await session.request("creating monitored items", session.services.create_monitored_items, parameters)
    assert caught.value.fault is DriverFault.LOST
    [state] = await session.read([(ua.NodeId(ua.ObjectIds.Server_ServerStatus_State), ua.AttributeIds.Value)])
    assert state.Value is not None


async def test_a_service_that_it_does_not_have_is_refused(session: Session) -> None:
    with pytest.raises(DriverError, match="BadServiceUnsupported"):
        await session.request("browsing", session.services.browse, ua.BrowseParameters())
