"""The figure of capacities: for each case that was searched, the bracket of every stack."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

from harness.records import Status
from reports.digest.cases import Case, Trials, footnote
from reports.digest.cells import words
from reports.digest.measures import bracket, searches
from reports.figures.searches import SIGN, between, fruitful, objectives, why_none, why_open
from reports.terms.figure import Extent, ExtentGroup, Figure, Shape
from reports.terms.numbers import PER_SECOND, SPACE, Spread
from reports.terms.page import Cell, Group, Head, Line, Row, Table
from reports.terms.text import joined, listed

ENDS = (
    "A bar begins at a rate that kept the objective and ends at one that did not: of several "
    "sessions at the least that was kept and the greatest that was not, with a mark at the median "
    "of what was kept."
)
OPEN = "A bar that points on has no upper end."
HEADS = (
    Head(text="All sessions", unit="1/s"),
    Head(text="Each session", unit="1/s"),
    Head(text="Why there is no upper end"),
)


def brackets(found: Sequence[Case]) -> Figure | None:
    """Return the brackets of all searches in requests/s; None where nothing was searched."""
    cases = fruitful(found)
    if not cases:
        return None
    groups = tuple(
        ExtentGroup(
            title=f"{case.title}, {case.short}", extents=tuple(_extent(t) for t in case.trials)
        )
        for case in cases
    )
    open_ended = any(why_open(t) for case in cases for t in case.trials)
    return Figure(
        key="capacity",
        shape=Shape.EXTENTS,
        title="Capacity: the highest rate of requests that kept the objective",
        takeaway=joined(
            *(_says(case, named=len(cases) > 1) for case in cases),
            ENDS,
            OPEN if open_ended else "",
            footnote({t.stack: t.records for case in cases for t in case.trials}),
        ),
        extents=groups,
        unit=SIGN,
        table=_table(cases),
    )


def _extent(trials: Trials) -> Extent:
    over = bracket(trials)
    if over is None:
        note = why_none(trials)
        return Extent(name=trials.title, slot=trials.slot, low=None, high=None, note=note)
    return Extent(
        name=trials.title,
        slot=trials.slot,
        low=over.low,
        high=None if math.isinf(over.high) else over.high,
        middle=median(one.low for one in searches(trials)) if over.sessions > 1 else None,
        text=between(over.low, over.high),
        note=why_open(trials),
    )


def _says(case: Case, *, named: bool) -> str:
    """Say who bore the most in a case, and with which objective."""
    where = f"{case.title}: with" if named else "With"
    kept = f"{where} {listed(list(objectives(case)))}, {_most(case)}"
    others = [f"{t.title} ({why})" for t in case.trials if (why := _unranked(t))]
    return joined(kept, f"Not set beside the others: {'; '.join(others)}." if others else "")


def _most(case: Case) -> str:
    """Say which stack bore the most; brackets that touch, directly or by others, are a tie."""
    ranked = [(t, o) for t in case.trials if (o := bracket(t)) and not _unranked(t)]
    if not ranked:
        return "no stack can be set beside another."
    first, tied = _first(ranked), len(ranked) > 1
    said = [f"{t.title} {between(over.low, over.high)}" for t, over in first]
    if len(first) == 1:
        verb = "bore the most:" if tied else "bore"
        (name, _), text = first[0], said[0]
        text = text.removeprefix(f"{name.title} ")
        once = min(over.sessions for _, over in ranked) == 1
        return f"{name.title} {verb} {text}{' (from one search only)' if once else ''}."
    return f"the most was borne by {listed(said)}, whose brackets touch."


def _first(ranked: Sequence[tuple[Trials, Spread]]) -> list[tuple[Trials, Spread]]:
    """Return the stacks of the highest brackets that touch."""
    first, reach = list[tuple[Trials, Spread]](), -math.inf
    for one in sorted(ranked, key=lambda pair: pair[1].low):
        first = [*first, one] if one[1].low <= reach else [one]
        reach = max(reach, one[1].high)
    return first


def _unranked(trials: Trials) -> str:
    """Say why a stack that was searched may not be set beside others; empty where it may.

    What the load generator ended is open at its upper end, which says enough.
    """
    return trials.unranked(timed=False) if searches(trials) else ""


def _table(cases: Sequence[Case]) -> Table:
    return Table(
        caption="Capacity, by session",
        corner="Stack",
        heads=HEADS,
        groups=tuple(
            Group(title=f"{case.title}, {case.short}", rows=tuple(_row(t) for t in case.trials))
            for case in cases
        ),
        note=f"Brackets in{SPACE}{PER_SECOND.sign}; "
        "the objective was kept at the lower end and broken at the upper end.",
    )


def _row(trials: Trials) -> Row:
    over = bracket(trials)
    if over is None:
        blank = trials.blank() or words("not searched")
        return Row(label=trials.title, slot=trials.slot, cells=(blank,) * len(HEADS))
    lines = tuple(
        Line(text=between(r.capacity.low, r.capacity.high, ""), label=f"session {r.key.session}")
        for r in trials.records
        if r.status is Status.OK and r.capacity
    )
    cells = (
        words(between(over.low, over.high, "")),
        Cell(lines=lines, prose=True),
        words(why_open(trials) or "it has one"),
    )
    return Row(label=trials.title, slot=trials.slot, cells=cells)
