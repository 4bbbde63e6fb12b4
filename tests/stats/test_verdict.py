"""Different, equivalent, or not known yet."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.stats.comparison import Comparison, Rule, compare
from harness.stats.verdict import Answer, judge, judge_family

LOWER = Rule(better="lower")
OUTLIER = math.log(1.75)


def found(ratio: float, half: float, **changed) -> Comparison:
    """Return a comparison of 12 sessions whose bounds lie `half` away on the log scale."""
    low, high = ratio / math.exp(half), ratio * math.exp(half)
    sound = Comparison(
        sessions=12, pairs=192, ratio=ratio, low=low, high=high, lower=low, upper=high,
        p=0.5**12, p_better=0.5**12, spread=0.045, pair_spread=0.14, autocorrelation=0.0,
        ratios=(ratio,) * 12,
    )  # fmt: skip
    return replace(sound, **changed)


def noisy(number=12, *, change=0.0, seed=1):
    """Return sessions of log-ratios: pairs scatter by 14 %, starts by 3 %."""
    random = np.random.default_rng(seed)
    middle = math.log1p(change) + random.normal(0, 0.03, (number, 1))
    return middle + random.normal(0, 0.14, (number, 16))


def verdict(sessions, rule=LOWER):
    """Return the verdict on the only comparison."""
    return judge(compare(sessions, rule, seed=1), rule)


@pytest.mark.parametrize(
    ("better", "ratio", "direction"),
    [
        ("lower", 1.1, "worse"),
        ("lower", 0.9, "better"),
        ("higher", 1.1, "better"),
        ("higher", 0.9, "worse"),
    ],
)
def test_a_large_and_sure_change_is_different(better, ratio, direction):
    """Worse or better, by what the metric is."""
    said = judge(found(ratio, 0.03), Rule(better=better))
    assert (said.answer, said.direction) == (Answer.DIFFERENT, direction)
    assert said.regression == (direction == "worse")
    assert said.more_sessions is None


def test_a_sure_but_small_change_is_not_different():
    """Size counts too: 4 % where 5 % matters."""
    assert judge(found(1.04, 0.005), LOWER).answer is Answer.EQUIVALENT


def test_a_large_but_unsure_change_is_not_different():
    """Two in a hundred is more than one."""
    said = judge(found(1.1, 0.03, p=0.02), LOWER)
    assert (said.answer, said.p) == (Answer.UNDECIDED, 0.02)


def test_the_family_makes_a_chance_larger():
    """The corrected one is judged and told."""
    said = judge(found(1.1, 0.03), LOWER, p=0.02, hypotheses=82)
    assert (said.answer, said.p) == (Answer.UNDECIDED, 0.02)


def test_a_bootstrap_that_doubts_keeps_it_open():
    """The wider interval counts, so it must exclude equality."""
    assert judge(found(1.1, 0.12), LOWER).answer is Answer.UNDECIDED


@pytest.mark.parametrize(("ratio", "half"), [(1.0, 0.048), (1.03, 0.018), (1 / 1.03, 0.018)])
def test_bounds_within_the_margin_are_equivalent(ratio, half):
    """On both sides, on the log scale."""
    assert judge(found(ratio, half), LOWER).answer is Answer.EQUIVALENT


@pytest.mark.parametrize(("ratio", "half"), [(1.0, 0.05), (1.03, 0.02), (1 / 1.03, 0.02)])
def test_bounds_beyond_the_margin_are_not(ratio, half):
    """Not significant is not the same as no change."""
    said = judge(found(ratio, half, p=0.3, p_better=0.3), LOWER)
    assert said.answer is Answer.UNDECIDED


def test_asked_for_a_regression_a_likely_gain_is_fine():
    """Only the bound on the worse side counts, for throughput the lower one."""
    assert judge(found(0.96, 0.04), Rule(better="lower", asks="regression")).answer == "equivalent"
    assert judge(found(0.96, 0.04), Rule(better="higher", asks="regression")).answer == "undecided"
    assert judge(found(1.04, 0.04), Rule(better="higher", asks="regression")).answer == "equivalent"


@pytest.mark.parametrize("number", [1, 2, 6])
def test_fewer_than_seven_sessions_are_never_different(number):
    """However large the change: 2^-6 is above 1 %."""
    said = verdict(noisy(number, change=1.0))
    assert said.answer is Answer.UNDECIDED
    assert said.more_sessions == 7 - number


def test_seven_sessions_can_be():
    """2^-7 is below 1 %."""
    assert verdict(noisy(7, change=1.0)).regression


@pytest.mark.parametrize("sign", [1, -1])
def test_one_wild_session_makes_no_alarm(sign):
    """75 % off in one of twelve equal ones."""
    sessions = noisy()
    sessions[3] += sign * OUTLIER
    assert verdict(sessions).answer is not Answer.DIFFERENT


@pytest.mark.parametrize("sign", [1, -1])
def test_one_wild_session_hides_no_change(sign):
    """Nor in sixteen at +10 %, though it point the other way."""
    sessions = noisy(16, change=0.1)
    sessions[3] += sign * OUTLIER
    assert verdict(sessions).regression


@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.04, 0.1]))
@settings(max_examples=15, deadline=None)
def test_swapping_the_sides_turns_the_direction(seed, change):
    """Candidate and baseline are treated alike."""
    sessions = noisy(change=change, seed=seed)
    ours, theirs = verdict(sessions), verdict(-sessions)
    assert {ours.direction, theirs.direction} == {"worse", "better"}
    assert ours.p == pytest.approx(theirs.p)
    assert (ours.answer is Answer.DIFFERENT) == (theirs.answer is Answer.DIFFERENT)


def test_more_sessions_shrink_with_the_room():
    """The nearer the estimate to the border, the more it takes; on it, nothing settles it."""
    ratios = (1.0, 1.02, 1.03, 1.035, 1.05)
    more = [judge(found(r, 0.5, p=0.3), LOWER).more_sessions for r in ratios]
    assert more[:4] == sorted(more[:4])
    assert more[0] < 12 < more[3]
    open_border = judge(found(1.0499, 0.5, p=0.3), LOWER)
    assert open_border.more_sessions is None


def test_more_sessions_settle_about_half():
    """Of 60 undecided ones whose estimate is the truth; even odds are what is promised."""
    settled = []
    for seed in range(60):
        sessions = noisy(40, change=0.02, seed=seed)
        more = verdict(sessions[:8]).more_sessions
        near = abs(math.log(compare(sessions[:8], LOWER, seed=1).ratio) - math.log(1.02)) < 0.01
        if more and near and 8 + more <= 40:
            settled.append(verdict(sessions[: 8 + more]).answer is not Answer.UNDECIDED)
    assert len(settled) > 10
    assert 0.3 < np.mean(settled) < 0.9


def test_a_larger_family_needs_more_sessions():
    """Holm's first factor is in the number."""
    alone = judge(found(1.1, 0.15, sessions=7), LOWER, p=0.5)
    among = judge(found(1.1, 0.15, sessions=7), LOWER, p=0.5, hypotheses=40)
    assert alone.more_sessions < among.more_sessions


def test_a_family_is_corrected_by_name_and_direction():
    """Smallest first, each direction by itself."""
    family = {
        "slow": found(1.1, 0.03, p=0.001, p_better=0.999),
        "same": found(1.0, 0.03, p=0.4, p_better=0.6),
        "fast": found(0.9, 0.03, p=0.999, p_better=0.004),
    }
    said = judge_family(family, LOWER)
    assert {name: one.p for name, one in said.items()} == pytest.approx(
        {"slow": 0.003, "same": 0.8, "fast": 0.012}
    )
    assert [one.answer for one in said.values()] == ["different", "equivalent", "undecided"]
