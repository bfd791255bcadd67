"""The benchmarks of drivers measure what they say; short, without asking for any figure."""

import pytest

from hmi.benchmarks import modbus, recovery, siemens
from hmi.benchmarks.peers import ServerProcess
from hmi.benchmarks.scans import TAGS, fewest_requests
from hmi.benchmarks.suite import BENCHES


@pytest.mark.parametrize(
    ("starts", "fewest"),
    [([], 0), ([0], 1), ([0, 121], 1), ([0, 122], 2), ([0, 4, 8, 300, 421], 2), (range(0, 500, 4), 5)],
)
def test_the_fewest_windows(starts: list[int], fewest: int) -> None:
    assert fewest_requests(starts, 4, 125) == fewest


@pytest.mark.parametrize(
    ("places", "fewest"),
    [
        ([(1, 0)], 1),
        ([(1, 8 * number) for number in range(57)], 1),
        ([(1, 8 * number) for number in range(58)], 2),
        ([(1, 1000 * number) for number in range(20)], 1),
        ([(1, 1000 * number) for number in range(21)], 2),
        ([(block, 0) for block in range(1, 41)], 2),
    ],
)
def test_the_fewest_requests_of_items(places: list[tuple[int, int]], fewest: int) -> None:
    assert siemens.fewest_requests(places) == fewest


@pytest.mark.parametrize("driver", ["modbus", "s7", "opcua"])
def test_every_driver_has_a_benchmark(driver: str) -> None:
    assert driver in BENCHES
    assert driver in recovery.PROTOCOLS


def test_a_run_reports_requests_and_cost() -> None:
    report = modbus.measure(0.5)
    figures = {result.name: result for result in report.results}
    assert len(figures) == 8
    for layout in ("small holes", "far apart"):
        fewest = figures[f"{TAGS:,} tags, {layout}: fewest requests possible"].value
        (driver,) = [
            result for result in report.results if layout in result.name and result.target is not None
        ]
        assert fewest <= driver.value <= TAGS
        assert driver.ratio == pytest.approx(driver.value / fewest)


def test_a_server_process_keeps_its_port_and_can_be_frozen() -> None:
    with ServerProcess("modbus") as server:
        port = server.port
        server.freeze()
        server.thaw()
        assert server.counters() == {"requests": 0, "sent": 0}
        server.kill()
        server.start()
        assert server.port == port
