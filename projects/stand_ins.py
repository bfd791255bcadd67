"""What stands in for an element that cannot be shown or read: it says why, and is saved as it was read."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from projects.model import ElementModel, PropertyValue

PLACEHOLDER: Final = "placeholder"
"""The type of an element that stands in for another."""
REASON: Final = "reason"
"""Property of a placeholder: the sentence that it shows."""
TEXT_SCALE: Final = "text_scale"
"""Property of a placeholder: how much larger than a label its sentence is written, 1 without it."""
NO_OBJECT: Final = "This is no element: an object with id, type, x, y, w and h is expected."
NO_ID: Final = "This element has no id of letters, digits, _ - . and : (a letter, digit or _ first)."
NO_TYPE: Final = "This element names no type."
NO_PLACE: Final = "The place or size of this element is no number of pixels, or no size above 0."
_PLACE: Final = 8.0
_SIZE: Final = (200.0, 48.0)
"""Where one stands, and how large it is, whose own place or size is of no use."""
_MAX_SIZE: Final = 32_767


def same_id(element_id: str) -> str:
    """Return why a second element of an id is none."""
    return f"Another element of this screen has the id {element_id!r} already."


def stand_in(model: ElementModel, reason: str) -> ElementModel:
    """Return a placeholder in the place of an element that cannot be shown."""
    return replace(model, type=PLACEHOLDER, properties={REASON: reason}, children=())


def damaged_element(item: PropertyValue, position: str, reason: str) -> ElementModel:
    """Return what stands in for an element that cannot be read and keeps what the file has for it.

    ``position`` is where it stands in the file, such as ``elements[4]``; its id is made of that.
    """
    given = item if isinstance(item, Mapping) else {}
    x, y, w, h = (_pixels(given.get(key)) for key in "xywh")
    size = (w, h) if w is not None and h is not None and w > 0 and h > 0 else _SIZE
    box = (_PLACE if x is None else x, _PLACE if y is None else y, *size)
    return ElementModel(f"~{position}", PLACEHOLDER, *box, {REASON: reason}, as_read=item)


def _pixels(given: PropertyValue) -> float | None:
    is_fit = isinstance(given, int | float) and not isinstance(given, bool) and abs(given) <= _MAX_SIZE
    return float(given) if is_fit else None  # type: ignore[arg-type]  # a number here
