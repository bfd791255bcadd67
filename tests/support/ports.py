"""Free ports on loopback."""

import socket
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from filelock import FileLock, Timeout

LOOPBACK = "127.0.0.1"
FIRST, BLOCK, BLOCKS = 20_000, 1_000, 12
"""Below the ports that a system gives to who asks for any: no client and no server on port 0 gets these."""

_ports: Iterator[int] = iter(())


def free_port() -> int:
    """Return a TCP port that nothing listens on, and that no other test process is given.

    So it stays free until it is bound, and while a server that had it is away. When a process was given all
    that are its own, it begins again.
    """
    global _ports
    while True:
        port = next(_ports, None)
        if port is None:
            _ports = iter(_own_block())
        elif _is_free(port):
            return port


@lru_cache
def _claim() -> tuple[int, FileLock]:
    """Claim a block of ports; it is this process's while the lock lives."""
    for number in range(BLOCKS):
        claim = FileLock(Path(tempfile.gettempdir()) / f"vigie-test-ports-{number}.lock")
        with suppress(Timeout, PermissionError):
            claim.acquire(blocking=False)
            return number, claim
    raise RuntimeError(f"{BLOCKS} processes run tests already")


def _own_block() -> range:
    number, _ = _claim()
    return range(FIRST + number * BLOCK, FIRST + (number + 1) * BLOCK)


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
