"""One example of every element kind, with values, for the manual, the palette's icons and the tests.

The pictures come from the painters that screens use.
"""

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QImageWriter, QPainter, QPixmap

from alarms.model import AlarmSnapshot, AlarmState, Priority
from projects.model import ElementModel, Faceplate, Library, PropertyValue, Screen, ScreenLevel
from tags.clock import NS_PER_S
from tags.model import Access, DataType, Tag, TagTable
from views.elements.base import Element
from views.preview import START_NS, PreviewSource, paint
from views.scene import Scene
from views.style import ICON_SIZES_PX, Theme

MARGIN_PX: Final = 20
_TREND_SECONDS: Final = 600

MIXER: Final = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 110">
<path id="shell" d="M10 30h80v50q0 20-20 20h-40q-20 0-20-20z" fill="#fff" stroke="#555" stroke-width="3"/>
<path id="liquid" d="M12 32h76v48q0 18-18 18h-40q-18 0-18-18z" fill="#9ab"/>
<path id="blade" d="M48 14h4v58h18v6h-40v-6h18z" fill="#888" stroke="#555" stroke-width="1.5"/>
<rect id="motor" x="36" y="2" width="28" height="16" rx="3" fill="#888" stroke="#555" stroke-width="2"/></svg>
"""

_LIVE: Final[Mapping[str, tuple[int, int, Mapping[str, PropertyValue]]]] = MappingProxyType(
    {
        "text": (220, 28, {"text": "Filling station", "size": "title", "bold": True}),
        "value": (220, 32, {"tag": "Tank.Level", "label": "Level"}),
        "setpoint": (280, 36, {"tag": "Tank.SetPoint", "label": "Set point"}),
        "button": (120, 44, {"tag": "Pump.Start", "label": "Start"}),
        "toggle": (220, 40, {"tag": "Pump.Start", "label": "Heating"}),
        "selector": (280, 64, {"tag": "Line.Mode", "label": "Mode"}),
        "slider": (220, 56, {"tag": "Tank.SetPoint", "label": "Speed"}),
        "navigation": (160, 36, {"label": "Filling", "screen": "filling", "align": "left"}),
        "lamp": (160, 32, {"tag": "Pump.Running", "label": "Pump"}),
        "multistate": (200, 40, {"tag": "Line.State", "running": "6"}),
        "bit_field": (180, 96, {"tag": "Line.Bits", "bits": {"0": "Ready", "1": "Door open", "2": "Homed"}}),
        "bar": (220, 22, {"tag": "Tank.Level", "normal_low": 40, "normal_high": 70, "limit_high": 90}),
        "indicator": (
            110,
            200,
            {
                "tag": "Tank.Level",
                "label": "Level",
                "normal_low": 40,
                "normal_high": 70,
                "limit_low": 10,
                "limit_high": 90,
                "setpoint": 60,
            },
        ),
        "gauge": (
            150,
            170,
            {"tag": "Air.Pressure", "label": "Air", "normal_low": 5, "normal_high": 7, "limit_high": 8},
        ),
        "table": (280, 116, {"label": "Tank", "row1_tag": "Tank.Level", "row2_tag": "Tank.SetPoint"}),
        "clock": (300, 32, {}),
        "sparkline": (240, 48, {"tag": "Tank.Level", "normal_low": 40, "normal_high": 70, "seconds": 600}),
        "trend": (
            480,
            260,
            {"label": "Tank", "pen1_tag": "Tank.Level", "pen2_tag": "Tank.SetPoint", "seconds": 600},
        ),
        "oee": (
            320,
            150,
            {
                "label": "Line",
                "availability": "=Oee.A",
                "performance": "=Oee.P",
                "quality": 99.2,
                "target": 80,
            },
        ),
        "energy": (
            240,
            130,
            {
                "tag": "Energy.Power",
                "label": "Filling station",
                "limit_high": 40,
                "energy": "=Energy.Total",
                "energy_label": "This shift",
            },
        ),
        "instrument": (90, 80, {"tag": "Air.Pressure", "letters": "PT", "number": "101", "mounted": "panel"}),
        "tank": (
            140,
            190,
            {"tag": "Tank.Level", "label": "Product", "normal_low": 40, "normal_high": 70, "limit_high": 90},
        ),
        "vessel": (150, 210, {"tag": "Tank.Level", "label": "Reactor", "pressure_tag": "Air.Pressure"}),
        "drawing": (
            130,
            160,
            {
                "file": "symbols/mixer.svg",
                "tag": "Pump.Running",
                "label": "Mixer",
                "parts": {
                    "liquid": {"level": "=Tank.Level / 100", "fill": "level"},
                    "motor": {"fill": "='running' if Pump.Running else 'stopped'"},
                    "shell": {"fill": "surface", "line": "outline"},
                    "blade": {"line": "outline", "fill": "panel"},
                },
            },
        ),
        "image": (140, 90, {"file": "images/plan.png", "text": "Plan of the hall"}),
        "symbol": (70, 90, {"tag": "Pump.Running", "symbol": "boiler"}),
        "pipe": (160, 60, {"points": "0,10 110,10 110,50 150,50", "arrow": True, "flowing": "=Pump.Running"}),
        "packml_state": (220, 110, {"tag": "Line.State", "note": "Blowing pressure low"}),
        "packml_diagram": (760, 420, {"tag": "Line.State"}),
        "alarm_indicator": (80, 32, {"path": "Tank"}),
        "alarm_list": (460, 150, {"label": "Alarms of the tank", "path": "Tank"}),
        "panel": (220, 90, {"title": "Filling"}),
        "rectangle": (120, 60, {"radius": 6, "line_width": 2}),
        "line": (160, 12, {"line_width": 2}),
        "ellipse": (110, 70, {}),
        "polygon": (110, 80, {"points": "0,80 55,0 110,80"}),
        "polyline": (150, 60, {"points": "0,55 40,55 40,5 100,5 100,55 150,55"}),
        "arc": (90, 90, {"span": "=Tank.Level * 3.6", "line_width": 10}),
        "conveyor": (200, 70, {"tag": "Pump.Running"}),
        "embedded": (200, 90, {"source": "faceplates/pump", "parameters": "Pump"}),
    }
)
_EQUIPMENT: Final = (90, 100, MappingProxyType({"tag": "Pump.Running"}))


def sample_source() -> PreviewSource:
    """Return a small plant at rest."""
    write = Access.READ_WRITE
    modes, states = {0: "Manual", 1: "Auto"}, {2: "Stopped", 4: "Idle", 6: "Execute"}
    kept: list[tuple[str, DataType, dict[str, object], object]] = [
        ("Tank.Level", DataType.FLOAT64, {"unit": "%", "description": "Tank level"}, 63.4),
        ("Tank.SetPoint", DataType.FLOAT64, {"unit": "%", "access": write, "description": "Set point"}, 60.0),
        ("Pump.Running", DataType.BOOL, {"states": {0: "Stopped", 1: "Running"}}, True),
        ("Pump.Start", DataType.BOOL, {"access": write}, False),
        ("Pump2.Running", DataType.BOOL, {"states": {0: "Stopped", 1: "Running"}}, False),
        ("Pump3.Running", DataType.BOOL, {"states": {0: "Stopped", 1: "Running"}}, True),
        ("Line.State", DataType.INT32, {"states": states}, 6),
        ("Line.Mode", DataType.INT32, {"states": modes, "access": write}, 1),
        ("Line.Bits", DataType.UINT16, {}, 5),
        ("Air.Pressure", DataType.FLOAT64, {"unit": "bar", "eu_high": 10.0}, 6.2),
        ("Energy.Power", DataType.FLOAT64, {"unit": "kW", "eu_high": 50.0}, 23.6),
        ("Energy.Total", DataType.FLOAT64, {}, 148.3),
        ("Oee.A", DataType.FLOAT64, {"unit": "%"}, 91.0),
        ("Oee.P", DataType.FLOAT64, {"unit": "%"}, 87.5),
    ]
    ends = {"eu_low": 0.0, "eu_high": 100.0, "decimals": 1}
    tags = TagTable(
        Tag(row, path, kind, **{**(ends if kind is DataType.FLOAT64 else {}), **more})  # type: ignore[arg-type]
        for row, (path, kind, more, _) in enumerate(kept)
    )
    source = PreviewSource(tags)
    for path, _, _, value in kept:
        source.put(path, value)  # type: ignore[arg-type]  # one of the types of a value
    return source


def sample_library() -> Library:
    """Return what the examples refer to; needs a QGuiApplication."""
    pump = ElementModel("pump", "pump", 10, 5, 70, 80, {"tag": "{pump}.Running"})
    state = ElementModel("state", "lamp", 100, 30, 90, 30, {"tag": "{pump}.Running"})
    face = Screen("pump", "Pump", ScreenLevel.DETAIL, 200, 90, (pump, state))
    instances = dict.fromkeys(("Pump", "Pump2", "Pump3"), "Pump")
    pictures = {"symbols/mixer.svg": MIXER, "images/plan.png": _plan()}
    return Library({}, {"pump": Faceplate(face, {"pump": "Pump"})}, instances, pictures)


def _plan() -> bytes:
    """Return a PNG of a hall's plan."""
    image = QImage(280, 180, QImage.Format.Format_RGB32)
    image.fill(QColor("#f4f4f0"))
    painter = QPainter(image)
    painter.setPen(QColor("#606060"))
    for box in (QRectF(12, 12, 256, 156), QRectF(12, 12, 90, 70), QRectF(150, 100, 60, 40)):
        painter.drawRect(box)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(buffer.data().data())


