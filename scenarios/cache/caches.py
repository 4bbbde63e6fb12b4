"""What a cache must do to be compared: get and set, over the product's usual client."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import ClassVar, Self

from harness.contract import Subject
from harness.errors import EnvironmentFault, UsageError

PRODUCTS = frozenset({"redis", "memcached"})
CONNECT_S = 5.0
EXPIRES_S = 3_600
AT_ONCE = 500
HITS, MISSES, SETS, KEYS, DROPPED = "hits", "misses", "sets", "keys", "keys_dropped"


class Cache(ABC):
    """One user's connection. What failed is not repeated, so that a failure is seen as one.

    `faults` are the errors by which the client says that the server failed.
    """

    faults: ClassVar[tuple[type[Exception], ...]]

    @classmethod
    @abstractmethod
    def at(cls, subject: Subject) -> Self:
        """Connect; raises one of the faults unless the server answers."""

    @abstractmethod
    def get(self, key: str) -> bytes | None:
        """Return what is kept under a key, None if nothing is."""

    @abstractmethod
    def set(self, key: str, value: bytes) -> None:
        """Keep a value for an hour, and wait until the server says so."""

    @abstractmethod
    def clear(self) -> None:
        """Drop everything."""

    @abstractmethod
    def load(self, pairs: Iterable[tuple[str, bytes]]) -> None:
        """Set many values, hundreds at once, in their order."""

    @abstractmethod
    def counters(self) -> Mapping[str, int]:
        """Return the server's own counters: lookups that found something (`hits`) or nothing
        (`misses`), `sets`, the `keys` that it holds, and those it ever `keys_dropped` by itself.
        """

    @abstractmethod
    def close(self) -> None:
        """Close the connection, which may be broken."""


def product(subject: Subject) -> type[Cache]:
    """Return the kind of cache by the scheme of the component's URL; raises UsageError for an
    unknown one. Only that product's library is loaded.
    """
    scheme = subject.url.partition(":")[0]
    if scheme not in PRODUCTS:
        known = ", ".join(sorted(PRODUCTS))
        raise UsageError(f"no client for {scheme}://, which is none of: {known}")
    kind: type[Cache] = import_module(f"scenarios.cache.on_{scheme}").CACHE
    return kind


@contextmanager
def opened(subject: Subject, doing: str) -> Iterator[Cache]:
    """Connect for as long as the context lasts; what the server fails at is an EnvironmentFault
    that says what was being done.
    """
    kind = product(subject)
    try:
        link = kind.at(subject)
        try:
            yield link
        finally:
            link.close()
    except kind.faults as error:
        text = f"{doing} {subject.name}: {type(error).__name__}: {error}"
        raise EnvironmentFault(text) from error
