"""Which messages of a subscription never came."""

from tags.drivers.opcua_decode import Published
from tags.drivers.opcua_publishing import Subscription


class NoSubscriber:
    def take(self, subscription_id: int, published: Published) -> None:
        del subscription_id, published

    async def make_good(self, subscription_id: int, gap: range) -> None:
        del subscription_id, gap


def gaps(*messages: tuple[int, bool]) -> list[list[int]]:
    """Return the gap before each message, given its number and whether it is a keep-alive."""
    held = Subscription(100, 0.1, 1, 0.0, NoSubscriber())
    return [list(held.gap(number, keep_alive=keep_alive)) for number, keep_alive in messages]


def test_numbers_in_order_have_no_gap() -> None:
    assert gaps((1, False), (2, False), (3, True), (3, True), (3, False), (4, False)) == [[]] * 6


def test_a_gap_is_seen_by_the_next_message_or_keep_alive_and_once() -> None:
    assert gaps((1, False), (4, False), (5, False)) == [[], [2, 3], []]
    assert gaps((1, False), (3, True), (3, True), (3, False)) == [[], [2], [], []]


def test_repeated_messages_and_new_beginnings_are_no_gap() -> None:
    assert gaps((5, False), (5, False), (4, False), (6, False)) == [[]] * 4
    assert gaps((2**32 - 1, False), (1, False), (2, False)) == [[]] * 3
    assert gaps((9, False), (1, False), (2, False)) == [[]] * 3
    # Servers that give a keep-alive the number of the last message, or none.
    assert gaps((3, False), (3, True), (0, True), (4, False)) == [[]] * 4
