"""A container that runs, as the engine sees it."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, RLock
from typing import Any

from harness.contract import Component, Endpoint
from harness.errors import LaunchFailed
from harness.launch.crash import crash
from harness.measure.usage import Meter, close_account, reopen_account

STOP_S = 5
KILL_S = 30
LOG_LINES = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Contained:
    """A container that was started. `container` is the engine's object, `scratch` the folder for
    what its meter needs to know, `cpus` the processors that `pin` binds it to (none: it stays).
    """

    name: str
    container: Any
    scratch: Path
    cpus: tuple[int, ...] = ()
    lock: RLock = field(default_factory=RLock, repr=False)
    over: Event = field(default_factory=Event, repr=False)

    @property
    def meter(self) -> Meter:
        """Return the meter of its control group, as of the last look at it; it goes on after
        `kill` and `again`.
        """
        return Meter(
            component=self.name,
            kind="cgroup",
            ref=f"{self.container.attrs['State']['Pid']}:{self.container.id}",
            sequel=str(self.scratch / f"{self.name}.meter"),
        )

    def crash(self, component: Component, at: Endpoint, *, timeout_s: float) -> float:
        """Kill it, start it again and wait for it; see `harness.launch.crash`."""
        return crash(component, at, self, timeout_s=timeout_s)

    def kill(self) -> None:
        """End all its processes at once, as a crash would, and keep what they had used."""
        with self.lock:
            close_account(self.meter)
            with contextlib.suppress(Exception):  # it ended by itself meanwhile
                self.container.kill(signal="SIGKILL")
            try:
                self.container.wait(timeout=KILL_S)
            except Exception as error:
                raise LaunchFailed(f"{self.name}: it cannot be killed: {error}") from error

    def again(self) -> None:
        """Start it anew after `kill`: the same files, name and port; raises LaunchFailed."""
        with self.lock:
            if self.over.is_set():
                raise LaunchFailed(f"{self.name}: it was stopped before it could start again")
            try:
                self.container.start()
                self.container.reload()
            except Exception as error:
                raise LaunchFailed(f"{self.name}: it cannot be started again: {error}") from error
            reopen_account(self.meter)

    def pin(self) -> None:
        """Have the engine bind it to `cpus`, now and when it starts again; raises LaunchFailed."""
        with self.lock:
            if not self.cpus or self.over.is_set():
                return
            try:
                self.container.update(cpuset_cpus=listed(self.cpus))
            except Exception as error:
                raise LaunchFailed(
                    f"{self.name}: it cannot be bound to its processors: {error}"
                ) from error

    def fault(self) -> str:
        """Say how it ended; empty while it lives."""
        if self.over.is_set():
            return "it was stopped"
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
        with self.lock:
            self.over.set()
            with contextlib.suppress(Exception):  # it is removed by its label in any case
                self.container.stop(timeout=STOP_S)
            with contextlib.suppress(Exception):
                self.container.remove(force=True, v=True)
            self.container.client.close()


def listed(cpus: tuple[int, ...]) -> str:
    """Return processors as the engine takes them."""
    return ",".join(map(str, cpus))


def published(container: Any, port: int) -> int:
    """Return the port on this machine, 0 when there is none (it has ended, or has no port)."""
    bindings = container.attrs["NetworkSettings"]["Ports"].get(f"{port}/tcp")
    return int(bindings[0]["HostPort"]) if bindings else 0
