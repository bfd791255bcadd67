"""What a server says about its variables reaches the clients, where the project leaves something open."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hmi import link
from hmi.session import StationSession
from tags.drivers.base import ItemFacts
from tests.protocol.test_station import running, until
from tests.support.conditions import Plant

PROJECT = """name = "Oven"
format = 1

[connections.plant]
driver = "opcua"
url = "{url}"
"""
TAGS = """path,type,connection,address,access,unit,eu_low,eu_high
Oven.Temperature,FLOAT64,plant,ns=2;s=Temperature,rw,K,,
Oven.Full,FLOAT64,plant,ns=2;s=Temperature,r,K,0,100
Oven.Mode,INT32,plant,ns=2;s=Mode,r,,,
"""
FACTS = {
    0: ItemFacts(eu_range=(0.0, 250.0), unit="°C"),
    2: ItemFacts(states=((0, "Hand"), (1, "Auto"))),
}


@pytest.fixture
async def plant() -> AsyncIterator[Plant]:
    plant = Plant()
    await plant.start()
    yield plant
    await plant.stop()


async def test_facts_are_told_to_who_is_there_and_to_who_comes(tmp_path: Path, plant: Plant) -> None:
    (tmp_path / "project.toml").write_text(PROJECT.format(url=plant.url), encoding="utf-8")
    (tmp_path / "tags.csv").write_text(TAGS, encoding="utf-8")
    async with running(tmp_path) as endpoint, StationSession(endpoint, "first") as first:
        assert first.welcome is not None
        if not first.welcome.facts:
            told = await until(first, lambda message: isinstance(message, link.TagFacts))
            assert isinstance(told, link.TagFacts)
            # Oven.Full is described by the project in full but for states, which a number need not have.
            assert told.facts == FACTS
        async with StationSession(endpoint, "second") as second:
            assert second.welcome is not None
            assert second.welcome.facts == FACTS
