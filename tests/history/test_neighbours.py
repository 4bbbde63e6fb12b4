"""Whether neighbouring runs hang together, apart from steps."""

from __future__ import annotations

import numpy as np
import pytest

from harness.history.neighbours import persistence


def wandering(phi, runs, seed=1):
    """Return an autoregressive series of 2 % around 1."""
    rng = np.random.default_rng(seed)
    row = [rng.normal(0, 0.02)]
    while len(row) < runs:
        row.append(phi * row[-1] + rng.normal(0, 0.02 * (1 - phi**2) ** 0.5))
    return np.exp(row)


@pytest.mark.parametrize("phi", [0.0, 0.5, 0.8])
def test_it_is_the_correlation_of_a_long_series(phi):
    """Within what 4,000 values tell."""
    assert persistence(wandering(phi, 4_000)) == pytest.approx(phi, abs=0.05)


def test_a_step_is_not_counted():
    """It alone would make any series look as if its values hung together."""
    row = wandering(0.0, 200)
    row[100:] *= 1.1
    assert persistence(row) > 0.8
    assert persistence(row, (100,)) < 0.2


@pytest.mark.parametrize("row", [[], [1.0], [1.0] * 20, [1.0] * 10 + [2.0] * 10])
def test_without_scatter_there_is_none(row):
    """Also around a step."""
    steps = (10,) if len(set(row)) > 1 else ()
    assert persistence(row, steps) == 0.0
