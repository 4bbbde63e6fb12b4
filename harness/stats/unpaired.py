"""Two groups of sessions that were not measured together, such as today's and stored ones.

Nothing pairs them, so their scatter does not cancel: this finds less than paired sessions do. The
estimate is the Hodges-Lehmann shift (the median of all differences), its interval the exact one by
ordered differences, the chance that of Wilcoxon, Mann and Whitney (Hollander and Wolfe 1973, 4.2).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from scipy.stats import mannwhitneyu

from harness.stats.comparison import CONFIDENCE, Comparison, Rule
from harness.stats.ranks import Floats
from harness.stats.spread import lag_one, robust_spread


def compare_groups(before: Sequence[float], after: Sequence[float], rule: Rule) -> Comparison:
    """Compare sessions' logarithms of a figure; `pairs` of the result are differences, and its
    `spread` is that of a difference between two sessions.

    Raises ValueError for an empty group.
    """
    if not len(before) or not len(after):
        raise ValueError("a group without sessions cannot be compared")
    one, other = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)
    low, high = shift_interval(one, other, (1 - CONFIDENCE) / 2)
    lower, upper = shift_interval(one, other, rule.alpha_equivalent)
    middle = float(np.median(one))
    return Comparison(
        sessions=len(other),
        pairs=len(one) * len(other),
        ratio=math.exp(float(np.median(other[:, None] - one))),
        low=math.exp(low),
        high=math.exp(high),
        lower=math.exp(lower),
        upper=math.exp(upper),
        p=_chance(rule.sign * one, rule.sign * other),
        p_better=_chance(-rule.sign * one, -rule.sign * other),
        spread=math.hypot(robust_spread(one), robust_spread(other)),
        pair_spread=0.0,
        autocorrelation=lag_one(other),
        ratios=tuple(np.exp(other - middle).tolist()),
    )


def shift_interval(one: Floats, other: Floats, tail: float) -> tuple[float, float]:
    """Return the exact bounds of the shift from `one` to `other`, each missed with at most `tail`;
    infinite where so few values cannot bound it.
    """
    differences = np.sort((other[:, None] - one).ravel())
    cumulated = rank_sum_cdf(len(one), len(other))
    order = int(np.searchsorted(cumulated, tail * (1 + 1e-12), side="right"))
    if not order:
        return -math.inf, math.inf
    return float(differences[order - 1]), float(differences[-order])


@lru_cache(maxsize=64)
def rank_sum_cdf(one: int, other: int) -> Floats:
    """Return P(U <= u) for u = 0 .. one * other, without ties, by the recurrence of Mann and
    Whitney (1947): the largest value is of either group.
    """
    ways = [np.zeros(one * other + 1) for _ in range(other + 1)]
    for row in ways:
        row[0] = 1.0
    for size in range(1, one + 1):
        for number in range(1, other + 1):
            shifted = np.zeros_like(ways[number])
            shifted[size:] = ways[number - 1][: len(shifted) - size]
            ways[number] = ways[number] + shifted
    return np.cumsum(ways[other]) / math.comb(one + other, one)


def _chance(one: Floats, other: Floats) -> float:
    """Return the one-sided chance of `other` being this much larger: exact, but where values are
    tied the normal approximation, corrected for ties.
    """
    together = np.concatenate([one, other])
    method = "exact" if len(np.unique(together)) == len(together) else "asymptotic"
    return float(mannwhitneyu(other, one, alternative="greater", method=method).pvalue)
