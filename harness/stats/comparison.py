"""Paired log-ratios by session -> what they say: an estimate, its interval, how sure it is.

A log-ratio is log(candidate / baseline) of one block; the session is the unit of analysis. Two
intervals are made, from signed ranks and by bootstrap; on each side the one that reaches further
counts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from harness.errors import UsageError
from harness.stats.bootstrap import bounds, resampled_estimates
from harness.stats.ranks import (
    Floats,
    hodges_lehmann,
    middle,
    signed_rank_interval,
    signed_rank_p,
    walsh_averages,
)
from harness.stats.spread import lag_one, robust_spread

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What is asked of a metric, and how sure the answer must be.

    `margin` is the smallest difference that matters, as a share of the baseline; it is applied to
    logarithms on both sides, so 0.05 means a ratio of 1.05 or 1 / 1.05. `alpha` is the chance
    allowed to call equal things different in one direction, `alpha_equivalent` the chance to call
    things equivalent that differ by the margin. Asked for a `difference`, equivalent is what lies
    within the margin on both sides; asked for a `regression`, what is worse by less than that.
    """

    better: Literal["lower", "higher"]
    margin: float = 0.05
    alpha: float = 0.01
    alpha_equivalent: float = 0.05
    asks: Literal["difference", "regression"] = "difference"

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        for name, value in (
            ("margin", self.margin),
            ("alpha", self.alpha),
            ("alpha_equivalent", self.alpha_equivalent),
        ):
            if not 0 < value < 1:
                raise UsageError(f"{name} is {value:g}; it must lie between 0 and 1")

    @property
    def sign(self) -> int:
        """Return what turns a log-ratio so that more is worse."""
        return 1 if self.better == "lower" else -1

    @property
    def border(self) -> float:
        """Return the margin as a log-ratio."""
        return math.log1p(self.margin)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What paired log-ratios say of candidate / baseline.

    `low` and `high` hold the ratio with 95 % confidence; `lower` and `upper` bound it on one side
    each, with the confidence that the rule asks for equivalence. Where sessions are too few they
    are 0 and infinity. `p` is the chance of such sessions if the candidate were no worse,
    `p_better` if it were no better. `spread` is the robust standard deviation of the sessions'
    log-ratios, `pair_spread` that of the pairs within a session (the median over sessions),
    `autocorrelation` that of neighbouring pairs (the mean over sessions). `ratios` are the
    sessions' own, in the order given.
    """

    sessions: int
    pairs: int
    ratio: float
    low: float
    high: float
    lower: float
    upper: float
    p: float
    p_better: float
    spread: float
    pair_spread: float
    autocorrelation: float
    ratios: tuple[float, ...]

    def turned(self) -> Comparison:
        """Return the comparison seen from the other side: of baseline / candidate."""
        return replace(
            self,
            ratio=1 / self.ratio,
            low=_inverse(self.high),
            high=_inverse(self.low),
            lower=_inverse(self.upper),
            upper=_inverse(self.lower),
            p=self.p_better,
            p_better=self.p,
            ratios=tuple(1 / ratio for ratio in self.ratios),
        )


def session_estimates(sessions: Sequence[Sequence[float]]) -> Floats:
    """Return the Hodges-Lehmann estimate of each session's log-ratios.

    Raise ValueError for no session, an empty one or an infinite value.
    """
    if not len(sessions):
        raise ValueError("no session to compare")
    if len({len(blocks) for blocks in sessions}) == 1:
        rows = np.asarray(sessions, dtype=np.float64)
        if rows.size and np.isfinite(rows).all():
            return middle(walsh_averages(rows))  # the same, all at once
    return np.array([hodges_lehmann(blocks) for blocks in sessions])


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """What signed ranks alone say of paired log-ratios, at little cost: all of a Comparison that a
    family of them must know of each.

    `estimates` are the sessions' log-ratios; `ratio`, `p` and `p_better` are as in a Comparison.
    """

    blocks: Sequence[Sequence[float]]
    estimates: Floats
    ratio: float
    p: float
    p_better: float


def rank(sessions: Sequence[Sequence[float]], rule: Rule) -> Ranked:
    """Return what signed ranks say of sessions of paired log-ratios."""
    estimates = session_estimates(sessions)
    return Ranked(
        blocks=sessions,
        estimates=estimates,
        ratio=math.exp(hodges_lehmann(estimates)),
        p=signed_rank_p(rule.sign * estimates),
        p_better=signed_rank_p(rule.sign * estimates, alternative="less"),
    )


def bound(ranked: Ranked, rule: Rule, *, seed: int, draws: int = 2_000) -> Comparison:
    """Return the comparison with its intervals; the same seed gives the same ones."""
    sessions, estimates = ranked.blocks, ranked.estimates
    redrawn = resampled_estimates(sessions, seed=seed, draws=draws)
    low, high = _wider(estimates, redrawn, (1 - CONFIDENCE) / 2)
    lower, upper = _wider(estimates, redrawn, rule.alpha_equivalent)
    return Comparison(
        sessions=len(sessions),
        pairs=sum(len(blocks) for blocks in sessions),
        ratio=ranked.ratio,
        low=math.exp(low),
        high=math.exp(high),
        lower=math.exp(lower),
        upper=math.exp(upper),
        p=ranked.p,
        p_better=ranked.p_better,
        spread=robust_spread(estimates),
        pair_spread=float(np.median([robust_spread(blocks) for blocks in sessions])),
        autocorrelation=float(np.mean([lag_one(blocks) for blocks in sessions])),
        ratios=tuple(np.exp(estimates).tolist()),
    )


def compare(
    sessions: Sequence[Sequence[float]], rule: Rule, *, seed: int, draws: int = 2_000
) -> Comparison:
    """Return what sessions of paired log-ratios say; the same seed gives the same interval."""
    return bound(rank(sessions, rule), rule, seed=seed, draws=draws)


def _wider(estimates: Floats, redrawn: Floats, tail: float) -> tuple[float, float]:
    ranked = signed_rank_interval(estimates, 1 - 2 * tail)
    drawn = bounds(redrawn, tail)
    return min(ranked[0], drawn[0]), max(ranked[1], drawn[1])


def _inverse(bound: float) -> float:
    return 1 / bound if bound else math.inf
