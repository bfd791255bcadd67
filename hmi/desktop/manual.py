"""The manual's part about elements, written from what they declare and painted by what paints screens."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from hmi.desktop.app import make_application
from views.elements.catalogue import ELEMENTS
from views.reference import element_reference, symbol_sheet
from views.samples import sample_picture
from views.style import load_theme

PAGE: Final = "screens.md"
_BEGINNING: Final = "\n## `"
"""Where the introduction of the page ends."""


def write_manual(folder: Path) -> Iterator[Path]:
    """Write ``screens.md`` behind its introduction and all pictures into ``folder``; yield what was written.

    Blocking; makes a QApplication when there is none.

    Raises:
        OSError: a file cannot be read or written.
    """
    make_application()
    page = folder / PAGE
    introduction, _, _ = page.read_text("utf-8").partition(_BEGINNING)
    page.write_text(f"{introduction}\n{element_reference()}", "utf-8", newline="\n")
    yield page
    theme = load_theme("light")
    pictures = folder / "images" / "elements"
    pictures.mkdir(parents=True, exist_ok=True)
    images = {f"elements/{kind.kind.type}.png": sample_picture(kind, theme) for kind in ELEMENTS}
    images["symbols.png"] = symbol_sheet(theme)
    for name, image in images.items():
        path = folder / "images" / name
        if not image.save(str(path)):
            raise OSError(f"{path} cannot be written")
        yield path
