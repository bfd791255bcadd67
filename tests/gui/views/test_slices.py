"""A screen made in slices is the one that is made at once, and opens with what was painted beforehand."""

import pytest
from PySide6.QtCore import QSize

from views.canvas import ScreenCanvas
from views.measure import mixed_screen
from views.preview import START_NS, PreviewSource, paint
from views.scene import Scene
from views.slices import finished
from views.style import Theme

SIZE = QSize(960, 540)


@pytest.fixture
def many() -> tuple:
    screen, tags = mixed_screen(700)
    return screen, PreviewSource(tags)


def test_slices_come_to_the_same_scene(many, light: Theme) -> None:
    screen, source = many
    scene = Scene(screen, source, light, at_once=False)
    slices = 1
    while not scene.step():
        slices += 1
    assert slices > 20
    assert scene.step(), "there is nothing left"
    whole = Scene(screen, source, light)
    assert paint(scene, SIZE) == paint(whole, SIZE)
    assert [len(column.rows) for column in scene.columns] == [len(column.rows) for column in whole.columns]


def test_what_changed_between_the_slices_is_shown(many, light: Theme) -> None:
    screen, source = many
    scene = Scene(screen, source, light, at_once=False)
    for _ in range(14):
        scene.step()
    source.put("Area0.Tag0", 12.5)
    scene.finish()
    source.put("Area0.Tag9", 77.0)
    scene.catch_up()
    assert paint(scene, SIZE) == paint(Scene(screen, source, light), SIZE)


def test_nothing_is_evaluated_again_when_a_screen_has_just_opened(many, light: Theme, monkeypatch) -> None:
    screen, source = many
    scene = Scene(screen, source, light)
    monkeypatch.setattr(scene, "_evaluate", lambda _rows: pytest.fail("evaluated again"))
    assert scene.catch_up() == []


def test_many_numbers_are_divided_among_columns(light: Theme) -> None:
    screen, tags = mixed_screen(2000)
    scene = Scene(screen, PreviewSource(tags), light)
    numbers = [len(column.rows) for column in scene.columns if type(column).__name__ == "NumberColumn"]
    assert len(numbers) == 2
    assert sum(numbers) == 1200


def test_a_canvas_opens_with_what_was_painted_for_its_size(qtbot, many, light: Theme) -> None:
    screen, source = many
    canvas = ScreenCanvas(screen, source, light, scene=Scene(screen, source, light))
    qtbot.addWidget(canvas)
    finished(canvas.preparing(SIZE, 1.0))
    layer = canvas._static
    canvas.show()
    shown = canvas.grab().toImage()
    assert canvas._static is layer
    fresh = ScreenCanvas(screen, source, light)
    qtbot.addWidget(fresh)
    fresh.resize(SIZE)
    fresh.show()
    assert fresh.grab().toImage() == shown
    canvas.resize(SIZE * 1.25)
    canvas.grab()
    assert canvas._static is not layer, "another size is painted anew"
    canvas.refresh(START_NS)
