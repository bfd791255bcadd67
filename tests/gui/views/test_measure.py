"""The screen benchmark measures every kind of screen, and peers apart."""

import pytest

from hmi.benchmarks import screen
from views.measure import cell_of, measure_screen, mixed_screen, readout_screen
from views.measure_peers import GRAPHICS, measure_peer
from views.preview import PreviewSource
from views.scene import Scene
from views.style import Theme


@pytest.mark.parametrize("make", [mixed_screen, readout_screen])
def test_every_element_of_the_measured_screens_is_shown(make, light: Theme) -> None:
    model, tags = make(50)
    scene = Scene(model, PreviewSource(tags), light)
    assert not [element.problem for element in scene.elements if element.problem]
    assert len(scene.live_rows) == len(scene.tag_ids) == 50
    x, y, w, h = cell_of(49, 50)
    assert 0 <= x < x + w <= model.width
    assert 0 <= y < y + h <= model.height


def test_costs_are_told(qapp, light: Theme) -> None:
    cost = measure_screen(40, light, frames=3, make=readout_screen)
    assert cost.elements == 40
    assert 0 < cost.frame_p50_ms <= cost.frame_p99_ms
    assert cost.open_ms > 0
    assert cost.resize_ms > 0
    assert cost.cpu_share == pytest.approx(cost.cpu_ms * cost.rate_hz / 1e3)


def test_a_peer_is_measured_and_an_unknown_one_is_not(qapp) -> None:
    found = measure_peer(GRAPHICS, 30, 5)
    assert found is not None
    assert found["cpu_ms"] > 0
    assert 0 < found["frame_p50_ms"] <= found["frame_p99_ms"]
    assert measure_peer("unknown", 1, 1) is None


def test_targets_are_judged(qapp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("views.measure_peers.has_pydm", lambda: False)
    found = {result.name: result for result in screen.measure(0.5, 20).results}
    assert found["mixed: open to first picture"].target == screen.TARGET_OPEN_MS
    assert found["readouts: processor at 10 Hz"].holds is True
    assert found["one graphics item per element: processor per frame"].against == "Vigie"
    assert not [name for name in found if name.startswith("PyDM")]
