"""Digests of runs -> trends of each stack, over the runs that its newest one can stand beside.

The servers of a stack may change from run to run, which is told with a change point; the machine,
the launcher, the plan, bakeoff itself, the blank's server and stand-ins may not.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from harness.comparable import unlike
from harness.errors import UsageError
from harness.history.digest import Digest, Measured
from harness.history.trend import LeftOut, StackHistory, Trend, Value
from harness.pairs import Metric

MAY_DIFFER = frozenset({"stacks", "sessions", "gate"})
NAMES = ("throughput", "p50", "p95", "cpu")
OF_PARTS = frozenset({"p50", "cpu"})
THAT, NEWEST = "that run", "the newest"
REAL = "the real product"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which trends: scenarios by name, metrics as (name, component or endpoint); empty for all."""

    scenarios: frozenset[str] = frozenset()
    metrics: frozenset[tuple[str, str]] = frozenset()

    def has(self, metric: Metric) -> bool:
        """Tell whether this one is."""
        by_name = not self.metrics or (metric.name, metric.part) in self.metrics
        return by_name and (not self.scenarios or metric.scenario in self.scenarios)


def metric_of(text: str) -> tuple[str, str]:
    """Read a metric such as "p95", "cpu:api" or "p50:sendMessage"; raises UsageError."""
    name, colon, part = text.partition(":")
    if name not in NAMES or (colon and (not part or name not in OF_PARTS)):
        raise UsageError(
            f"--metric {text}: write it as one of {', '.join(NAMES)}, cpu:COMPONENT or p50:ENDPOINT"
        )
    return name, part


def metric_text(metric: Metric) -> str:
    """Return what `metric_of` reads."""
    return f"{metric.name}:{metric.part}" if metric.part else metric.name


def stack_history(digests: Sequence[Digest], stack: str, wanted: Wanted) -> StackHistory:
    """Return the trends of a stack, without change points; the order of the digests is free."""
    runs = [one for one in _by_time(digests) if stack in one.stacks]
    newest = next((one for one in reversed(runs) if not one.stacks[stack].missing), None)
    kept, left_out = list[Digest](), list[LeftOut]()
    for one in runs:
        if reasons := tuple(_obstacles(one, newest, stack)):
            run = one.run
            left_out.append(LeftOut(run=run.id, started_at=run.started_at, reasons=reasons))
        else:
            kept.append(one)
    metrics = sorted({m for one in kept for m in one.stacks[stack].ratios if wanted.has(m)})
    return StackHistory(
        stack=stack,
        runs=tuple(one.run.id for one in kept),
        limited=tuple(one.run.id for one in kept if one.stacks[stack].limited),
        left_out=tuple(left_out),
        trends=tuple(Trend(metric=m, values=tuple(_values(kept, stack, m))) for m in metrics),
    )


def _by_time(digests: Sequence[Digest]) -> list[Digest]:
    return sorted(digests, key=lambda one: (one.run.started_at, one.run.id))


def _obstacles(one: Digest, newest: Digest | None, stack: str) -> Iterator[str]:
    """Yield why a run cannot stand beside the newest one; the reasons do not name the runs, so
    that equal ones can be counted.
    """
    mine = one.stacks[stack]
    if mine.missing:
        yield mine.missing
    elif newest is not None:
        yield from unlike(
            replace(one.run, id=THAT), replace(newest.run, id=NEWEST), allowed=MAY_DIFFER
        )
        yield from _other_servers(mine, newest.stacks[stack])


def _other_servers(mine: Measured, theirs: Measured) -> Iterator[str]:
    if mine.blank != theirs.blank:
        yield f"the blank's server: {_told(mine)} in {THAT}, {_told(theirs)} in {NEWEST}"
    for name in sorted({*mine.stand_ins} & {*theirs.stand_ins}):
        then, now = (side.stand_ins[name] or REAL for side in (mine, theirs))
        if then != now:
            yield f"{name}: {then} in {THAT}, {now} in {NEWEST}"


def _told(one: Measured) -> str:
    return ", ".join(f"{name} {version}" for name, version in sorted(one.blank.items()))


def _values(kept: Sequence[Digest], stack: str, metric: Metric) -> Iterator[Value]:
    for one in kept:
        measured = one.stacks[stack]
        if sessions := measured.ratios.get(metric):
            logs = tuple(sessions.values())
            yield Value(
                run=one.run.id,
                started_at=one.run.started_at,
                revision=one.run.facts.get("revision", ""),
                parts=measured.parts,
                middle=math.exp(median(logs)),
                low=math.exp(min(logs)),
                high=math.exp(max(logs)),
                sessions=len(logs),
            )
