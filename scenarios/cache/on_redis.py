"""Redis through redis-py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, ClassVar, Self

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from harness.contract import Subject
from scenarios.cache.caches import (
    AT_ONCE,
    CONNECT_S,
    DROPPED,
    EXPIRES_S,
    HITS,
    KEYS,
    MISSES,
    SETS,
    Cache,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RedisCache(Cache):
    """A client with one connection."""

    faults: ClassVar[tuple[type[Exception], ...]] = (redis.RedisError, OSError)
    link: Any

    @classmethod
    def at(cls, subject: Subject) -> Self:
        """Connect and ask whether the server is there."""
        link = redis.Redis.from_url(
            subject.url, socket_connect_timeout=CONNECT_S, retry=Retry(NoBackoff(), 0)
        )
        link.ping()
        return cls(link=link)

    def get(self, key: str) -> bytes | None:
        """GET."""
        found: bytes | None = self.link.get(key)
        return found

    def set(self, key: str, value: bytes) -> None:
        """SET with EX."""
        self.link.set(key, value, ex=EXPIRES_S)

    def clear(self) -> None:
        """FLUSHALL."""
        self.link.flushall()

    def load(self, pairs: Iterable[tuple[str, bytes]]) -> None:
        """SET in pipelines."""
        left = iter(pairs)
        while some := list(islice(left, AT_ONCE)):
            pipeline = self.link.pipeline(transaction=False)
            for key, value in some:
                pipeline.set(key, value, ex=EXPIRES_S)
            pipeline.execute()

    def counters(self) -> Mapping[str, int]:
        """Read INFO and DBSIZE."""
        told = self.link.info("stats")
        commands = self.link.info("commandstats")
        return {
            HITS: told["keyspace_hits"],
            MISSES: told["keyspace_misses"],
            SETS: commands.get("cmdstat_set", {}).get("calls", 0),
            KEYS: self.link.dbsize(),
            DROPPED: told["evicted_keys"] + told["expired_keys"],
        }

    def close(self) -> None:
        """Close the connection."""
        self.link.close()


CACHE = RedisCache
