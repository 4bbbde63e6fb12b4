"""What a run leaves behind: a Run, and one Record for each trial. Frozen, JSON-ready, without
arithmetic.

Seconds are floats, sizes are bytes, shares are 0..1. Histograms are HDR, 3 significant digits,
values in microseconds, in the library's own compressed base64 encoding, so that they can be merged
and read elsewhere.

Schema history: 1 - first. 2 - size and idle CPU of components, tier of durability, what the audit
counted, recovery from a crash, and the most memory that all components held together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

SCHEMA = 2


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
    CONTRADICTION = "contradiction"


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
class Counts:
    """Requests of a trial or endpoint: scheduled = sent + unsent; sent = answered + failed + wrong
    + open.

    `failed` holds errors of the server and of the connection, `wrong` answers that did not fit the
    contract, `open` those unanswered at the end, `unsent` those that were due but never sent.
    """

    scheduled: int
    sent: int
    answered: int
    failed: int
    wrong: int
    open: int
    unsent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """Percentiles of a latency in seconds over `count` values, and their histogram."""

    count: int
    mean: float
    p50: float
    p90: float
    p95: float
    p99: float
    max: float
    histogram: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    """One second of load on one stack, from the first measured slice on (only seconds in which it
    was loaded).

    `response` is the histogram of that second's response latencies, by due time; unanswered
    requests are in it with their age.
    """

    second: int
    answered: int
    failed: int
    response: str
    service: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointResult:
    """One operation of the contract within a trial.

    `response` counts from the due moment and holds every scheduled request, the unanswered with
    their age as a lower bound; `service` counts from the send moment and holds the sent ones. The
    token latencies are None where nothing was streamed.
    """

    name: str
    counts: Counts
    response: Latency
    service: Latency
    first_token: Latency | None
    between_tokens: Latency | None
    seconds: tuple[Second, ...]
    errors: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentUse:
    """What one component used during a trial, first measured slice to last, and what it is.

    `cpu_s` is processor time of all its processes in its own slices, and between them what exceeds
    its idle share; `memory_idle` is what it held, and `idle_cpu`
    its share of one core, before the first load of its session. `source` says where it came from
    (an image with its digest, a path, a wheel, packages), `size` is its bytes on disk, and
    `size_of` says what was counted for that; `stand_in` is empty for the real product.
    """

    name: str
    role: str
    version: str
    source: str
    stand_in: str
    size: int
    size_of: str
    ready_s: float
    idle_cpu: float
    cpu_s: float
    memory_mean: int
    memory_peak: int
    memory_idle: int
    written: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceResult:
    """One slice of load: seconds since the drive began, what came back, CPU by component."""

    index: int
    start_s: float
    duration_s: float
    warmup: bool
    counts: Counts
    cpu_s: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratorHealth:
    """The load generator under suspicion: its CPU share of its core, p99 of late sends and of its
    event loop's lag in seconds.
    """

    cpu_share: float
    send_lag_p99: float
    hub_lag_p99: float
    achieved: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """All that was measured: throughput is answered / loaded_s, the sum of the slices' times."""

    counts: Counts
    loaded_s: float
    throughput: float
    response: Latency
    service: Latency
    first_token: Latency | None
    between_tokens: Latency | None
    endpoints: tuple[EndpointResult, ...]
    components: tuple[ComponentUse, ...]
    slices: tuple[SliceResult, ...]
    generator: GeneratorHealth


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One trial as it is stored: status with its reason, the measurement unless it was skipped,
    checks and doubts.

    `model` is "closed" or "open"; `load` in the key names it for people, such as "8 users" or "200
    requests/s". `tier` is what an acknowledged write survives ("none", "process" or "machine";
    empty where nobody knows, as for attached stacks), `durability` says by which settings.
    `verified` and `audited` say what was checked; they are empty when the check did not run.
    `counted` is by how many things of each kind the books grew over all slices. `recovery_s` is the
    time from a deliberate kill to the first answer, None when nothing was killed.
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
