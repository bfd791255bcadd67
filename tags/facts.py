"""What devices say about their tags, filled in where the project says nothing (decision 0014)."""

from collections.abc import Mapping
from dataclasses import replace

from tags.drivers.base import ItemFacts
from tags.model import DataType, Tag, TagTable


def wants(tag: Tag) -> bool:
    """Tell whether the project leaves something open that a device may know.

    A scaled tag leaves nothing open: what a device says holds for its raw value.
    """
    if tag.scaling is not None or tag.data_type is DataType.STRING:
        return False
    return not tag.states or not tag.unit or (tag.eu_low is None and tag.eu_high is None)


def described(tag: Tag, facts: ItemFacts) -> Tag:
    """Return the tag with what its device says of it; what the project says stays (DQ-10, DQ-13).

    Range, unit and state texts are for showing: nothing is limited, scaled or judged by them.
    """
    if not wants(tag):
        return tag
    changes: dict[str, object] = {}
    eu_range = facts.eu_range or facts.instrument_range
    if eu_range is not None and tag.eu_low is None and tag.eu_high is None:
        changes["eu_low"], changes["eu_high"] = eu_range
    if facts.unit and not tag.unit:
        changes["unit"] = facts.unit
    if facts.states and not tag.states:
        changes["states"] = dict(facts.states)
    return replace(tag, **changes) if changes else tag  # type: ignore[arg-type]


def described_table(tags: TagTable, facts: Mapping[int, ItemFacts]) -> TagTable:
    """Return the tags with what their devices say; the very same table when that is nothing new."""
    changed = {
        tag_id: now
        for tag_id, one in facts.items()
        if 0 <= tag_id < len(tags) and (now := described(tags[tag_id], one)) is not tags[tag_id]
    }
    return TagTable(changed.get(tag.id, tag) for tag in tags) if changed else tags
