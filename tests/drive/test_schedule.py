"""Due moments of open slices."""

from itertools import pairwise

import pytest

from harness.drive.schedule import arrivals


def test_the_same_seed_gives_the_same_moments():
    """Stacks that are compared see the same arrivals."""
    first = arrivals("exponential", rate=100, duration_s=2, seed=7)
    assert first == arrivals("exponential", rate=100, duration_s=2, seed=7)


def test_another_seed_gives_other_moments():
    """Two slices of one stack do not repeat each other."""
    first = arrivals("exponential", rate=100, duration_s=2, seed=7)
    assert first != arrivals("exponential", rate=100, duration_s=2, seed=8)


@pytest.mark.parametrize("kind", ["exponential", "constant", "uniform"])
def test_moments_ascend_within_the_slice(kind):
    """No request is due before its slice begins or after it ends."""
    moments = arrivals(kind, rate=50, duration_s=3, seed=1)
    assert moments == sorted(moments)
    assert moments[0] >= 0
    assert moments[-1] < 3


def test_constant_arrivals_are_as_many_as_the_rate_says():
    """200 a second for 20 seconds are 4,000, evenly apart."""
    moments = arrivals("constant", rate=200, duration_s=20, seed=1)
    assert len(moments) == 4_000
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert (min(gaps), max(gaps)) == (pytest.approx(0.005), pytest.approx(0.005))


def test_exponential_gaps_have_the_mean_and_spread_of_a_poisson_process():
    """Mean and standard deviation of the gaps are both one over the rate, within 5 %."""
    moments = arrivals("exponential", rate=1_000, duration_s=20, seed=3)
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    mean = sum(gaps) / len(gaps)
    spread = (sum((gap - mean) ** 2 for gap in gaps) / len(gaps)) ** 0.5
    assert mean == pytest.approx(0.001, rel=0.05)
    assert spread == pytest.approx(0.001, rel=0.05)


def test_uniform_arrivals_are_as_many_as_the_rate_says_at_random_moments():
    """What a Poisson process is when its number is known: gaps spread as widely."""
    moments = arrivals("uniform", rate=1_000, duration_s=20, seed=3)
    assert len(moments) == 20_000
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    spread = (sum((gap - 0.001) ** 2 for gap in gaps) / len(gaps)) ** 0.5
    assert spread == pytest.approx(0.001, rel=0.05)
