"""Hodges-Lehmann, its exact interval and the exact signed-rank test."""

from __future__ import annotations

import itertools
import math
import statistics

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata, wilcoxon

from harness.stats.ranks import (
    critical_order,
    fewest_sessions,
    hodges_lehmann,
    signed_rank_interval,
    signed_rank_p,
    walsh_averages,
)

# Hamilton depression scale of nine patients before and after a tranquilliser: Hollander and Wolfe,
# example 3.1; the example of R's wilcox.test.
BEFORE = (1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30)
AFTER = (0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29)
DEPRESSION = [after - before for before, after in zip(BEFORE, AFTER, strict=True)]

finite = st.floats(-1, 1).map(lambda value: round(value, 6))
rows = st.lists(finite, min_size=1, max_size=12)


def by_enumeration(values, alternative):
    """Return the one-sided p by counting all 2^n ways to give the ranks signs."""
    kept = np.array([value for value in values if value])
    ranks = rankdata(abs(kept))
    seen = ranks[kept > 0].sum()
    sums = [
        sum(rank for rank, sign in zip(ranks, signs, strict=True) if sign)
        for signs in itertools.product((0, 1), repeat=len(ranks))
    ]
    further = [s >= seen if alternative == "greater" else s <= seen for s in sums]
    return statistics.fmean(further)


def test_the_textbook_estimate():
    """The tranquilliser lowers the scale by 0.46."""
    assert hodges_lehmann(DEPRESSION) == pytest.approx(-0.46)


def test_the_textbook_interval():
    """From -0.786 to -0.010, exact confidence 96.1 %."""
    assert signed_rank_interval(DEPRESSION, 0.96) == pytest.approx((-0.786, -0.010))


def test_the_textbook_p():
    """The sum of positive ranks is 5, its chance 0.0195."""
    assert signed_rank_p(DEPRESSION, alternative="less") == pytest.approx(0.01953125)


@pytest.mark.parametrize(
    ("number", "tail", "critical"),
    [
        *((5, 0.05, 0), (6, 0.025, 0), (7, 0.01, 0), (8, 0.005, 0), (8, 0.025, 3), (10, 0.01, 5)),
        *((10, 0.025, 8), (12, 0.025, 13), (15, 0.01, 19), (20, 0.025, 52), (25, 0.025, 89)),
    ],
)
def test_the_tables_of_critical_sums(number, tail, critical):
    """A sum of ranks up to the printed critical value is significant, none above is."""
    assert critical_order(number, tail) == critical + 1


@given(st.lists(finite, min_size=1, max_size=9), st.sampled_from(["greater", "less"]))
@settings(max_examples=40, deadline=None)
def test_p_is_what_counting_all_signs_gives(values, alternative):
    """With ties and zeros too."""
    expected = by_enumeration(values, alternative) if any(values) else 1.0
    assert signed_rank_p(values, alternative=alternative) == pytest.approx(expected)


def test_p_counts_ties_exactly():
    """Equal distances share their mean rank."""
    values = [0.0, 1.0, 1.0, 1.0, -1.0, 2.0, 2.0, -3.0, 4.0]
    assert signed_rank_p(values) == pytest.approx(by_enumeration(values, "greater"))


@pytest.mark.parametrize("number", [3, 8, 12, 24, 50])
@pytest.mark.parametrize("alternative", ["greater", "less"])
def test_p_agrees_with_scipy(number, alternative):
    """Where there are no ties, scipy's exact test is another implementation."""
    values = np.random.default_rng(number).normal(0.3, 1, number)
    theirs = wilcoxon(values - 0.1, alternative=alternative, method="exact").pvalue
    ours = signed_rank_p(values, shift=0.1, alternative=alternative)
    assert ours == pytest.approx(theirs)


def test_nothing_but_zeros_shows_nothing():
    """All sessions counted the same."""
    assert signed_rank_p([0.0] * 12) == 1.0


def test_walsh_averages_are_those_of_all_pairs():
    """Each value with itself too, ascending."""
    assert walsh_averages([3.0, 1.0, 2.0]).tolist() == [1, 1.5, 2, 2, 2.5, 3]


@given(rows)
def test_the_estimate_is_the_median_of_all_averages(values):
    """Against the definition."""
    averages = [(a + b) / 2 for a, b in itertools.combinations_with_replacement(values, 2)]
    assert hodges_lehmann(values) == pytest.approx(statistics.median(averages))


