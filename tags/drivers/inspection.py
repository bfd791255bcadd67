"""See one value as the device sends it: what is asked, the bytes of the answer, where in them the value lies.

A driver that can show this offers ``inspect`` (:class:`Inspector`), for the question why a value is as it is.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

from tags.drivers.base import Item
from tags.drivers.blocks import Block, Span
from tags.drivers.polling import Answer, BlockRefusedError
from tags.model import Batch


@dataclass(frozen=True, slots=True)
class Inspection:
    """Hold one item as the device answered it just now.

    ``batch`` is one row. ``request`` says in words what was asked; ``data`` are the bytes that came, empty
    when the device refused; ``positions`` those of the value, most significant first, and ``bit`` its number
    in them (0 the least significant) when it is one bit. ``prefix``, ``first`` and ``place_bits`` name the
    place of each byte, such as HR100, two bytes wide. ``told`` are lines on what the device says with the
    value, such as its time, in the protocol's own names; empty where it says nothing.
    """

    batch: Batch
    request: str
    data: bytes = b""
    positions: tuple[int, ...] = ()
    bit: int | None = None
    prefix: str = ""
    first: int = 0
    place_bits: int = 8
    told: str = ""

    @property
    def value_bytes(self) -> bytes:
        """Return the bytes of the value, most significant first."""
        return bytes(self.data[at] for at in self.positions)

    def place_of(self, at: int) -> str:
        """Return the name of the place in which a byte of ``data`` lies."""
        return f"{self.prefix}{self.first + 8 * at // self.place_bits}"


@runtime_checkable
class Inspector(Protocol):
    """Offer inspections, beside :class:`tags.drivers.base.Driver`."""

    async def inspect(self, item: Item) -> Inspection:
        """Read an item as its poll does: the whole request that carries it.

        Raises:
            DriverError: the link failed.
        """
        ...


@dataclass(frozen=True, slots=True)
class Naming:
    """Say how a protocol names a block's request, and its first place."""

    request: str
    prefix: str


def _places_of(item: Item, blocks: Sequence[Block]) -> Iterator[tuple[Block, Span]]:
    for block in blocks:
        for span in block.spans:
            if span.item.address == item.address and span.item.data_type is item.data_type:
                yield block, span


async def inspect_block(
    item: Item,
    polled: Sequence[Block],
    plan_alone: Callable[[], Sequence[Block]],
    fetch: Callable[[Sequence[Block]], Awaitable[Sequence[Answer]]],
    naming: Callable[[Block], Naming],
    now_ns: Callable[[], int],
) -> Inspection | None:
    """Fetch the polled block that holds an item, or one for it alone; None when the item has no place.

    Raises:
        DriverError: the link failed.
    """
    found = next(iter(_places_of(item, polled)), None) or next(iter(_places_of(item, plan_alone())), None)
    if found is None:
        return None
    block, span = found
    (answer,) = await fetch([block])
    names = naming(block)
    if isinstance(answer, BlockRefusedError):
        at_ns = now_ns()
        return Inspection(Batch.of([(item.tag_id, None, answer.status, at_ns)], at_ns), names.request)
    positions, bit = block.bytes_of(span)
    alone = replace(span, item=item)
    row = Block(block.space, block.start, block.count, (alone,)).decode(answer, now_ns())
    return Inspection(
        row, names.request, answer, positions, bit, names.prefix, block.start, block.space.unit_bits
    )
