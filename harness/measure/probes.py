"""Samples of slices at one rate -> a Probe; samples after an overload -> when it was over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.drive.results import Outcome, SliceTimes
from harness.measure.samples import Rows, Samples, StackSamples
from harness.records import Probe
from harness.stats.capacity import Objective
from harness.stats.summary import GENERATOR_CPU_MOST

IN_TIME_S = 0.05
WINDOW_S = 1.0
WINDOWS_KEPT = 2

Seconds = NDArray[np.float64]


def probe(
    samples: Samples,
    stack: str,
    *,
    rate: float,
    objective: Objective,
    unmetered: frozenset[str],
    block: int | None = None,
) -> Probe:
    """Return what the measured slices of `stack` show, all together, or only those of one block.

    `unmetered` are the components whose CPU does not count.
    """
    mine = samples.measured(stack)
    slices = [one for one in mine.slices if block in (None, one.block)]
    here = np.isin(mine.rows["slice"], [one.index for one in slices])
    rows, response = mine.rows[here], mine.response[here]
    p50, p95 = _ranks(response)
    due, answered = len(rows), int(np.count_nonzero(rows["outcome"] == Outcome.ANSWERED))
    achieved = _in_time(rows, slices)
    failed = objective.broken(p95=p95, scheduled=due, unanswered=due - answered, achieved=achieved)
    health = samples.drive.health.get(stack)
    delays = _delays(rows, slices, health.hub_lag_p99 if health else 0.0)
    return Probe(
        rate=rate,
        loaded_s=sum(one.end - one.start for one in slices),
        achieved=achieved,
        answered=answered,
        p50=p50,
        p95=p95,
        errors=1 - answered / due if due else 1.0,
        cpu_s=_cpu_s(slices, unmetered) / answered if answered else 0.0,
        failed=failed,
        limited=_limited(rows, p95, objective, delays) if failed and due else "",
    )


def recovery(mine: StackSamples, *, block: int, after_s: float, objective: Objective) -> float:
    """Return how many seconds after `after_s` into the slices of a block the objective is kept
    again: until the first of two whole seconds in a row that keep it, by due time; inf for none.
    """
    slice_ = next((one for one in mine.slices if one.block == block), None)
    if slice_ is None:
        return np.inf
    here = mine.rows["slice"] == slice_.index
    rows, response = mine.rows[here], mine.response[here]
    since = rows["due"] - (slice_.start + after_s)
    kept = list[bool]()
    for number in range(int((slice_.end - slice_.start - after_s) / WINDOW_S + 1e-6)):
        window = (since >= number * WINDOW_S) & (since < (number + 1) * WINDOW_S)
        outcome = rows["outcome"][window]
        unanswered = int(np.count_nonzero(outcome != Outcome.ANSWERED))
        broken = objective.broken(
            p95=_ranks(response[window])[1],
            scheduled=len(outcome),
            unanswered=unanswered,
            achieved=1.0,
        )
        kept.append(not broken)
    runs = (n for n in range(len(kept)) if all(kept[n : n + WINDOWS_KEPT]))
    first = next((n for n in runs if n + WINDOWS_KEPT <= len(kept)), None)
    return np.inf if first is None else first * WINDOW_S


def _ranks(response: Seconds) -> tuple[float, float]:
    """Return p50 and p95 by nearest rank, 0.0 for no values."""
    if not len(response):
        return 0.0, 0.0
    p50, p95 = np.percentile(response, (50, 95), method="inverted_cdf").tolist()
    return p50, p95


def _in_time(rows: Rows, slices: Sequence[SliceTimes]) -> float:
    """Return the share of requests that were sent before their slice's end, or when due."""
    ends = {one.index: one.end for one in slices}
    end = np.array([ends[index] for index in rows["slice"].tolist()])
    sent = rows["sent"] <= np.maximum(end, rows["due"] + IN_TIME_S)
    return float(np.count_nonzero(sent)) / len(rows) if len(rows) else 1.0


def _cpu_s(slices: Sequence[SliceTimes], unmetered: frozenset[str]) -> float:
    return sum(
        max(0.0, later.cpu_s - earlier.cpu_s)
        for one in slices
        for name, later in one.at_drained.items()
        if name not in unmetered
        and later is not None
        and (earlier := one.at_start.get(name)) is not None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Delays:
    """The generator's own share of its core, and p99 of its late sends and of its loop's lag."""

    busy: float
    late: float
    lag: float


def _delays(rows: Rows, slices: Sequence[SliceTimes], lag: float) -> _Delays:
    late = rows["late"][~np.isnan(rows["sent"])]
    lasted = sum(one.drained - one.start for one in slices)
    return _Delays(
        busy=sum(one.generator_cpu_s for one in slices) / lasted if lasted else 0.0,
        late=float(np.percentile(late, 99)) if len(late) else 0.0,
        lag=lag,
    )


def _limited(rows: Rows, p95: float, objective: Objective, delays: _Delays) -> str:
    """Say why the generator may be what broke the objective: it was too busy, or so late that
    without its own delays the objective had been kept.
    """
    said = list[str]()
    if delays.busy > GENERATOR_CPU_MOST:
        said.append(f"the generator used {delays.busy:.0%} of its core")
    fine = np.isin(rows["outcome"], [Outcome.ANSWERED, Outcome.UNSENT])
    if not objective.broken(
        p95=p95 - delays.late - delays.lag,
        scheduled=len(rows),
        unanswered=int(np.count_nonzero(~fine)),
        achieved=1.0,
    ):
        said.append(f"it sent {delays.late:.3f} s late, and lagged by {delays.lag:.3f} s (p99)")
    return "; ".join(said)
