"""One server product, app or library: what a component is, and what it promises to keep.

Part of `harness.contract`, which exports all of it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from harness.clients import Client
from harness.errors import AdapterError
from harness.specs import ContainerSpec, Embedded, ProcessSpec


class Role(StrEnum):
    """What a component does in its stack."""

    GATEWAY = "gateway"
    APP = "app"
    WORKER = "worker"
    DATABASE = "database"
    CACHE = "cache"
    QUEUE = "queue"
    SEARCH = "search"
    LLM = "llm"
    FRONTEND = "frontend"


class Durability(StrEnum):
    """What an acknowledged write survives: nothing that is promised, the server process being
    killed, or the machine being lost (it is synced to the disk first).
    """

    NONE = "none"
    PROCESS = "process"
    MACHINE = "machine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where a component is: an address for a server, a folder for an embedded library; `secret`
    is the launch's, `links` the URLs of what it needs as bakeoff reaches them.
    """

    host: str
    port: int
    data: str
    secret: str
    links: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Component(ABC):
    """One server product, app or library. `needs` names the components that must be up first."""

    name: str
    needs: tuple[str, ...] = ()
    role: ClassVar[Role]

    @abstractmethod
    def container(self, links: Mapping[str, str]) -> ContainerSpec | Embedded:
        """Say how to run in a container; `links` maps the names in `needs` to their URLs as seen
        from there.
        """

    @abstractmethod
    def process(self, links: Mapping[str, str]) -> ProcessSpec | Embedded:
        """Say how to run as a process on this machine."""

    @abstractmethod
    def url(self, at: Endpoint) -> str:
        """Return the URL under which others reach this component when it is at `at`."""

    @abstractmethod
    def connect(self, at: Endpoint) -> Client:
        """Return a client; it may raise until the server is ready."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Durable(Component):
    """A component that keeps data: a database, cache, queue or search engine.

    `promises` says for each tier that it offers by which setting it does so. Raises AdapterError
    when it is asked for another one.
    """

    promises: ClassVar[Mapping[Durability, str]]
    durability: Durability = Durability.PROCESS

    def __post_init__(self) -> None:
        """Refuse a tier that it does not offer."""
        if self.durability not in self.promises:
            offered = ", ".join(self.promises)
            raise AdapterError(
                f"{self.name} does not offer the durability {self.durability}; it offers {offered}"
            )

    @property
    def promise(self) -> str:
        """Return by which setting it keeps what it promises."""
        return self.promises[self.durability]
