"""Where a binary comes from: the first source that is already there, else the first to be fetched.

Each kind of source has a module of its own with the functions of Kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from harness.contract import (
    DebianPackages,
    Jars,
    NodePackage,
    OnPath,
    Source,
    Virtualenv,
    Wheel,
)
from harness.errors import LaunchFailed
from harness.launch import debian, installed, jars, node_packages, virtualenvs, wheels
from harness.launch.provided import Provided


class Kind(Protocol):
    """How one kind of source is found and fetched; modules fulfil it."""

    def find(self, source: Any) -> Provided | None:
        """Return the binary if it is there already."""

    def obstacle(self, source: Any) -> str:
        """Say why it cannot be fetched; "" if it can be tried."""

    def fetch(self, source: Any) -> Provided:
        """Fetch it; raises LaunchFailed."""

    def describe(self, source: Any) -> str:
        """Name the source for people."""

    def mend(self, source: Any) -> str:
        """Return the command that would make it available; "" when there is none here."""


KINDS: Mapping[type, Kind] = {
    OnPath: installed,
    Wheel: wheels,
    DebianPackages: debian,
    Virtualenv: virtualenvs,
    Jars: jars,
    NodePackage: node_packages,
}


def provide(component: str, sources: Sequence[Source]) -> Provided:
    """Return where the component's binary is, fetching it if need be.

    Raises LaunchFailed with each source's reason and the command that mends it.
    """
    for source in sources:
        if found := KINDS[type(source)].find(source):
            return found
    reasons = []
    for source in sources:
        kind = KINDS[type(source)]
        reason = kind.obstacle(source)
        if not reason:
            try:
                return kind.fetch(source)
            except LaunchFailed as error:
                reason = str(error)
        reasons.append(f"  {kind.describe(source)}: {reason}")
    raise LaunchFailed(
        f"{component} cannot be had on this machine:\n"
        + "\n".join(reasons)
        + f"\nMend it with: {mend(sources)}"
    )


def mend(sources: Sequence[Source]) -> str:
    """Return the one command that would make a source available."""
    easiest = (DebianPackages, Virtualenv, Wheel, Jars, NodePackage, OnPath)
    ranked = sorted(sources, key=lambda source: easiest.index(type(source)))
    return next((way for s in ranked if (way := KINDS[type(s)].mend(s))), "")
