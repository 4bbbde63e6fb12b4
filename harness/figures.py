"""The figures of a trial: what was counted, timed and used. Frozen, JSON-ready, without arithmetic.

Seconds are floats, sizes are bytes, shares are 0..1. Histograms are HDR, 3 significant digits,
values in microseconds, in the library's own compressed base64 encoding, so that they can be merged
and read elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


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
class Moment:
    """One second of load on a whole stack, counted like a Second: all its endpoints together.

    `p50` and `p95` are of response in seconds, those of the endpoints' histograms merged.
    """

    second: int
    answered: int
    failed: int
    p50: float
    p95: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointResult:
    """One operation of the contract within a trial.

    `response` counts from the due moment and holds every scheduled request, the unanswered with
    their age as a lower bound; `service` counts from the send moment and holds the sent ones. The
    token latencies are None where nothing was streamed. `bytes` are those of all answered bodies.
    `seconds` are read from a store only on demand, and are empty otherwise.
    """

    name: str
    counts: Counts
    response: Latency
    service: Latency
    first_token: Latency | None
    between_tokens: Latency | None
    seconds: tuple[Second, ...]
    errors: Mapping[str, int]
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentUse:
    """What one component used during a trial, first measured slice to last, and what it is.

    `cpu_s` is processor time of all its processes in its own slices, and between them what exceeds
    its idle share; `memory_idle` is what it held, and `idle_cpu`
    its share of one core, before the first load of its run. `source` says where it came from
    (an image with its digest, a path, a wheel, packages), `size` is its bytes on disk, and
    `size_of` says what was counted for that; `stand_in` is empty for the real product.
    `operations` is how much it did over all slices, warm-up included, by its own count, and
    `operations_of` what it counts; None where that is not known, and `operations_of` may say why.
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
    operations: int | None
    operations_of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceLatency:
    """Response latency within one slice, in seconds over `count` scheduled requests; nearest rank,
    0.0 for none.
    """

    count: int
    p50: float
    p95: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceResult:
    """One slice of load: seconds since the drive began, what came back, CPU by component.

    Slices of one `block`, one for each stack, had the same arrivals and are compared in pairs.
    `confirm` marks the longer ones at the end of a round; they are measured like the others.
    `endpoints` are the operations that were asked for in it.
    """

    index: int
    block: int
    start_s: float
    duration_s: float
    warmup: bool
    confirm: bool
    counts: Counts
    cpu_s: Mapping[str, float]
    response: SliceLatency
    endpoints: Mapping[str, SliceLatency]


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
    """All that was measured: throughput is answered / loaded_s, the sum of the slices' times.

    `answered_all` counts all requests that were answered, those of the warm-up too: what components
    say of their `operations` is divided by it. `steady` tells whether CPU per request had settled
    after `warmup_s` of load, before measuring began. `seconds` are those in which the stack was
    loaded, ascending.
    """

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
    steady: bool
    warmup_s: float
    answered_all: int
    seconds: tuple[Moment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """An open load at `rate` per second for `loaded_s` seconds, and how the stack bore it.

    `achieved` is the share of scheduled requests that were sent before their slice's end, `p95` the
    response latency in seconds, `errors` the share of scheduled requests without a right answer,
    `cpu_s` CPU seconds per answered request of all components but the model server. `failed` says
    what was not kept; empty when all was. `limited` says why the generator, not the stack, set the
    limit; empty when it did not.
    """

    rate: float
    loaded_s: float
    achieved: float
    answered: int
    p50: float
    p95: float
    errors: float
    cpu_s: float
    failed: str
    limited: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """The highest open rate that kept the objective lies from `low` to `high` requests/s.

    `high` is None where no limit was found. `slo_p95` is in seconds, `slo_errors` a share.
    `limited` says why the generator, not the stack, ended the search upwards. `probes` are in the
    order of the search, `curve` ascends in rate up to and past the limit. `recovered` tells whether
    the objective was kept again after an overload, `recovery_s` after how many seconds; None where
    that was not seen.
    """

    low: float
    high: float | None
    slo_p95: float
    slo_errors: float
    probes: tuple[Probe, ...]
    limited: str = ""
    curve: tuple[Probe, ...] = field(default_factory=tuple)
    recovered: bool | None = None
    recovery_s: float | None = None
