"""Several launchers of one kind in one session: each stack has its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harness.contract import Stack
from harness.errors import UsageError
from harness.launch.placed import Budget, Launcher, PlacedStack


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """Launches each stack by the launcher that goes with its name; all must be of the same kind,
    since results of different launchers are not compared.
    """

    by_stack: Mapping[str, Launcher]

    def __post_init__(self) -> None:
        """Refuse launchers of different kinds."""
        kinds = {launcher.name for launcher in self.by_stack.values()}
        if len(kinds) != 1:
            raise UsageError(f"launchers are not of one kind: {', '.join(sorted(kinds)) or 'none'}")

    @property
    def name(self) -> str:
        """Return the word for all of them in records."""
        return next(launcher.name for launcher in self.by_stack.values())

    def prepare(self, stack: Stack) -> None:
        """As Launcher.prepare."""
        self.by_stack[stack.name].prepare(stack)

    def up(self, stack: Stack, budget: Budget, *, port: int = 0) -> PlacedStack:
        """As Launcher.up."""
        return self.by_stack[stack.name].up(stack, budget, port=port)

    def facts(self) -> Mapping[str, str]:
        """Return the facts of all; where they differ, each once."""
        found: dict[str, dict[str, None]] = {}
        for launcher in self.by_stack.values():
            for name, text in launcher.facts().items():
                found.setdefault(name, {})[text] = None
        return {name: "; ".join(texts) for name, texts in found.items()}
