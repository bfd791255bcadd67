"""Servers that are not Python, for the interoperability tests: started when what they need is there."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from tests.support.repository import ROOT

SOURCES = Path(__file__).parent / "peers"
NODE_PEERS = Path(os.environ.get("VIGIE_NODE_PEERS", ROOT / "build" / "peers"))
"""Where ``packaging/install_node_peers.py`` puts the packages."""


def libmodbus_server(folder: Path) -> Path:
    """Compile the server; skips the test when compiler or header are missing."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler")
    if not any(
        (Path(root) / "modbus" / "modbus.h").is_file() for root in ("/usr/include", "/usr/local/include")
    ):
        pytest.skip("no libmodbus header: install libmodbus-dev")
    target = folder / "modbus_server"
    subprocess.run([compiler, str(SOURCES / "modbus_server.c"), "-o", str(target), "-lmodbus"], check=True)
    return target


def node_server(script: str, package: str) -> list[str]:
    """Return the command of a Node.js server; skips the test when its package is not installed."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node")
    if not (NODE_PEERS / "node_modules" / package).is_dir():
        pytest.skip(f"{package} is not installed: run packaging/install_node_peers.py")
    return [node, str(SOURCES / script)]


@contextmanager
def running(command: Sequence[str], *arguments: str) -> Iterator[int]:
    """Run a server that prints ``ready PORT`` and ends with its standard input; yields the port."""
    environment = {**os.environ, "NODE_PATH": str(NODE_PEERS / "node_modules")}
    process = subprocess.Popen(
        [*command, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield _port(process.stdout)
    finally:
        process.stdin.close()
        try:
            process.wait(3)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def _port(output: IO[str]) -> int:
    for line in output:
        word, _, number = line.partition(" ")
        if word == "ready":
            return int(number)
    raise AssertionError("the server ended before it was ready")
