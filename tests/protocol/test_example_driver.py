"""The driver that docs/drivers.md builds passes the conformance suite, and the guide shows its very lines."""

import asyncio
import math
import re
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, ClassVar

import pytest
import pytest_asyncio

from tags.drivers import catalogue
from tags.errors import AddressError
from tags.model import DataType
from tests.protocol import test_driver_conformance as suite
from tests.support.ports import LOOPBACK, free_port
from tests.support.repository import ROOT

EXAMPLES = ROOT / "docs" / "examples"


class Indicator:
    """The weighing indicator: a server of lines of text."""

    driver = "scale"
    types: tuple[DataType, ...] = tuple(DataType)
    missing = "missing"
    read_only = "read_only"

    _FIRST: ClassVar = {DataType.STRING: "'", DataType.FLOAT32: "0.0", DataType.FLOAT64: "0.0"}

    def __init__(self) -> None:
        self.port = free_port()
        self._values: dict[str, str] = {}
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        self._values = {self.address(data_type): self._FIRST.get(data_type, "0") for data_type in self.types}
        self._values["read_only"] = "3"
        self._server = await asyncio.start_server(self._serve, LOOPBACK, self.port)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in tuple(self._writers):
            writer.transport.abort()
        await asyncio.sleep(0.01)

    def options(self, port: int, timeout_s: float) -> Mapping[str, Any]:
        return {"host": LOOPBACK, "port": port, "timeout_s": timeout_s}

    def address(self, data_type: DataType) -> str:
        return data_type.value.lower()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while line := await reader.readline():
                writer.write((self._answer(line.decode().split()) + "\n").encode())
        except OSError:
            return
        finally:
            self._writers.discard(writer)
            writer.transport.abort()

    def _answer(self, words: list[str]) -> str:
        if words[0] == "PING":
            return "OK Scale 3.1"
        if words[0] == "LIST":
            return " ".join(["OK", *self._values])
        if words[0] == "READ":
            return " ".join(["OK", *(self._values.get(name, "!unknown") for name in words[1:])])
        name, token = words[1:]
        if name not in self._values or name == "read_only":
            return "ERR denied" if name in self._values else "ERR unknown"
        if name == "float32" and math.isfinite(float(token)):
            token = repr(struct.unpack("f", struct.pack("f", float(token)))[0])
        self._values[name] = token
        return "OK"


class EntryPoint:
    """What an installed package declares under [project.entry-points."vigie.drivers"]."""

    name = "scale"
    value = "scale_driver:INFO"

    @staticmethod
    def load() -> Any:
        import scale_driver

        return scale_driver.INFO


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(EXAMPLES)
    monkeypatch.setattr(catalogue, "entry_points", lambda group: [EntryPoint()])


@pytest_asyncio.fixture
async def rig(installed: None) -> AsyncIterator[suite.Rig]:
    rig = suite.Rig(Indicator())
    await rig.start()
    yield rig
    await rig.stop()


SUITE: list[Callable[..., Awaitable[None]]] = [
    suite.test_subscription_delivers_what_is_written,
    suite.test_items_stay_fresh_while_nothing_changes,
    suite.test_a_missing_address_spoils_no_neighbour,
    suite.test_a_refused_write_says_why,
    suite.test_a_killed_server_ends_the_subscription_at_once,
    suite.test_reconnects_after_the_server_is_back,
    suite.test_a_silent_server_is_noticed_in_time,
    suite.test_a_write_to_a_silent_server_times_out,
    suite.test_close_is_safe_at_any_time,
    suite.test_close_ends_a_connect_that_hangs,
    suite.test_cancelled_requests_leave_no_answer_for_others,
    suite.test_writes_and_reads_may_be_asked_for_together,
]


@pytest.mark.parametrize("test", SUITE, ids=lambda test: test.__name__)
async def test_the_example_conforms(test: Callable[..., Awaitable[None]], rig: suite.Rig) -> None:
    await test(rig)


@pytest.mark.parametrize("data_type", list(DataType))
async def test_the_example_keeps_extremes(data_type: DataType, rig: suite.Rig) -> None:
    await suite.test_every_type_keeps_its_extremes(rig, data_type)


async def test_the_example_browses(rig: suite.Rig) -> None:
    await rig.driver.connect()
    assert {"float64", "read_only"} <= {node.name for node in await rig.driver.browse(None)}


def test_the_example_explains_its_addresses() -> None:
    with pytest.raises(AddressError, match="such as gross"):
        catalogue.drivers()["scale"].parse_address("DB1.DBW0", DataType.INT16)


def test_the_guide_shows_lines_that_the_example_has() -> None:
    guide = (ROOT / "docs" / "drivers.md").read_text(encoding="utf-8")
    code = (EXAMPLES / "scale_driver.py").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    assert len(blocks) >= 4
    for block in blocks:
        for part in block.split("\n    ...\n"):
            assert part.strip("\n") in code, part
