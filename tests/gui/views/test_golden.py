"""Each element in each status and theme looks as it did: pictures in ``golden``, compared block by block.

Blocks of pixels are averaged before they are compared, so that another rasteriser's antialiasing passes and a
missing mark, word or shape does not. ``VIGIE_GOLDEN=write`` writes the pictures anew; look at them then.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage, QPainter

from projects.model import ElementModel, Screen, ScreenLevel
from tags.model import Access, DataType, Tag, TagTable
from tags.status import StatusCode
from views.elements.base import Element
from views.elements.catalogue import ELEMENTS
from views.preview import PreviewSource, render
from views.samples import sample_library, sample_picture
from views.style import Theme

GOLDEN = Path(__file__).parent / "golden"
CELL = QSize(160, 112)
STATUSES = (
    StatusCode.Good,
    StatusCode.GoodLocalOverride,
    StatusCode.UncertainSubNormal,
    StatusCode.UncertainNoCommunicationLastUsableValue,
    StatusCode.UncertainSimulatedValue,
    StatusCode.BadWaitingForInitialData,
    StatusCode.BadNoData,
    StatusCode.BadNotConnected,
    StatusCode.BadSensorFailure,
)
"""One status for each mark."""
BLOCK = 4
DIFFERENT = 40
"""Grey levels between two blocks above which they are not of the same picture."""
ALLOWED_SHARE = 0.006
CELLS = {
    "energy": QSize(200, 152),
    "oee": QSize(320, 184),
    "trend": QSize(320, 208),
    "vessel": QSize(160, 176),
}
"""Larger cells of kinds that show more."""
ANALOG = (
    *("setpoint", "bar", "indicator", "tank", "sparkline", "value", "gauge", "slider", "valve_control"),
    *("energy", "instrument", "vessel"),
)
STATE = ("packml_state", "packml_diagram", "multistate", "bit_field", "selector")
MORE = {
    "drawing": {
        "file": "symbols/mixer.svg",
        "parts": {
            "liquid": {"level": "=Level / 100", "fill": "level"},
            "motor": {"fill": "='running' if Running else 'stopped'"},
            "shell": {"fill": "surface", "line": "outline"},
        },
    },
    "energy": {"energy": "=Level * 10", "energy_label": "Shift", "limit_high": 80},
    "instrument": {"letters": "FT", "number": "101"},
    "oee": {"availability": "=Level", "performance": 90, "quality": 98, "target": 70},
    "trend": {"pen1_tag": "Level", "pen2_tag": "Running", "seconds": 60},
    "vessel": {"pressure_tag": "Level", "normal_low": 40, "normal_high": 70},
    "arc": {"span": "=Level * 3.6"},
    "ellipse": {"fill": "='running' if Running else 'stopped'"},
    "line": {"color": "='running' if Running else 'stopped'", "line_width": 4},
    "panel": {"title": "='Level ' + text(Level)"},
    "pipe": {"flowing": "=Running", "points": "0,10 90,10 90,70", "arrow": True},
    "polygon": {"points": "0,80 60,0 120,80", "fill": "='running' if Running else 'stopped'"},
    "polyline": {"points": "0,80 60,0 120,80", "line": "='running' if Running else 'stopped'"},
    "rectangle": {"fill": "='running' if Running else 'stopped'"},
    "table": {"row1_tag": "Level", "row2_tag": "Running", "row3_tag": "=Level * 2"},
    "text": {"text": "=text(Level)"},
}
"""What a kind needs besides a tag and a label."""
KINDS = [
    kind
    for kind in ELEMENTS
    if any(item.name == "tag" for item in kind.kind.properties) or kind.kind.type in MORE
]
STILL = [kind for kind in ELEMENTS if kind not in KINDS and kind.kind.type != "clock"]
"""Kinds without a tag of their own: one picture each. The clock tells the time of this computer."""


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Write times as they are in the kept pictures."""
    monkeypatch.setenv("TZ", "UTC")
    if hasattr(time, "tzset"):
        time.tzset()
    yield
    monkeypatch.undo()
    if hasattr(time, "tzset"):
        time.tzset()


