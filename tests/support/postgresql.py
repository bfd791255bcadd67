"""A PostgreSQL server of the tests' own, in a folder of its own on a free loopback port."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.ports import free_port


class Server:
    """Start and stop a private cluster."""

    def __init__(self, folder: Path) -> None:
        programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        if sys.platform == "win32" or not programs:
            pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
        pytest.importorskip("psycopg")
        self._bin = programs[-1].parent
        self._folder = folder
        self._data = folder / "data"
        self._as: Sequence[str] = ()
        if os.geteuid() == 0:
            # The server refuses to run as root.
            if shutil.which("runuser") is None:
                pytest.skip("started as root, and there is no runuser to start PostgreSQL as somebody else")
            self._as = ("runuser", "-u", "postgres", "--")
            shutil.chown(folder, "postgres")
            for parent in folder.parents:
                if parent.stat().st_uid == 0 and parent != Path("/"):
                    parent.chmod(parent.stat().st_mode | 0o011)
        self.port = free_port()
        self._run("initdb", "-D", str(self._data), "-A", "trust", "-U", "vigie", "--no-sync")

    @property
    def url(self) -> str:
        """Return the address of the server's first database."""
        return f"postgresql://vigie@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start and wait until it answers."""
        options = f"-p {self.port} -k {self._folder} -c listen_addresses=127.0.0.1"
        self._run(
            "pg_ctl", "-D", str(self._data), "-w", "-l", str(self._folder / "log"), "-o", options, "start"
        )

    def stop(self) -> None:
        """Stop at once, as a crash would."""
        self._run("pg_ctl", "-D", str(self._data), "-m", "immediate", "-w", "stop")

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [*self._as, str(self._bin / program), *arguments],
            check=False,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=50,
        )
        assert done.returncode == 0, f"{program} failed with {done.returncode}"
