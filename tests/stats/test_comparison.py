"""Sessions of paired log-ratios -> what they say."""

from __future__ import annotations

import math

import numpy as np
import pytest

from harness.errors import UsageError
from harness.stats.comparison import Rule, compare, session_estimates
from harness.stats.ranks import hodges_lehmann, signed_rank_interval

LOWER = Rule(better="lower")
HIGHER = Rule(better="higher")


def noisy(number=12, *, change=0.0, seed=1, between=0.03, within=0.14, blocks=16):
    """Return sessions of log-ratios around a change."""
    random = np.random.default_rng(seed)
    middle = math.log1p(change) + random.normal(0, between, (number, 1))
    return middle + random.normal(0, within, (number, blocks))


def test_the_ratio_is_the_estimate_of_estimates():
    """Hodges-Lehmann by session, then over sessions."""
    sessions = noisy(change=0.1)
    by_session = [hodges_lehmann(blocks) for blocks in sessions]
    found = compare(sessions, LOWER, seed=1)
    assert found.ratio == pytest.approx(math.exp(hodges_lehmann(by_session)))
    assert found.ratios == pytest.approx([math.exp(one) for one in by_session])
    assert (found.sessions, found.pairs) == (12, 192)


def test_sessions_of_one_length_are_estimated_like_any_others():
    """All at once or one by one."""
    sessions = noisy().tolist()
    apart = session_estimates([*sessions, sessions[0][:3]])
    assert session_estimates(sessions).tolist() == apart[:-1].tolist()


def test_the_wider_interval_counts():
    """With noisy blocks the bootstrap's, with steady ones that of the ranks."""
    for within in (0.14, 0.001):
        sessions = noisy(within=within)
        ranked = signed_rank_interval([hodges_lehmann(blocks) for blocks in sessions], 0.95)
        found = compare(sessions, LOWER, seed=1)
        assert found.low <= math.exp(ranked[0])
        assert found.high >= math.exp(ranked[1])
        if within == 0.001:
            assert (found.low, found.high) == pytest.approx([math.exp(end) for end in ranked])


def test_swapping_the_sides_inverts_the_ratio():
    """And exchanges the chances."""
    sessions = noisy(change=0.07)
    ours, theirs = compare(sessions, LOWER, seed=1), compare(-sessions, LOWER, seed=1)
    assert theirs.ratio == pytest.approx(1 / ours.ratio)
    assert theirs.p == pytest.approx(ours.p_better)
    assert (theirs.low, theirs.high) == pytest.approx((1 / ours.high, 1 / ours.low), rel=0.01)


def test_a_higher_throughput_is_not_worse():
    """What is better turns the chances, not the ratio."""
    sessions = noisy(change=0.1)
    latency, throughput = compare(sessions, LOWER, seed=1), compare(sessions, HIGHER, seed=1)
    assert latency.ratio == throughput.ratio
    assert (latency.p, latency.p_better) == (throughput.p_better, throughput.p)
    assert latency.p < 0.01


def test_too_few_sessions_bound_nothing():
    """The bootstrap alone would promise a narrow interval."""
    found = compare(noisy(5), LOWER, seed=1)
    assert (found.low, found.high) == (0.0, math.inf)


def test_the_spreads_are_those_of_their_level():
    """3 % and 14 % / sqrt(16) between sessions, 14 % between pairs."""
    found = compare(noisy(60), LOWER, seed=1)
    assert found.spread == pytest.approx(math.hypot(0.03, 0.14 / 4), rel=0.2)
    assert found.pair_spread == pytest.approx(0.14, rel=0.1)
    assert found.autocorrelation == pytest.approx(0, abs=0.1)


def test_the_interval_covers_the_truth():
    """At least as often as it says, over 300 comparisons."""
    truth = math.log1p(0.05)
    found = [compare(noisy(10, change=0.05, seed=n), LOWER, seed=n) for n in range(300)]
    covered = sum(math.log(one.low) <= truth <= math.log(one.high) for one in found)
    assert covered >= 285


@pytest.mark.parametrize("sessions", [[], [[0.1], []], [[0.1], [math.inf]]])
def test_what_is_no_comparison_is_refused(sessions):
    """No sessions, an empty one, a value that is none."""
    with pytest.raises(ValueError, match=r"session|finite"):
        compare(sessions, LOWER, seed=1)


@pytest.mark.parametrize("wrong", [{"margin": 0}, {"margin": 5}, {"alpha": 1.0}])
def test_rules_that_cannot_be_meant_are_refused(wrong):
    """5 % is 0.05."""
    with pytest.raises(UsageError, match="between 0 and 1"):
        Rule(better="lower", **wrong)
