"""What an author of a stack or a scenario writes against: seven nouns, all frozen.

Facts cross this border, never behaviour: a component says what it needs to run, a launcher
decides how. This module holds the stack; the others are in `harness.component`,
`harness.scenario`, `harness.specs` and `harness.clients`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harness.clients import Client, Counts, DiskUse, Headroom, Operations
from harness.component import Component, Durability, Durable, Endpoint, Role
from harness.errors import AdapterError
from harness.scenario import (
    Acknowledged,
    Capability,
    ComponentScenario,
    Effects,
    Scenario,
    Subject,
)
from harness.specs import (
    Build,
    ContainerSpec,
    DebianPackages,
    Embedded,
    Jars,
    NodePackage,
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
    "ComponentScenario",
    "ContainerSpec",
    "Counts",
    "DebianPackages",
    "DiskUse",
    "Durability",
    "Durable",
    "Effects",
    "Embedded",
    "Endpoint",
    "Headroom",
    "Jars",
    "Ledger",
    "NodePackage",
    "OnPath",
    "Operations",
    "ProcessSpec",
    "Role",
    "Scenario",
    "Source",
    "Stack",
    "Subject",
    "Virtualenv",
    "Wheel",
    "alone",
]


KINDS = frozenset({"users", "conversations", "messages", "usage_events"})
KEEPERS = frozenset({Role.DATABASE, Role.CACHE, Role.QUEUE, Role.SEARCH})
SURVIVES = {
    Durability.NONE: "no promise",
    Durability.PROCESS: "survives its process being killed",
    Durability.MACHINE: "survives the machine being lost",
}


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
    """A composition of components; `entry` names the one that clients talk to.

    One that answers the contract has capabilities, and a ledger; a component that stands alone for
    a ComponentScenario has neither (see `alone`).
    """

    name: str
    title: str
    components: tuple[Component, ...]
    entry: str
    capabilities: frozenset[Capability]
    ledger: Ledger | None

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
            for what, n in (("entry", self.entry), ("ledger", self._bookkeeper))
            if n not in known
        ]
        if self.capabilities:
            counted = set(self.ledger.statements) if self.ledger else set[str]()
            faults += [f"the ledger cannot count {kind}" for kind in sorted(KINDS - counted)]
        faults += [
            f"{component.name} keeps data and does not say how durably"
            for component in self.components
            if component.role in KEEPERS and not isinstance(component, Durable)
        ]
        if faults:
            raise AdapterError(f"stack {self.name}: " + "; ".join(faults))
        self.waves()

    @property
    def _bookkeeper(self) -> str:
        return self.ledger.component if self.ledger else self.entry

    @property
    def durability(self) -> str:
        """Say what an acknowledged write survives, component by component."""
        return "; ".join(
            f"{component.name}: {SURVIVES[component.durability]} ({component.promise})"
            for component in self.components
            if isinstance(component, Durable)
        )

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


def alone(component: Component) -> Stack:
    """Return a component as a composition of its own, for scenarios that load it directly."""
    return Stack(
        name=component.name,
        title=component.name,
        components=(component,),
        entry=component.name,
        capabilities=frozenset(),
        ledger=None,
    )
