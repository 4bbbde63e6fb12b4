"""How good a ranking is, against grades that are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log2

TOP = 10


def ndcg(found: Sequence[int], grades: Mapping[int, int], top: int = TOP) -> float:
    """Return the normalised discounted cumulative gain of the first `top` documents found, 0..1.

    K. Jaervelin, J. Kekaelaeinen, Cumulated gain-based evaluation of IR techniques, ACM TOIS 20(4),
    2002, with the gain 2 ** grade - 1 of C. Burges et al., Learning to rank using gradient descent,
    ICML 2005.
    """
    ideal = _gain(sorted(grades.values(), reverse=True)[:top])
    return _gain([grades.get(one, 0) for one in found[:top]]) / ideal


def _gain(grades: Sequence[int]) -> float:
    return sum((2.0**grade - 1) / log2(place + 2) for place, grade in enumerate(grades))
