"""The hierarchical bootstrap: sessions are drawn with replacement, then blocks within each.

It stands beside the signed-rank interval because it does not assume symmetry. Drawing on both
levels counts the blocks' noise twice (Davison and Hinkley, Bootstrap Methods and their
Application, section 3.8), so where blocks are noisy it is the wider one: too careful, not too bold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from harness.stats.ranks import Floats, middle, walsh_averages

VARIANTS = 400
AT_ONCE = 4_000_000  # Walsh averages held in memory at a time: 32 MB
Wholes = NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What chance drew, whatever the blocks are worth.

    `times` says for each session how often each of its blocks (row) is in each variant (column),
    `sessions` and `variants` what each draw (row) picks.
    """

    times: tuple[Wholes, ...]
    sessions: NDArray[np.int64]
    variants: NDArray[np.int64]


def resampled_estimates(
    sessions: Sequence[Sequence[float]], *, seed: int, draws: int = 2_000
) -> Floats:
    """Return `draws` Hodges-Lehmann estimates over sessions of Hodges-Lehmann estimates over
    blocks, ascending.

    Each session is redrawn from its blocks a fixed number of times beforehand, and each draw picks
    among those: the same distribution at a fifth of the work.
    """
    drawn = _drawn(tuple(map(len, sessions)), seed, draws)
    pairs = zip(sessions, drawn.times, strict=True)
    variants = np.stack([_variants(np.asarray(blocks, float), times) for blocks, times in pairs])
    return np.sort(_estimates(variants[drawn.sessions, drawn.variants]))


def bounds(ascending: Floats, tail: float) -> tuple[float, float]:
    """Return the percentile interval that leaves `tail` of the estimates on either side."""
    low, high = np.quantile(ascending, (tail, 1 - tail))
    return float(low), float(high)


@lru_cache(maxsize=2)
def _drawn(lengths: tuple[int, ...], seed: int, draws: int) -> Drawn:
    """Draw for sessions of so many blocks; a family of comparisons asks for the same again."""
    random = np.random.default_rng(seed)
    blocks = [random.integers(number, size=(VARIANTS, number)) for number in lengths]
    size = (draws, len(lengths))
    return Drawn(
        times=tuple(_times(chosen) for chosen in blocks),
        sessions=random.integers(len(lengths), size=size),
        variants=random.integers(VARIANTS, size=size),
    )


def _times(chosen: NDArray[np.int64]) -> Wholes:
    """Count how often each number below its length is in each row: a row for each number."""
    rows, number = chosen.shape
    places = chosen * rows + np.arange(rows)[:, None]
    counted = np.bincount(places.ravel(), minlength=rows * number)
    return counted.reshape(number, rows).astype(np.int32)


def _variants(blocks: Floats, times: Wholes) -> Floats:
    """Return the Hodges-Lehmann estimate of each variant of a session.

    Its Walsh averages are those of the session, each as often as its two blocks come together: so
    these are sorted once, and a variant only counts up to its middle.
    """
    one, other = _pairs(len(blocks))
    averages = (blocks[one] + blocks[other]) * 0.5
    order = np.argsort(averages)
    one, other, averages = one[order], other[order], averages[order]
    chunks = 1 + VARIANTS * len(averages) // AT_ONCE
    return np.concatenate(
        [_middles(averages, one, other, some) for some in np.array_split(times, chunks, axis=1)]
    )


@lru_cache(maxsize=32)
def _pairs(number: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the places of every two of so many values, each with itself too."""
    one, other = np.triu_indices(number)
    return one, other


def _middles(
    averages: Floats, one: NDArray[np.int64], other: NDArray[np.int64], times: Wholes
) -> Floats:
    """Return the median of ascending averages of blocks, by how often a column has the blocks."""
    number = len(times)
    # Twice as many as there are, to stay whole: two blocks come together 2 a b / 2 times, a block
    # with itself a (a + 1) / 2 times.
    partners = np.concatenate((2 * times, times + 1))
    together = times[one] * partners[other + number * (one == other)]
    reached = np.ascontiguousarray(together.T)
    np.cumsum(reached, axis=1, out=reached)
    total = number * (number + 1) // 2
    lower, upper = (
        np.argmax(reached > 2 * rank, axis=1) for rank in ((total - 1) // 2, total // 2)
    )
    return np.asarray((averages[lower] + averages[upper]) / 2)


def _estimates(rows: Floats) -> Floats:
    """Return the Hodges-Lehmann estimate of each row."""
    number = rows.shape[1]
    chunks = 1 + rows.shape[0] * number * (number + 1) // 2 // AT_ONCE
    return np.concatenate([middle(walsh_averages(some)) for some in np.array_split(rows, chunks)])
