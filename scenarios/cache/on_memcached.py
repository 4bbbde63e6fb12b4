"""Memcached through pymemcache, in the text protocol."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

from pymemcache.client.base import Client
from pymemcache.exceptions import MemcacheError

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

PORT = 11211
# All by which an item may leave, see "General-purpose statistics" in
# https://github.com/memcached/memcached/blob/master/doc/protocol.txt
LEFT = (
    "evictions",
    "reclaimed",
    "crawler_reclaimed",
    "slab_reassign_evictions_nomem",
    "slab_reassign_busy_deletes",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemcachedCache(Cache):
    """A client, which is one connection."""

    faults: ClassVar[tuple[type[Exception], ...]] = (MemcacheError, OSError)
    link: Any

    @classmethod
    def at(cls, subject: Subject) -> Self:
        """Connect and ask for the version."""
        url = urlsplit(subject.url)
        # Unless told otherwise, pymemcache does not wait for the answer to a set.
        link = Client(
            (url.hostname, url.port or PORT),
            connect_timeout=CONNECT_S,
            no_delay=True,
            default_noreply=False,
        )
        link.version()
        return cls(link=link)

    def get(self, key: str) -> bytes | None:
        """Get one."""
        found: bytes | None = self.link.get(key)
        return found

    def set(self, key: str, value: bytes) -> None:
        """Set one; raises MemcacheError when the server did not store it."""
        if not self.link.set(key, value, expire=EXPIRES_S):
            raise MemcacheError(f"{key} was not stored")

    def clear(self) -> None:
        """Flush all."""
        self.link.flush_all()

    def load(self, pairs: Iterable[tuple[str, bytes]]) -> None:
        """Set many; raises MemcacheError when the server did not store them all."""
        left = iter(pairs)
        while some := dict(islice(left, AT_ONCE)):
            if failed := self.link.set_many(some, expire=EXPIRES_S):
                raise MemcacheError(f"{len(failed)} of {len(some)} values were not stored")

    def counters(self) -> Mapping[str, int]:
        """Read the statistics."""
        told = {name.decode(): value for name, value in self.link.stats().items()}
        return {
            HITS: int(told["get_hits"]),
            MISSES: int(told["get_misses"]),
            SETS: int(told["cmd_set"]),
            KEYS: int(told["curr_items"]),
            DROPPED: sum(int(told.get(name, 0)) for name in LEFT),
        }

    def close(self) -> None:
        """Close the connection."""
        self.link.close()


CACHE = MemcachedCache
