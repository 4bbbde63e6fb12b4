"""What slices hold differs by chance: one has more of the dear requests than the other.

Requests are therefore weighed. A weight is what an operation costs on average, found by
non-negative least squares (Lawson and Hanson 1974) of processor seconds on the numbers of requests,
over the slices of both sides together. Both sides have the same weights, so that a side that is
slower as a whole is still slower by as much.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.optimize import nnls

SLICES_PER_OPERATION = 4


def weights(
    counts: Sequence[Mapping[str, int]], seconds: Sequence[float]
) -> Mapping[str, float] | None:
    """Return the cost in seconds of one request of each operation, given for each slice the number
    of requests by operation and the processor seconds used.

    None where there are too few slices to tell them apart, or no operation costs anything; then all
    requests should count alike.
    """
    names = sorted({name for one in counts for name in one})
    if not names or len(counts) < SLICES_PER_OPERATION * len(names):
        return None
    table = np.array([[one.get(name, 0) for name in names] for one in counts], dtype=np.float64)
    # The scatter of a sum grows with the root of its terms, so long slices must not outweigh.
    scale = 1 / np.sqrt(np.maximum(table.sum(axis=1), 1.0))
    found, _ = nnls(table * scale[:, None], np.asarray(seconds, dtype=np.float64) * scale)
    if not float((table @ found).min()) > 0:
        return None
    return dict(zip(names, found.tolist(), strict=True))


def work(counts: Mapping[str, int], weighed: Mapping[str, float] | None) -> float:
    """Return the weighed number of requests: in seconds, or their plain number without weights."""
    if weighed is None:
        return float(sum(counts.values()))
    return sum(number * weighed.get(name, 0.0) for name, number in counts.items())
