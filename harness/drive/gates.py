"""When a user may send: only in the slices of its own stack, and in the open model only when due.

Every request passes its stack's gate. A closed gate lets a user through as soon as it is ready
within a slice. An open gate hands out the slice's due moments in order; whoever takes one sleeps
until then, so users are merely the room for requests in flight, and a backlog that they could not
send in time may still be sent while the slice drains.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf
from time import perf_counter
from typing import NamedTuple

import gevent
from gevent import getcurrent
from gevent.event import Event

NO_SLICE = -1


class Abandoned(BaseException):
    """Thrown into a request that its slice no longer waits for; no `except Exception` stops it."""


class Ticket(NamedTuple):
    """Leave to send one request: its slice, when it was due, when it could have been sent.

    `number` is its place in the slice's schedule, 0 in the closed model.
    """

    slice: int
    due: float
    ready: float
    number: int


@dataclass(slots=True, kw_only=True)
class Gate(ABC):
    """The gate of one stack. Times are on the clock of `time.perf_counter`.

    `impatient` says that a request which failed to connect is followed at once by the next one.
    """

    slice: int = NO_SLICE
    start: float = inf
    end: float = -inf
    flying: set[gevent.Greenlet] = field(default_factory=set)
    opening: Event = field(default_factory=Event)
    quiet: Event = field(default_factory=Event)
    impatient: bool = False

    @abstractmethod
    def enter(self, rest: float) -> Ticket:
        """Wait until the calling user may send; `rest` is how long it thinks before it is ready."""

    @property
    @abstractmethod
    def settled(self) -> bool:
        """Whether everything that was due has been sent and answered."""

    @abstractmethod
    def unsent(self, now: float) -> list[float]:
        """Return the moments up to `now` that were due and not sent."""

    def open(self, index: int, duration_s: float, moments: Iterable[float]) -> None:
        """Begin a slice now; `moments` are due moments in seconds from now."""
        self.start = perf_counter()
        self.end = self.start + duration_s
        self.slice = index
        self.quiet.clear()
        self.plan([self.start + moment for moment in moments])
        waiting, self.opening = self.opening, Event()
        waiting.set()

    def own_time(self, now: float) -> float:
        """Return the time by which users of this stack think, in seconds."""
        return now

    def plan(self, due: list[float]) -> None:  # noqa: B027 - only an open gate has a use for it
        """Take the slice's due moments."""

    def take_off(self, ticket: Ticket) -> None:  # noqa: ARG002 - only an open gate counts them
        """Note that the calling user sends the ticket's request now."""
        self.flying.add(getcurrent())

    def land(self, now: float) -> None:
        """Note that the calling user's request came to its end."""
        self.flying.discard(getcurrent())
        if now >= self.end and self.settled:
            self.quiet.set()

    def shut(self) -> None:
        """End the slice: nobody may send, and what is still in flight is given up."""
        self.slice, self.start, self.end = NO_SLICE, inf, -inf
        # From the hub, where no user can run between the look and the throw.
        gevent.get_hub().loop.run_callback(self._give_up)

    def _give_up(self) -> None:
        for greenlet in list(self.flying):
            greenlet.throw(Abandoned)


@dataclass(slots=True, kw_only=True)
class ClosedGate(Gate):
    """Lets users through whenever they are ready in a slice.

    Thinking takes time of the stack's own slices only: it stands still while others are loaded.
    """

    over: float = 0.0

    def enter(self, rest: float) -> Ticket:
        """Wait for the end of the rest within a slice; due is the moment the rest ends.

        A rest below zero says that the user is behind its own plan; due is then in the past, but
        not before the slice.
        """
        now = perf_counter()
        if not rest and self.start <= now < self.end:
            return Ticket(self.slice, now, now, 0)
        ready_at, slept = self.own_time(now) + rest, False
        while True:
            now = perf_counter()
            if not self.start <= now < self.end:
                slept = False
                self.opening.wait()
                continue
            left = ready_at - self.own_time(now)
            if left <= 0:
                if slept:
                    now = max(self.start, now + left)
                return Ticket(self.slice, max(self.start, now + min(rest, 0.0)), now, 0)
            slept = True
            gevent.sleep(min(left, self.end - now))

    @property
    def settled(self) -> bool:
        """Whether no request is in flight."""
        return not self.flying

    def unsent(self, now: float) -> list[float]:  # noqa: ARG002 - part of the shared signature
        """Return nothing: who is ready within a slice sends at once."""
        return []

    def shut(self) -> None:
        """End the slice and add it to the stack's own time."""
        self.over = self.own_time(perf_counter())
        Gate.shut(self)

    def own_time(self, now: float) -> float:
        """Return how many seconds of its slices the stack has had by `now`."""
        return self.over + (max(0.0, min(now, self.end) - self.start))


@dataclass(slots=True, kw_only=True)
class OpenGate(Gate):
    """Hands out the due moments of a slice, in order, whatever became of the earlier ones."""

    due: list[float] = field(default_factory=list)
    next: int = 0
    sent: bytearray = field(default_factory=bytearray)
    left: int = 0
    impatient: bool = True

    def plan(self, due: list[float]) -> None:
        """Take the slice's due moments, ascending."""
        self.due, self.next, self.left = due, 0, len(due)
        self.sent = bytearray(len(due))

    def enter(self, rest: float) -> Ticket:  # noqa: ARG002 - arrivals do not wait for anyone
        """Take the next due moment and wait for it."""
        while True:
            if self.slice == NO_SLICE or self.next >= len(self.due):
                self.opening.wait()
                continue
            number, slice_ = self.next, self.slice
            self.next += 1
            due, now = self.due[number], perf_counter()
            if due <= now:
                return Ticket(slice_, due, now, number)
            gevent.sleep(due - now)
            if self.slice == slice_:
                return Ticket(slice_, due, due, number)

    def take_off(self, ticket: Ticket) -> None:
        """Note that the calling user sends the ticket's request now."""
        Gate.take_off(self, ticket)
        self.sent[ticket.number] = 1
        self.left -= 1

    @property
    def settled(self) -> bool:
        """Whether every due moment was used and no request is in flight."""
        return not self.flying and self.left == 0

    def unsent(self, now: float) -> list[float]:
        """Return the due moments up to `now` that nobody used."""
        pairs = zip(self.due, self.sent, strict=True)
        return [due for due, sent in pairs if not sent and due <= now]


@dataclass(slots=True, kw_only=True)
class FreeGate(Gate):
    """Always open, for users that run by hand under the plain Locust command."""

    def enter(self, rest: float) -> Ticket:
        """Let the calling user through after its rest."""
        if rest:
            gevent.sleep(rest)
        now = perf_counter()
        return Ticket(0, now, now, 0)

    @property
    def settled(self) -> bool:
        """Whether no request is in flight."""
        return not self.flying

    def unsent(self, now: float) -> list[float]:  # noqa: ARG002 - part of the shared signature
        """Return nothing: there is no schedule."""
        return []
