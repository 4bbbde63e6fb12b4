"""Launch and verify: one fresh start of every stack under comparison, and their end.

A stack that cannot be launched, or answers otherwise than the contract says, is `down` with the
reason; the others go on without it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import Self

from harness.config import Plan
from harness.contract import Durability, Durable, Headroom, Role, Stack
from harness.errors import BakeoffError, EnvironmentFault
from harness.launch import Budget, Launcher, Placed, PlacedStack, launched
from harness.launch.attach import Attach
from harness.measure.idle import idle_shares
from harness.measure.usage import exact_memory
from harness.plan import LAUNCH_S, VERIFY_S, cpus, launching_s
from harness.progress import Progress
from harness.records import Fault, Record, Status

Conformance = Callable[[str, bool], str]
"""Takes a base URL and whether the whole suite is wanted; returns what was checked, or raises
ContractBroken.
"""

CEILING_S = 1.0
SETTLE_S = 2.0
QUIET_S = 2.0


@dataclass(slots=True, kw_only=True)
class Idle:
    """What components held and burnt before any load, by "stack/component": bytes, and shares of a
    core. It is measured in the first session of a run in which they are up.
    """

    memory: dict[str, int] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Session:
    """The stacks of one session: `up` by name, `down` with the stage that found the fault and
    why. `apart` says that others are up at other times. `blank_rate` is what the blank served in
    it, in requests per second, 0.0 while not known.
    """

    plan: Plan
    stacks: Mapping[str, Stack]
    launcher: Launcher
    progress: Progress
    scratch: Path
    apart: bool = False
    llm_ceiling: float = 0.0
    blank_rate: float = 0.0
    up: dict[str, PlacedStack] = field(default_factory=dict)
    down: dict[str, tuple[Fault, str]] = field(default_factory=dict)
    verified: dict[str, str] = field(default_factory=dict)
    idle: Idle = field(default_factory=Idle)
    memory_peak: int = 0
    cancelled: Event = field(default_factory=Event)
    exits: dict[str, ExitStack] = field(default_factory=dict)
    pinned: bool = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take everything down, whatever happened."""
        with ThreadPoolExecutor(max_workers=max(1, len(self.exits))) as pool:
            list(pool.map(ExitStack.close, self.exits.values()))

    def launch(self, number: int) -> None:
        """Bring all stacks up at the same time."""
        planned_s = launching_s(self.plan, self.stacks)
        what = f"session {number} of {self.plan.sessions}: {', '.join(self.stacks)}"
        self.progress.stage("launch", what, planned_s)
        with ThreadPoolExecutor(max_workers=len(self.stacks)) as pool:
            try:
                list(pool.map(self._launch_one, self.stacks))
            except BaseException:
                self.cancelled.set()  # else leaving the pool waits until all are ready
                raise
        self.progress.advance(planned_s)

    def verify(self, conformance: Conformance, *, full: bool) -> None:
        """Prove that every stack answers the contract; one that does not is down."""
        what = "full" if full else "smoke"
        whole = tuple(name for name in self.up if self.stacks[name].capabilities)
        if not whole:
            return
        planned_s = VERIFY_S[what] * len(whole)
        suite = f"{what} conformance suite on {', '.join(whole)}"
        self.progress.stage("verify", suite, planned_s)
        with ThreadPoolExecutor(max_workers=len(whole)) as pool:
            list(pool.map(lambda name: self._verify_one(conformance, name, full=full), whole))
        self.progress.advance(planned_s)

    def tier(self, name: str) -> str:
        """Return what an acknowledged write survives in a stack, or in a component that stands
        alone; nobody knows it of what was attached.
        """
        stack = self.stacks[name]
        part = stack.component(stack.entry)
        if isinstance(self.launcher, Attach):
            return ""
        if not stack.capabilities:
            return str(part.durability if isinstance(part, Durable) else Durability.NONE)
        return self.plan.durability

    def note(self, record: Record) -> None:
        """Keep what the blank served, which the other trials of the session are held against."""
        if record.key.stack == self.plan.blank and record.status is Status.OK:
            self.blank_rate = record.measurement.throughput if record.measurement else 0.0

    def mend(self) -> None:
        """Launch anew what died since the last look; it was verified in this session already."""
        for name, placed in list(self.up.items()):
            if (reason := placed.fault()) is not None:
                why = f"{name} again: {reason.splitlines()[0]}"
                self.progress.stage("launch", why, LAUNCH_S)
                self.exits.pop(name).close()
                del self.up[name]
                self._launch_one(name)

    def weigh(self) -> None:
        """Bind everything to its processors, measure what it holds and burns there before any load,
        all at the same time, and then the model server's own ceiling; each once in a run.
        """
        self.pinned = True
        for name in self.up:
            self._pin(name)
        parts = {
            f"{name}/{part.component.name}": part
            for name, placed in self.up.items()
            for part in placed.components.values()
        }
        meters = {
            name: part.meter
            for name, part in parts.items()
            if part.meter and name not in self.idle.memory
        }
        if meters:
            what = f"what is held and burnt at rest by {', '.join(self.up)}"
            self.progress.stage("measure", what, SETTLE_S + QUIET_S)
            time.sleep(SETTLE_S)
        self.idle.cpu |= idle_shares(meters, QUIET_S)
        for name, meter in meters.items():
            with suppress(EnvironmentFault):  # it died: its first trial says so
                self.idle.memory[name] = exact_memory(meter)
        for part in parts.values():
            if part.component.role is Role.LLM and not self.llm_ceiling:
                self.llm_ceiling = _ceiling(part)

    def _launch_one(self, name: str) -> None:
        exits = ExitStack()
        budget = self._budget()
        try:
            self.up[name] = exits.enter_context(launched(self.stacks[name], self.launcher, budget))
            self.exits[name] = exits
            self.down.pop(name, None)
            if self.pinned:
                self._pin(name)
        except BakeoffError as error:
            exits.close()
            self.down[name] = (Fault.LAUNCH, str(error))
            self.progress.event("failed", f"{name}: {error}")

    def _pin(self, name: str) -> None:
        try:
            self.up[name].pin()
        except BakeoffError as error:
            self.down[name] = (Fault.LAUNCH, str(error))
            self.progress.event("failed", f"{name}: {error}")

    def _verify_one(self, conformance: Conformance, name: str, *, full: bool) -> None:
        try:
            self.verified[name] = conformance(self.up[name].url, full)
        except BakeoffError as error:
            died = self.up[name].fault()
            fault, reason = (Fault.DIED, died) if died else (Fault.VERIFY, str(error))
            self.down[name] = (fault, reason)
            self.progress.event("failed", f"{name}: {reason}")

    def _budget(self) -> Budget:
        split = cpus(self.plan)
        memory = self.plan.machine.memory_mb * 2**20
        return Budget(
            cpus=split.stacks,
            world_cpus=split.generator,
            memory=memory,
            workers=self.plan.machine.workers,
            cancelled=self.cancelled,
        )


def _ceiling(part: Placed) -> float:
    with closing(part.component.connect(part.at)) as client:
        return client.ceiling(CEILING_S) if isinstance(client, Headroom) else 0.0
