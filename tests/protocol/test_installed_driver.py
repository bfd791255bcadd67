"""A driver of another package, installed as pip leaves it, works from the command line and in a project."""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from hmi.cli.exits import Exit
from tests.protocol.test_example_driver import EXAMPLES, Indicator
from tests.support.repository import ROOT

METADATA = "Metadata-Version: 2.1\nName: vigie-scale\nVersion: 3.1\n"
ENTRY_POINTS = "[vigie.drivers]\nscale = scale_driver:INFO\nbroken = scale_driver:NOTHING\n"
PROJECT = """name = "Weighing"
format = 1

[connections.indicator]
driver = "scale"
host = "127.0.0.1"
port = {port}
"""
TAGS = (
    "path,type,connection,address,access\nTare,FLOAT64,indicator,float64,rw\nName,STRING,indicator,string,r\n"
)

Run = Callable[..., Awaitable[tuple[int, str, str]]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run the command line in a process of its own whose path has the package."""
    packages = tmp_path / "site-packages"
    facts = packages / "vigie_scale-3.1.dist-info"
    facts.mkdir(parents=True)
    (facts / "METADATA").write_text(METADATA, encoding="utf-8")
    (facts / "entry_points.txt").write_text(ENTRY_POINTS, encoding="utf-8")
    source = (EXAMPLES / "scale_driver.py").read_text(encoding="utf-8")
    (packages / "scale_driver.py").write_text(source, encoding="utf-8")
    path = os.pathsep.join([str(packages), str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])

    async def call(*arguments: str) -> tuple[int, str, str]:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "hmi", *arguments),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1"},
        )
        out, err = await process.communicate()
        return process.returncode or 0, out.decode(), err.decode()

    return call


async def test_it_is_listed_asked_and_used_in_a_project(run: Run, tmp_path: Path) -> None:
    code, out, err = await run("drivers")
    assert code == Exit.OK
    assert "scale: Weighing indicator, quality not rated" in out
    assert "seconds to wait for the connection and for each answer (default 3.0)" in out
    # What does not load is told and costs no other driver.
    assert "broken" in err
    assert "modbus: Modbus TCP" in out
    indicator = Indicator()
    await indicator.start()
    try:
        device = f"scale:127.0.0.1:{indicator.port}"
        code, out, _ = await run("browse", device)
        assert code == Exit.OK
        assert "float64" in out
        code, out, _ = await run("write", device, "float64", "2.5", "--type", "FLOAT64", "--json")
        assert code == Exit.OK
        code, out, _ = await run("read", device, "float64", "missing", "--type", "FLOAT64", "--json")
        assert code == Exit.FAILED
        assert [row["value"] for row in json.loads(out)] == [2.5, None]
        project = tmp_path / "weighing"
        project.mkdir()
        (project / "project.toml").write_text(PROJECT.format(port=indicator.port), encoding="utf-8")
        (project / "tags.csv").write_text(TAGS, encoding="utf-8")
        code, out, err = await run("check", str(project))
        assert code == Exit.OK, out + err
        code, out, err = await run("read", str(project), "Tare", "--json")
        assert code == Exit.OK, err
        assert json.loads(out)[0]["value"] == 2.5, out
    finally:
        await indicator.stop()