@given(st.lists(finite, min_size=7, max_size=12), finite)
def test_a_shift_shifts_estimate_and_interval(values, shift):
    """Equivariance."""
    moved = [value + shift for value in values]
    assert hodges_lehmann(moved) == pytest.approx(hodges_lehmann(values) + shift)
    expected = [end + shift for end in signed_rank_interval(values, 0.95)]
    assert signed_rank_interval(moved, 0.95) == pytest.approx(expected)


@given(st.lists(finite, min_size=7, max_size=12))
def test_swapping_the_sides_negates(values):
    """Candidate and baseline are treated alike."""
    swapped = [-value for value in values]
    low, high = signed_rank_interval(values, 0.95)
    assert hodges_lehmann(swapped) == pytest.approx(-hodges_lehmann(values))
    assert signed_rank_interval(swapped, 0.95) == pytest.approx((-high, -low))
    assert signed_rank_p(swapped) == pytest.approx(signed_rank_p(values, alternative="less"))


@given(st.lists(finite, min_size=7, max_size=12), st.randoms(use_true_random=False))
def test_order_does_not_matter(values, random):
    """Sessions are exchangeable."""
    mixed = random.sample(values, len(values))
    assert hodges_lehmann(mixed) == pytest.approx(hodges_lehmann(values))
    assert signed_rank_interval(mixed, 0.9) == pytest.approx(signed_rank_interval(values, 0.9))
    assert signed_rank_p(mixed) == pytest.approx(signed_rank_p(values))


@given(st.lists(st.floats(-1, 1), min_size=7, max_size=12, unique=True), st.floats(-1, 1))
def test_the_bound_and_the_test_agree(values, shift):
    """A shift is below the 99 % bound exactly when the test rejects it at 1 %."""
    distances = [abs(value - shift) for value in values]
    if len(set(distances)) < len(values) or not all(distances):
        return  # with ties the bound is the more careful of the two
    low, _ = signed_rank_interval(values, 0.99, side="lower")
    averages = walsh_averages(values)
    if np.min(np.abs(averages - shift)) > 1e-9:
        assert (low > shift) == (signed_rank_p(values, shift=shift) <= 0.01)


def test_the_interval_covers_as_often_as_it_says():
    """The exact confidence for 12 values at 95 % is 95.75 %."""
    random = np.random.default_rng(5)
    ends = (signed_rank_interval(random.normal(size=12), 0.95) for _ in range(3_000))
    covered = sum(low <= 0 <= high for low, high in ends) / 3_000
    assert covered == pytest.approx(0.9575, abs=4 * math.sqrt(0.9575 * 0.0425 / 3_000))


@pytest.mark.parametrize(
    ("side", "infinite"), [("two", (True, True)), ("lower", (True, True)), ("upper", (True, True))]
)
def test_six_sessions_bound_nothing_at_99_percent(side, infinite):
    """2^-6 is above 1 %."""
    interval = signed_rank_interval([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], 0.99, side=side)
    assert tuple(math.isinf(end) for end in interval) == infinite


def test_one_sided_bounds_leave_the_other_side_open():
    """With all the chance on one side."""
    values = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]
    assert signed_rank_interval(values, 0.99, side="lower") == (pytest.approx(0.1), math.inf)
    assert signed_rank_interval(values, 0.99, side="upper") == (-math.inf, pytest.approx(0.7))


def test_one_wild_session_hardly_moves_the_estimate():
    """75 % off in one of ten."""
    steady = [0.01, -0.02, 0.015, -0.005, 0.0, 0.02, -0.01, 0.005, -0.015]
    assert abs(hodges_lehmann([*steady, math.log(1.75)]) - hodges_lehmann(steady)) < 0.005


@pytest.mark.parametrize(
    ("alpha", "hypotheses", "fewest"),
    [(0.05, 1, 5), (0.01, 1, 7), (0.01 / 3, 1, 9), (0.001, 1, 10), (0.01, 40, 12), (0.005, 40, 13)],
)
def test_the_floor_of_the_test(alpha, hypotheses, fewest):
    """Seven sessions for 1 %, more for a family."""
    assert fewest_sessions(alpha, hypotheses) == fewest


@pytest.mark.parametrize("values", [[], [0.1, math.nan], [0.1, math.inf]])
def test_values_that_are_none_are_refused(values):
    """A missing value must not become an estimate."""
    with pytest.raises(ValueError, match="finite values"):
        hodges_lehmann(values)
