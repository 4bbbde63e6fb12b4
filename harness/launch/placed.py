"""What a launch hands over: where each component is, what it is, and whether it still lives."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Protocol

from harness.contract import Client, Component, Counts, Endpoint, Role, Stack
from harness.errors import EnvironmentFault, UsageError
from harness.launch.ready import READY_S
from harness.launch.running import Running
from harness.measure.usage import Meter


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What each stack may use: processors by number (none: all), bytes of memory (0: no limit),
    worker processes of its app.

    Servers start on all processors, sized for those of the budget, and are bound to them by
    `PlacedStack.pin`. `world_cpus` are for what is not part of the stack but of the world around
    it, the language model (none: as the stack). Setting `cancelled` gives up launches under way.
    """

    cpus: tuple[int, ...] = ()
    world_cpus: tuple[int, ...] = ()
    memory: int = 0
    workers: int = 1
    cancelled: Event = field(default_factory=Event, repr=False, compare=False)

    def cpus_of(self, component: Component) -> tuple[int, ...]:
        """Return the processors that a component may use."""
        return self.world_cpus or self.cpus if component.role is Role.LLM else self.cpus

    def count_of(self, component: Component) -> int:
        """Return how many processors a component is measured on."""
        return len(self.cpus_of(component) or os.sched_getaffinity(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A component as a launcher started it, not ready yet.

    `at` is where bakeoff reaches it, `inside_url` where the other components do. `size` is in
    bytes on disk, and `size_of` says of what. `began` is the reading of time.perf_counter when its
    first process started. Embedded components have neither a meter nor a log.
    """

    component: Component
    at: Endpoint
    inside_url: str
    source: str
    stand_in: str
    size: int
    size_of: str
    began: float
    meter: Meter | None
    log: Path | None
    running: Running

    def placed(self, version: str, ready_s: float) -> Placed:
        """Return it as ready, or as one that there is no server to wait for."""
        return Placed(
            component=self.component,
            at=self.at,
            url=self.component.url(self.at),
            inside_url=self.inside_url,
            version=version,
            source=self.source,
            stand_in=self.stand_in,
            size=self.size,
            size_of=self.size_of,
            ready_s=ready_s,
            meter=self.meter,
            log=self.log,
            running=self.running,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A component that is ready. `version` is what the server reported, `ready_s` the seconds from
    its first process (preparation such as initdb counts, fetching does not) to that report.

    `crashing` is set while `crash` is under way.
    """

    component: Component
    at: Endpoint
    url: str
    inside_url: str
    version: str
    source: str
    stand_in: str
    size: int
    size_of: str
    ready_s: float
    meter: Meter | None
    log: Path | None
    running: Running
    crashing: Event = field(default_factory=Event, repr=False, compare=False)

    def fault(self) -> str:
        """Say how it ended; empty while it lives, and while it is down on purpose."""
        return "" if self.crashing.is_set() else self.running.fault()

    def alive(self) -> bool:
        """Tell whether all its processes are still there."""
        return not self.fault()

    def connect(self) -> Client:
        """Return a client of its own; it may raise when the server is gone."""
        return self.component.connect(self.at)

    def crash(self, *, timeout_s: float = READY_S) -> float:
        """Kill all its processes with SIGKILL and start it again on the same data and ports.

        Return the seconds from the kill until it answered again. Its meter goes on. Raises
        UsageError for a component without processes, LaunchFailed when it does not come back.
        """
        if self.meter is None:
            raise UsageError(
                f"{self.component.name} has no process that could crash; kill the app that uses it"
            )
        self.crashing.set()
        try:
            return self.running.crash(self.component, self.at, timeout_s=timeout_s)
        finally:
            self.crashing.clear()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedStack:
    """A stack that is up. `components` go by name; none are known of a stack that was attached.

    `facts` are what the launcher did or could not do, for the record.
    """

    stack: Stack
    launcher: str
    url: str
    components: Mapping[str, Placed]
    facts: Mapping[str, str]
    close: Callable[[], None] = field(repr=False)

    @property
    def meters(self) -> tuple[Meter, ...]:
        """Return the meters of all components that have processes."""
        return tuple(placed.meter for placed in self.components.values() if placed.meter)

    @property
    def countable(self) -> bool:
        """Tell whether `count` can be asked."""
        ledger = self.stack.ledger
        return ledger is not None and ledger.component in self.components

    def count(self, kind: str) -> int:
        """Count the things of a kind in the stack's books, over a connection of its own.

        Raises UsageError for a stack without a ledger or a kind that it does not know,
        EnvironmentFault when the books cannot be read.
        """
        ledger = self.stack.ledger
        if ledger is None:
            raise UsageError(f"{self.stack.name}: it keeps no books that could be counted")
        if kind not in ledger.statements:
            raise UsageError(f"{self.stack.name}: the ledger counts {', '.join(ledger.statements)}")
        if not self.countable:
            raise EnvironmentFault(f"{self.stack.name}: its books are out of reach when attached")
        placed = self.components[ledger.component]
        try:
            with closing(placed.connect()) as client:
                if isinstance(client, Counts):
                    return client.count(ledger.statements[kind])
        except Exception as error:
            raise EnvironmentFault(
                f"{self.stack.name}: {ledger.component} cannot count {kind}: {error}"
            ) from error
        raise EnvironmentFault(f"{self.stack.name}: {ledger.component} has no ability to count")

    def pin(self) -> None:
        """Bind every thread of every component to the processors of its budget, for good: what is
        crashed comes back bound. Doing so again changes nothing. Raises LaunchFailed.
        """
        for placed in self.components.values():
            placed.running.pin()

    def fault(self) -> str | None:
        """Say which components ended, and how; None while all live or are down on purpose."""
        ended = [
            f"{name} ended: {fault}"
            for name, placed in self.components.items()
            if (fault := placed.fault())
        ]
        return "\n".join(ended) or None

    def down(self) -> None:
        """Stop everything and remove what it left; doing so again changes nothing."""
        self.close()


class Launcher(Protocol):
    """A way to bring stacks up. `name` goes into the records; records of two are not compared."""

    @property
    def name(self) -> str:
        """Return the word for it in records."""

    def prepare(self, stack: Stack) -> None:
        """Fetch or build whatever the stack needs, before anything is started or measured.

        Raises LaunchFailed naming what cannot be had and what to do.
        """

    def up(self, stack: Stack, budget: Budget, *, port: int = 0) -> PlacedStack:
        """Start the stack and wait until all of it is ready; `port` is the entry's (0: any free).

        Raises LaunchFailed, with nothing left running.
        """

    def facts(self) -> Mapping[str, str]:
        """Return what is worth recording about this way of running, by name."""
