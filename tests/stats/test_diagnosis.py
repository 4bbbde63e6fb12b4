"""What to doubt about sessions."""

from __future__ import annotations

import math

import numpy as np
import pytest

from harness.stats.diagnosis import diagnose


def noisy(number=12, *, between=0.03, within=0.14, blocks=16, seed=1):
    """Return sessions of log-ratios of equal sides."""
    random = np.random.default_rng(seed)
    return random.normal(0, between, (number, 1)) + random.normal(0, within, (number, blocks))


def test_ordinary_noise_raises_no_doubt():
    """Pairs scatter by 14 %, starts by 3 %."""
    assert diagnose(noisy()) == ()


def test_pairs_that_scatter():
    """By more than 20 %."""
    [said] = diagnose(noisy(within=0.3))
    assert said.code == "SCATTERED_PAIRS"
    assert said.detail.startswith("pairs scatter by ")
    assert said.detail.endswith(" within a session (limit 20%)")


def test_pairs_that_hang_together():
    """Slow waves of noise outlast a pair."""
    waves = np.random.default_rng(3).normal(0, 0.05, (12, 16)).cumsum(axis=1)
    said = {doubt.code for doubt in diagnose(waves - waves.mean(axis=1)[:, None])}
    assert "CHAINED_PAIRS" in said


def test_one_wild_session_is_named_and_kept():
    """By its number in the run, if that is told."""
    sessions = noisy()
    sessions[6] += math.log(1.75)
    [said] = diagnose(sessions)
    assert said.code == "ODD_SESSION"
    assert said.detail.startswith("session 7 is off: +")
    assert said.detail.endswith("it was kept")
    [renumbered] = diagnose(sessions, numbers=range(101, 113))
    assert renumbered.detail.startswith("session 107 is off: +")


def test_starts_that_differ_more_than_pairs_explain():
    """More than twice."""
    [said] = diagnose(noisy(between=0.2))
    assert said.code == "SCATTERED_SESSIONS"
    assert said.detail.startswith("sessions scatter by ")


@pytest.mark.parametrize("sessions", [noisy(4, between=0.3), np.zeros((12, 16)), noisy(blocks=1)])
def test_little_to_go_by_raises_no_doubt(sessions):
    """Few sessions, no noise at all, or single pairs."""
    assert diagnose(sessions) == ()
