"""What a drive is to do: which stacks, in which slices, under which load. Plain data, no Locust.

The order of `Job.slices` is the order of execution. Slices that belong together, one for each
stack, carry the same seed and so see the same arrivals.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import isclose
from pathlib import Path
from typing import Literal

from harness.errors import UsageError
from harness.measure.usage import Meter
from harness.serial import from_json, to_json

Model = Literal["closed", "open"]
Arrivals = Literal["exponential", "constant", "uniform"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A stack under load: where it is, what `Scenario.prepare` returned for it, what to read."""

    stack: str
    url: str
    data: Mapping[str, object]
    meters: tuple[Meter, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A stretch of open load within a slice: arrivals per second for a while."""

    duration_s: float
    rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSlice:
    """A fraction of load on one stack. Slices of one `block`, one for each stack, are compared with
    each other. Warm-up and confirming slices are recorded and told apart by their flags.

    `stages` replace the job's rate in this slice, and follow each other without a pause.
    """

    index: int
    block: int
    stack: str
    duration_s: float
    warmup: bool
    seed: int
    confirm: bool = False
    stages: tuple[Stage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One drive: one Locust process that loads all targets in turn.

    `users` are users per stack in the closed model, and requests that may be in flight per stack
    in the open one. `rate` is arrivals per second (open only). `think_s` is what a user waits
    between its tasks (closed only), counted in its own stack's slices alone. `drain_s` is how
    long after a slice's last due moment its requests may still be sent and answered. `cpus` are
    the generator's own, empty for any. Warm-up slices beyond `warmup_s` are left out for a stack
    that has settled. With `adapt` slices are stretched to what the warm-up says they should be.
    """

    scenario: str
    locustfile: Path
    targets: tuple[Target, ...]
    slices: tuple[PlannedSlice, ...]
    model: Model
    users: int
    rate: float
    request_timeout_s: float
    drain_s: float
    seed: int
    cpus: tuple[int, ...]
    folder: Path
    warmup_s: float = 0.0
    adapt: bool = False
    think_s: float = 0.0
    arrivals: Arrivals = "exponential"

    def __post_init__(self) -> None:
        """Refuse a job that could not run; raises UsageError with every fault."""
        names = [target.stack for target in self.targets]
        faults = [
            f"{name} is a target twice" for name in sorted(set(names)) if names.count(name) > 1
        ]
        faults += [
            f"slice {planned.index} is for {planned.stack}, which is no target"
            for planned in self.slices
            if planned.stack not in names
        ]
        if [planned.index for planned in self.slices] != list(range(len(self.slices))):
            faults.append("slices are not numbered 0, 1, 2, ... in their order")
        faults += [
            f"the stages of slice {planned.index} do not add up to its {planned.duration_s:g} s"
            for planned in self.slices
            if planned.stages
            and not isclose(sum(s.duration_s for s in planned.stages), planned.duration_s)
        ]
        if not self.slices:
            faults.append("there are no slices")
        if self.users < 1:
            faults.append(f"users is {self.users}, but at least 1 is needed")
        if (self.model == "open") != (self.rate > 0):
            faults.append("a rate above 0 goes with the open model, and only with it")
        if faults:
            raise UsageError(f"drive of {self.scenario}: " + "; ".join(faults))

    @property
    def planned_s(self) -> float:
        """Seconds of load, warm-up included, without drains."""
        return sum(planned.duration_s for planned in self.slices)

    def save(self) -> Path:
        """Write the job to its folder; return the file's path."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / "job.json"
        path.write_text(json.dumps(to_json(self)), "utf-8")
        return path

    @classmethod
    def load(cls, path: Path) -> Job:
        """Read what `save` wrote; raises SchemaError."""
        return from_json(cls, json.loads(path.read_text("utf-8")))
