"""The pictures of the guides: all are made by one command, and none is larger than it need be."""

import importlib.util

import pytest
from PySide6.QtGui import QColor, QImage, QPainter

from projects.examples import example_path
from projects.files import load
from tests.support.repository import ROOT

IMAGES = ROOT / "docs" / "images"
WRITTEN_OTHERWISE = ("elements", "symbols.png")
"""By `vigie elements --docs docs`."""


@pytest.fixture(scope="module")
def pictures():
    path = ROOT / "packaging" / "pictures.py"
    spec = importlib.util.spec_from_file_location("pictures_script", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_one_command_makes_every_picture_of_the_window(pictures):
    made = {f"{name}.png" for name in pictures.names(list(load(example_path("packaging_cell")).screens))}
    found = {path.relative_to(IMAGES).as_posix() for path in IMAGES.rglob("*.png")}
    assert {name for name in found if name.partition("/")[0] not in WRITTEN_OTHERWISE} == made


def test_every_picture_of_the_window_is_shown_somewhere():
    text = "".join(path.read_text("utf-8") for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
    found = (path.relative_to(IMAGES).as_posix() for path in IMAGES.rglob("*.png"))
    assert [name for name in found if f"images/{name})" not in text] == []


def test_a_picture_keeps_its_frequent_colours_and_the_few_pixels_of_a_symbol(pictures):
    image = QImage(400, 300, QImage.Format.Format_RGB32)
    image.fill(QColor("#DFE1E3"))
    painter = QPainter(image)
    painter.fillRect(0, 0, 400, 40, QColor("#10181F"))
    painter.fillRect(5, 5, 6, 6, QColor("#E22028"))
    for step in range(300):  # more shades than a palette holds
        painter.fillRect(step, 100, 1, 60, QColor(step % 256, 120 + step // 4, 255 - step % 200))
    painter.end()
    made = pictures.with_palette(image)
    assert made.format() is QImage.Format.Format_Indexed8
    assert len(made.colorTable()) <= 256
    for x, y in ((200, 250), (200, 20), (7, 7)):
        assert made.pixelColor(x, y) == image.pixelColor(x, y)
    for step in range(300):
        before, after = image.pixelColor(step, 130), made.pixelColor(step, 130)
        assert abs(before.red() - after.red()) < 12
        assert abs(before.blue() - after.blue()) < 12


def test_a_picture_of_few_colours_stays_as_it_is(pictures):
    image = QImage(33, 20, QImage.Format.Format_RGB32)
    image.fill(QColor("#123456"))
    image.setPixelColor(3, 4, QColor("#FFFFFF"))
    made = pictures.with_palette(image)
    assert made.convertToFormat(QImage.Format.Format_RGB32) == image
