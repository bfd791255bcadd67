"""One station per project, found by its endpoint file, which only the same user can read."""

import stat
import sys
from pathlib import Path

import pytest

from hmi import endpoint as endpoints
from hmi.endpoint import Endpoint, EndpointError, StationClaim


def test_a_published_endpoint_is_found_until_it_is_released(tmp_path: Path) -> None:
    assert endpoints.find(tmp_path) is None
    claim = StationClaim(tmp_path)
    assert endpoints.find(tmp_path) is None
    endpoint = Endpoint("127.0.0.1", 4000, endpoints.new_secret(), 1, 2)
    claim.publish(endpoint)
    assert endpoints.find(tmp_path) == endpoint
    claim.release()
    claim.release()
    assert endpoints.find(tmp_path) is None


def test_a_project_has_one_station(tmp_path: Path) -> None:
    claim = StationClaim(tmp_path)
    with pytest.raises(EndpointError, match="already runs"):
        StationClaim(tmp_path)
    claim.release()
    StationClaim(tmp_path).release()


def test_the_file_of_a_dead_station_is_not_believed(tmp_path: Path) -> None:
    claim = StationClaim(tmp_path)
    claim.publish(Endpoint("127.0.0.1", 4000, "secret"))
    kept = (claim.directory / "endpoint.json").read_bytes()
    claim.release()
    (claim.directory / "endpoint.json").write_bytes(kept)
    assert endpoints.find(tmp_path) is None


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX file modes")
def test_only_the_user_reads_the_secret(tmp_path: Path) -> None:
    claim = StationClaim(tmp_path)
    claim.publish(Endpoint("127.0.0.1", 4000, "secret"))
    mode = (claim.directory / "endpoint.json").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    claim.release()


def test_two_projects_of_one_name_do_not_meet(tmp_path: Path) -> None:
    first, second = tmp_path / "a" / "cell", tmp_path / "b" / "cell"
    assert endpoints.station_dir(first) != endpoints.station_dir(second)
    assert endpoints.station_dir(first).name.startswith("cell-")
