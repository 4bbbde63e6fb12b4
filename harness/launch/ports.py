"""Free ports on the loopback interface."""

from __future__ import annotations

import socket
from threading import Lock

from harness.errors import LaunchFailed

LOOPBACK = "127.0.0.1"
_REMEMBERED = 512
_given: list[int] = []
_lock = Lock()


def free_port() -> int:
    """Return a port that nobody listens on now and that was not given out lately.

    Another program may take it before the server does; launchers then try again with another.
    """
    with _lock:
        for _ in range(_REMEMBERED):
            with socket.socket() as probe:
                probe.bind((LOOPBACK, 0))
                port = int(probe.getsockname()[1])
            if port not in _given:
                _given.append(port)
                del _given[:-_REMEMBERED]
                return port
    raise LaunchFailed("this machine has no free port on 127.0.0.1 left")


def require_free(port: int) -> None:
    """Raise LaunchFailed when the port that was asked for is taken or not allowed."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            raise LaunchFailed(
                f"port {port} on {LOOPBACK} cannot be used: {error.strerror}; choose another with "
                "--port, or leave it out for any free one"
            ) from error