def sample_model(kind: type[Element]) -> ElementModel:
    """Return an example of a kind at the margin of its picture."""
    name, at = kind.kind.type, float(MARGIN_PX)
    if name == "group":
        return ElementModel(name, name, at, at, 200, 90, {}, _two("Pump"))
    if name in ("tab", "page"):
        pages = tuple(
            ElementModel(title.lower(), "page", 0, 36, 260, 104, {"title": title, "alarms": path}, _two(path))
            for title, path in (("Filling", "Pump"), ("Tank", "Tank"))
        )
        return ElementModel("tab", "tab", at, at, 260, 140, {}, pages)
    if name == "repeater":
        cell = ElementModel("pump", "pump", 0, 0, 80, 100, {"tag": "{item}.Running", "label": "{item_name}"})
        return ElementModel(name, name, at, at, 280, 100, {"of": "Pump"}, (cell,))
    width, height, properties = _LIVE.get(name, _EQUIPMENT)
    if name == "valve_control":
        properties = {"tag": "Tank.Level"}
    return ElementModel(name, name, at, at, width, height, dict(properties))


def _two(path: str) -> tuple[ElementModel, ...]:
    tag = "Pump.Running" if path == "Pump" else "Pump2.Running"
    return (
        ElementModel(f"{path}-pump", "pump", 10, 5, 70, 80, {"tag": tag}),
        ElementModel(f"{path}-lamp", "lamp", 100, 30, 100, 30, {"tag": tag}),
    )


