"""Robust spread and the memory of neighbours."""

from __future__ import annotations

import numpy as np
import pytest

from harness.stats.ranks import hodges_lehmann
from harness.stats.spread import expected_spread, lag_one, robust_spread


def test_the_spread_of_normal_values_is_their_standard_deviation():
    """Within what 2,000 values allow."""
    values = np.random.default_rng(1).normal(3, 0.14, 2_000)
    assert robust_spread(values) == pytest.approx(0.14, rel=0.05)


def test_one_wild_value_hardly_widens_the_spread():
    """Which a standard deviation would not survive."""
    values = list(np.random.default_rng(2).normal(0, 0.03, 20))
    assert robust_spread([*values, 0.56]) < 1.3 * robust_spread(values)
    assert np.std([*values, 0.56]) > 3 * np.std(values)


@pytest.mark.parametrize("values", [[], [0.3]])
def test_fewer_than_two_values_do_not_scatter(values):
    """There is no distance."""
    assert robust_spread(values) == 0.0


def test_neighbours_that_follow_each_other():
    """By hand: deviations -1.5, -0.5, 0.5, 1.5; products 0.75 - 0.25 + 0.75 over 5."""
    assert lag_one([1, 2, 3, 4]) == pytest.approx(1.25 / 5)


def test_alternating_neighbours():
    """The lag-1 autocorrelation is negative."""
    assert lag_one([1, -1] * 8) == pytest.approx(-15 / 16)


@pytest.mark.parametrize("values", [[], [0.2], [0.2] * 5])
def test_no_scatter_has_no_memory(values):
    """0, not a division by zero."""
    assert lag_one(values) == 0.0


def test_the_expected_spread_is_what_estimates_show():
    """Sessions that differ by nothing but the noise of 16 pairs."""
    sessions = np.random.default_rng(3).normal(0, 0.14, (2_000, 16))
    seen = np.std([hodges_lehmann(blocks) for blocks in sessions])
    assert expected_spread(0.14, 16) == pytest.approx(seen, rel=0.05)


def test_ranks_cost_little():
    """The estimate scatters 2.3 % more than a mean would."""
    assert expected_spread(0.14, 16) == pytest.approx(0.14 / 4 * 1.0233, rel=1e-4)
