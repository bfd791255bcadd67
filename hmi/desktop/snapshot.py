"""Present values of a running station, fetched once, for a picture of a screen."""

import asyncio

from hmi.desktop.live import LiveSource
from hmi.endpoint import Endpoint
from hmi.link import Frame, LinkError
from hmi.session import StationSession
from projects.model import Project

TIMEOUT_S = 3.0


def live_values(project: Project, endpoint: Endpoint) -> LiveSource:
    """Return a source with the station's newest values; what does not come in time stays waiting. Blocking.

    Raises:
        LinkError: the station is gone or runs another project.
    """
    source = LiveSource(project.tags)

    async def fetch() -> None:
        async with StationSession(endpoint, "vigie screenshot") as session:
            if session.welcome is not None and session.welcome.digest != project.digest:
                raise LinkError("the station runs another version of this project")
            await session.subscribe(None)
            async for message in session.messages():
                if isinstance(message, Frame):
                    source.apply(message.columns.unpack())
                    return

    async def bounded() -> None:
        try:
            async with asyncio.timeout(TIMEOUT_S):
                await fetch()
        except TimeoutError:
            return

    asyncio.run(bounded())
    return source
