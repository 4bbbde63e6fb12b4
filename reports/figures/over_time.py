"""The figure of response time second by second, from what each measurement says of its seconds."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from harness.records import Moment
from reports.digest.cases import Case, Trials
from reports.digest.cells import ABSENT, number
from reports.terms.figure import Curve, Figure, Panel, Shape
from reports.terms.numbers import Unit, duration, figure, time_unit
from reports.terms.page import Cell, Group, Head, Row, Table
from reports.terms.text import counted, joined

MOST_ROWS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One second of load on a stack: medians over its sessions of p50 and p95 of response in
    seconds, and how many requests failed in all of them.
    """

    second: int
    p50: float
    p95: float
    failed: int


def seconds(case: Case) -> Figure | None:
    """Return response time over the seconds of load, as p50 and p95 of each second."""
    found = {t.stack: _points(t) for t in case.measured}
    if not any(found.values()):
        return None
    panels = (
        Panel(title="p50 of each second", curves=_curves(case, found, "p50")),
        Panel(title="p95 of each second", curves=_curves(case, found, "p95")),
    )
    return Figure(
        key=f"{case.key}-seconds",
        shape=Shape.SECONDS,
        title=f"Response time over time: {case.title}, {case.short}",
        takeaway=joined(
            "Second by second since measuring began: the median over sessions of each second's "
            "value, only of seconds in which the stack was loaded.",
            _steadiness(case, found),
            case.footnote,
        ),
        panels=panels,
        table=_table(case, found),
    )


def _points(trials: Trials) -> tuple[Point, ...]:
    by_second: dict[int, list[Moment]] = defaultdict(list)
    for measurement in trials.measured:
        for moment in measurement.seconds:
            by_second[moment.second].append(moment)
    return tuple(_point(second, by_second[second]) for second in sorted(by_second))


def _point(second: int, sessions: Sequence[Moment]) -> Point:
    return Point(
        second=second,
        p50=median(moment.p50 for moment in sessions),
        p95=median(moment.p95 for moment in sessions),
        failed=sum(moment.failed for moment in sessions),
    )


def _curves(case: Case, found: dict[str, tuple[Point, ...]], which: str) -> tuple[Curve, ...]:
    return tuple(
        Curve(
            name=t.title,
            slot=t.slot,
            points=tuple((point.second, getattr(point, which)) for point in found[t.stack]),
        )
        for t in case.measured
    )


def _steadiness(case: Case, found: dict[str, tuple[Point, ...]]) -> str:
    """Say between which values the p95 of the seconds lay."""
    said = list[str]()
    for trials in case.measured:
        values = [point.p95 for point in found[trials.stack]]
        if values:
            said.append(f"{trials.title} {duration(min(values))} to {duration(max(values))}")
    return f"The p95 of a second lay between: {'; '.join(said)}."


def _table(case: Case, found: dict[str, tuple[Point, ...]]) -> Table:
    """Return the values as a table; of many seconds an even choice, as its note says."""
    by_second = {t.stack: {p.second: p for p in found[t.stack]} for t in case.measured}
    every = sorted({second for points in by_second.values() for second in points})
    step = math.ceil(len(every) / MOST_ROWS)
    least = min((p.p50 for points in found.values() for p in points if p.p50), default=0.0)
    unit = time_unit([10 * least])
    rows = tuple(
        Row(
            label=f"{second}",
            cells=tuple(
                cell for t in case.measured for cell in _cells(by_second[t.stack].get(second), unit)
            ),
        )
        for second in every[::step]
    )
    thinned = f" One of every {step} is shown." if step > 1 else ""
    return Table(
        caption=f"Response time over time: {case.title}, {case.short}",
        corner="Second",
        heads=tuple(head for t in case.measured for head in _heads(t, unit)),
        groups=(Group(title="", rows=rows),),
        note=f"{counted(len(every), 'second')} of load; medians over sessions, failures of all of "
        f"them. {ABSENT}: not loaded in that second.{thinned}",
    )


def _heads(trials: Trials, unit: Unit) -> Sequence[Head]:
    heads = ((f"{trials.title}: p50", unit.sign), ("p95", unit.sign), ("failed", ""))
    return [Head(text=text, unit=sign, slot=trials.slot) for text, sign in heads]


def _cells(point: Point | None, unit: Unit) -> Sequence[Cell]:
    if point is None:
        return [number(ABSENT)] * 3
    return [
        number(figure(point.p50, unit)),
        number(figure(point.p95, unit)),
        number(f"{point.failed:,}"),
    ]
