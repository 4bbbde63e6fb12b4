"""What searches for the capacity found: the bracket, what broke past it, and what came after."""

from __future__ import annotations

from collections.abc import Callable

from harness.records import Capacity, Probe, Record, Status
from reports.digest.cases import Case, Trials
from reports.digest.cells import number, words
from reports.terms.numbers import MILLISECOND, PER_SECOND, SPACE, duration, figure, measured, share
from reports.terms.page import Cell, Fact, Group, Head, Line, Row, Table
from reports.terms.text import joined, shortened

HEADS = (
    Head(text="Capacity", unit="1/s"),
    Head(text="Probes"),
    Head(text="At the lower end"),
    Head(text="At the upper end"),
    Head(text="After an overload"),
)
CURVE_HEADS = (
    Head(text="Of the capacity"),
    Head(text="p50", unit="ms"),
    Head(text="p95", unit="ms"),
    Head(text="CPU per request", unit="ms"),
    Head(text="Objective"),
)
NOTE = (
    "Capacity: the objective was kept at the lower end of the bracket and broken at the upper end, "
    "each by all trials of a probe together. It is that of short loads on this machine."
)


def capacity(case: Case) -> tuple[Table, ...]:
    """Return the brackets and the curves of the stacks that were searched; none for other loads."""
    return tuple(table for table in (_brackets(case), _curve(case)) if table)


def _brackets(case: Case) -> Table | None:
    rows = tuple(_row(trials) for trials in case.trials if _found(trials))
    if not rows:
        return None
    return Table(
        caption=f"Capacity: {case.title}, {case.load}",
        corner="Stack",
        heads=HEADS,
        groups=(Group(title="", rows=rows),),
        note=joined(NOTE, case.footnote),
    )


def facts(case: Case) -> tuple[Fact, ...]:
    """Say each stack's capacity in a sentence, and under which objective."""
    said = [(t.title, "; ".join(_bracket(found) for _, found in _found(t))) for t in case.trials]
    known = [(title, text) for title, text in said if text]
    if not known:
        return ()
    first = next(found for t in case.trials for _, found in _found(t))
    objective = (
        f"95{SPACE}% of responses within {duration(first.slo_p95)}, at most "
        f"{share(first.slo_errors, 1)} without a right answer"
    )
    each = "; ".join(f"{title} {text} requests/s" for title, text in known)
    return (Fact(name=f"Capacity ({objective})", text=f"{each}."),)


def _found(trials: Trials) -> list[tuple[Record, Capacity]]:
    good = (record for record in trials.records if record.status is Status.OK)
    return [(record, record.capacity) for record in good if record.capacity]


def _bracket(found: Capacity) -> str:
    low = figure(found.low, PER_SECOND)
    if found.high is None:
        why = "the load generator's limit" if found.limited else "no limit was found"
        return f"at least {low} ({why})"
    return f"{low} to {figure(found.high, PER_SECOND)}"


def _row(trials: Trials) -> Row:
    found = _found(trials)
    cells = (
        _cell(found, _bracket),
        _cell(found, lambda c: str(len(c.probes))),
        _cell(found, lambda c: _at(c, c.low)),
        _cell(found, lambda c: c.limited or _broken(c)),
        _cell(found, _after),
    )
    return Row(label=trials.title, slot=trials.slot, cells=cells)


def _cell(found: list[tuple[Record, Capacity]], says: Callable[[Capacity], str]) -> Cell:
    """Return a line for each session that searched."""
    lines = (
        Line(text=says(one), label=f"session {record.key.session}" if len(found) > 1 else "")
        for record, one in found
    )
    return Cell(lines=tuple(lines), prose=True)


def _at(found: Capacity, rate: float) -> str:
    last = _last(found, rate)
    if last is None:
        return "not probed"
    return f"p95 {measured(last.p95, MILLISECOND)}, {measured(last.cpu_s, MILLISECOND)} CPU each"


def _broken(found: Capacity) -> str:
    last = _last(found, found.high) if found.high else None
    return shortened(last.failed) if last else "no limit was found"


def _last(found: Capacity, rate: float) -> Probe | None:
    return next((probe for probe in reversed(found.probes) if probe.rate == rate), None)


def _after(found: Capacity) -> str:
    if found.recovered is None:
        return "not looked at"
    if found.recovery_s is None:
        return "objective not kept again while looked at"
    if not found.recovery_s:
        return "objective kept at once"
    return f"objective kept again after {duration(found.recovery_s)}"


def _curve(case: Case) -> Table | None:
    """Return the points of each stack's curve; of several searches those of the first."""
    groups = tuple(
        Group(title=trials.title, rows=tuple(_point(trials, found, p) for p in found.curve))
        for trials in case.trials
        for _, found in _found(trials)[:1]
        if found.curve
    )
    if not groups:
        return None
    return Table(
        caption=f"Latency over offered load: {case.title}, {case.load}",
        corner="Offered, 1/s",
        heads=CURVE_HEADS,
        groups=groups,
        note=joined("One load of a few seconds for each point, ascending.", case.footnote),
    )


def _point(trials: Trials, found: Capacity, point: Probe) -> Row:
    cells = (
        number(_percent(point, found)),
        number(figure(point.p50, MILLISECOND)),
        number(figure(point.p95, MILLISECOND)),
        number(figure(point.cpu_s, MILLISECOND)),
        words(shortened(point.failed) or "kept"),
    )
    return Row(label=figure(point.rate, PER_SECOND), slot=trials.slot, cells=cells)


def _percent(point: Probe, found: Capacity) -> str:
    return f"{100 * point.rate / found.low:.0f}{SPACE}%"
