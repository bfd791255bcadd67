"""Peers that misbehave, through the whole acquisition: no wrong value is good, nothing is old, all recovers.

Every value tells its own address and time, so that a mix-up of answers and an old value are seen. The long
version, with faults drawn at random, is tests/soak/test_drivers_soak.py.
"""

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tags.model import Batch, WriteOutcome
from tags.simulator.pathological import FRAMINGS, Fault, FaultyProxy
from tags.simulator.pattern import PatternModbusServer
from tags.simulator.pattern_messages import Lies
from tests.support.ward import FIRST_PLACE, PERIOD_MS, Ward

GROUPS = {
    "bytes": (Fault.DROP, Fault.GARBAGE, Fault.GARBLE, Fault.NONSENSE, Fault.WRONG_LENGTH),
    "identity": (Fault.WRONG_ID, Fault.SWAP, Fault.REPLAY, Fault.DUPLICATE, Fault.REFUSAL),
    "time": (Fault.LATE, Fault.TRICKLE, Fault.SILENCE, Fault.FREEZE),
    "link": (Fault.CUT, Fault.CLOSE, Fault.HALF_OPEN, Fault.REFUSE),
}
DRIVERS = ("modbus", "modbus_rtu", "s7", "opcua")
ILL_S = 1.0


@pytest.fixture
def expects_losses(caplog: pytest.LogCaptureFixture) -> None:
    """Each loss of a connection is logged once as a warning."""
    caplog.handler.setLevel(logging.WARNING)


@pytest_asyncio.fixture
async def wards() -> AsyncIterator[list[Ward]]:
    """Wards that a test has opened; closed whatever happens."""
    opened: list[Ward] = []
    yield opened
    for ward in opened:
        await ward.discharge()


def test_every_fault_is_tested() -> None:
    assert {fault for group in GROUPS.values() for fault in group} == set(Fault)


@pytest.mark.usefixtures("expects_losses")
@pytest.mark.parametrize("group", list(GROUPS))
@pytest.mark.parametrize("driver", DRIVERS)
async def test_no_fault_makes_a_wrong_or_old_value_good(driver: str, group: str, wards: list[Ward]) -> None:
    faults = [fault for fault in GROUPS[group] if fault in FRAMINGS[driver].faults]
    ward = Ward(driver, faults, combines=group == "identity")
    wards.append(ward)
    await ward.admit()
    await ward.infect(chance=0.6)
    writing = [asyncio.create_task(ward.write_everywhere(100 + number)) for number in range(2)]
    await asyncio.sleep(ILL_S)
    await ward.cure()
    await asyncio.gather(*writing)
    await ward.recovered()
    assert ward.problems == []
    assert ward.looked_at > 200
    for fault, value, result in ward.results:
        arrived = ward.arrived(fault, value)
        assert arrived <= 1, f"{fault}: written {arrived} times"
        if result.outcome is WriteOutcome.CONFIRMED:
            assert arrived == 1, f"{fault}: {result.text}"
        elif fault is not Fault.REFUSAL and result.outcome is WriteOutcome.REFUSED:
            assert arrived == 0, f"{fault}: {result.text}"


@pytest.mark.usefixtures("expects_losses")
@pytest.mark.parametrize("driver", DRIVERS)
async def test_an_answer_that_takes_longer_than_two_periods_is_not_good(
    driver: str, wards: list[Ward]
) -> None:
    """It comes before the time-out, but what it says is from before the last two polls."""
    ward = Ward(driver, (Fault.LATE,), timeout_s=2.0)
    wards.append(ward)
    await ward.admit()
    await ward.infect(delay_s=0.7)
    await asyncio.sleep(1.6)
    await ward.cure()
    await ward.recovered()
    assert ward.problems == []


@pytest.mark.usefixtures("expects_losses")
@pytest.mark.parametrize("driver", DRIVERS)
async def test_a_server_that_restarts_in_mid_message(driver: str, wards: list[Ward]) -> None:
    ward = Ward(driver, (Fault.CUT,))
    wards.append(ward)
    await ward.admit()
    (proxy,) = ward.proxies.values()
    for _ in range(3):
        await proxy.inject(Fault.CUT)
        await asyncio.sleep(2 * PERIOD_MS / 1000)
        assert proxy.struck
        await proxy.inject(Fault.REFUSE)
        await asyncio.sleep(0.1)
        await proxy.clear()
        await ward.recovered()
    assert ward.problems == []


