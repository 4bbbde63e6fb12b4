"""The processes of one component: its server, its companions, how they end, and how they come
back after a crash.
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, RLock

from harness.contract import Component, Endpoint
from harness.errors import LaunchFailed
from harness.launch import affinity, cleanup
from harness.launch.crash import crash
from harness.launch.identity import family
from harness.launch.spawning import spawn
from harness.measure.usage import Meter, close_account, reopen_account

STOP_S = 5.0
KILLS = 3
PREPARE_S = 120.0
QUOTED_LINES = 15
QUOTED_BYTES = 8_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervised:
    """The processes of one component, all with the same surroundings. `stop_by` is a signal.

    `commands` are those that are to live until `stop`, in the order in which they were started.
    `cpus` are the processors that they are bound to by `pin` (none: all).
    """

    name: str
    env: Mapping[str, str]
    cwd: Path
    log: Path
    unprivileged: bool
    cpus: tuple[int, ...]
    stop_by: signal.Signals
    note: Callable[[int], None]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    commands: list[Sequence[str]] = field(default_factory=list)
    lock: RLock = field(default_factory=RLock, repr=False)
    over: Event = field(default_factory=Event, repr=False)
    pinned: Event = field(default_factory=Event, repr=False)

    @property
    def pids(self) -> tuple[int, ...]:
        """Return the pids of the session leaders, the server's last."""
        return tuple(process.pid for process in self.processes)

    @property
    def meter(self) -> Meter:
        """Return the meter of what was started; it goes on after `kill` and `again`."""
        ref, sequel = ",".join(str(pid) for pid in self.pids), self.log.with_suffix(".meter")
        return Meter(component=self.name, kind="processes", ref=ref, sequel=str(sequel))

    def run(self, command: Sequence[str], cancelled: Event) -> None:
        """Run a command to its end; raises LaunchFailed when it fails, or hangs for two minutes."""
        process = self._spawn(command)
        deadline = time.monotonic() + PREPARE_S
        while process.poll() is None:
            if cancelled.is_set() or time.monotonic() > deadline:
                cleanup.kill(family([process.pid]))
                process.wait()
                why = "given up" if cancelled.is_set() else f"not done within {PREPARE_S:g} s"
                raise LaunchFailed(f"{self.name}: {command[0]}: {why}\n{self.log_end()}")
            time.sleep(0.01)
        if process.returncode:
            raise LaunchFailed(
                f"{self.name}: preparing it with {' '.join(command[:3])} failed "
                f"({_how(process.returncode)})\n{self.log_end()}"
            )

    def start(self, command: Sequence[str]) -> None:
        """Start a command that is to live until `stop`."""
        self.commands.append(command)
        self.processes.append(self._spawn(command))

    def fault(self) -> str:
        """Say how one of the processes ended; empty while all live."""
        if self.over.is_set():
            return "it was stopped"
        for process in self.processes:
            if process.poll() is not None:
                return f"{_how(process.returncode)}\n{self.log_end()}"
        return ""

    def crash(self, component: Component, at: Endpoint, *, timeout_s: float) -> float:
        """Kill it, start it again and wait for it; see `harness.launch.crash`."""
        return crash(component, at, self, timeout_s=timeout_s)

    def kill(self) -> None:
        """End all processes at once, as a crash would, and keep what they had used."""
        with self.lock:
            close_account(self.meter)
            for _ in range(KILLS):  # one that was being forked is found the next time
                if not cleanup.kill(family(self.pids)):
                    break
            for process in self.processes:
                process.wait()
            self.processes.clear()

    def again(self) -> None:
        """Start all commands anew after `kill`; raises LaunchFailed."""
        with self.lock:
            if self.over.is_set():
                raise LaunchFailed(f"{self.name}: it was stopped before it could start again")
            for command in self.commands:
                self.processes.append(self._spawn(command))
            reopen_account(self.meter)

    def pin(self) -> None:
        """Bind all threads to `cpus`, and whatever is started from now on; raises LaunchFailed."""
        with self.lock:
            if self.cpus:
                self.pinned.set()
                affinity.bind(self.name, self.pids, self.cpus)

    def log_end(self) -> str:
        """Return the last lines of the log."""
        return f"its log ends with:\n{tail(self.log)}"

    def stop(self) -> None:
        """End the server by its own signal, then its companions, then what is left by force."""
        with self.lock:
            self.over.set()
            kin = family(self.pids)
            for process in reversed(self.processes):
                if process.poll() is None:
                    with contextlib.suppress(ProcessLookupError):
                        process.send_signal(self.stop_by)
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        process.wait(STOP_S)
            cleanup.kill([*kin, *family(self.pids)])
            for process in self.processes:
                process.wait()
            self.processes.clear()

    def _spawn(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        try:
            return spawn(
                command,
                env=self.env,
                cwd=self.cwd,
                log=self.log,
                unprivileged=self.unprivileged,
                cpus=self.cpus if self.pinned.is_set() else (),
                note=self.note,
            )
        except OSError as error:
            raise LaunchFailed(f"{self.name}: cannot start {command[0]}: {error}") from error


def tail(log: Path) -> str:
    """Return the last lines of a log file, indented; a remark when it is empty."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - QUOTED_BYTES))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        text = ""
    lines = text.strip().splitlines()[-QUOTED_LINES:]
    return "\n".join(f"    {line}" for line in lines) or "    (it said nothing)"


def _how(code: int) -> str:
    if code < 0:
        with contextlib.suppress(ValueError):
            return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"
