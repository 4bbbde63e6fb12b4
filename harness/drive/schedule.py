"""When requests are due in an open slice: moments that do not wait for answers."""

from __future__ import annotations

import random

from harness.drive.job import Arrivals


def arrivals(kind: Arrivals, *, rate: float, duration_s: float, seed: int) -> list[float]:
    """Return due moments in seconds from the slice's start, ascending, all before its end.

    `rate` is per second. "constant" has equal gaps, the first moment half a gap in; "exponential"
    draws its gaps (a Poisson process), so that their number varies; "uniform" is a Poisson process
    of exactly the expected number. The same seed gives the same moments.
    """
    if kind == "constant":
        return [(number + 0.5) / rate for number in range(int(rate * duration_s + 0.5))]
    rng = random.Random(seed)
    if kind == "uniform":
        return sorted(rng.uniform(0, duration_s) for _ in range(round(rate * duration_s)))
    moments = list[float]()
    moment = rng.expovariate(rate)
    while moment < duration_s:
        moments.append(moment)
        moment += rng.expovariate(rate)
    return moments
