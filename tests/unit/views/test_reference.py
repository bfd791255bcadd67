from pathlib import Path

from views.elements.catalogue import ELEMENTS
from views.reference import element_reference
from views.style import COLOR_ROLES

DOCUMENT = Path(__file__).parents[3] / "docs" / "screens.md"


def test_the_manual_is_what_the_elements_declare() -> None:
    assert DOCUMENT.read_text("utf-8").endswith(element_reference())


def test_every_kind_and_colour_role_is_described() -> None:
    text = DOCUMENT.read_text("utf-8")
    for item in ELEMENTS:
        assert f"## `{item.kind.type}`: {item.kind.title}" in text
    for role in COLOR_ROLES:
        assert f"`{role}`" in text
