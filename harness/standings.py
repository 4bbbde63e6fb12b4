"""Standings: which stacks are ahead, which are tied, and which nobody can tell apart yet.

Every two stacks of a scenario are compared by the pairs of their slices, session by session, as a
gate compares two sides; here it matters in both directions. Holm corrects within a metric over all
pairs, scenarios and loads. Stacks share a tier unless one differs from the tier's best.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import log

from harness.config import MARGINS
from harness.config import Metric as MetricName
from harness.gate import SEED, rule_of
from harness.pairs import TIMED, Metric, series
from harness.records import Record
from harness.stats.comparison import Comparison, Rule, compare
from harness.stats.summary import unranked
from harness.stats.verdict import Answer, Verdict, judge_family

NAMES: tuple[MetricName, ...] = ("throughput", "p95", "cpu")
Compared = dict[tuple[Metric, str, str], Comparison]


@dataclass(frozen=True, slots=True, kw_only=True)
class Duel:
    """Two stacks by one metric; comparison and verdict are those of `other` over `one`."""

    one: str
    other: str
    comparison: Comparison
    verdict: Verdict

    @property
    def told(self) -> bool:
        """Tell whether they differ."""
        return self.verdict.answer is Answer.DIFFERENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The tiers of a metric, the best first, and the duels that they come from."""

    metric: Metric
    tiers: tuple[tuple[str, ...], ...]
    duels: tuple[Duel, ...]

    def duel(self, one: str, other: str) -> Duel | None:
        """Return the duel of two stacks, whoever comes first; None if they did not meet."""
        both = {one, other}
        return next((d for d in self.duels if {d.one, d.other} == both), None)


def standings(records: Sequence[Record], stacks: Sequence[str]) -> tuple[Standing, ...]:
    """Return a standing for each scenario, load and metric that two stacks or more were measured
    by; trials that must not be set beside others are left out.
    """
    found: dict[MetricName, dict[tuple[Metric, str, str], Comparison]] = {
        name: {} for name in NAMES
    }
    for name in NAMES:
        fit = [r for r in records if not unranked(r, timed=name in TIMED)]
        rule = _rule(name)
        for one, other in combinations(stacks, 2):
            for each in series(fit, one, other):
                if each.metric.name == name and not each.metric.part:
                    told = compare(each.sessions, rule, seed=SEED)
                    found[name][each.metric, one, other] = told
    return tuple(standing for name in NAMES for standing in _standings(name, found[name]))


def _standings(name: MetricName, compared: Compared) -> Iterator[Standing]:
    verdicts = judge_family({str(key): c for key, c in compared.items()}, _rule(name))
    for metric in sorted({metric for metric, _, _ in compared}):
        duels = tuple(
            Duel(one=one, other=other, comparison=told, verdict=verdicts[str((at, one, other))])
            for (at, one, other), told in compared.items()
            if at == metric
        )
        yield Standing(metric=metric, tiers=_tiers(metric, duels), duels=duels)


def _rule(name: MetricName) -> Rule:
    return replace(rule_of(name, MARGINS[name]), asks="difference")


def _tiers(metric: Metric, duels: Sequence[Duel]) -> tuple[tuple[str, ...], ...]:
    """Order stacks by how they did against all others; who differs from a tier's best begins the
    next one.
    """
    cost: dict[str, float] = {}
    sign = -1 if metric.higher_is_better else 1
    for duel in duels:
        ahead = sign * log(duel.comparison.ratio)
        cost[duel.one] = cost.get(duel.one, 0.0) - ahead
        cost[duel.other] = cost.get(duel.other, 0.0) + ahead
    apart = {frozenset((d.one, d.other)) for d in duels if d.told}
    tiers = list[list[str]]()
    for stack in sorted(cost, key=lambda name: (cost[name], name)):
        if tiers and frozenset((tiers[-1][0], stack)) not in apart:
            tiers[-1].append(stack)
        else:
            tiers.append([stack])
    return tuple(tuple(tier) for tier in tiers)
