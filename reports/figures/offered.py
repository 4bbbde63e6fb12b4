"""The figure of response time over offered load, up to and past what each stack can take."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from harness.records import Capacity, Probe
from reports.digest.cases import Case, Trials
from reports.digest.cells import missing, number, words
from reports.digest.measures import searches
from reports.figures.searches import between, fruitful, objective, objectives, why_none
from reports.terms.figure import Curve, Figure, Knee, Panel, Shape
from reports.terms.numbers import MILLISECOND, PER_SECOND, duration, figure, share
from reports.terms.page import Cell, Group, Head, Row, Table
from reports.terms.text import joined, listed, shortened

HEADS = (
    Head(text="p50", unit="ms"),
    Head(text="p95", unit="ms"),
    Head(text="CPU per request", unit="ms"),
    Head(text="Errors"),
    Head(text="Objective"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """The loads that were offered to a stack, ascending, and what the search had found."""

    trials: Trials
    found: Capacity
    points: tuple[Probe, ...]


def offered(case: Case) -> Figure | None:
    """Return p95 over the offered rate for the stacks that were searched; None without points."""
    sweeps = [sweep for trials in case.trials if (sweep := _sweep(trials))]
    if not fruitful([case]) or not sweeps:
        return None
    first = sweeps[0].found
    panel = Panel(
        title="Response p95",
        curves=tuple(_curve(sweep) for sweep in sweeps),
        knees=tuple(knee for sweep in sweeps if (knee := _knee(sweep))),
        limit=first.slo_p95,
        limit_text=f"objective: p95 within {duration(first.slo_p95)}",
    )
    return Figure(
        key=f"{case.key}-offered",
        shape=Shape.OFFERED,
        title=f"Response time over offered load: {case.title}, {case.short}",
        takeaway=_says(case, sweeps),
        panels=(panel,),
        table=_table(case, sweeps),
    )


def _sweep(trials: Trials) -> Sweep | None:
    """Return the points of the first search with a curve, else the probes of the first search."""
    found = searches(trials)
    if not found:
        return None
    chosen = next((one for one in found if one.curve), found[0])
    last = {probe.rate: probe for probe in chosen.curve or chosen.probes}
    points = tuple(last[rate] for rate in sorted(last) if _drawable(last[rate]))
    return Sweep(trials=trials, found=chosen, points=points) if points else None


def _drawable(point: Probe) -> bool:
    return point.rate > 0 and point.p95 > 0 and math.isfinite(point.p95)


def _curve(sweep: Sweep) -> Curve:
    points = tuple((point.rate, point.p95) for point in sweep.points)
    return Curve(name=sweep.trials.title, slot=sweep.trials.slot, points=points)


def _knee(sweep: Sweep) -> Knee | None:
    """Return the place of the capacity on the curve; None where the curve does not reach it."""
    low = sweep.found.low
    height = _height(sweep.points, low)
    if height is None:
        return None
    text = between(low, sweep.found.high)
    return Knee(slot=sweep.trials.slot, x=low, y=height, text=text)


def _height(points: Sequence[Probe], rate: float) -> float | None:
    """Return p95 at a rate: of the point there, else on the straight line between its neighbours
    on logarithmic axes.
    """
    before = [point for point in points if point.rate <= rate]
    after = [point for point in points if point.rate >= rate]
    if not before or not after:
        return None
    one, other = before[-1], after[0]
    if one.rate == other.rate:
        return one.p95
    part = math.log(rate / one.rate) / math.log(other.rate / one.rate)
    return float(one.p95 * (other.p95 / one.p95) ** part)


def _says(case: Case, sweeps: Sequence[Sweep]) -> str:
    kept = "; ".join(f"{s.trials.title} {between(s.found.low, s.found.high)}" for s in sweeps)
    drawn = {sweep.trials.stack for sweep in sweeps}
    rest = [f"{t.title} ({why_none(t)})" for t in case.trials if t.stack not in drawn]
    return joined(
        f"The objective ({listed(list(objectives(case)))}) was kept up to the ring on each curve, "
        f"and broken at the upper rate beside it: {kept}.",
        "Each point is one load of a few seconds, so a curve may cross the line elsewhere; the "
        "search, which probed again, decides.",
        f"Not drawn: {'; '.join(rest)}." if rest else "",
        case.footnote,
    )


def _table(case: Case, sweeps: Sequence[Sweep]) -> Table:
    groups = tuple(
        Group(
            title=sweep.trials.title,
            rows=tuple(_row(sweep, point) for point in sweep.points),
            note=f"{objective(sweep.found)}: {between(sweep.found.low, sweep.found.high)}",
        )
        for sweep in sweeps
    )
    return Table(
        caption=f"Response time over offered load: {case.title}, {case.short}",
        corner="Offered, 1/s",
        heads=HEADS,
        groups=groups,
        note=joined("One load of a few seconds for each row.", case.footnote),
    )


def _row(sweep: Sweep, point: Probe) -> Row:
    cells = (
        _time(point.p50),
        _time(point.p95),
        _time(point.cpu_s),
        number(share(point.errors, 1)),
        words(shortened(point.failed) or "kept"),
    )
    return Row(label=figure(point.rate, PER_SECOND), slot=sweep.trials.slot, cells=cells)


def _time(seconds: float) -> Cell:
    if not math.isfinite(seconds):
        return missing("nothing was answered")
    return number(figure(seconds, MILLISECOND))
