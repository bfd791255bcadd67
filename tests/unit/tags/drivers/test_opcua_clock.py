"""How old a message is by a clock that may be set to anything."""

import pytest

from tags.clock import NS_PER_MS, NS_PER_S
from tags.drivers.opcua_clock import ServerClock

BORN = 133_000_000_000_000_000
HOUR_NS = 3600 * NS_PER_S
PERIOD_NS = 200 * NS_PER_MS
WAY_NS = NS_PER_MS


class Server:
    """A server that answers and publishes through a way of a given length; times are the station's."""

    def __init__(self, offset_ns: int = 0, resolution_ns: int = 100) -> None:
        self.offset_ns = offset_ns
        self.resolution_ns = resolution_ns
        self.now_ns = 5 * NS_PER_S
        self.clock = ServerClock()
        self.dates_off_ns = 0

    def filetime(self, at_ns: int) -> int:
        told_ns = (at_ns + self.offset_ns + 123_456_700) // self.resolution_ns * self.resolution_ns
        return BORN + told_ns // 100

    def read(self, back_ns: int = WAY_NS) -> None:
        sent_ns, answered_ns = self.now_ns, self.now_ns + WAY_NS
        self.clock.heard(self.filetime(answered_ns), sent_ns, answered_ns + back_ns)

    def publish(self, back_ns: int = WAY_NS) -> float:
        """Return the age in milliseconds of a message that was asked for two periods ago."""
        self.now_ns += PERIOD_NS
        received_ns = self.now_ns + back_ns
        sent_ns = self.now_ns - 2 * PERIOD_NS
        self.clock.heard(self.filetime(self.now_ns), sent_ns, received_ns)
        dated = self.filetime(self.now_ns + self.dates_off_ns)
        return self.clock.age_ns(dated, received_ns, sent_ns) / NS_PER_MS


@pytest.mark.parametrize("offset_ns", [0, HOUR_NS, -HOUR_NS])
def test_a_message_that_was_held_up_is_as_old_as_that(offset_ns: int) -> None:
    server = Server(offset_ns)
    server.read()
    assert [server.publish() for _ in range(50)] == pytest.approx([0] * 50, abs=0.2)
    assert [server.publish(700 * NS_PER_MS) for _ in range(50)] == pytest.approx([699] * 50, abs=6)
    assert server.publish() == pytest.approx(0, abs=0.2)


@pytest.mark.parametrize("step_ns", [HOUR_NS, -HOUR_NS, 2 * NS_PER_S, -2 * NS_PER_S, NS_PER_S // 2])
def test_a_clock_that_is_set_makes_no_message_old(step_ns: int) -> None:
    server = Server()
    server.read()
    assert server.publish() < 1
    server.offset_ns += step_ns
    assert [server.publish() for _ in range(10)] == pytest.approx([0] * 10, abs=0.2)
    assert server.publish(700 * NS_PER_MS) == pytest.approx(699, abs=2)


def test_a_clock_set_back_by_little_is_told_from_a_delay_by_the_next_short_request() -> None:
    server = Server()
    server.read()
    server.publish()
    server.offset_ns -= 300 * NS_PER_MS
    assert server.publish() == pytest.approx(300, abs=1)
    server.read()
    assert server.publish() < 1


def test_a_request_that_is_answered_late_does_not_make_the_delay_look_normal() -> None:
    server = Server(HOUR_NS)
    server.read()
    server.publish()
    server.read(700 * NS_PER_MS)
    assert server.publish(700 * NS_PER_MS) == pytest.approx(699, abs=2)


def test_a_clock_that_drifts_makes_no_message_old() -> None:
    server = Server()
    server.read()
    for _ in range(600):
        server.offset_ns -= PERIOD_NS * 200 // 1_000_000
        assert server.publish() < 1


@pytest.mark.parametrize("resolution_ns", [NS_PER_S, 100 * NS_PER_MS, 15_625_000])
def test_a_coarse_clock_makes_no_message_old(resolution_ns: int) -> None:
    server = Server(HOUR_NS, resolution_ns)
    server.read()
    assert max(server.publish() for _ in range(50)) < 50
    assert server.publish(2 * NS_PER_S) > 900


@pytest.mark.parametrize("dates_off_ns", [HOUR_NS, -HOUR_NS])
def test_a_server_that_dates_its_messages_by_another_clock_has_no_old_ones(dates_off_ns: int) -> None:
    """Such as local time here and UTC there: no message is older than the request for it."""
    server = Server()
    server.dates_off_ns = dates_off_ns
    server.read()
    assert [server.publish() for _ in range(20)] == pytest.approx([0] * 20, abs=0.2)


def test_a_server_that_dates_nothing_has_no_old_messages() -> None:
    clock = ServerClock()
    clock.heard(0, 0, 10)
    assert clock.age_ns(0, NS_PER_S) == 0
