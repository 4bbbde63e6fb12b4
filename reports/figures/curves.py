"""Figures made from histograms: percentiles of response time, and response time second by second.

Histograms of several endpoints and sessions are merged, which is exact; percentiles never are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from harness.stats import histogram
from harness.stats.histogram import Histogram
from reports.digest.cases import Case, Trials
from reports.digest.cells import heads, missing, number
from reports.terms.figure import Curve, Figure, Panel, Shape
from reports.terms.numbers import Unit, duration, figure, time_unit
from reports.terms.page import Cell, Group, Head, Row, Table
from reports.terms.text import counted

SHOWN = (50.0, 75.0, 90.0, 95.0, 99.0, 99.9)
STEPS = {round(100 * (1 - 10 ** (-step / 20)), 6) for step in range(1, 60)}
GRID = tuple(sorted(STEPS | set(SHOWN)))
BEYOND = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One second of load on a stack, all sessions merged: percentiles in seconds, and failures."""

    second: int
    p50: float
    p95: float
    failed: int


def percentiles(case: Case) -> Figure | None:
    """Return the curve of response time over percentile for each stack of a case."""
    merged = {t.stack: _response(t) for t in case.measured}
    if not any(h.count for h in merged.values()):
        return None
    curves = tuple(
        Curve(name=t.title, slot=t.slot, points=_curve(merged[t.stack])) for t in case.measured
    )
    said = "; ".join(f"{t.title} {_within(merged[t.stack])}" for t in case.measured)
    return Figure(
        key=f"{case.key}-percentiles",
        shape=Shape.PERCENTILES,
        title=f"Response time by percentile: {case.title}, {case.load}",
        takeaway=f"Sessions merged. Half and 95 in 100 requests were answered within: {said}. "
        f"Curves begin at p{GRID[0]:.0f} and end where fewer than {BEYOND} requests lie beyond."
        f"{_starred(case)}",
        panels=(Panel(title="Response time", curves=curves),),
        table=_percentile_table(case, merged),
    )


def seconds(case: Case) -> Figure | None:
    """Return response time over the seconds of load, as p50 and p95 of each second."""
    moments = {t.stack: _moments(t) for t in case.measured}
    if not any(moments.values()):
        return None
    panels = tuple(
        Panel(
            title=f"{which} of each second",
            curves=tuple(
                Curve(
                    name=t.title,
                    slot=t.slot,
                    points=tuple((m.second, getattr(m, which)) for m in moments[t.stack]),
                )
                for t in case.measured
            ),
        )
        for which in ("p50", "p95")
    )
    return Figure(
        key=f"{case.key}-seconds",
        shape=Shape.SECONDS,
        title=f"Response time over time: {case.title}, {case.load}",
        takeaway="Second by second since measuring began, sessions merged; only seconds in which "
        f"the stack was loaded. {_steadiness(case, moments)}{_starred(case)}",
        panels=panels,
        table=_seconds_table(case, moments),
    )


def _starred(case: Case) -> str:
    return f" {case.footnote}" if case.footnote else ""


def _response(trials: Trials) -> Histogram:
    return histogram.merge(histogram.decode(m.response.histogram) for m in trials.measured)


def _curve(merged: Histogram) -> tuple[tuple[float, float], ...]:
    """Return (percentile, seconds) as far as enough values lie beyond."""
    shares = [share for share in GRID if _known(merged, share)]
    return tuple(zip(shares, merged.percentiles(shares), strict=True))


def _known(merged: Histogram, share: float) -> bool:
    return merged.count * (100 - share) >= 100 * BEYOND - 1e-6


def _within(merged: Histogram) -> str:
    if not merged.count:
        return "nothing"
    p50, p95 = merged.percentiles((50, 95))
    return f"{duration(p50)} and {duration(p95)}"


def _percentile_table(case: Case, merged: dict[str, Histogram]) -> Table:
    greatest = max((h.percentiles((99.9,))[0] for h in merged.values() if h.count), default=0.0)
    unit = time_unit([greatest / 10])
    rows = [
        Row(
            label=f"p{share:g}",
            unit=unit.sign,
            cells=tuple(_percentile_cell(merged[t.stack], share, unit) for t in case.measured),
        )
        for share in SHOWN
    ]
    counts = Row(
        label="Requests",
        cells=tuple(number(f"{merged[t.stack].count:,}") for t in case.measured),
    )
    return Table(
        caption=f"Response time by percentile: {case.title}, {case.load}",
        corner="Percentile",
        heads=heads(case.measured),
        groups=(Group(title="", rows=(*rows, counts)),),
    )


def _percentile_cell(merged: Histogram, share: float, unit: Unit) -> Cell:
    if not _known(merged, share):
        return missing("too few requests")
    return number(figure(merged.percentiles((share,))[0], unit))


def _moments(trials: Trials) -> tuple[Moment, ...]:
    """Merge the seconds of the same number over endpoints and sessions."""
    parts: dict[int, list[Histogram]] = defaultdict(list)
    failed: dict[int, int] = defaultdict(int)
    for measurement in trials.measured:
        for endpoint in measurement.endpoints:
            for second in endpoint.seconds:
                parts[second.second].append(histogram.decode(second.response))
                failed[second.second] += second.failed
    return tuple(_moment(s, histogram.merge(parts[s]), failed[s]) for s in sorted(parts))


def _moment(second: int, merged: Histogram, failed: int) -> Moment:
    p50, p95 = merged.percentiles((50, 95))
    return Moment(second=second, p50=p50, p95=p95, failed=failed)


def _steadiness(case: Case, moments: dict[str, tuple[Moment, ...]]) -> str:
    """Say between which values the p95 of the seconds lay."""
    said = list[str]()
    for trials in case.measured:
        values = [moment.p95 for moment in moments[trials.stack]]
        if values:
            said.append(f"{trials.title} {duration(min(values))} to {duration(max(values))}")
    return f"The p95 of a second lay between: {'; '.join(said)}."


def _seconds_table(case: Case, moments: dict[str, tuple[Moment, ...]]) -> Table:
    by_second = {t.stack: {m.second: m for m in moments[t.stack]} for t in case.measured}
    every = sorted({second for found in by_second.values() for second in found})
    least = min((m.p50 for found in moments.values() for m in found if m.p50), default=0.0)
    unit = time_unit([10 * least])
    rows = [
        Row(
            label=f"{second}",
            cells=tuple(
                cell
                for t in case.measured
                for cell in _second_cells(by_second[t.stack].get(second), unit)
            ),
        )
        for second in every
    ]
    return Table(
        caption=f"Response time over time: {case.title}, {case.load}",
        corner="Second",
        heads=tuple(head for t in case.measured for head in _second_heads(t, unit)),
        groups=(Group(title="", rows=tuple(rows)),),
        note=f"{counted(len(every), 'second')} of load.",
    )


def _second_heads(trials: Trials, unit: Unit) -> Sequence[Head]:
    heads_ = ((f"{trials.title}: p50", unit.sign), ("p95", unit.sign), ("failed", ""))
    return [Head(text=text, unit=sign, slot=trials.slot) for text, sign in heads_]


def _second_cells(moment: Moment | None, unit: Unit) -> Sequence[Cell]:
    if moment is None:
        return [missing("not loaded")] * 3
    return [
        number(figure(moment.p50, unit)),
        number(figure(moment.p95, unit)),
        number(f"{moment.failed:,}"),
    ]
