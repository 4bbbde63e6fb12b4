"""Records of two sides -> paired log-ratios, by what is compared.

A pair is a block: one slice of either side, next to each other in time and with the same arrivals.
What a pair yields is log(candidate / baseline), so that -0.1 and 0.1 are equally far from alike.
The longer, confirming slices are series of their own. Throughput and CPU are per weighed request
(harness/stats/mix.py), because the slices of a pair never hold quite the same requests.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import NamedTuple

from harness.records import Measurement, Record, SliceResult, Status
from harness.stats.mix import weights, work

ENDPOINT_REQUESTS_LEAST, TRIAL_LEAST, PAIRS_LEAST = 5, 20, 4
CPU_SHARE_LEAST = 0.05
MODEL = "llm"
HIGHER_IS_BETTER = frozenset({"throughput"})
TIMED = frozenset({"throughput", "p50", "p95"})  # what a slow load generator spoils
Figure = Callable[[SliceResult], float]
Ratio = Callable[[SliceResult, SliceResult], float | None]
Wanted = Callable[[Record, "Metric"], bool]


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


class Held(NamedTuple):
    """What a slice held: CPU seconds, and requests weighed by what they cost."""

    cpu_s: float
    work: float

    @property
    def cost(self) -> float:
        """Return the CPU seconds for each weighed request, 0.0 where there was none."""
        return self.cpu_s / self.work if self.work else 0.0


def every(_record: Record, _metric: Metric) -> bool:
    """Tell that any trial may be compared by any metric."""
    return True


def series(
    records: Iterable[Record], baseline: str, candidate: str, wanted: Wanted = every
) -> tuple[Series, ...]:
    """Return what can be compared between two sides of the same run, in a stable order.

    Sessions in which either side failed are left out; so are pairs in which either has no value,
    and trials that are not `wanted` for a metric. Endpoints that are too rare for slices are
    compared by their whole trials, one pair a session.
    """
    short: dict[Metric, list[tuple[float, ...]]] = defaultdict(list)
    long: dict[Metric, list[tuple[float, ...]]] = defaultdict(list)
    for one, other in _matches(records, baseline, candidate):
        key = one.key
        if one.measurement is None or other.measurement is None:
            continue
        blocks = {c: _blocks(one.measurement, other.measurement, confirm=c) for c in (False, True)}
        for name, part, ratio in _values(one, one.measurement, other.measurement):
            metric = Metric(scenario=key.scenario, load=key.load, name=name, **part)
            if not (wanted(one, metric) and wanted(other, metric)):
                continue
            for found, confirm in ((short, False), (long, True)):
                ratios = _ratios(blocks[confirm], ratio)
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
) -> Iterator[tuple[str, Mapping[str, str], Ratio]]:
    """Yield what can be compared: a metric's name, the part it is of, and a pair's log-ratio."""
    slices = [s for m in (one, other) for s in m.slices if not s.warmup]
    own = frozenset(use.name for use in one.components if use.role != MODEL)
    held = _weighed(slices, partial(_cpu, own))
    if record.model == "closed":
        yield "throughput", {}, _logs(lambda s: held(s).work / s.duration_s)
    yield "p50", {}, _typical
    yield "p95", {}, _logs(lambda s: s.response.p95)
    yield "cpu", {}, _logs(lambda s: held(s).cost)
    for name in sorted(_busy(one) & _busy(other)):
        yield "cpu", {"component": name}, _logs(_component_cost(name, slices))
    for name in sorted({e.name for e in one.endpoints} & {e.name for e in other.endpoints}):
        yield "p50", {"endpoint": name}, _logs(partial(_endpoint_p50, name))


def _weighed(slices: Sequence[SliceResult], spent: Figure) -> Callable[[SliceResult], Held]:
    """Return what tells of each of these slices what was spent in it and how much work it held.

    Requests are weighed when it is first asked, because that is dear and many never are.
    """

    @cache
    def known() -> Mapping[int, Held]:
        mixes, seconds = [_mix(s) for s in slices], [spent(s) for s in slices]
        costs = weights(mixes, seconds)
        helds = (Held(cpu_s=c, work=work(m, costs)) for m, c in zip(mixes, seconds, strict=True))
        return dict(zip(map(id, slices), helds, strict=True))

    return lambda one: known()[id(one)]


def _busy(measurement: Measurement) -> set[str]:
    """Return the components whose CPU can be told from nothing: 5 % of the stack's or more."""
    own = [use for use in measurement.components if use.role != MODEL]
    total = sum(use.cpu_s for use in own)
    return {use.name for use in own if use.cpu_s > CPU_SHARE_LEAST * total}


def _blocks(
    one: Measurement, other: Measurement, *, confirm: bool
) -> list[tuple[SliceResult, SliceResult]]:
    """Return the slices of every block that both have finished."""
    theirs = {s.block: s for s in other.slices if s.confirm is confirm and not s.warmup}
    mine = (s for s in one.slices if s.confirm is confirm and not s.warmup)
    return [(s, theirs[s.block]) for s in mine if s.block in theirs]


def _ratios(blocks: Iterable[tuple[SliceResult, SliceResult]], ratio: Ratio) -> tuple[float, ...]:
    """Return the log-ratio of every block that has one."""
    return tuple(value for pair in blocks if (value := ratio(*pair)) is not None)


def _logs(value: Figure) -> Ratio:
    """Return the log-ratio of a figure that either slice has by itself; None where it is 0."""

    def ratio(one: SliceResult, other: SliceResult) -> float | None:
        base, new = value(one), value(other)
        return math.log(new / base) if base > 0 and new > 0 else None

    return ratio


def _typical(one: SliceResult, other: SliceResult) -> float | None:
    """Return the mean log-ratio of the operations' p50, each compared with itself and weighed by
    its requests: the p50 of all together moves with the mix when operations differ much.
    """
    total, requests = 0.0, 0
    for name in sorted(one.endpoints):
        base, new = _endpoint_p50(name, one), _endpoint_p50(name, other)
        if base > 0 and new > 0:
            number = min(one.endpoints[name].count, other.endpoints[name].count)
            total, requests = total + number * math.log(new / base), requests + number
    return total / requests if requests else None


def _whole(one: Measurement, other: Measurement, endpoint: str) -> tuple[float, ...]:
    """Return the log-ratio of an endpoint's p50 over all slices, nothing where it was too rare."""
    both = [e for m in (one, other) for e in m.endpoints if e.name == endpoint]
    if len(both) < len((one, other)) or min(e.counts.answered for e in both) < TRIAL_LEAST:
        return ()
    base, new = (e.response.p50 for e in both)
    return (math.log(new / base),) if base > 0 and new > 0 else ()


def _mix(one: SliceResult) -> Mapping[str, int]:
    return {name: latency.count for name, latency in one.endpoints.items()}


def _cpu(own: frozenset[str], one: SliceResult) -> float:
    """Return the processor seconds of the stack itself, without the language model's."""
    return sum(seconds for name, seconds in one.cpu_s.items() if name in own)


def _component_cost(name: str, slices: Sequence[SliceResult]) -> Figure:
    held = _weighed(slices, lambda s: s.cpu_s.get(name, 0.0))
    return lambda s: held(s).cost


def _endpoint_p50(name: str, one: SliceResult) -> float:
    found = one.endpoints.get(name)
    return found.p50 if found and found.count >= ENDPOINT_REQUESTS_LEAST else 0.0
