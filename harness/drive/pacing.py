"""How long to warm up, and how long a slice must be: judged from what was seen so far.

Sources: at most 44 % of long-running programs settle for good (Barrett et al., OOPSLA 2017), so the
wait is capped and its outcome told. CPU per request is judged, since it does not move with other
work on the machine. A slice should hold a hundred requests and be five times as long as a slow
one, else what one stack was asked is answered in the slice of another.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
from scipy.stats import linregress, t

from harness.drive.job import PlannedSlice

WINDOWS = 5
WITHIN = 0.05
DEVIATIONS = 2.0
TWO_SIDED_95 = 0.975
REQUESTS_LEAST = 100
OF_P99 = 5.0
BLOCKS_LEAST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One stretch of warm-up: CPU seconds used, requests answered, p99 of service and length in
    seconds. `cpu_s` is None where it cannot be read.
    """

    cpu_s: float | None
    answered: int
    p99: float
    duration_s: float


def steady(windows: Sequence[Window]) -> bool:
    """Tell whether CPU per request has settled: the last five windows stay within 5 % of their
    median (or two standard errors of a count, where they hold few requests), and the 95 % interval
    of their slope covers zero.
    """
    last = windows[-WINDOWS:]
    if len(last) < WINDOWS or any(w.cpu_s is None or not w.answered for w in last):
        return False
    cost = np.array([(w.cpu_s or 0.0) / w.answered for w in last])
    middle = float(np.median(cost))
    if middle <= 0:
        return True  # so little that the kernel does not count it
    few = min(w.answered for w in last)
    tolerance = max(WITHIN, DEVIATIONS / math.sqrt(few))
    if float(np.abs(cost / middle - 1).max()) > tolerance:
        return False
    line = linregress(np.arange(WINDOWS), cost)
    return bool(abs(line.slope) <= t.ppf(TWO_SIDED_95, WINDOWS - 2) * line.stderr)


def slice_s(least_s: float, last: Sequence[Window]) -> float:
    """Return how long a slice should be, given the last window of each stack: at least `least_s`,
    100 requests of the slowest, and five times the largest p99.
    """
    seen = [w for w in last if w.answered]
    for_requests = (REQUESTS_LEAST * w.duration_s / w.answered for w in seen)
    for_slow = (OF_P99 * w.p99 for w in seen)
    return max((least_s, *for_requests, *for_slow))


def stretched(slices: Sequence[PlannedSlice], wanted_s: float) -> tuple[PlannedSlice, ...]:
    """Return fewer and longer slices, of together as much load, each of about `wanted_s`.

    At least four blocks are left, if there were as many. Warm-up and confirming slices stay as
    they are.
    """
    alternating = [s for s in slices if not s.warmup and not s.confirm]
    if not alternating:
        return tuple(slices)
    blocks = [list(group) for _, group in groupby(alternating, key=lambda s: s.block)]
    longest = max(1, len(blocks) // BLOCKS_LEAST)
    factor = min(longest, max(1, math.ceil(wanted_s / alternating[0].duration_s - 1e-9)))
    kept = {block[0].block for block in blocks[: len(blocks) // factor]}
    return tuple(
        s if s.warmup or s.confirm else replace(s, duration_s=s.duration_s * factor)
        for s in slices
        if s.warmup or s.confirm or s.block in kept
    )