def sample_scene(kind: type[Element], theme: Theme, source: PreviewSource | None = None) -> Scene:
    """Return a screen with an example of a kind, after some minutes of values."""
    model = sample_model(kind)
    size = (int(model.w) + 2 * MARGIN_PX, int(model.h) + 2 * MARGIN_PX)
    screen = Screen("sample", "Sample", ScreenLevel.UNIT, *size, (model,))
    found = sample_source() if source is None else source
    scene = Scene(screen, found, theme, sample_library())
    if any(element.keeps_history for element in scene.elements):
        for second in range(0, _TREND_SECONDS, 4):
            now_ns = START_NS + second * NS_PER_S
            found.source_ns[:] = now_ns
            level = 63.4 + 9 * math.sin(second / 60) + 2 * math.sin(second / 7) - 9 * math.sin(10) - 3
            found.put("Tank.Level", level)
            scene.refresh(now_ns)
    scene.set_alarm_rows({row.alarm_id: row for row in sample_alarms()})
    scene.set_alarms(
        {"Tank.Level": (Priority.HIGH, False)} if "alarm" in model.type or model.children else {}
    )
    return scene


def sample_alarms() -> list[AlarmSnapshot]:
    """Return a few alarms of the tank."""
    facts = (
        (Priority.HIGH, AlarmState.UNACKNOWLEDGED, "Tank level high"),
        (Priority.MEDIUM, AlarmState.ACKNOWLEDGED, "Tank level above set point"),
        (Priority.LOW, AlarmState.ACKNOWLEDGED, "Filter of the tank is due"),
    )
    return [
        AlarmSnapshot(
            alarm_id=f"A{number}",
            event_id=f"E{number}",
            occurrence_id=f"O{number}",
            state=state,
            active=True,
            acknowledged=state is AlarmState.ACKNOWLEDGED,
            priority=priority,
            severity=500,
            tag="Tank.Level",
            area="Filling",
            message=message,
            value=92.0,
            limit=90.0,
            unit="%",
            active_ns=START_NS - number * 95 * NS_PER_S,
            returned_ns=0,
            acknowledged_ns=0,
        )
        for number, (priority, state, message) in enumerate(facts)
    ]


def sample_picture(kind: type[Element], theme: Theme, ratio: float = 1.0) -> QImage:
    """Return the picture of an example; needs a QGuiApplication and its fonts."""
    scene = sample_scene(kind, theme)
    return paint(scene, QSize(scene.screen.width, scene.screen.height), ratio=ratio)


def element_icon(kind: type[Element], theme: Theme) -> QIcon:
    """Return the icon of a kind for a palette: its example, as small as an icon."""
    picture = sample_picture(kind, theme, 2.0)
    result = QIcon()
    for size_px in ICON_SIZES_PX:
        for ratio in (1, 2):
            side = size_px * ratio
            pixmap = QPixmap(side, side)
            pixmap.fill(Qt.GlobalColor.transparent)
            fitted = QSizeF(picture.size()).scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio)
            place = QRectF(0, 0, fitted.width(), fitted.height())
            place.moveCenter(QRectF(0, 0, side, side).center())
            scaled = picture.scaled(
                place.size().toSize(),
                Qt.AspectRatioMode.IgnoreAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
            painter = QPainter(pixmap)
            painter.drawImage(place.topLeft().toPoint(), scaled)
            painter.end()
            pixmap.setDevicePixelRatio(ratio)
            result.addPixmap(pixmap)
    return result
