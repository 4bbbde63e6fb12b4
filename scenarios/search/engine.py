"""What a search engine must be able to do here, whichever it is, and the right one for a subject.

All take words as they are: in lower case, without stemming and without stop words.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Protocol

from harness.contract import Subject
from harness.errors import UsageError
from scenarios.search.corpus import Document

PRODUCTS = frozenset({"elasticsearch", "postgresql", "sqlite"})
CONNECT_S = 5.0
PATIENCE_S = 60.0


class Refused(Exception):
    """The engine answered that it did not do what it was asked for."""


class Engine(Protocol):
    """One user's connection to an index of documents."""

    def create(self) -> None:
        """Make the index."""

    def add(self, documents: Sequence[Document]) -> None:
        """Add documents, all in one request; they are kept as the tier wants."""

    def find(self, words: Sequence[str], *, every: bool) -> list[Document]:
        """Return the ten best documents with every word or with any, best first."""

    def refresh(self) -> None:
        """Return when all that was added can be found."""

    def count(self) -> int:
        """Count the documents that can be found."""

    def close(self) -> None:
        """Give the connection up, even if it is broken."""


class Product(Protocol):
    """A product and how it is used at a tier.

    `faults` are the errors by which its client says that it failed. `blocks` says that its client
    holds up all users of the process, so that it needs a thread of its own.
    """

    @property
    def faults(self) -> tuple[type[Exception], ...]:
        """See the class."""

    @property
    def blocks(self) -> bool:
        """See the class."""

    def connect(self, index: str) -> Engine:
        """Connect to an index, which may not exist yet."""


def product(subject: Subject) -> Product:
    """Return the product that a subject is; raises UsageError for one not known here."""
    if subject.name not in PRODUCTS:
        known = ", ".join(sorted(PRODUCTS))
        raise UsageError(f"search: {subject.name} is not known; {known} are")
    # Only the client library that is needed is loaded.
    used: Product = import_module(f"scenarios.search.on_{subject.name}").at(subject)
    return used
