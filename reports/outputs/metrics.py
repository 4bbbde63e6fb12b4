"""The metrics that programs get, by stable names that end with their base unit.

Names and units follow Prometheus: seconds, bytes, and rates per second. Each metric takes one value
from one trial; what it means is said here once, for every output.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from harness.records import ComponentUse, Measurement, Record, Status
from harness.stats.summary import error_share
from reports.digest.counted import LEVEL
from reports.digest.doubts import Kind
from reports.digest.uses import WITHIN, Use, cpu_per_request, memory_peak, of_component, total

PERCENTILES = ("p50", "p95", "p99")
LATENCIES = {
    "response_seconds": ("response", "Response time, from the moment a request was due."),
    "service_seconds": ("service", "Service time, from the moment a request was sent."),
    "first_token_seconds": ("first_token", "Time from sending to the first streamed token."),
    "between_tokens_seconds": ("between_tokens", "Time between the tokens of one answer."),
}
CPU, CPU_SAYS = "cpu_seconds_per_request", "Processor time for each answered request."
MEMORY, MEMORY_SAYS = "memory_peak_bytes", "Peak memory."
NO_PROCESS = "it is no process of its own"
Get = Callable[[Record], float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A number that a trial may hold: `name` ends with `unit`, `quantile` is "p95" or empty,
    `component` is empty for the whole stack.

    `kind` tells which doubts touch it, None for none but those on the whole. `get` returns its
    value in one trial, None when it has none, and `why` says what that means.
    """

    name: str
    unit: str
    says: str
    kind: Kind | None
    get: Get
    why: str
    quantile: str = ""
    component: str = ""

    @property
    def full_name(self) -> str:
        """Return the name with its quantile, such as "response_seconds p95"."""
        return f"{self.name} {self.quantile}".rstrip()

    def of(self, record: Record) -> float | None:
        """Return the value in a trial that ended well; None for others, and what is not finite."""
        if record.status is not Status.OK:
            return None
        value = self.get(record)
        return value if value is not None and math.isfinite(value) else None


def of_component_named(name: str) -> tuple[Metric, ...]:
    """Return the metrics of one component: its processor time and its peak memory."""
    return (
        Metric(
            name=CPU, unit="seconds_per_request", says=CPU_SAYS, kind=Kind.CPU, component=name,
            get=_measured(partial(of_component, name, _own(cpu_per_request))), why=NO_PROCESS,
        ),
        Metric(
            name=MEMORY, unit="bytes", says=MEMORY_SAYS, kind=Kind.MEMORY, component=name,
            get=_measured(partial(of_component, name, _own(memory_peak))), why=NO_PROCESS,
        ),
    )  # fmt: skip


def of_count(kind: str) -> Metric:
    """Return the metric of a kind of things that an audit counted; a level is in ones."""
    level = kind.endswith(LEVEL)
    words = re.sub(r"[^a-z0-9]+", "_", kind.removesuffix(LEVEL).lower()).strip("_")
    return Metric(
        name=f"counted_{words}",
        unit="",
        says="Counted at the server over all slices, warm-up included.",
        kind=None,
        get=lambda r: _counted(r, kind, 1_000 if level else 1),
        why="it was not counted",
    )


def _measured(get: Callable[[Measurement], float | None]) -> Get:
    return lambda record: get(record.measurement) if record.measurement else None


def _own(use: Use) -> Use:
    """Return a use that is None for what is no process: a library in another one."""

    def value(part: ComponentUse, measurement: Measurement) -> float | None:
        return use(part, measurement) if part.memory_peak else None

    return value


def _counted(record: Record, kind: str, of: int) -> float | None:
    return record.counted[kind] / of if kind in record.counted else None


def _percentile(latency: str, which: str, measurement: Measurement) -> float | None:
    found = getattr(measurement, latency)
    return float(getattr(found, which)) if found and found.count else None


def _throughput(measurement: Measurement) -> float:
    return measurement.throughput


def _errors(measurement: Measurement) -> float | None:
    return error_share(measurement.counts) if measurement.counts.scheduled else None


def _low(record: Record) -> float | None:
    return record.capacity.low if record.capacity else None


def _high(record: Record) -> float | None:
    return record.capacity.high if record.capacity else None


THROUGHPUT = Metric(
    name="throughput_per_second", unit="per_second", kind=Kind.THROUGHPUT,
    says="Answered requests per second of load; errors are not in it.",
    get=_measured(_throughput), why="it was not measured",
)  # fmt: skip
CAPACITY_LOW = Metric(
    name="capacity_low_per_second", unit="per_second", kind=Kind.THROUGHPUT,
    says="The highest rate of requests that was seen to keep the objective.",
    get=_low, why="no capacity was searched",
)  # fmt: skip
CAPACITY_HIGH = Metric(
    name="capacity_high_per_second", unit="per_second", kind=Kind.THROUGHPUT,
    says="The lowest rate of requests that was seen to break the objective.",
    get=_high, why="no limit was found",
)  # fmt: skip
WHOLE: tuple[Metric, ...] = (
    THROUGHPUT,
    CAPACITY_LOW,
    CAPACITY_HIGH,
    *(
        Metric(
            name=name, unit="seconds", says=says, quantile=which,
            kind=Kind.P99 if which == "p99" else Kind.LATENCY,
            get=_measured(partial(_percentile, latency, which)), why="there was nothing to time",
        )
        for name, (latency, says) in LATENCIES.items()
        for which in PERCENTILES
    ),
    Metric(
        name="error_share", unit="share", kind=Kind.ERRORS,
        says="Requests due that were not answered rightly, as a share of all due.",
        get=_measured(_errors), why="nothing was due",
    ),
    Metric(
        name=CPU, unit="seconds_per_request", says=CPU_SAYS, kind=Kind.CPU,
        get=_measured(partial(total, cpu_per_request)), why=WITHIN,
    ),
    Metric(
        name=MEMORY, unit="bytes", says=MEMORY_SAYS, kind=Kind.MEMORY,
        get=_measured(partial(total, memory_peak)), why=WITHIN,
    ),
    Metric(
        name="recovery_seconds", unit="seconds", kind=None,
        says="Time from a deliberate kill to the first answer.",
        get=lambda record: record.recovery_s, why="nothing was killed",
    ),
)  # fmt: skip
"""The metrics of a whole stack, without the model server, which stands for a service elsewhere."""
