"""Groups of sessions that were not measured together."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from harness.stats.comparison import Rule
from harness.stats.unpaired import compare_groups, rank_sum_cdf, shift_interval

RULE = Rule(better="lower", asks="regression")


@pytest.mark.parametrize(("one", "other"), [(3, 4), (5, 5), (1, 6)])
def test_the_distribution_is_that_of_all_arrangements(one: int, other: int) -> None:
    """Every way to place the ranks is equally likely."""
    ranks = range(one + other)
    sums = [
        sum(a > b for a in set(ranks) - set(places) for b in places)
        for places in itertools.combinations(ranks, one)
    ]
    expected = np.cumsum(np.bincount(sums, minlength=one * other + 1)) / len(sums)

    assert rank_sum_cdf(one, other) == pytest.approx(expected)


def test_the_interval_of_a_published_example() -> None:
    """Hollander and Wolfe, table 4.1 (permeability of membranes): R's wilcox.test gives an exact
    95 % interval of -0.76 to 0.15 for term minus mid-pregnancy reversed, and p 0.1272 one-sided.
    """
    term = np.array([0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46])
    middle = np.array([1.15, 0.88, 0.90, 0.74, 1.21])
    found = compare_groups(middle.tolist(), term.tolist(), RULE)

    assert math.log(found.ratio) == pytest.approx(0.305)
    assert shift_interval(middle, term, 0.025) == pytest.approx((-0.15, 0.76))
    assert found.p == pytest.approx(0.1272, abs=5e-5)


def test_the_chance_is_that_of_scipys_exact_test() -> None:
    """Another implementation agrees."""
    rng = np.random.default_rng(1)
    one, other = rng.normal(0, 1, 9), rng.normal(0.8, 1, 11)

    expected = mannwhitneyu(other, one, alternative="greater", method="exact").pvalue
    assert compare_groups(one.tolist(), other.tolist(), RULE).p == pytest.approx(expected)


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    """Of 400 draws at least 92 % hold a shift of 0.1."""
    rng = np.random.default_rng(2)
    held = 0
    for _ in range(400):
        low, high = shift_interval(rng.normal(0, 0.1, 12), rng.normal(0.1, 0.1, 12), 0.025)
        held += low <= 0.1 <= high
    assert held / 400 >= 0.92


def test_too_few_sessions_bound_nothing() -> None:
    """Two of each say nothing with 95 % confidence."""
    assert shift_interval(np.array([0.0, 0.1]), np.array([1.0, 1.1]), 0.025) == (
        -math.inf,
        math.inf,
    )


def test_an_empty_group_is_refused() -> None:
    """There is nothing to compare with."""
    with pytest.raises(ValueError, match="without sessions"):
        compare_groups([], [0.1], RULE)
