"""Components without a server of their own: a folder, and nothing that runs."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from harness.contract import Component, Endpoint
from harness.launch.placed import Started


@dataclass(frozen=True, slots=True, kw_only=True)
class NoProcess:
    """The running side of an embedded component: nothing that could end."""

    def fault(self) -> str:
        """Return nothing: a folder does not end."""
        return ""

    def log_end(self) -> str:
        """Return nothing."""
        return ""

    def crash(self, component: Component, at: Endpoint, *, timeout_s: float) -> float:
        """Do nothing, in no time: there is no process of its own."""
        del component, at, timeout_s
        return 0.0

    def pin(self) -> None:
        """Do nothing: it runs in the app that uses it."""

    def stop(self) -> None:
        """Do nothing."""


def placed_in(component: Component, folder: Path, secret: str, *, mount: str = "") -> Started:
    """Return an embedded component in `folder`, which its users see at `mount` (default: there)."""
    at = Endpoint(host="", port=0, data=str(folder), secret=secret)
    inside = Endpoint(host="", port=0, data=mount or str(folder), secret=secret)
    return Started(
        component=component,
        at=at,
        inside_url=component.url(inside),
        source="a library of the app",
        stand_in="",
        size=0,
        size_of="nothing of its own: part of the app that uses it",
        began=time.perf_counter(),
        meter=None,
        log=None,
        running=NoProcess(),
    )