def picture(kind: type[Element], theme: Theme) -> QImage:
    """All statuses side by side."""
    states = {2: "Stopped", 4: "Idle", 6: "Execute"}
    read_write = Access.READ_WRITE
    tags = TagTable(
        [
            Tag(0, "Level", DataType.FLOAT64, unit="%", eu_low=0, eu_high=100, decimals=1, access=read_write),
            Tag(1, "Running", DataType.BOOL, states={0: "Stopped", 1: "Running"}, access=read_write),
            Tag(2, "State", DataType.INT32, states=states, access=read_write),
        ]
    )
    source = PreviewSource(tags)
    name = kind.kind.type
    cell = CELLS.get(name, CELL)
    path, value = ("Level", 63.4) if name in ANALOG else ("State", 6) if name in STATE else ("Running", True)
    properties: dict[str, object] = {**MORE.get(name, {})}
    if any(item.name == "tag" for item in kind.kind.properties):
        properties["tag"] = path
    if any(item.name == "label" for item in kind.kind.properties):
        properties["label"] = "FT-101"
    model = ElementModel("one", name, 12, 12, cell.width() - 24, cell.height() - 24, properties)  # type: ignore[arg-type]
    screen = Screen("golden", "Golden", ScreenLevel.UNIT, cell.width(), cell.height(), (model,))
    found = QImage(cell.width() * len(STATUSES), cell.height(), QImage.Format.Format_RGB32)
    painter = QPainter(found)
    library = sample_library()
    for place, status in enumerate(STATUSES):
        bad = bool(int(status) & 0x80000000)
        source.put("Level", None if bad else 63.4, int(status))
        source.put("Running", None if bad else True, int(status))
        source.put(path, value, int(status))
        painter.drawImage(place * cell.width(), 0, render(screen, source, theme, cell, library=library))
    painter.end()
    return found


def different_share(first: QImage, second: QImage, cells: int = len(STATUSES)) -> float:
    """The share of blocks that differ in the status where most do; 1 for another size."""
    if first.size() != second.size():
        return 1.0
    blocks = []
    for image in (first, second):
        plain = image.convertToFormat(QImage.Format.Format_RGB32)
        pixels = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), -1, 4)[..., :3]
        height, width = plain.height() // BLOCK, plain.width() // BLOCK
        cut = pixels[: height * BLOCK, : width * BLOCK].astype(float)
        blocks.append(cut.reshape(height, BLOCK, width, BLOCK, 3).mean(axis=(1, 3)))
    differs = np.abs(blocks[0] - blocks[1]).max(axis=2) > DIFFERENT
    return max(float(cell.mean()) for cell in np.array_split(differs, cells, 1))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind.type)
def test_element_looks_as_it_did(kind: type[Element], theme: Theme) -> None:
    file = GOLDEN / f"{kind.kind.type}-{theme.name}.png"
    found = picture(kind, theme)
    if os.environ.get("VIGIE_GOLDEN") == "write":
        assert found.save(str(file), "PNG", 0)
    golden = QImage(str(file))
    assert not golden.isNull(), f"{file.name} is missing; write it with VIGIE_GOLDEN=write and look at it"
    assert different_share(found, golden) <= ALLOWED_SHARE


@pytest.mark.parametrize("kind", STILL, ids=lambda kind: kind.kind.type)
def test_example_looks_as_it_did(kind: type[Element], theme: Theme) -> None:
    file = GOLDEN / f"{kind.kind.type}-{theme.name}.png"
    found = sample_picture(kind, theme)
    if os.environ.get("VIGIE_GOLDEN") == "write":
        assert found.save(str(file), "PNG", 0)
    golden = QImage(str(file))
    assert not golden.isNull(), f"{file.name} is missing; write it with VIGIE_GOLDEN=write and look at it"
    assert different_share(found, golden, 1) <= ALLOWED_SHARE


def test_every_picture_belongs_to_a_kind() -> None:
    names = {f"{kind.kind.type}-{theme}.png" for kind in (*KINDS, *STILL) for theme in ("light", "dark")}
    assert {file.name for file in GOLDEN.iterdir()} == names


def test_the_comparison_sees_a_missing_mark_and_another_state(light: Theme) -> None:
    kind = next(kind for kind in KINDS if kind.kind.type == "value")
    whole = picture(kind, light)
    for place in range(1, len(STATUSES)):
        other = whole.copy()
        painter = QPainter(other)
        painter.drawImage(place * CELL.width(), 0, whole.copy(0, 0, CELL.width(), CELL.height()))
        painter.end()
        assert different_share(whole, other) > ALLOWED_SHARE, STATUSES[place].name
    bad = whole.copy(whole.width() - CELL.width(), 0, CELL.width(), CELL.height())
    good = whole.copy(0, 0, CELL.width(), CELL.height())
    assert different_share(good, bad) > ALLOWED_SHARE
    assert different_share(good, good) == 0
