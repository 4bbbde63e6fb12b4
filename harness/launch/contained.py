"""A container that runs, as the engine sees it."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any

STOP_S = 5
LOG_LINES = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Contained:
    """A container that was started. `container` is the engine's object."""

    name: str
    container: Any

    def fault(self) -> str:
        """Say how it ended; empty while it lives."""
        try:
            self.container.reload()
        except Exception as error:  # noqa: BLE001 - gone, or the engine is: both are its end
            return f"the engine does not know it any more: {error}"
        state = self.container.attrs["State"]
        if state["Running"]:
            return ""
        memory = ", out of memory" if state.get("OOMKilled") else ""
        return f"exit code {state['ExitCode']}{memory}\n{self.log_end()}"

    def log_end(self) -> str:
        """Return the last lines of its log."""
        try:
            text = self.container.logs(tail=LOG_LINES).decode("utf-8", "replace").strip()
        except Exception as error:  # noqa: BLE001 - a log that cannot be had must not hide why
            text = f"(no log: {error})"
        lines = "\n".join(f"    {line}" for line in text.splitlines())
        return f"its log ends with:\n{lines or '    (it said nothing)'}"

    def stop(self) -> None:
        """Stop it by its image's own signal, by force after five seconds, and remove it."""
        with contextlib.suppress(Exception):  # it is removed by its label in any case
            self.container.stop(timeout=STOP_S)
        with contextlib.suppress(Exception):
            self.container.remove(force=True, v=True)
        self.container.client.close()


def published(container: Any, port: int) -> int:
    """Return the port on this machine, 0 when there is none (it has ended, or has no port)."""
    bindings = container.attrs["NetworkSettings"]["Ports"].get(f"{port}/tcp")
    return int(bindings[0]["HostPort"]) if bindings else 0
