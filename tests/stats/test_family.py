"""Holm's step-down."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.stats.family import holm, holm_rows


def closed(p):
    """Return adjusted p by the closed test whose parts are Bonferroni's: Holm's definition."""
    places = range(len(p))
    return [
        max(
            min(1.0, size * min(p[at] for at in members))
            for size in range(1, len(p) + 1)
            for members in itertools.combinations(places, size)
            if one in members
        )
        for one in places
    ]


def test_by_hand():
    """0.01 x 4, 0.02 x 3, then never below what came before."""
    given_p = {"late": 0.04, "first": 0.01, "third": 0.03, "second": 0.02}
    expected = {"late": 0.06, "first": 0.04, "third": 0.06, "second": 0.06}
    assert holm(given_p) == pytest.approx(expected)
    assert list(holm(given_p)) == list(given_p)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=7))
def test_it_is_the_shortcut_of_a_closed_test(p):
    """Against all subsets, for up to seven hypotheses."""
    ours = holm({str(at): value for at, value in enumerate(p)})
    assert list(ours.values()) == pytest.approx(closed(p))


def test_one_alone_is_not_changed():
    """No family, no price."""
    assert holm({"only": 0.03}) == {"only": 0.03}


def test_nothing_gives_nothing():
    """A metric that no scenario has."""
    assert holm({}) == {}


def test_rows_are_families_of_their_own():
    """Each row as if it stood alone."""
    p = np.random.default_rng(1).random((5, 6)) / 10
    assert holm_rows(p).tolist() == [pytest.approx(closed(row)) for row in p.tolist()]
