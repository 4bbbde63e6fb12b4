"""How often a gate would have been right, from sessions that were measured: by resampling them.

Sessions are drawn with replacement, all comparisons of a session together, and judged as the gate
would: Holm within each family, looks fixed in advance. The bootstrap is left out, so the share of
equivalent is an upper bound; shares of different hardly depend on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from harness.errors import UsageError
from harness.stats.comparison import Rule, compare, session_estimates
from harness.stats.family import holm_rows
from harness.stats.looks import Looks
from harness.stats.ranks import Floats, critical_order, middle, signed_rank_cdf, walsh_averages
from harness.stats.verdict import Verdict, judge

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothesis:
    """One comparison of a gate: its sessions of log-ratios, its rule and its family's name.

    One that does not decide can alarm, but leaves nothing open.
    """

    sessions: Sequence[Sequence[float]]
    rule: Rule
    family: str
    decides: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """Shares of the draws, which add up to 1, and the mean number of sessions that one took.

    `worse`: something was called worse; `better`: all was settled, nothing worse, something better;
    `equivalent`: all was; `undecided`: the last look left something open.
    """

    worse: float
    better: float
    equivalent: float
    undecided: float
    sessions: float


def resampled(
    sessions: Sequence[Sequence[float]],
    number: int,
    rule: Rule,
    *,
    seed: int,
    draws: int = 4_000,
    flip: bool = False,
) -> Shares:
    """Return what one comparison judged once, after `number` sessions, would have come to.

    With `flip` the sides of each session drawn are swapped at random, which makes an A/A comparison
    exactly symmetric.
    """
    looks = Looks(sessions=(number,), alpha=rule.alpha, alpha_equivalent=rule.alpha_equivalent)
    one = Hypothesis(sessions=sessions, rule=rule, family="")
    return resampled_gate([one], looks, seed=seed, draws=draws, flip=flip)


def resampled_gate(
    hypotheses: Sequence[Hypothesis],
    looks: Looks,
    *,
    seed: int,
    draws: int = 4_000,
    flip: bool = False,
) -> Shares:
    """Return what a whole gate would have come to, each draw up to the look that settles it.

    A gate stops as soon as something is worse or all is settled. Raise UsageError where the
    hypotheses do not share their sessions.
    """
    estimates = np.stack([_oriented(one) for one in _of_one_length(hypotheses)])
    random = np.random.default_rng(seed)
    size = (draws, looks.sessions[-1])
    drawn = estimates[:, random.integers(estimates.shape[1], size=size)]
    if flip:
        drawn *= random.choice((-1.0, 1.0), size=size)
    open_draws = np.arange(draws)
    ends = np.zeros(3)
    used = 0
    for look, number in enumerate(looks.sessions, 1):
        used += (number - (looks.sessions[look - 2] if look > 1 else 0)) * len(open_draws)
        worse, better, settled = _judged(drawn[:, open_draws, :number], hypotheses, looks, look)
        ends += (worse.sum(), (settled & better & ~worse).sum(), (settled & ~better & ~worse).sum())
        open_draws = open_draws[~(worse | settled)]
    shares = ends / draws
    return Shares(
        worse=float(shares[0]),
        better=float(shares[1]),
        equivalent=float(shares[2]),
        undecided=len(open_draws) / draws,
        sessions=used / draws,
    )


def independent(
    sessions: Sequence[Sequence[float]], number: int, rule: Rule, *, seed: int
) -> list[Verdict]:
    """Return the full verdicts over groups of `number` sessions in time order, none used twice.

    Sessions left over at the end are not judged.
    """
    starts = range(0, len(sessions) - number + 1, number)
    groups = (sessions[start : start + number] for start in starts)
    return [judge(compare(group, rule, seed=seed), rule) for group in groups]


def _of_one_length(hypotheses: Sequence[Hypothesis]) -> Sequence[Hypothesis]:
    lengths = {len(one.sessions) for one in hypotheses}
    if len(lengths) != 1:
        raise UsageError(
            f"hypotheses of one gate must share their sessions; these have {sorted(lengths)}"
        )
    return hypotheses


def _oriented(one: Hypothesis) -> Floats:
    return one.rule.sign * session_estimates(one.sessions)


def _judged(
    drawn: Floats, hypotheses: Sequence[Hypothesis], looks: Looks, look: int
) -> tuple[Flags, Flags, Flags]:
    """Return for each draw whether anything is worse, anything better, and all settled."""
    rules = [looks.rule(one.rule, look) for one in hypotheses]
    tested = [_tested(rows, rule) for rows, rule in zip(drawn, rules, strict=True)]
    chance = np.stack([(worse, better) for worse, better, *_ in tested], axis=-1)
    for family in {one.family for one in hypotheses}:
        members = [at for at, one in enumerate(hypotheses) if one.family == family]
        chance[..., members] = holm_rows(chance[..., members])
    every = np.stack([effect for *_, effect, _ in tested], axis=-1)
    border = np.array([rule.border for rule in rules])
    alpha = np.array([rule.alpha for rule in rules])
    worse = (every >= border) & (chance[0] <= alpha)
    better = (every <= -border) & (chance[1] <= alpha)
    equivalent = np.stack([inside for *_, inside in tested], axis=-1)
    beside = np.array([not one.decides for one in hypotheses])
    settled = (worse | better | equivalent | beside).all(axis=-1)
    return worse.any(axis=-1), better.any(axis=-1), settled


def _tested(rows: Floats, rule: Rule) -> tuple[Floats, Floats, Floats, Flags]:
    """Return chances of worse and better, the estimate, and whether it is equivalent, by row.

    Drawing repeats sessions, so ranks are shared; their sums are rounded against the finding.
    """
    number = rows.shape[1]
    ranks = rankdata(np.abs(rows), axis=1)
    cdf = signed_rank_cdf(number)
    below, above = (
        np.ceil((ranks * side).sum(axis=1)).astype(int) for side in (rows <= 0, rows >= 0)
    )
    averages = walsh_averages(rows)
    order = critical_order(number, rule.alpha_equivalent)
    inside = np.zeros(len(rows), dtype=bool)
    if order:
        not_better = (averages[:, order - 1] > -rule.border) | (rule.asks == "regression")
        inside = not_better & (averages[:, -order] < rule.border)
    return cdf[below], cdf[above], middle(averages), inside
