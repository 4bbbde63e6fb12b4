"""What an author of a stack or a scenario writes against: seven nouns, all frozen.

Facts cross this border, never behaviour: a component says what it needs to run, a launcher
decides how. The specs are in `harness.specs`, the clients in `harness.clients`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import ClassVar

from harness.clients import Client, Counts, DiskUse, Headroom
from harness.errors import AdapterError
from harness.specs import (
    Build,
    ContainerSpec,
    DebianPackages,
    Embedded,
    OnPath,
    ProcessSpec,
    Source,
    Virtualenv,
    Wheel,
)

__all__ = [
    "Acknowledged",
    "Build",
    "Capability",
    "Client",
    "Component",
    "ContainerSpec",
    "Counts",
    "DebianPackages",
    "DiskUse",
    "Effects",
    "Embedded",
    "Endpoint",
    "Headroom",
    "Ledger",
    "OnPath",
    "ProcessSpec",
    "Role",
    "Scenario",
    "Source",
    "Stack",
    "Virtualenv",
    "Wheel",
]


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


class Capability(StrEnum):
    """What a stack can do and a scenario may need."""

    CHAT = "chat"
    STREAM = "stream"
    SEARCH = "search"
    USAGE = "usage"


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


# -------------------------------------------------------------------------------------------------


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
class Ledger:
    """Where a stack keeps its books: the component to ask, and for each kind of thing the statement
    that counts it.

    The kinds are `users`, `conversations`, `messages` and `usage_events`.
    """

    component: str
    statements: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """A composition of components that answers the contract; `entry` names the one that clients
    talk to.
    """

    name: str
    title: str
    components: tuple[Component, ...]
    entry: str
    capabilities: frozenset[Capability]
    durability: str
    ledger: Ledger

    def __post_init__(self) -> None:
        """Refuse a composition that could not start; raises AdapterError naming the stack and the
        fault.
        """
        names = [component.name for component in self.components]
        faults = [
            f"two components are called {name}"
            for name in sorted(set(names))
            if names.count(name) > 1
        ]
        known = set(names)
        for component in self.components:
            faults += [
                f"{component.name} needs {n}, which is not in the stack"
                for n in component.needs
                if n not in known
            ]
        faults += [
            f"{what} is {n}, which is not in the stack"
            for what, n in (("entry", self.entry), ("ledger", self.ledger.component))
            if n not in known
        ]
        missing = {"users", "conversations", "messages", "usage_events"} - set(
            self.ledger.statements
        )
        faults += [f"the ledger cannot count {kind}" for kind in sorted(missing)]
        if not self.durability:
            faults.append("durability is not stated")
        if faults:
            raise AdapterError(f"stack {self.name}: " + "; ".join(faults))
        self.waves()

    def component(self, name: str) -> Component:
        """Return the component called `name`."""
        return next(component for component in self.components if component.name == name)

    def waves(self) -> tuple[tuple[Component, ...], ...]:
        """Return the components in groups that may start together, each after the groups that it
        needs.
        """
        left, started, waves = list(self.components), set[str](), []
        while left:
            wave = tuple(c for c in left if set(c.needs) <= started)
            if not wave:
                circle = ", ".join(c.name for c in left)
                raise AdapterError(f"stack {self.name}: in a circle need each other: {circle}")
            waves.append(wave)
            started |= {c.name for c in wave}
            left = [c for c in left if c.name not in started]
        return tuple(waves)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """How many things of each kind one acknowledged request of an endpoint stores, such as
    `{"messages": 2}`.
    """

    endpoint: str
    stores: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """What clients were told between two counts of the ledger: requests by endpoint.

    `answered` were acknowledged; `unsure` were sent and got no answer or a server error, so that
    they may or may not count.
    """

    answered: Mapping[str, int]
    unsure: Mapping[str, int]
    before: Mapping[str, int]
    after: Mapping[str, int]


class Scenario(ABC):
    """What users do. The locustfile beside it holds the users; nothing here imports Locust."""

    name: ClassVar[str]
    title: ClassVar[str]
    needs: ClassVar[frozenset[Capability]]
    effects: ClassVar[Sequence[Effects]]
    locustfile: ClassVar[Path]

    @abstractmethod
    def prepare(self, url: str, seed: int) -> Mapping[str, object]:
        """Load the same data into any stack through its API; return what the locustfile needs, as
        JSON-ready values.
        """

    @abstractmethod
    def verify(self, url: str, data: Mapping[str, object]) -> None:
        """Check answers against what `prepare` loaded; raises ContractBroken."""

    @abstractmethod
    def audit(self, acknowledged: Acknowledged) -> tuple[str, ...]:
        """Return a sentence for each way in which the books contradict what clients were told;
        empty when they agree.
        """
