"""What every launcher can do with a component that it started."""

from __future__ import annotations

from typing import Protocol

from harness.contract import Component, Endpoint


class Running(Protocol):
    """A component that was started."""

    def fault(self) -> str:
        """Say how it ended, with the end of its log; empty while it lives."""

    def log_end(self) -> str:
        """Return the last lines of its log."""

    def crash(self, component: Component, at: Endpoint, *, timeout_s: float) -> float:
        """Kill it with SIGKILL, start it again on the same data and ports, and return the seconds
        until it answered again; raises LaunchFailed when it does not within `timeout_s`.
        """

    def pin(self) -> None:
        """Bind all its threads to its processors, now and when it starts anew; raises LaunchFailed.

        Doing so again changes nothing.
        """

    def stop(self) -> None:
        """End it and all its processes for good; doing so again changes nothing."""
