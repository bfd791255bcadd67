"""What may leave the order of the file: found by cells of a grid, and checked against every pair of boxes."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QRectF

from projects.model import ElementModel
from views.elements.base import Element
from views.elements.catalogue import create
from views.grouping import Group, groups_of
from views.painting_order import overlapping, painting_order
from views.preview import PreviewSource

BOX = st.tuples(
    st.integers(-200, 300), st.integers(-200, 300), st.integers(0, 200), st.sampled_from((0, 1, 20, 64, 400))
)
KINDS = {
    "text": {"text": "A"},
    "live text": {"text": "=text(Tank.Level)"},
    "value": {"tag": "Tank.Level", "label": "L"},
    "bar": {"tag": "Tank.Level"},
    "panel": {},
    "button": {"tag": "Pump.Start"},
    "hidden": {"tag": "Tank.Level", "visible": False},
}


@given(st.lists(BOX, max_size=40))
def test_what_overlaps_is_found_and_little_else(boxes: list[tuple[int, int, int, int]]) -> None:
    edges = np.array([(x, y, x + w, y + h) for x, y, w, h in boxes], float).reshape(-1, 4)
    found = overlapping(edges)
    rects = [QRectF(*box) for box in boxes]
    alone = [
        not any(rect.intersects(other) for place, other in enumerate(rects) if place != row)
        for row, rect in enumerate(rects)
    ]
    assert not any(found[row] and alone[row] for row in range(len(boxes)) if len(boxes) <= 16)
    assert all(found[row] or alone[row] for row in range(len(boxes)))


def by_hand(elements: list[Element], groups: dict[int, Group]) -> tuple[list[int], set[int]]:
    """The same by every pair, as the rules say it."""
    boxes = [one.rect for one in elements]
    late: set[int] = set()
    for row, element in enumerate(elements):
        below = [low for low in range(row) if boxes[low].intersects(boxes[row])]
        if element.has_static and any(elements[low].is_live or low in late for low in below):
            late.add(row)
    last: list[int] = []
    for row in range(len(elements) - 1, -1, -1):
        above = [high for high in range(row + 1, len(elements)) if boxes[row].intersects(boxes[high])]
        rest = [high for high in above if high not in last and (elements[high].is_live or high in late)]
        sooner = (
            [high for high in above if high in last and groups[high] < groups[row]] if row in groups else []
        )
        if (
            row in groups
            and row not in late
            and not elements[row].is_never_visible
            and not rest
            and not sooner
        ):
            last.append(row)
    return sorted(last), late


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(sorted(KINDS)), BOX), max_size=30))
def test_order_is_what_the_rules_say(fonts, source: PreviewSource, chosen) -> None:
    elements = []
    for number, (kind, (x, y, w, h)) in enumerate(chosen):
        name = {"live text": "text", "hidden": "value"}.get(kind, kind)
        model = ElementModel(f"e{number}", name, x, y, max(1, w), max(1, h), dict(KINDS[kind]))
        elements.append(create(model, source.tags))
    groups = groups_of(elements)
    found = painting_order(elements, groups)
    assert (list(found.last), set(found.late)) == by_hand(elements, groups)


@pytest.mark.parametrize("count", [0, 1])
def test_few_boxes_overlap_nothing(count: int) -> None:
    assert overlapping(np.array([(0.0, 0.0, 9.0, 9.0)] * count).reshape(-1, 4)).tolist() == [False] * count
