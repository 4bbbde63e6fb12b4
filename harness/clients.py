"""Connections to running components: what every one must do, and what some can do besides.

Part of `harness.contract`, which exports all of it. Optional abilities are looked for by
`isinstance`, never by `hasattr`.
"""

from __future__ import annotations

from typing import ClassVar, Protocol, runtime_checkable


@runtime_checkable
class Client(Protocol):
    """A connection to a running component."""

    def version(self) -> str:
        """Return what the server says it is, by a real round trip; raises any error while it is
        not ready.
        """

    def close(self) -> None:
        """Release the connection."""


@runtime_checkable
class Counts(Protocol):
    """Optional ability of a Client: count what is stored, for the audit."""

    def count(self, statement: str) -> int:
        """Return the single number that `statement` (in the server's own language) asks for."""


@runtime_checkable
class DiskUse(Protocol):
    """Optional ability of a Client: bytes that the data takes on disk."""

    def bytes_on_disk(self) -> int:
        """Return the size in bytes, as the server reports it."""


@runtime_checkable
class Operations(Protocol):
    """Optional ability of a Client: how much the server has done since it started.

    `counted_as` names what is counted, in the plural. What was done may be missing from the count
    for up to `late_s` seconds.
    """

    counted_as: ClassVar[str]
    late_s: ClassVar[float]

    def operations(self) -> int | None:
        """Return how many, by the server's own count; None for one that does not tell."""


@runtime_checkable
class Headroom(Protocol):
    """Optional ability of a Client: measure what the server itself can do at most."""

    def ceiling(self, seconds: float) -> float:
        """Return requests per second over about `seconds` of full load; a lower bound."""
