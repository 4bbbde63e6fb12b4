"""The slices of a search for capacity: those of a probe, of the curve, and of the recovery.

All stacks that are still searched share a drive, each at its own rate; their order within a block
is random. Every drive begins with a moment of half the load, for connections and caches.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from harness.drive.job import PlannedSlice, Stage
from harness.stats.capacity import Step

TRIALS, THOROUGH_TRIALS = 2, 3
THOROUGH_TIMES = 2.0
BEGIN_S, BEGIN_SHARE = 0.5, 0.5
CURVE = (0.1, 0.25, 0.5, 0.75, 0.9, 1.0, 1.15, 1.3)
SURGE, AFTER_SURGE = 1.3, 0.5
RECOVERY_S = 10.0
FIRST_BLOCK = 1

Stages = tuple[Stage, ...]


def probe_slices(
    steps: Mapping[str, Step], *, probe_s: float, seed: int
) -> tuple[PlannedSlice, ...]:
    """Return the trials of a probe of each stack: two short ones, or three that are twice as long
    where it is to be thorough.
    """
    blocks = [_begin({stack: step.rate for stack, step in steps.items()})]
    blocks += [
        {
            stack: _steady(step.rate, probe_s * (THOROUGH_TIMES if step.thorough else 1.0))
            for stack, step in steps.items()
            if number < _trials(step)
        }
        for number in range(max(_trials(step) for step in steps.values()))
    ]
    return _laid_out(blocks, seed)


def curve_slices(
    lows: Mapping[str, float], *, probe_s: float, seed: int, beyond: frozenset[str]
) -> tuple[PlannedSlice, ...]:
    """Return a slice for each point of CURVE, ascending, and one that goes on with half the load
    right after an overload; only the stacks in `beyond` are loaded past their capacity.

    Point n of CURVE is in block n + FIRST_BLOCK, the overload in the block after the last one.
    """
    long_s = probe_s * THOROUGH_TIMES
    blocks = [_begin({stack: low * CURVE[0] for stack, low in lows.items()})]
    blocks += [
        {s: _steady(low * share, long_s) for s, low in lows.items() if share <= 1 or s in beyond}
        for share in CURVE
    ]
    blocks.append(
        {
            stack: (
                Stage(duration_s=probe_s, rate=low * SURGE),
                Stage(duration_s=RECOVERY_S, rate=low * AFTER_SURGE),
            )
            for stack, low in lows.items()
            if stack in beyond
        }
    )
    return _laid_out(blocks, seed)


def expected_s(probe_s: float, *, curve: bool) -> float:
    """Return about how long a search takes for one stack, in seconds of load."""
    short, thorough = TRIALS * probe_s, THOROUGH_TRIALS * THOROUGH_TIMES * probe_s
    points = len(CURVE) * THOROUGH_TIMES * probe_s + probe_s + RECOVERY_S
    return 3 * short + 4 * thorough + (points if curve else 0.0)


def _trials(step: Step) -> int:
    return THOROUGH_TRIALS if step.thorough else TRIALS


def _steady(rate: float, seconds: float) -> Stages:
    return (Stage(duration_s=seconds, rate=rate),)


def _begin(rates: Mapping[str, float]) -> Mapping[str, Stages]:
    return {stack: _steady(rate * BEGIN_SHARE, BEGIN_S) for stack, rate in rates.items()}


def _laid_out(blocks: Sequence[Mapping[str, Stages]], seed: int) -> tuple[PlannedSlice, ...]:
    """Return the slices in order; the first block is warm-up."""
    rng = random.Random(seed)
    planned = list[PlannedSlice]()
    for number, block in enumerate(blocks):
        for stack in rng.sample(list(block), len(block)):
            stages = block[stack]
            planned.append(
                PlannedSlice(
                    index=len(planned),
                    block=number,
                    stack=stack,
                    duration_s=sum(stage.duration_s for stage in stages),
                    warmup=number < FIRST_BLOCK,
                    seed=seed * 10_000 + 10 * number,
                    stages=stages,
                )
            )
    return tuple(planned)
