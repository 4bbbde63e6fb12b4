"""Standings: which stacks are ahead, which are tied, and which nobody can tell apart yet.

Every two stacks of a scenario are compared by the pairs of their slices, session by session, as a
gate compares two sides; here it matters in both directions. Holm corrects within a metric over all
pairs, scenarios and loads. Stacks share a tier unless one differs from the tier's best: only these
duels are judged, for the bootstrap that a verdict needs is most of the work.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import log

from harness.config import MARGINS
from harness.config import Metric as MetricName
from harness.gate import SEED, rule_of
from harness.pairs import TIMED, Metric, series
from harness.records import Record
from harness.stats.comparison import Comparison, Ranked, Rule, bound, rank
from harness.stats.family import holm
from harness.stats.summary import unranked
from harness.stats.verdict import Answer, Verdict, judge

NAMES: tuple[MetricName, ...] = ("throughput", "p95", "cpu")
Pair = tuple[str, str]


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
    """The tiers of a metric, the best first, and the duels that they come from: of each tier's
    best with its others and with the best of the next.
    """

    metric: Metric
    tiers: tuple[tuple[str, ...], ...]
    duels: tuple[Duel, ...]

    def duel(self, one: str, other: str) -> Duel | None:
        """Return the duel of two stacks, whoever comes first; None if it decided nothing."""
        both = {one, other}
        return next((d for d in self.duels if {d.one, d.other} == both), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """All pairs of stacks by one metric in every scenario, and their chances corrected by Holm."""

    rule: Rule
    ranked: Mapping[tuple[Metric, Pair], Ranked]
    worse: Mapping[str, float]
    better: Mapping[str, float]

    def duel(self, metric: Metric, pair: Pair) -> Duel:
        """Return the duel of a pair that met."""
        comparison = bound(self.ranked[metric, pair], self.rule, seed=SEED)
        verdict = judge(
            comparison,
            self.rule,
            p=self.worse[str((metric, pair))],
            p_better=self.better[str((metric, pair))],
            hypotheses=len(self.ranked),
        )
        one, other = pair
        return Duel(one=one, other=other, comparison=comparison, verdict=verdict)


def standings(records: Sequence[Record], stacks: Sequence[str]) -> tuple[Standing, ...]:
    """Return a standing for each scenario, load and metric that two stacks or more were measured
    by; trials that must not be set beside others are left out.
    """
    found: dict[str, dict[tuple[Metric, Pair], Sequence[Sequence[float]]]] = {
        name: {} for name in NAMES
    }
    fit = {
        timed: {record.key for record in records if not unranked(record, timed=timed)}
        for timed in (False, True)
    }

    def wanted(record: Record, metric: Metric) -> bool:
        whole = metric.name in NAMES and not metric.part
        return whole and record.key in fit[metric.name in TIMED]

    for pair in combinations(stacks, 2):
        for each in series(records, *pair, wanted):
            found[each.metric.name][each.metric, pair] = each.sessions
    return tuple(standing for name in NAMES for standing in _standings(name, found[name]))


def _standings(
    name: MetricName, met: Mapping[tuple[Metric, Pair], Sequence[Sequence[float]]]
) -> Iterator[Standing]:
    rule = replace(rule_of(name, MARGINS[name]), asks="difference")
    ranked = {key: rank(sessions, rule) for key, sessions in met.items()}
    family = Family(
        rule=rule,
        ranked=ranked,
        worse=holm({str(key): one.p for key, one in ranked.items()}),
        better=holm({str(key): one.p_better for key, one in ranked.items()}),
    )
    for metric in sorted({metric for metric, _ in ranked}):
        yield _standing(metric, family)


def _standing(metric: Metric, family: Family) -> Standing:
    """Go through the stacks from the best; who differs from a tier's best begins the next one."""
    met = {frozenset(pair): pair for at, pair in family.ranked if at == metric}
    tiers, duels = list[list[str]](), list[Duel]()
    for stack in _ordered(metric, family):
        pair = met.get(frozenset((tiers[-1][0], stack))) if tiers else None
        duels += [family.duel(metric, pair)] if pair else []
        if tiers and not (pair and duels[-1].told):
            tiers[-1].append(stack)
        else:
            tiers.append([stack])
    return Standing(metric=metric, tiers=tuple(map(tuple, tiers)), duels=tuple(duels))


def _ordered(metric: Metric, family: Family) -> list[str]:
    """Return the stacks by how they did against all others, the best first."""
    cost: dict[str, float] = {}
    sign = -1 if metric.higher_is_better else 1
    for (at, (one, other)), ranked in family.ranked.items():
        if at == metric:
            ahead = sign * log(ranked.ratio)
            cost[one] = cost.get(one, 0.0) - ahead
            cost[other] = cost.get(other, 0.0) + ahead
    return sorted(cost, key=lambda name: (cost[name], name))
