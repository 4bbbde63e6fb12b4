"""Figures of percentiles of response time, made from histograms.

Histograms of several sessions are merged, which is exact; percentiles never are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.stats import histogram
from harness.stats.histogram import Histogram
from reports.digest.cases import Case, Trials, footnote
from reports.digest.cells import heads, missing, number
from reports.digest.measures import searched
from reports.figures.over_time import seconds
from reports.figures.reasons import unmeasured
from reports.terms.figure import Curve, Figure, Panel, Shape
from reports.terms.numbers import Unit, duration, figure, time_unit
from reports.terms.page import Cell, Group, Row, Table
from reports.terms.text import joined

__all__ = ["all_percentiles", "percentiles", "seconds"]

SHOWN = (50.0, 75.0, 90.0, 95.0, 99.0, 99.9)
STEPS = {round(100 * (1 - 10 ** (-step / 12)), 6) for step in range(1, 36)}
GRID = tuple(sorted(STEPS | set(SHOWN)))
BEYOND = 10
OWN_RATES = "In a search for capacity each stack is at the highest rate that it bore."
TITLE = "Response time by percentile"
ENDS = f"Curves begin at p{GRID[0]:.0f} and end where fewer than {BEYOND} requests lie beyond."


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """A case with the response times of each measured stack, all its sessions merged."""

    case: Case
    by_stack: Mapping[str, Histogram]

    @property
    def name(self) -> str:
        """Return the case with its load."""
        return f"{self.case.title}, {self.case.short}"

    @property
    def greatest(self) -> float:
        """Return the greatest p99.9 in seconds, 0.0 for none."""
        counts = (h for h in self.by_stack.values() if h.count)
        return max((h.percentiles((99.9,))[0] for h in counts), default=0.0)


def percentiles(case: Case) -> Figure | None:
    """Return the curve of response time over percentile for each stack of a case."""
    merged = _merged(case)
    if merged is None:
        return None
    return Figure(
        key=f"{case.key}-percentiles",
        shape=Shape.PERCENTILES,
        title=f"{TITLE}: {merged.name}",
        takeaway=joined(
            f"Sessions merged. Half and 95 in 100 requests were answered within: {_said(merged)}.",
            ENDS,
            case.footnote,
        ),
        panels=(_panel(merged, "Response time"),),
        table=_table([merged], f"{TITLE}: {merged.name}"),
    )


def all_percentiles(found: Sequence[Case]) -> Figure | None:
    """Return the curves of all cases that were measured as one figure, a panel for each case."""
    every = [merged for case in found if (merged := _merged(case))]
    if not every:
        return None
    several = len(every) > 1
    said = "; ".join(_range(m) for m in every) if several else _said(every[0])
    whose = "95 in 100" if several else "Half and 95 in 100"
    return Figure(
        key="percentiles",
        shape=Shape.PERCENTILES,
        title=TITLE if several else f"{TITLE}: {every[0].name}",
        takeaway=joined(
            f"Sessions merged. {whose} requests were answered within: {said}.",
            OWN_RATES if any(searched(m.case) for m in every) else "",
            ENDS,
            "All panels have the same axes." if several else "",
            footnote({t.stack: t.records for m in every for t in m.case.trials}),
        ),
        panels=tuple(_panel(merged, merged.name) for merged in every),
        table=_table(every, TITLE),
    )


def _merged(case: Case) -> Merged | None:
    """Return the response times of a case; None when nothing was asked."""
    by_stack = {t.stack: _response(t) for t in case.measured}
    if not any(h.count for h in by_stack.values()):
        return None
    return Merged(case=case, by_stack=by_stack)


def _response(trials: Trials) -> Histogram:
    return histogram.merge(histogram.decode(m.response.histogram) for m in trials.measured)


def _panel(merged: Merged, title: str) -> Panel:
    curves = tuple(
        Curve(name=t.title, slot=t.slot, points=_curve(merged.by_stack[t.stack]))
        for t in merged.case.measured
    )
    return Panel(title=title, curves=curves)


def _curve(merged: Histogram) -> tuple[tuple[float, float], ...]:
    """Return (percentile, seconds) as far as enough values lie beyond."""
    shares = [share for share in GRID if _known(merged, share)]
    return tuple(zip(shares, merged.percentiles(shares), strict=True))


def _known(merged: Histogram, share: float) -> bool:
    return merged.count * (100 - share) >= 100 * BEYOND - 1e-6


def _said(merged: Merged) -> str:
    """Return p50 and p95 of each stack in words."""
    measured = merged.case.measured
    return ", ".join(f"{t.title} {_within(merged.by_stack[t.stack])}" for t in measured)


def _range(merged: Merged) -> str:
    """Say from which to which p95 the stacks of a case go."""
    measured = [t for t in merged.case.measured if merged.by_stack[t.stack].count]
    p95 = {t.title: merged.by_stack[t.stack].percentiles((95,))[0] for t in measured}
    least, most = min(p95, key=p95.__getitem__), max(p95, key=p95.__getitem__)
    first = f"{merged.name}: {duration(p95[least])} ({least})"
    return first if least == most else f"{first} to {duration(p95[most])} ({most})"


def _within(merged: Histogram) -> str:
    if not merged.count:
        return "nothing"
    p50, p95 = merged.percentiles((50, 95))
    return f"{duration(p50)} and {duration(p95)}"


def _table(every: Sequence[Merged], caption: str) -> Table:
    """Return the percentiles of all cases; a stack has the same column in each of them."""
    by_slot = {t.slot: t for merged in every for t in merged.case.measured}
    stacks = [by_slot[slot] for slot in sorted(by_slot)]
    return Table(
        caption=caption,
        corner="Percentile",
        heads=heads(stacks),
        groups=tuple(
            Group(
                title=merged.name if len(every) > 1 else "",
                rows=tuple(_rows(merged, [trials.stack for trials in stacks])),
            )
            for merged in every
        ),
    )


def _rows(merged: Merged, stacks: Sequence[str]) -> list[Row]:
    unit = time_unit([merged.greatest / 10])
    found = [(merged.by_stack.get(stack), _why_none(merged.case, stack)) for stack in stacks]
    rows = [
        Row(
            label=f"p{share:g}",
            unit=unit.sign,
            cells=tuple(
                _cell(h, share, unit) if h is not None else missing(why) for h, why in found
            ),
        )
        for share in SHOWN
    ]
    counts = tuple(number(f"{h.count:,}") if h is not None else missing(why) for h, why in found)
    return [*rows, Row(label="Requests", cells=counts)]


def _why_none(case: Case, stack: str) -> str:
    said = (unmeasured(trials) for trials in case.trials if trials.stack == stack)
    return next(said, "not a part of this scenario")


def _cell(merged: Histogram, share: float, unit: Unit) -> Cell:
    if not _known(merged, share):
        return missing("too few requests")
    return number(figure(merged.percentiles((share,))[0], unit))
