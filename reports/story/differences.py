"""How far stacks are apart and which are not set beside others: no ranking inside the noise."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from reports.digest.cases import Case
from reports.story.touching import touching
from reports.terms.numbers import Spread
from reports.terms.page import Fact
from reports.terms.text import REASON, isolated, listed

SLOW_GENERATOR = "the load generator set the limit of throughput and response time"
MEASURES_HERE = "{measures}"
RARE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One value of one stack over its sessions; `ranked` when it may be set beside others,
    `limited` says why it is the load generator's.
    """

    title: str
    over: Spread
    ranked: bool
    limited: str


def apart(found: Sequence[tuple[str, Sequence[Reading]]]) -> list[Fact]:
    """Say for which measures the ranges overlap; measures with the same verdict share a line."""
    by_verdict: dict[str, list[str]] = {}
    for measure, readings in found:
        ranked = [reading for reading in readings if reading.ranked]
        if len(ranked) > 1:
            by_verdict.setdefault(_overlap(ranked), []).append(measure)
    return [
        Fact(name="Difference", text=says.format(measures=listed(names)))
        for says, names in by_verdict.items()
    ]


def left_out(case: Case) -> list[Fact]:
    """Say which stacks the statements on differences leave out, and why."""
    if len(case.measured) == 1:
        return []
    by_reason: dict[str, list[str]] = {}
    for trials in case.measured:
        if reason := trials.unranked(timed=False):
            by_reason.setdefault(reason, []).append(trials.title)
        elif trials.limited:
            by_reason.setdefault(SLOW_GENERATOR, []).append(trials.title)
    return [
        Fact(name="Not compared", text=f"{listed(names)}, because {isolated(reason, REASON)}.")
        for reason, names in by_reason.items()
    ]


def _overlap(readings: Sequence[Reading]) -> str:
    """Say which ranges overlap; touching counts. One session has no range at all."""
    if min(reading.over.sessions for reading in readings) == 1:
        return f"one session gives no range, so noise may be all of it ({MEASURES_HERE})."
    groups = touching(readings, lambda reading: reading.over)
    if len(groups) == 1:
        return f"the ranges of {MEASURES_HERE} overlap, so these sessions show none."
    if len(groups) == len(readings):
        return f"the ranges of {MEASURES_HERE} do not overlap. {_chance(readings)}"
    shared = [listed([r.title for r in group]) for group in groups if len(group) > 1]
    who = "; and of ".join(shared).replace("{", "{{").replace("}", "}}")
    return f"in {MEASURES_HERE} the ranges of {who} overlap, so none shows among these."


def _chance(readings: Sequence[Reading]) -> str:
    """Say how often equal stacks would look apart by chance.

    Of all orders of the sessions' values, k! * n1! * ... * nk! / (n1 + ... + nk)! keep each of k
    stacks together.
    """
    sizes = [reading.over.sessions for reading in readings]
    kept = math.factorial(len(sizes)) * math.prod(math.factorial(size) for size in sizes)
    times = math.factorial(sum(sizes)) / kept
    often = f"once in {times:.0f} times" if times <= RARE else f"less than once in {RARE:,} times"
    return f"Between equal stacks chance alone does that {often}."
