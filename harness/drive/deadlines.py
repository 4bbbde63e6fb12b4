"""Ends waits that took too long, by one timer for all of them: a timer for each costs more."""

from __future__ import annotations

from math import inf
from time import perf_counter
from typing import Any, Protocol

import gevent

EVERY_S = 0.05


class Late(BaseException):
    """Thrown into a greenlet whose wait took too long; no `except Exception` stops it."""


class Waiter(Protocol):
    """Something that a greenlet may wait at, `waiting`, no longer than until `deadline`."""

    waiting: Any
    deadline: float


class Deadlines:
    """Looks at all its waiters twenty times a second, as long as there are any."""

    def __init__(self) -> None:
        self._waiters = set[Waiter]()
        self._timer: Any = None

    def add(self, waiter: Waiter) -> None:
        """Look at a waiter from now on."""
        if not self._waiters:
            self._timer = gevent.get_hub().loop.timer(EVERY_S, EVERY_S, ref=False)
            self._timer.start(self._look)
        self._waiters.add(waiter)

    def discard(self, waiter: Waiter) -> None:
        """Look at a waiter no more."""
        self._waiters.discard(waiter)
        if not self._waiters and self._timer is not None:
            self._timer.close()
            self._timer = None

    def _look(self) -> None:
        now = perf_counter()
        for waiter in [w for w in self._waiters if w.deadline < now]:
            greenlet, waiter.waiting = waiter.waiting, None
            if greenlet is not None:
                waiter.deadline = inf
                greenlet.throw(Late)


DEADLINES = Deadlines()
