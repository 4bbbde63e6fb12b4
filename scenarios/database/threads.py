"""Calls of a library that holds up its thread, in other threads, so that users do not wait for
each other's calls.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from gevent.event import AsyncResult
from gevent.threadpool import ThreadPool

T = TypeVar("T")
AT_ONCE = 8


def pool() -> ThreadPool:
    """Return threads for all users of a component."""
    return ThreadPool(AT_ONCE)


@dataclass(slots=True, kw_only=True)
class Lane:
    """One user's way into the pool: one call at a time, the next after the end of the last one,
    even where nobody waited for that.
    """

    pool: ThreadPool
    last: AsyncResult = field(default_factory=AsyncResult)

    def __post_init__(self) -> None:
        self.last.set(None)

    def call(self, act: Callable[[], T]) -> T:
        """Do `act` in a thread; what it raises is raised here."""
        self.last.wait()
        self.last = self.pool.spawn(_held, act)
        value, fault = self.last.get()
        if fault is not None:
            raise fault
        done: T = value
        return done


def _held(act: Callable[[], Any]) -> tuple[Any, Exception | None]:
    """Return what `act` gave and what it raised, which the pool would print."""
    try:
        return act(), None
    except Exception as fault:  # noqa: BLE001 - raised again where it belongs
        return None, fault
