"""Decorations of many doubtful values at once are those of each by itself."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from tags.status import StatusCode
from views.fit import prepare
from views.mark_pictures import MarkPictures
from views.preview import PreviewSource
from views.quality import Mark
from views.scene import Scene
from views.style import Theme
from views.symbols import paint_mark

DOUBTFUL = (
    StatusCode.UncertainSubNormal,
    StatusCode.UncertainNoCommunicationLastUsableValue,
    StatusCode.UncertainSimulatedValue,
    StatusCode.GoodLocalOverride,
    StatusCode.BadNotConnected,
    StatusCode.BadSensorFailure,
)


def pixels(image: QImage) -> np.ndarray:
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), -1, 4)[..., :3].astype(int)


@pytest.mark.parametrize("scale", [1.0, 1.25, 2.0])
@pytest.mark.parametrize("at_left", [True, False])
@pytest.mark.parametrize("mark", [mark for mark in Mark if mark is not Mark.NONE])
def test_a_picture_is_what_is_painted_by_itself(
    mark: Mark, at_left: bool, scale: float, theme: Theme
) -> None:
    images = []
    boxes = np.array([[20.0, 20.0, 84.0, 52.0], [120.0, 24.0, 160.0, 44.0]])
    for at_once in (True, False):
        image = QImage(400, 160, QImage.Format.Format_RGB32)
        image.fill(theme.background)
        painter = QPainter(image)
        prepare(painter)
        if at_once:
            MarkPictures().paint(
                painter, theme, scale, QPointF(4, 8), boxes, np.array([mark, mark], np.uint8), at_left=at_left
            )
        else:
            painter.translate(4, 8)
            painter.scale(scale, scale)
            for left, top, right, bottom in boxes.tolist():
                box = QRectF(left, top, right - left, bottom - top)
                paint_mark(painter, box, box.topLeft() if at_left else box.topRight(), mark, theme)
        painter.end()
        images.append(pixels(image))
    assert np.abs(images[0] - images[1]).max() <= 60, "but for the edges of a letter"


@pytest.mark.parametrize("status", DOUBTFUL)
@pytest.mark.parametrize("value", [0.0, 7.25, -12345.5, 123456.5, 1e17])
def test_a_number_is_framed_as_it_is_by_itself(
    status: StatusCode, value: float, light: Theme, source: PreviewSource, make_screen, make_element
) -> None:
    source.put("Tank.Level", None if int(status) & 0x80000000 else value, int(status))
    box = (20, 40, 280, 40)
    scene = Scene(make_screen(make_element("value", box=box, tag="Tank.Level", label="Level")), source, light)
    ((column,), (element,)) = scene.columns, scene.elements
    scene.evaluate(element)
    doubts, own = column.doubts(), element.mark_rect()
    assert doubts.is_framed.tolist() == [True]
    assert doubts.at_left is element.marks_at_left
    assert doubts.boxes[0].tolist() == pytest.approx(
        (own.left(), own.top(), own.right(), own.bottom()), abs=0.5
    )


@pytest.mark.parametrize("kind", ["bar", "lamp", "motor", "text"])
def test_other_columns_frame_what_each_would(
    kind: str, light: Theme, source: PreviewSource, make_screen, make_element
) -> None:
    source.put("Tank.Level", 40.0, int(StatusCode.UncertainSubNormal))
    source.put("Pump.Running", True, int(StatusCode.UncertainSubNormal))
    given = {"bar": {"tag": "Tank.Level"}, "text": {"text": "=text(Tank.Level)"}}.get(
        kind, {"tag": "Pump.Running"}
    )
    made = [
        make_element(kind, f"e{row}", (10 + 34 * row, 20 + 9 * row, 30 + row % 2, 40), **given)
        for row in range(16)
    ]
    scene = Scene(make_screen(*made, width=640), source, light)
    (column,) = scene.columns
    doubts = column.doubts()
    for box, row in zip(doubts.boxes.tolist(), column.rows.tolist(), strict=True):
        own = scene.elements[row].mark_rect()
        assert box == pytest.approx((own.left(), own.top(), own.right(), own.bottom()))
        assert doubts.at_left is scene.elements[row].marks_at_left


def test_pictures_are_made_anew_for_another_theme(light: Theme, theme: Theme) -> None:
    kept = MarkPictures()
    image = QImage(120, 80, QImage.Format.Format_RGB32)
    boxes, marks = np.array([[20.0, 20.0, 84.0, 52.0]]), np.array([Mark.BAD], np.uint8)
    found = []
    for shown in (light, theme, light):
        image.fill(shown.background)
        painter = QPainter(image)
        kept.paint(painter, shown, 1.0, QPointF(0, 0), boxes, marks, at_left=False)
        painter.end()
        found.append(image.copy())
    assert found[0] == found[2]
    assert (found[0] == found[1]) is (theme.name == light.name)
