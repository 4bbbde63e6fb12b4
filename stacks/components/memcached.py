"""Memcached, https://memcached.org/ (BSD-3): the cache.

It has no passwords in its text protocol, so it is only ever reachable on loopback or within the
stack's own network. UDP is off. When it is full it drops what was used least recently.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pymemcache.client.base import Client as Link

from harness.contract import (
    ContainerSpec,
    DebianPackages,
    Durability,
    Durable,
    Endpoint,
    OnPath,
    ProcessSpec,
    Role,
)

PORT = 11211
# See "General-purpose statistics" in
# https://github.com/memcached/memcached/blob/master/doc/protocol.txt
DONE = (
    *("cmd_get", "cmd_set", "cmd_touch", "delete_hits", "delete_misses"),
    *("incr_hits", "incr_misses", "decr_hits", "decr_misses"),
)
SOURCES = (
    OnPath(binary="memcached"),
    DebianPackages(packages=("memcached",), binary="usr/bin/memcached"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Memcached(Durable):
    """A cache of at most `memory_mb` MiB, served by `threads` threads."""

    role: ClassVar[Role] = Role.CACHE
    promises: ClassVar[Mapping[Durability, str]] = {
        Durability.NONE: "nothing is written down",
    }
    name: str = "memcached"
    durability: Durability = Durability.NONE
    memory_mb: int = 128
    threads: int = 2

    def _command(self, binary: str, host: str) -> tuple[str, ...]:
        listen = ("-l", host, "-p", "{port}", "-U", "0")
        return (binary, *listen, "-m", str(self.memory_mb), "-t", str(self.threads), "-c", "4096")

    def container(self, links: Mapping[str, str]) -> ContainerSpec:
        """Run the official image, which runs it as a user of its own."""
        del links
        return ContainerSpec(
            image="memcached:1.6.39-bookworm",
            port=PORT,
            command=self._command("memcached", "0.0.0.0"),  # noqa: S104 - inside its own network
        )

    def process(self, links: Mapping[str, str]) -> ProcessSpec:
        """Run the server in the foreground; it refuses to run as root."""
        del links
        return ProcessSpec(
            sources=SOURCES, command=self._command("{binary}", "{host}"), unprivileged=True
        )

    def url(self, at: Endpoint) -> str:
        """Return memcached://host:port."""
        return f"memcached://{at.host}:{at.port}"

    def connect(self, at: Endpoint) -> MemcachedClient:
        """Return a client; the connection is made by its first command."""
        return MemcachedClient(link=Link((at.host, at.port), connect_timeout=5, timeout=5))


@dataclass(frozen=True, slots=True, kw_only=True)
class MemcachedClient:
    """A connection."""

    counted_as: ClassVar[str] = "items read or written"
    late_s: ClassVar[float] = 0.0
    link: Any

    def version(self) -> str:
        """Return the answer to the `version` command."""
        version: bytes = self.link.version()
        return version.decode()

    def operations(self) -> int:
        """Return how often an item was asked for, stored, changed or deleted."""
        told = {name.decode(): value for name, value in self.link.stats().items()}
        return sum(int(told[name]) for name in DONE)

    def close(self) -> None:
        """Close the connection."""
        self.link.close()
