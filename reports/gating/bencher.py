"""Judgement -> Bencher Metric Format: {benchmark: {measure: value with its bounds}}.

Measures: `p50-ratio`, `p95-ratio`, `cpu-ratio` and `throughput-ratio` are candidate / baseline of
this run with the 95 % interval; `p50`, `p95` and `cpu` in nanoseconds, as Bencher's own latency,
and `throughput` in requests per second are the candidate's, with the least and greatest session.
Counts bear their own name.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.gate import Finding, Judgement
from harness.pairs import Metric
from reports.gating import change, naming
from reports.gating.levels import MILLISECONDS, Level

BENCHMARK_LONGEST, MEASURE_LONGEST = 1024, 64
NANOSECONDS = 1e6
Document = dict[str, dict[str, dict[str, float]]]


def document(judgement: Judgement, levels: Sequence[Level] = ()) -> Document:
    """Return the document; ratios that the gate does not trust are left out."""
    found: Document = {}
    for finding in judgement.findings:
        if not finding.distrust:
            measure = _measure(f"{finding.metric.name}-ratio")
            found.setdefault(_benchmark(finding.metric), {})[measure] = _ratio(finding)
    for level in levels:
        if level.candidate:
            measure = _measure(level.metric.name)
            found.setdefault(_benchmark(level.metric), {})[measure] = _level(level)
    for counting in judgement.counts:
        where = _named(counting.part, counting.scenario, "count")
        found.setdefault(where, {})[_measure(counting.name)] = {"value": counting.candidate}
    return found


def _benchmark(metric: Metric) -> str:
    return _named(metric.part, metric.scenario, metric.load)


def _named(part: str, scenario: str, load: str) -> str:
    """Name a benchmark. It ends in a bracket, because Bencher takes an end of a name as an order to
    ignore it, and names are not ours.
    """
    of = " in ".join(naming.whole(name) for name in (part, scenario) if name)
    return naming.distinct(f"{of} ({naming.whole(load)})", BENCHMARK_LONGEST)


def _measure(name: str) -> str:
    return naming.distinct(naming.whole(name), MEASURE_LONGEST)


def _ratio(finding: Finding) -> dict[str, float]:
    compared = finding.comparison
    if not change.bounded(compared):
        return {"value": compared.ratio}
    return {
        "value": compared.ratio,
        "lower_value": compared.low,
        "upper_value": compared.high,
    }


def _level(level: Level) -> dict[str, float]:
    size = NANOSECONDS if level.unit == MILLISECONDS else 1.0
    return {
        "value": level.over.middle * size,
        "lower_value": level.over.low * size,
        "upper_value": level.over.high * size,
    }
