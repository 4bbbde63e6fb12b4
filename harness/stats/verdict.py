"""A comparison and a rule -> different, equivalent, or not known yet and what it would take.

Different needs significance and size: the chance, corrected for the family, is at most alpha, the
wider interval excludes equality, and the estimate is at least the margin. Equivalent needs both
one-sided bounds within the margin (two one-sided tests, Schuirmann 1987). Neither follows from the
lack of the other. To find changes of size X, set the margin to about X / 2: a change as large as
the margin itself is called different only half the time.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import numpy as np
from scipy.stats import norm, t

from harness.stats.comparison import CONFIDENCE, Comparison, Rule
from harness.stats.family import holm
from harness.stats.ranks import fewest_sessions
from harness.stats.spread import RANKS_COST, expected_spread

MORE_AT_MOST = 200


class Answer(StrEnum):
    """What a comparison comes to; untrusted is given by those who saw its own A/A alarm."""

    DIFFERENT = "different"
    EQUIVALENT = "equivalent"
    UNDECIDED = "undecided"
    UNTRUSTED = "untrusted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """An answer, its direction and its chance.

    `direction` is of the estimate, whatever the answer. `p` is the chance in that direction,
    corrected for the family. `more_sessions` is with how many further ones it would be settled
    with even odds, if estimate and spread stay as they are: None when settled, or when more than
    200 would be needed.
    """

    answer: Answer
    direction: Literal["worse", "better"]
    p: float
    more_sessions: int | None

    @property
    def regression(self) -> bool:
        """Tell whether the candidate is worse by at least the margin."""
        return self.answer is Answer.DIFFERENT and self.direction == "worse"


def judge(
    comparison: Comparison,
    rule: Rule,
    *,
    p: float | None = None,
    p_better: float | None = None,
    hypotheses: int = 1,
) -> Verdict:
    """Return the verdict on one comparison.

    `p` and `p_better` are those of the comparison corrected for a family of `hypotheses`; without
    them it is judged as the only one.
    """
    effect = rule.sign * math.log(comparison.ratio)
    direction: Literal["worse", "better"] = "worse" if effect >= 0 else "better"
    if direction == "worse":
        chance = comparison.p if p is None else p
    else:
        chance = comparison.p_better if p_better is None else p_better
    answer = _answer(comparison, rule, effect, chance)
    return Verdict(
        answer=answer,
        direction=direction,
        p=chance,
        more_sessions=_more_sessions(comparison, rule, effect, hypotheses)
        if answer is Answer.UNDECIDED
        else None,
    )


def judge_family(comparisons: Mapping[str, Comparison], rule: Rule) -> dict[str, Verdict]:
    """Return the verdict on each of a family by name, its chances corrected by Holm."""
    worse = holm({name: one.p for name, one in comparisons.items()})
    better = holm({name: one.p_better for name, one in comparisons.items()})
    return {
        name: judge(one, rule, p=worse[name], p_better=better[name], hypotheses=len(comparisons))
        for name, one in comparisons.items()
    }


def _answer(comparison: Comparison, rule: Rule, effect: float, chance: float) -> Answer:
    unequal = comparison.low > 1 or comparison.high < 1
    if abs(effect) >= rule.border and chance <= rule.alpha and unequal:
        return Answer.DIFFERENT
    ends = sorted(rule.sign * _log(bound) for bound in (comparison.lower, comparison.upper))
    inside = ends[0] > -rule.border or rule.asks == "regression"
    return Answer.EQUIVALENT if inside and ends[1] < rule.border else Answer.UNDECIDED


def _more_sessions(
    comparison: Comparison, rule: Rule, effect: float, hypotheses: int
) -> int | None:
    """Find the fewest sessions whose expected bound lies on the near side of the nearer border.

    The bound is the wider of Student's, with Holm's first factor, and the bootstrap's, which adds
    the pairs' noise to the spread. At least the margin away, the border is equality; within, it is
    the margin.
    """
    if effect >= rule.border or (effect <= -rule.border and rule.asks == "difference"):
        room, alpha, drawn = abs(effect), rule.alpha / hypotheses, (1 - CONFIDENCE) / 2
    else:
        nearer = abs(effect) if rule.asks == "difference" else effect
        room, alpha, drawn = rule.border - nearer, rule.alpha_equivalent, rule.alpha_equivalent
    further = np.arange(1, MORE_AT_MOST + 1)
    number = comparison.sessions + further
    noise = expected_spread(comparison.pair_spread, comparison.pairs / comparison.sessions)
    half = np.maximum(
        t.isf(alpha, number - 1) * comparison.spread,
        norm.isf(drawn) * math.hypot(comparison.spread, noise),
    )
    settled = (RANKS_COST * half / np.sqrt(number) < room) & (number >= fewest_sessions(alpha))
    return int(further[np.argmax(settled)]) if settled.any() else None


def _log(ratio: float) -> float:
    return math.log(ratio) if ratio > 0 else -math.inf