@pytest.mark.parametrize("offset_s", [3600.0, -3600.0])
async def test_a_clock_an_hour_off_shows_values_with_the_servers_own_time(
    offset_s: float, wards: list[Ward]
) -> None:
    ward = Ward("opcua", (Fault.DROP,), lies=Lies(clock_offset_s=offset_s))
    wards.append(ward)
    await ward.admit()
    await asyncio.sleep(3 * PERIOD_MS / 1000)
    assert ward.problems == []
    assert not ward.ill()


@pytest.mark.usefixtures("expects_losses")
async def test_a_clock_that_jumps_back_does_not_freeze_the_values(wards: list[Ward]) -> None:
    lies = Lies(clock_offset_s=3600.0)
    ward = Ward("opcua", (Fault.CLOSE,), lies=lies)
    wards.append(ward)
    await ward.admit()
    lies.clock_offset_s = 0.0
    await ward.infect()
    await asyncio.sleep(0.3)
    await ward.cure()
    await ward.recovered()
    before = ward.looked_at
    await asyncio.sleep(3 * PERIOD_MS / 1000)
    assert ward.looked_at > before
    assert ward.problems == []


@pytest.mark.parametrize("step_s", [-3600.0, -2.0, 3600.0])
async def test_a_clock_that_is_set_while_connected_freezes_no_value(step_s: float, wards: list[Ward]) -> None:
    """What comes after a step back is older than what is shown, and yet it is the newest there is."""
    lies = Lies(clock_offset_s=0.0)
    ward = Ward("opcua", (Fault.DROP,), lies=lies)
    wards.append(ward)
    await ward.admit()
    for _ in range(2):
        lies.clock_offset_s += step_s
        await asyncio.sleep(6 * PERIOD_MS / 1000)
        assert ward.problems == []
        await ward.recovered()
        before = ward.looked_at
        await asyncio.sleep(3 * PERIOD_MS / 1000)
        assert ward.looked_at > before
    assert ward.problems == []


@pytest.mark.usefixtures("expects_losses")
@pytest.mark.parametrize("offset_s", [3600.0, -3600.0])
async def test_a_message_that_is_held_up_is_seen_whatever_the_servers_clock_says(
    offset_s: float, wards: list[Ward]
) -> None:
    ward = Ward("opcua", (Fault.LATE,), timeout_s=2.0, lies=Lies(clock_offset_s=offset_s))
    wards.append(ward)
    await ward.admit()
    await ward.infect(delay_s=0.7)
    await asyncio.sleep(1.6)
    assert ward.ill()
    await ward.cure()
    await ward.recovered()
    assert ward.problems == []


async def test_a_storm_of_values_is_taken_in_order(wards: list[Ward]) -> None:
    ward = Ward("opcua", (Fault.DROP,), lies=Lies(samples=200))
    wards.append(ward)
    await ward.admit()
    await asyncio.sleep(1.0)
    assert ward.problems == []
    assert not ward.ill()
    status = ward.acquisition.statuses()[0]
    assert status.values_per_s > 20 * 200


async def test_the_ward_sees_values_of_another_place_and_old_ones(wards: list[Ward]) -> None:
    """What all tests here rest on."""
    ward = Ward("modbus", (Fault.DROP,))
    wards.append(ward)
    await ward.admit()
    now_ns = 1_700_000_000_000_000_000
    value = float(ward.database.values[5])
    ward._receive(Batch.of([(5, value - 3 * 2**32, 0, now_ns)], now_ns))
    assert ward.problems == [
        f"drop.Value5: {value - 3 * 2**32:.0f} of place {FIRST_PLACE + 12} came in as good"
    ]
    ward.problems.clear()
    ward._receive(Batch.of([(5, value - 2000, 0, now_ns)], now_ns))
    assert len(ward.problems) == 1
    assert "ms old" in ward.problems[0]


async def test_the_proxy_is_honest_until_told_otherwise_and_after() -> None:
    server = PatternModbusServer()
    await server.start()
    proxy = FaultyProxy(server.port, FRAMINGS["modbus"])
    await proxy.start()
    request = bytes.fromhex("00070000000601039C400004")
    try:
        for fault in (None, Fault.NONSENSE, None, Fault.WRONG_ID, None, Fault.REFUSE, None):
            if fault is None:
                await proxy.clear()
            else:
                await proxy.inject(fault)
            if fault is Fault.REFUSE:
                with pytest.raises(ConnectionRefusedError):
                    await asyncio.open_connection("127.0.0.1", proxy.port)
                continue
            reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
            writer.write(request)
            answer = await reader.readexactly(17)
            writer.close()
            await writer.wait_closed()
            is_right = answer[:9] == request[:5] + bytes.fromhex("0B010308")
            assert is_right == (fault is None), fault
    finally:
        await proxy.stop()
        await server.stop()
