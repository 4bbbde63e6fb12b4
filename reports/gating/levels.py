"""Records -> what each side measured by itself, in its own unit, for pages that show trends.

A level is the median of a session's values; the ratio that the gate judges comes from pairs of
slices and may differ from the ratio of two levels. Levels of different machines say nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from harness.gate import Judgement
from harness.pairs import Metric
from harness.records import Measurement, Record, Status
from reports.digest.uses import cpu_per_request, total
from reports.terms.numbers import Spread, spread

MILLISECONDS, PER_SECOND = "ms", "requests/s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One metric of one side over its sessions, in `unit`: milliseconds or requests per second."""

    metric: Metric
    candidate: bool
    unit: str
    over: Spread


def levels(records: Iterable[Record], judgement: Judgement) -> tuple[Level, ...]:
    """Return the levels of baseline and candidate, of all metrics that the gate compared."""
    sides = {judgement.sides.baseline: False, judgement.sides.candidate: True}
    values: dict[tuple[Metric, bool], list[float]] = defaultdict(list)
    for record in records:
        if record.key.stack in sides and record.status is Status.OK and record.measurement:
            for metric, value in _of(record, record.measurement):
                values[metric, sides[record.key.stack]].append(value)
    return tuple(_levels(values, [f.metric for f in judgement.findings]))


def _levels(
    values: dict[tuple[Metric, bool], list[float]], metrics: Sequence[Metric]
) -> Iterator[Level]:
    for metric in metrics:
        unit = PER_SECOND if metric.higher_is_better else MILLISECONDS
        for candidate in (False, True):
            over = spread(values.get((metric, candidate), ()))
            if over:
                yield Level(metric=metric, candidate=candidate, unit=unit, over=over)


def _of(record: Record, measured: Measurement) -> Iterator[tuple[Metric, float]]:
    """Yield every figure that a gate may compare; durations in milliseconds."""
    key = record.key

    def metric(name: str, component: str = "", endpoint: str = "") -> Metric:
        return Metric(
            scenario=key.scenario,
            load=key.load,
            name=name,
            component=component,
            endpoint=endpoint,
        )

    yield metric("throughput"), measured.throughput
    yield metric("p50"), 1e3 * measured.response.p50
    yield metric("p95"), 1e3 * measured.response.p95
    if (cpu := total(cpu_per_request, measured)) is not None:
        yield metric("cpu"), 1e3 * cpu
    for use in measured.components:
        if (cpu := cpu_per_request(use, measured)) is not None:
            yield metric("cpu", component=use.name), 1e3 * cpu
    for endpoint in measured.endpoints:
        if endpoint.response.count:
            yield metric("p50", endpoint=endpoint.name), 1e3 * endpoint.response.p50
