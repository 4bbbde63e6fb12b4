"""Several hypotheses at once: Holm's step-down, which keeps the chance of any false alarm at alpha.

Holm 1979: the smallest p is multiplied by the number of hypotheses, the next by one less, and so
on, and none may fall below the one before. It needs no independence. A family are the endpoints
and scenarios within one metric.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from harness.stats.ranks import Floats


def holm(p: Mapping[str, float]) -> dict[str, float]:
    """Return the adjusted p of each name, at most 1, in the order given."""
    adjusted = holm_rows(np.fromiter(p.values(), dtype=np.float64, count=len(p)))
    return {name: float(value) for name, value in zip(p, adjusted, strict=True)}


def holm_rows(p: Floats) -> Floats:
    """Return the adjusted p where each last axis is a family."""
    order = np.argsort(p, axis=-1, kind="stable")
    factors = np.arange(p.shape[-1], 0, -1)
    stepped = np.maximum.accumulate(np.take_along_axis(p, order, axis=-1) * factors, axis=-1)
    adjusted = np.empty_like(p)
    np.put_along_axis(adjusted, order, np.minimum(stepped, 1.0), axis=-1)
    return adjusted
