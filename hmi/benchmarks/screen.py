"""``vigie bench screen``: what a screen of many live elements costs, beside other ways to draw it."""

import os
import time
from statistics import median
from typing import TYPE_CHECKING, Final

from hmi.benchmarks.report import Report, Result, at_most

if TYPE_CHECKING:
    from hmi.desktop.measure_opening import OpeningCost
    from views.measure import ScreenCost

ELEMENTS: Final = 2_000
RATE_HZ: Final = 10.0
TARGET_OPEN_MS: Final = 150.0
"""For up to 2,000 elements."""
TARGET_BLOCK_MS: Final = 16.0
"""For up to 2,000 elements; what is too small to be sliced may take longer."""
TARGET_READOUTS_CPU: Final = 15.0
"""Per cent of a core for up to 2,000 readouts."""
TARGET_MIXED_CPU: Final = 25.0
"""Per cent of a core for up to 5,000 mixed elements."""
TARGET_PYDM: Final = 25.0
"""How many times the processor time of a frame PyDM takes for as many readouts, 2,000 or more.

With fewer the ground, which every frame puts down anew, weighs more than the numbers on it.
"""
_ROUNDS: Final = 3


def measure(seconds: float, elements: int = ELEMENTS) -> Report:
    """Measure in turns: mixed elements, readouts, one graphics item per element, PyDM where it is installed.

    Windows are off-screen; every element changes in every frame. Figures are the medians of the rounds;
    memory is that of the largest, as later ones reuse what was freed.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication  # the platform has to be chosen first

    from hmi.desktop.measure_opening import measure_opening
    from views.measure import HEIGHT, WIDTH, measure_screen, mixed_screen, readout_screen
    from views.measure_peers import GRAPHICS, PYDM, has_pydm, measure_peer
    from views.style import load_fonts, load_theme

    application = QApplication.instance() or QApplication([])
    load_fonts()
    theme = load_theme("light")
    measure_screen(20, theme, frames=2)
    frames = max(5, min(200, round(seconds * 1e3 / (_ROUNDS * 4) / 20)))
    mixed: list[ScreenCost] = []
    readouts: list[ScreenCost] = []
    opened: dict[str, list[OpeningCost]] = {"mixed": [], "readouts": []}
    peers: dict[str, list[dict[str, float]]] = {GRAPHICS: [], PYDM: []}
    started = time.monotonic()
    for turn in range(_ROUNDS):
        mixed.append(measure_screen(elements, theme, frames=frames, make=mixed_screen))
        readouts.append(measure_screen(elements, theme, frames=frames, make=readout_screen))
        for name, make in (("mixed", mixed_screen), ("readouts", readout_screen)):
            opened[name].append(measure_opening(*make(elements), theme, (WIDTH, HEIGHT)))
        for peer in (GRAPHICS, PYDM):
            # PyDM takes seconds to open: one round of it is enough, further ones only while there is time.
            if peer == PYDM and (not has_pydm() or (turn and time.monotonic() - started > seconds)):
                continue
            found = measure_peer(peer, elements, max(5, frames // 10))
            if found is not None:
                peers[peer].append(found)
        application.processEvents()
    results = [*_own("mixed", mixed, elements), *_own("readouts", readouts, elements)]
    for name, costs in opened.items():
        results += _through_page(name, costs, elements)
    least = TARGET_PYDM if elements >= ELEMENTS else None
    results += _beside("one graphics item per element", _middle(mixed, "cpu_ms"), peers[GRAPHICS], None)
    results += _beside("PyDM labels", _middle(readouts, "cpu_ms"), peers[PYDM], least)
    return Report(f"screen of {elements:,} elements", tuple(results))


def _own(name: str, costs: list["ScreenCost"], elements: int) -> list[Result]:
    open_ms = _middle(costs, "open_ms")
    share = 100 * _middle(costs, "cpu_share")
    target, limit = (TARGET_MIXED_CPU, 5_000) if name == "mixed" else (TARGET_READOUTS_CPU, 2_000)
    opened, cpu = f"{name}: open to first picture", f"{name}: processor at {RATE_HZ:g} Hz"
    return [
        at_most(opened, open_ms, "ms", TARGET_OPEN_MS)
        if elements <= ELEMENTS
        else Result(opened, open_ms, "ms"),
        Result(f"{name}: frame p50", _middle(costs, "frame_p50_ms"), "ms"),
        Result(f"{name}: frame p99", _middle(costs, "frame_p99_ms"), "ms"),
        Result(f"{name}: frame p50, every value doubtful", _middle(costs, "doubt_ms"), "ms"),
        at_most(cpu, share, "% of a core", target)
        if elements <= limit
        else Result(cpu, share, "% of a core"),
        Result(f"{name}: memory of the open screen", max(cost.memory_mb for cost in costs), "MB"),
        Result(f"{name}: change of size to picture", _middle(costs, "resize_ms"), "ms"),
    ]


def _through_page(name: str, costs: list["OpeningCost"], elements: int) -> list[Result]:
    open_ms, longest_ms = (
        median([getattr(cost, one) for cost in costs]) for one in ("open_ms", "longest_ms")
    )
    told = (
        f"{name}: chosen in the window to first picture",
        f"{name}: longest block of the window meanwhile",
    )
    if elements > ELEMENTS:
        return [Result(told[0], open_ms, "ms"), Result(told[1], longest_ms, "ms")]
    return [
        at_most(told[0], open_ms, "ms", TARGET_OPEN_MS),
        at_most(told[1], longest_ms, "ms", TARGET_BLOCK_MS),
    ]


def _beside(name: str, own_ms: float, found: list[dict[str, float]], least: float | None) -> list[Result]:
    """Return a peer's figures; its ratio is the peer's processor time of a frame over our own."""
    if not found:
        return []
    cpu_ms = median([one["cpu_ms"] for one in found])
    ratio = cpu_ms / own_ms
    return [
        Result(f"{name}: open", median([one["open_ms"] for one in found]), "ms"),
        Result(f"{name}: frame p50", median([one["frame_p50_ms"] for one in found]), "ms"),
        Result(
            f"{name}: processor per frame",
            cpu_ms,
            "ms",
            "Vigie",
            ratio,
            least,
            None if least is None else ratio >= least,
        ),
    ]


def _middle(costs: list["ScreenCost"], name: str) -> float:
    return median([float(getattr(cost, name)) for cost in costs])
