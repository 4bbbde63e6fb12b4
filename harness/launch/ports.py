"""Free ports on the loopback interface."""

from __future__ import annotations

import random
import socket
from functools import cache
from pathlib import Path
from threading import Lock

from harness.errors import LaunchFailed

LOOPBACK = "127.0.0.1"
LOWEST = 10_000
FEWEST = 2_000
EPHEMERAL = 32_768
_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
_REMEMBERED = 512
_given: list[int] = []
_lock = Lock()


def free_port() -> int:
    """Return a port that nobody listens on now and that was not given out lately.

    It is not one of those that the system lends to outgoing connections: a server that is killed
    and started again must find its port free, although its clients keep connecting meanwhile.
    Another program may take it before the server does; launchers then try again with another.
    """
    with _lock:
        for _ in range(_REMEMBERED):
            port = _probed(random.choice(_ports()))
            if port and port not in _given:
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


@cache
def _ports() -> range:
    """Return the ports below those of outgoing connections; any (0) where there are too few."""
    try:
        first = int(_RANGE.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        first = EPHEMERAL
    return range(LOWEST, first) if first - LOWEST >= FEWEST else range(1)


def _probed(port: int) -> int:
    """Return the port if it can be bound to, for 0 the one that the system gives; else 0."""
    with socket.socket() as probe:
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return 0
        return int(probe.getsockname()[1])
