"""What a database must do to be compared: a table of messages over the product's usual client."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import ClassVar, Self

from harness.contract import Subject
from harness.errors import EnvironmentFault, UsageError
from scenarios.database.messages import Message

PRODUCTS = frozenset({"postgresql", "sqlite", "mongodb", "cassandra"})
CONNECT_S = 5.0
LOAD_S = 120.0


class Table(ABC):
    """The messages, as one user sees them."""

    @abstractmethod
    def create(self) -> None:
        """Make the table anew, empty."""

    @abstractmethod
    def load(self, messages: Iterable[Message]) -> None:
        """Store many messages by the quickest way that the product has, and let it settle."""

    @abstractmethod
    def read(self, key: int) -> list[Message]:
        """Return the message with an id, alone in a list; the list is empty if there is none."""

    @abstractmethod
    def update(self, key: int, body: str) -> bool:
        """Replace a message's body; False if the server says that there is no such message."""

    @abstractmethod
    def insert(self, message: Message) -> None:
        """Store a message more."""

    @abstractmethod
    def count(self) -> int:
        """Count the messages at the server."""

    @abstractmethod
    def close(self) -> None:
        """Give up what is this user's own; it may be broken."""


class Store(ABC):
    """A client of one database, shared by all users of a process.

    `faults` are the errors by which it says that the server failed; `blocks` tells that its calls
    hold up their thread, even under gevent.
    """

    faults: ClassVar[tuple[type[Exception], ...]]
    blocks: ClassVar[bool] = False

    @classmethod
    @abstractmethod
    def at(cls, subject: Subject) -> Self:
        """Return a client of a component; it writes as durably as the component was set to."""

    @abstractmethod
    def table(self) -> Table:
        """Connect one user; raises one of the faults unless the server answers."""

    @abstractmethod
    def close(self) -> None:
        """Give up all connections."""


def store(subject: Subject) -> Store:
    """Return a client by the scheme of the component's URL; raises UsageError for an unknown one.

    Only that product's library is loaded.
    """
    scheme = subject.url.partition(":")[0]
    if scheme not in PRODUCTS:
        known = ", ".join(sorted(PRODUCTS))
        raise UsageError(f"no client for {scheme}://, which is none of: {known}")
    module = import_module(f"scenarios.database.on_{scheme}")
    client: Store = module.STORE.at(subject)
    return client


@contextmanager
def opened(subject: Subject, doing: str) -> Iterator[Table]:
    """Connect for as long as the context lasts; what the server fails at is an EnvironmentFault
    that says what was being done.
    """
    client = store(subject)
    try:
        table = client.table()
        yield table
        table.close()
    except client.faults as error:
        text = f"{doing} {subject.name}: {type(error).__name__}: {error}"
        raise EnvironmentFault(text) from error
    finally:
        client.close()
