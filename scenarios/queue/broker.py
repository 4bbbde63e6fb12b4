"""What a broker must be able to do here, whichever it is, and the right one for a subject.

A message is bytes: its id, a space and a filler. Queues keep the order of their messages, and each
message goes to one receiver.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from importlib import import_module
from typing import Protocol

from harness.contract import Subject
from harness.errors import UsageError

PRODUCTS = frozenset({"kafka", "rabbitmq"})
SIZE = 200
BACKLOG = 200


class Publisher(Protocol):
    """A connection that sends."""

    def send(self, queue: str, body: bytes) -> None:
        """Send a message and return when the broker has acknowledged it, as its tier wants."""

    def close(self) -> None:
        """Give the connection up, even if it is broken."""


class Receiver(Protocol):
    """A connection that receives from one queue."""

    def take(self, most: int, wait_s: float) -> list[bytes]:
        """Return what came, none after `wait_s`; it belongs to the receiver once it is settled."""

    def settle(self) -> None:
        """Tell the broker that all that was taken need not be kept for others."""

    def pause(self) -> None:
        """Have nothing sent until the next `take`."""

    def close(self) -> None:
        """Give the connection up, even if it is broken."""


class Broker(Protocol):
    """A product and how it is used at a tier. `faults` are its client's errors."""

    @property
    def faults(self) -> tuple[type[Exception], ...]:
        """Return the errors by which the client library says that the broker failed."""

    def make(self, queues: Iterable[str]) -> None:
        """Make new queues."""

    def publisher(self) -> Publisher:
        """Connect to send."""

    def receiver(self, queue: str) -> Receiver:
        """Connect to receive."""

    def left(self, queue: str, taken: Counter[str]) -> list[bytes]:
        """Return what a queue still holds, `taken` being what was received of all queues.

        It may be taken out of the queue.
        """


def broker(subject: Subject) -> Broker:
    """Return the broker that a subject is; raises UsageError for a product not known here."""
    if subject.name not in PRODUCTS:
        known = ", ".join(sorted(PRODUCTS))
        raise UsageError(f"queue: {subject.name} is not known; {known} are")
    # Only the client library that is needed is loaded.
    used: Broker = import_module(f"scenarios.queue.on_{subject.name}").at(subject)
    return used


def filler(seed: int) -> str:
    """Return what fills a message up to its size, the same for the same seed."""
    rng = random.Random(f"filler/{seed}")
    return "".join(rng.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=SIZE))


def message(one: str, fill: str) -> bytes:
    """Return the message with an id, SIZE bytes long."""
    return f"{one} {fill}"[:SIZE].encode()


def id_of(body: bytes) -> str:
    """Return the id of a message."""
    return body.partition(b" ")[0].decode("ascii", "replace")
