"""The hierarchical bootstrap: sessions are drawn with replacement, then blocks within each.

It stands beside the signed-rank interval because it does not assume symmetry. Drawing on both
levels counts the blocks' noise twice (Davison and Hinkley, Bootstrap Methods and their
Application, section 3.8), so where blocks are noisy it is the wider one: too careful, not too bold.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from harness.stats.ranks import Floats, middle, walsh_averages

VARIANTS = 400
AT_ONCE = 4_000_000  # Walsh averages held in memory at a time: 32 MB


def resampled_estimates(
    sessions: Sequence[Sequence[float]], *, seed: int, draws: int = 2_000
) -> Floats:
    """Return `draws` Hodges-Lehmann estimates over sessions of Hodges-Lehmann estimates over
    blocks, ascending.

    Each session is redrawn from its blocks a fixed number of times beforehand, and each draw picks
    among those: the same distribution at a fifth of the work.
    """
    random = np.random.default_rng(seed)
    variants = np.stack([_variants(np.asarray(blocks, float), random) for blocks in sessions])
    size = (draws, len(sessions))
    picked = variants[
        random.integers(len(sessions), size=size), random.integers(VARIANTS, size=size)
    ]
    return np.sort(_estimates(picked))


def bounds(ascending: Floats, tail: float) -> tuple[float, float]:
    """Return the percentile interval that leaves `tail` of the estimates on either side."""
    low, high = np.quantile(ascending, (tail, 1 - tail))
    return float(low), float(high)


def _variants(blocks: Floats, random: np.random.Generator) -> Floats:
    return _estimates(blocks[random.integers(len(blocks), size=(VARIANTS, len(blocks)))])


def _estimates(rows: Floats) -> Floats:
    """Return the Hodges-Lehmann estimate of each row."""
    number = rows.shape[1]
    chunks = 1 + rows.shape[0] * number * (number + 1) // 2 // AT_ONCE
    return np.concatenate([middle(walsh_averages(some)) for some in np.array_split(rows, chunks)])
