"""What every launcher can do with a component that it started."""

from __future__ import annotations

from typing import Protocol


class Running(Protocol):
    """A component that was started."""

    def fault(self) -> str:
        """Say how it ended, with the end of its log; empty while it lives."""

    def log_end(self) -> str:
        """Return the last lines of its log."""

    def kill(self) -> None:
        """End all its processes with SIGKILL, as a crash would, so that `again` may follow."""

    def again(self) -> None:
        """Start it anew after `kill`, on the same data and ports; raises LaunchFailed."""

    def stop(self) -> None:
        """End it and all its processes for good; doing so again changes nothing."""
