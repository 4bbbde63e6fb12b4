"""Records of two sides -> paired log-ratios, by what is compared.

A pair is a block: one slice of either side, next to each other in time and with the same arrivals.
What a pair yields is log(candidate / baseline), so that -0.1 and 0.1 are equally far from alike.
The longer, confirming slices are series of their own.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from harness.records import Measurement, Record, SliceResult, Status

ENDPOINT_REQUESTS_LEAST, TRIAL_LEAST, PAIRS_LEAST = 5, 20, 4
CPU_SHARE_LEAST = 0.05
HIGHER_IS_BETTER = frozenset({"throughput"})
Value = Callable[[SliceResult], float]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Metric:
    """What is compared: `name` is throughput, p50, p95 or cpu (seconds per answered request), of
    one `endpoint` or `component`, or of all where these are empty.
    """

    scenario: str
    load: str
    name: str
    component: str = ""
    endpoint: str = ""

    @property
    def higher_is_better(self) -> bool:
        """Tell in which direction it is good."""
        return self.name in HIGHER_IS_BETTER

    @property
    def part(self) -> str:
        """Return the component or endpoint it is of, empty for the whole."""
        return self.component or self.endpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Log-ratios of a metric, candidate over baseline: a tuple for each session, in order of time.

    `confirming` are those of the longer slices, by the same sessions.
    """

    metric: Metric
    sessions: tuple[tuple[float, ...], ...]
    confirming: tuple[tuple[float, ...], ...] = field(default=())


def series(records: Iterable[Record], baseline: str, candidate: str) -> tuple[Series, ...]:
    """Return what can be compared between two sides of the same run, in a stable order.

    Sessions in which either side failed are left out; so are pairs in which either has no value.
    Endpoints that are too rare for slices are compared by their whole trials, one pair a session.
    """
    short: dict[Metric, list[tuple[float, ...]]] = defaultdict(list)
    long: dict[Metric, list[tuple[float, ...]]] = defaultdict(list)
    for one, other in _matches(records, baseline, candidate):
        key = one.key
        if one.measurement is None or other.measurement is None:
            continue
        for name, part, value in _values(one, one.measurement, other.measurement):
            metric = Metric(scenario=key.scenario, load=key.load, name=name, **part)
            for found, confirm in ((short, False), (long, True)):
                ratios = _ratios(one.measurement, other.measurement, value, confirm=confirm)
                if metric.endpoint and not confirm and len(ratios) < PAIRS_LEAST:
                    ratios = _whole(one.measurement, other.measurement, metric.endpoint)
                if ratios:
                    found[metric].append(ratios)
    return tuple(
        Series(metric=m, sessions=tuple(short[m]), confirming=tuple(long.get(m, ())))
        for m in sorted(short)
    )


def _matches(
    records: Iterable[Record], baseline: str, candidate: str
) -> Iterator[tuple[Record, Record]]:
    """Yield the trials of both sides that shared a round, by session."""
    sides: dict[str, dict[tuple[int, str, str], Record]] = {baseline: {}, candidate: {}}
    for record in records:
        if record.key.stack in sides and record.status is Status.OK:
            key = record.key
            sides[key.stack][key.session, key.scenario, key.load] = record
    for place in sorted(sides[baseline]):
        if place in sides[candidate]:
            yield sides[baseline][place], sides[candidate][place]


def _values(
    record: Record, one: Measurement, other: Measurement
) -> Iterator[tuple[str, Mapping[str, str], Value]]:
    """Yield what can be computed of a slice: a metric's name, the part it is of, and how."""
    if record.model == "closed":
        yield "throughput", {}, lambda s: s.counts.answered / s.duration_s
    yield "p50", {}, lambda s: s.response.p50
    yield "p95", {}, lambda s: s.response.p95
    yield "cpu", {}, lambda s: _share(sum(s.cpu_s.values()), s)
    for name in _busy(one) & _busy(other):
        yield "cpu", {"component": name}, partial(_component_cpu, name)
    for name in sorted({e.name for e in one.endpoints} & {e.name for e in other.endpoints}):
        yield "p50", {"endpoint": name}, partial(_endpoint_p50, name)


def _busy(measurement: Measurement) -> set[str]:
    """Return the components whose CPU can be told from nothing: 5 % of the stack's or more."""
    total = sum(use.cpu_s for use in measurement.components)
    return {u.name for u in measurement.components if u.cpu_s > CPU_SHARE_LEAST * total}


def _ratios(
    one: Measurement, other: Measurement, value: Value, *, confirm: bool
) -> tuple[float, ...]:
    """Return log(other / one) for every block that both have finished."""
    theirs = {s.block: s for s in other.slices if s.confirm is confirm and not s.warmup}
    found = []
    for mine in one.slices:
        if mine.warmup or mine.confirm is not confirm or mine.block not in theirs:
            continue
        base, new = value(mine), value(theirs[mine.block])
        if base > 0 and new > 0:
            found.append(math.log(new / base))
    return tuple(found)


def _whole(one: Measurement, other: Measurement, endpoint: str) -> tuple[float, ...]:
    """Return the log-ratio of an endpoint's p50 over all slices, nothing where it was too rare."""
    both = [e for m in (one, other) for e in m.endpoints if e.name == endpoint]
    if len(both) < len((one, other)) or min(e.counts.answered for e in both) < TRIAL_LEAST:
        return ()
    base, new = (e.response.p50 for e in both)
    return (math.log(new / base),) if base > 0 and new > 0 else ()


def _share(seconds: float, one: SliceResult) -> float:
    return seconds / one.counts.answered if one.counts.answered else 0.0


def _component_cpu(name: str, one: SliceResult) -> float:
    return _share(one.cpu_s.get(name, 0.0), one)


def _endpoint_p50(name: str, one: SliceResult) -> float:
    found = one.endpoints.get(name)
    return found.p50 if found and found.count >= ENDPOINT_REQUESTS_LEAST else 0.0
