"""A stack that a bakeoff of another revision brought up, as the one that asked for it uses it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from harness.contract import Component, Endpoint, Role, Stack
from harness.errors import EnvironmentFault, LaunchFailed, UsageError
from harness.launch import wire
from harness.launch.link import Answer, Link
from harness.launch.placed import Placed, PlacedStack
from harness.launch.supervision import tail

COUNT_S = 180.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StackElsewhere(PlacedStack):
    """A stack that another bakeoff brought up, which also looks after it and counts its books.

    `books` tells whether there are any.
    """

    child: Link = field(repr=False)
    books: bool

    @property
    def countable(self) -> bool:
        """Tell whether `count` can be asked."""
        return self.books

    def count(self, kind: str) -> int:
        """Count the things of a kind, by that revision's own ledger; raises EnvironmentFault."""
        try:
            return int(self.child.ask(count=kind, patience_s=COUNT_S)["count"])
        except LaunchFailed as error:
            raise EnvironmentFault(str(error)) from error

    def pin(self) -> None:
        """Have every thread bound to the processors of the budget; raises LaunchFailed."""
        self.child.ask(pin=True)

    def fault(self) -> str | None:
        """Say which components ended, and how, or that the other bakeoff did."""
        try:
            return self.child.ask(fault=True)["fault"] or None
        except LaunchFailed as error:
            return str(error)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningElsewhere:
    """A component of such a stack. `log` is where its log is."""

    name: str
    child: Link
    log: Path | None

    def fault(self) -> str:
        """Say how it ended; empty while it lives."""
        try:
            return str(self.child.ask(fault=self.name)["fault"])
        except LaunchFailed as error:
            return str(error)

    def log_end(self) -> str:
        """Return the last lines of its log."""
        return f"its log ends with:\n{tail(self.log)}" if self.log else ""

    def crash(self, component: Component, at: Endpoint, *, timeout_s: float) -> float:
        """Have it killed and started again, and return the seconds until it answered again."""
        del component, at
        answer = self.child.ask(crash=self.name, within_s=timeout_s, patience_s=timeout_s + COUNT_S)
        return float(answer["seconds"])

    def pin(self) -> None:
        """Have its threads bound to the processors of its budget; raises LaunchFailed."""
        self.child.ask(pin=self.name)

    def stop(self) -> None:
        """Do nothing: it ends with its stack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign(Component):
    """A component that only the other revision has: it is metered, but cannot be talked to.

    `address` is its URL.
    """

    address: str

    def container(self, links: Mapping[str, str]) -> NoReturn:
        """Refuse: raises UsageError."""
        raise UsageError(f"{self.name} is not in this revision (links: {', '.join(links)})")

    def process(self, links: Mapping[str, str]) -> NoReturn:
        """Refuse: raises UsageError."""
        self.container(links)

    def url(self, at: Endpoint) -> str:
        """Return where it is."""
        del at
        return self.address

    def connect(self, at: Endpoint) -> NoReturn:
        """Refuse: raises EnvironmentFault."""
        raise EnvironmentFault(f"{self.name} ({at.host}:{at.port}) is not in this revision")


def placed_elsewhere(
    stack: Stack, child: Link, said: Answer, *, launcher: str, facts: Mapping[str, str]
) -> PlacedStack:
    """Return what the child brought up, under the name of `stack`, whose components stand for those
    of the same name and role.

    Raises LaunchFailed when it cannot be used in the place of `stack`.
    """
    if said.get("protocol") != wire.PROTOCOL:
        raise LaunchFailed(
            f"{child.what}: this revision hands stacks over in another way (protocol "
            f"{said.get('protocol')}, here {wire.PROTOCOL}); compare with a later one"
        )
    parts = {part["name"]: _part(stack, child, part) for part in said["components"]}
    if stack.entry not in parts:
        raise LaunchFailed(
            f"{child.what}: its clients talk to {said['entry']}, those of this revision to "
            f"{stack.entry}, which is not in it; such a change cannot be compared by a gate"
        )
    return StackElsewhere(
        stack=stack,
        launcher=launcher,
        url=said["url"],
        components=parts,
        facts={**facts, **_differences(stack, parts), **said.get("facts", {})},
        close=child.end,
        child=child,
        books=bool(said.get("books")),
    )


def _part(stack: Stack, child: Link, part: Mapping[str, Any]) -> Placed:
    log = Path(part["log"]) if part.get("log") else None
    return Placed(
        component=_component(stack, part),
        at=wire.endpoint_from(part["at"]),
        url=part["url"],
        inside_url=part["inside_url"],
        version=part["version"],
        source=part["source"],
        stand_in=part["stand_in"],
        size=part["size"],
        size_of=part["size_of"],
        ready_s=part["ready_s"],
        meter=wire.meter_from(part["meter"]),
        log=log,
        running=RunningElsewhere(name=part["name"], child=child, log=log),
    )


def _component(stack: Stack, part: Mapping[str, Any]) -> Component:
    """Return this revision's component of that name and role, else one that stands for it."""
    role = Role(part["role"])
    ours = (one for one in stack.components if (one.name, one.role) == (part["name"], role))
    return next(ours, None) or _foreign(role)(name=part["name"], address=part["url"])


@cache
def _foreign(role: Role) -> type[Foreign]:
    return type("Foreign", (Foreign,), {"role": role, "__slots__": ()})


def _differences(stack: Stack, parts: Mapping[str, Placed]) -> dict[str, str]:
    """Tell which components only one of the two revisions has."""
    ours, theirs = {one.name for one in stack.components}, set(parts)
    found = {
        "only in that revision": theirs - ours,
        "not in that revision": ours - theirs,
    }
    return {what: ", ".join(sorted(names)) for what, names in found.items() if names}
