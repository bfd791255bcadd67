"""Controllers that refuse what no controller refuses, at a moment at which nobody expects it."""

import pytest

from tags.clock import SystemClock
from tags.drivers.base import DriverError
from tags.drivers.catalogue import create, drivers
from tags.simulator.pattern import PatternS7Server

SET_UP, USER_DATA = 0xF0, 0x00
REFUSAL = b"\x85\x00"


class RefusingServer(PatternS7Server):
    """Answer one function with an error of the whole request."""

    def __init__(self, function: int) -> None:
        super().__init__()
        self._function = function

    def answer(self, request: bytes) -> bytes | None:
        answer = super().answer(request)
        if request[5] != 0xF0 or request[17] != self._function:
            return answer
        refusal = b"\x02\xf0\x80\x32\x03\x00\x00" + request[11:13] + b"\x00\x00\x00\x00" + REFUSAL
        return b"\x03\x00" + (len(refusal) + 4).to_bytes(2, "big") + refusal


@pytest.mark.parametrize("function", [SET_UP, USER_DATA])
async def test_s7_refusals_while_connecting_are_told_as_such(function: int) -> None:
    server = RefusingServer(function)
    await server.start()
    driver = create(
        drivers()["s7"], {"host": "127.0.0.1", "port": server.port, "timeout_s": 1.0}, SystemClock()
    )
    try:
        if function == SET_UP:
            with pytest.raises(DriverError):
                await driver.connect()
        else:
            assert "PDU" in await driver.connect()
    finally:
        await driver.close()
        await server.stop()
