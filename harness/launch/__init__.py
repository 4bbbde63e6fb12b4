"""Launch: Stack -> its components placed and ready.

Three launchers: `processes` (native servers on loopback), `containers` (a Docker-compatible
engine) and `attach` (something that is up already). `launched` brings a stack up and, whatever
happens, down again; `clean` removes what a killed bakeoff left.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from harness.contract import Stack
from harness.launch.cleanup import Launch, clean, leftovers
from harness.launch.placed import Budget, Launcher, Placed, PlacedStack

__all__ = [
    "Budget",
    "Launch",
    "Launcher",
    "Placed",
    "PlacedStack",
    "clean",
    "launched",
    "leftovers",
]


@contextmanager
def launched(
    stack: Stack, launcher: Launcher, budget: Budget, *, port: int = 0
) -> Iterator[PlacedStack]:
    """Bring `stack` up for as long as the context lasts; raises LaunchFailed.

    `port` is the one that clients talk to, 0 for any free one. Everything is stopped and removed
    at the end, also after an error or a Ctrl-C.
    """
    placed = launcher.up(stack, budget, port=port)
    try:
        yield placed
    finally:
        placed.down()
