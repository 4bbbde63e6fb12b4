"""Long slices against short ones."""

from __future__ import annotations

import numpy as np
import pytest

from harness.stats.confirming import contradiction

SESSIONS, BLOCKS = 12, 16


def sessions(blocks: int, shift: float = 0.0, seed: int = 1) -> list[list[float]]:
    """Return paired log-ratios with the scatter of slices, off by `shift`."""
    return np.random.default_rng(seed).normal(shift, 0.03, (SESSIONS, blocks)).tolist()


@pytest.mark.parametrize("shift", [0.0, 0.02])
def test_the_same_story_or_nearly_so(shift):
    """What does not matter is left alone, however sure it is."""
    assert contradiction(sessions(BLOCKS), sessions(1, shift, seed=2)) == ()


def test_another_story():
    """Long slices find a tenth that the short ones hide."""
    [doubt] = contradiction(sessions(BLOCKS), sessions(1, 0.1, seed=2))

    assert doubt.code == "SLICE_LENGTH"
    assert "slices of seconds say +" in doubt.detail


def test_one_loud_slice_is_no_story():
    """All sessions must agree."""
    long = sessions(1, seed=2)
    long[3][0] += 1.0
    assert contradiction(sessions(BLOCKS), long) == ()


def test_without_long_slices_in_every_session_nothing_is_said():
    """Half a confirmation is none."""
    assert contradiction(sessions(BLOCKS), []) == ()
    assert contradiction(sessions(BLOCKS), sessions(1, 0.1)[:6]) == ()
