"""What a run leaves behind: a Run, and one Record for each trial. Frozen, JSON-ready, without
arithmetic. What was measured is in harness/figures.py.

Schema history: 1 - first. 2 - size and idle CPU of components, tier of durability, what the audit
counted, recovery from a crash, and the most memory that all components held together. 3 - blocks
and latencies of slices, steady state, capacity. 4 - the seconds of a whole stack; those of its
endpoints are kept apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from harness.figures import (
    Capacity,
    ComponentUse,
    Counts,
    EndpointResult,
    GeneratorHealth,
    Latency,
    Measurement,
    Moment,
    Probe,
    Second,
    SliceLatency,
    SliceResult,
)

__all__ = [
    "SCHEMA",
    "Capacity",
    "ComponentUse",
    "Counts",
    "Doubt",
    "EndpointResult",
    "Fault",
    "GeneratorHealth",
    "Latency",
    "Measurement",
    "Moment",
    "Probe",
    "Record",
    "Run",
    "Second",
    "SliceLatency",
    "SliceResult",
    "Status",
    "TrialKey",
]

SCHEMA = 4


class Status(StrEnum):
    """How a trial ended. Only OK carries throughput."""

    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"


class Fault(StrEnum):
    """Why a trial failed: which stage found it. NONE for a trial that did not fail."""

    NONE = ""
    LAUNCH = "launch"
    DIED = "died"
    VERIFY = "verify"
    ERRORS = "errors"
    WRONG = "wrong"
    AUDIT = "audit"
    GENERATOR = "generator"
    OBJECTIVE = "objective"
    CONTRADICTION = "contradiction"

    @property
    def breach(self) -> bool:
        """Tell whether the stack broke the contract, rather than the machine failing it."""
        return self in (self.VERIFY, self.WRONG, self.AUDIT, self.ERRORS, self.CONTRADICTION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A warning: a member of `harness.stats.warnings.Warn` by name, and what was seen."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialKey:
    """What makes a trial unique in its run."""

    session: int
    scenario: str
    load: str
    stack: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One trial as it is stored: status with its reason, the measurement unless it was skipped,
    checks and doubts.

    `model` is "closed" or "open"; `load` in the key names it for people, such as "8 users" or "200
    requests/s". `tier` is what an acknowledged write survives ("none", "process" or "machine";
    empty where nobody knows, as for attached stacks), `durability` says by which settings.
    `verified` and `audited` say what was checked; they are empty when the check did not run.
    `counted` is by how many things of each kind the books grew over all slices. `recovery_s` is the
    time from a deliberate kill to the first answer, None when nothing was killed. `capacity` is
    what a search for it found, None for other loads.
    """

    key: TrialKey
    status: Status
    fault: Fault
    reason: str
    started_at: str
    model: str
    users: int
    rate: float
    tier: str
    durability: str
    verified: str
    audited: str
    doubts: tuple[Doubt, ...]
    measurement: Measurement | None
    counted: Mapping[str, int] = field(default_factory=dict)
    recovery_s: float | None = None
    capacity: Capacity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One call of `bakeoff run`: the plan as data, where it ran, and the facts that two runs must
    share to be compared.

    `fingerprint` is a hash of the facts that matter (host, launcher, engine, plan, schema); `facts`
    are all of them, by name. `llm_capacity` is the model server's own ceiling in whole answers per
    second, measured in this run, `memory_peak` the most bytes that all components of all stacks
    held at one instant. `skips` are things that were asked for and not run, each with its reason.
    """

    id: str
    started_at: str
    finished_at: str
    schema: int
    version: str
    launcher: str
    plan: Mapping[str, object]
    facts: Mapping[str, str]
    fingerprint: str
    llm_capacity: float
    memory_peak: int = 0
    titles: Mapping[str, str] = field(default_factory=dict)
    skips: Mapping[str, str] = field(default_factory=dict)
