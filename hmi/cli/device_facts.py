"""What devices say about their variables, for ``vigie browse``."""

from collections.abc import Sequence

from tags.drivers.base import BrowseNode, Describer, Driver, Item, ItemFacts
from tags.drivers.catalogue import DriverInfo


async def facts_of(info: DriverInfo, driver: Driver, nodes: Sequence[BrowseNode]) -> dict[str, ItemFacts]:
    """Return what the device says about the variables among nodes, by address, by a few requests for all.

    Raises:
        DriverError: the link failed.
    """
    if not isinstance(driver, Describer):
        return {}
    items = [
        Item(0, info.parse_address(node.address, node.data_type), node.data_type, 1000)
        for node in nodes
        if node.data_type is not None
    ]
    return {item.address.text: one for item, one in zip(items, await driver.describe(items), strict=True)}


def facts_text(facts: ItemFacts) -> str:
    """Return range, unit and states in a few words; empty where the device says nothing."""
    eu_range = facts.eu_range or facts.instrument_range
    parts = [f"{eu_range[0]:g}..{eu_range[1]:g}"] if eu_range is not None else []
    parts += [facts.unit] if facts.unit else []
    parts += [", ".join(f"{number}={text}" for number, text in facts.states)] if facts.states else []
    return " ".join(parts)


def node_json(node: BrowseNode, told: ItemFacts, parent: str | None, depth: int) -> dict[str, object]:
    """Return a node with what the device says about it, for programs."""
    return {
        "eu_range": told.eu_range,
        "instrument_range": told.instrument_range,
        "unit": told.unit,
        "states": dict(told.states),
        "address": node.address,
        "name": node.name,
        "parent": parent,
        "depth": depth,
        "data_type": node.data_type,
        "is_folder": node.is_folder,
        "description": node.description,
    }
