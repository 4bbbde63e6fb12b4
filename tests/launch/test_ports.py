"""Ports that servers are given."""

from __future__ import annotations

import socket
from pathlib import Path

from harness.launch.ports import free_port

RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")


def test_a_port_can_be_listened_on():
    """Nobody else does."""
    with socket.create_server(("127.0.0.1", free_port())) as server:
        assert server.getsockname()[1] > 1_023


def test_no_port_is_given_twice_in_a_row():
    """Components that start side by side do not meet."""
    assert len({free_port() for _ in range(50)}) == 50


def test_no_outgoing_connection_takes_it():
    """A server that is started again finds its port free, however often clients try meanwhile."""
    first = int(RANGE.read_text().split()[0]) if RANGE.exists() else 32_768
    assert all(free_port() < first for _ in range(20)) or first < 12_000
