"""Where the middle of a few values lies, without assuming a distribution: ranks only.

The Hodges-Lehmann estimate is the median of the Walsh averages (of all pairs, each value with
itself too); its interval runs between two ordered Walsh averages, chosen by the exact distribution
of Wilcoxon's signed-rank sum (Hodges and Lehmann 1963; Hollander and Wolfe, Nonparametric
Statistical Methods, sections 3.1-3.3). All assume that the values scatter symmetrically around the
middle. Up to 29 % of them may be arbitrarily wrong. scipy has the test but neither estimate nor
interval, and its exact test ignores ties; this one is exact with ties too.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

Floats = NDArray[np.float64]


def walsh_averages(rows: ArrayLike) -> Floats:
    """Return the ascending averages of every two values along the last axis: n(n+1)/2 from n."""
    values = np.asarray(rows, dtype=np.float64)
    number = values.shape[-1]
    averages = np.empty((*values.shape[:-1], number * (number + 1) // 2))
    at = 0
    for apart in range(number):
        here = averages[..., at : at + number - apart]
        np.add(values[..., apart:], values[..., : number - apart], out=here)
        at += number - apart
    averages *= 0.5
    averages.sort(axis=-1)
    return averages


def middle(ascending: Floats) -> Floats:
    """Return the median of values that ascend along the last axis."""
    number = ascending.shape[-1]
    lower, upper = ascending[..., (number - 1) // 2], ascending[..., number // 2]
    return np.asarray((lower + upper) / 2)


def hodges_lehmann(values: Sequence[float] | Floats) -> float:
    """Return the median of the Walsh averages; raise ValueError for no values or infinite ones."""
    return float(middle(walsh_averages(_checked(values))))


def signed_rank_interval(
    values: Sequence[float] | Floats,
    confidence: float,
    *,
    side: Literal["two", "lower", "upper"] = "two",
) -> tuple[float, float]:
    """Return the interval that holds the middle with at least this confidence.

    `lower` bounds it from below only, `upper` from above only. A side that so few values cannot
    bound with this confidence is infinite.
    """
    averages = walsh_averages(_checked(values))
    tail = (1 - confidence) / (2 if side == "two" else 1)
    order = critical_order(len(values), tail)
    low = float(averages[order - 1]) if order and side != "upper" else -np.inf
    high = float(averages[-order]) if order and side != "lower" else np.inf
    return low, high


def critical_order(number: int, tail: float) -> int:
    """Return which Walsh average, counted from either end, bounds the middle of `number` values.

    It is the largest k with P(T < k) <= tail, T the signed-rank sum; 0 where there is none.
    """
    # 1e-12 forgives the rounding of 1 - confidence where the probability is exactly the tail.
    return int(np.searchsorted(signed_rank_cdf(number), tail * (1 + 1e-12) + 1e-15, side="right"))


def signed_rank_p(
    values: Sequence[float] | Floats,
    *,
    shift: float = 0.0,
    alternative: Literal["greater", "less"] = "greater",
) -> float:
    """Return the exact one-sided probability of signed ranks this far, were `shift` the middle.

    Values equal to the shift are dropped (Wilcoxon's way), equal distances share their mean rank,
    and the distribution is the one of these very ranks. 1.0 when nothing is left.
    """
    distances = _checked(values) - shift
    distances = distances[distances != 0]
    if alternative == "less":
        distances = -distances
    # Twice the ranks are whole numbers even where ranks are shared.
    doubled = np.rint(2 * rankdata(np.abs(distances))).astype(int)
    against = int(doubled[distances < 0].sum())
    return min(1.0, float(_sum_cdf(tuple(sorted(doubled.tolist())))[against]))


def fewest_sessions(alpha: float, hypotheses: int = 1) -> int:
    """Return with how many values a one-sided signed-rank test can first reach alpha.

    The smallest p of n values is 2^-n; Holm multiplies it by the number of hypotheses.
    """
    number = 1
    while hypotheses * 0.5**number > alpha:
        number += 1
    return number


@lru_cache(maxsize=256)
def signed_rank_cdf(number: int) -> Floats:
    """Return P(T <= t) for t = 0 .. n(n+1)/2, the sum of signed ranks of n values without ties."""
    return _sum_cdf(tuple(range(1, number + 1)))


def _sum_cdf(ranks: tuple[int, ...]) -> Floats:
    """Return P(sum <= t) where each rank is in the sum with probability 1/2, by recurrence."""
    density = np.zeros(sum(ranks) + 1)
    density[0] = 1.0
    reached = 0
    for rank in ranks:
        shifted = density[: reached + 1] / 2
        density[: reached + 1] = shifted
        density[rank : rank + reached + 1] += shifted
        reached += rank
    return np.cumsum(density)


def _checked(values: Sequence[float] | Floats) -> Floats:
    checked = np.asarray(values, dtype=np.float64)
    if checked.ndim != 1 or not checked.size or not np.isfinite(checked).all():
        raise ValueError(f"finite values in one row are needed, these are {values!r}")
    return checked
