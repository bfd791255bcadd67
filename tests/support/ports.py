"""Free ports on loopback."""

import socket

LOOPBACK = "127.0.0.1"

_handed_out: set[int] = set()


def free_port() -> int:
    """Return a TCP port that nothing listens on, and that this process was not given before.

    The system picks it. Another process could still take it before the caller binds it, so a server that can
    bind port 0 itself should do that instead.
    """
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.bind((LOOPBACK, 0))
            port: int = probe.getsockname()[1]
        if port not in _handed_out:
            _handed_out.add(port)
            return port
