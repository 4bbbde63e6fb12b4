"""The figure of the time to the first token, for stacks whose answers were streamed."""

from __future__ import annotations

from collections.abc import Sequence

from harness.records import Latency, Measurement
from reports.digest.cases import Case, Trials, footnote
from reports.digest.cells import Value, common_unit, over_sessions, spread_cell
from reports.digest.measures import searched
from reports.figures.reasons import unmeasured
from reports.terms.figure import Extent, ExtentGroup, Figure, Shape
from reports.terms.numbers import SPACE, Unit, last_place, middle_text
from reports.terms.page import Group, Head, Row, Table
from reports.terms.text import joined

NOTHING = "nothing was streamed"


def first_tokens(found: Sequence[Case]) -> Figure | None:
    """Return p50 to p95 of the time to the first token, medians over sessions; None where no case
    streamed. In a search for capacity each stack has a rate of its own, so those are left out.
    """
    cases = [case for case in found if not searched(case) and any(map(_streams, case.measured))]
    if not cases:
        return None
    unit = common_unit([t for case in cases for t in case.measured], [_p50])
    groups = tuple(
        ExtentGroup(
            title=f"{case.title}, {case.short}",
            extents=tuple(_extent(t, unit) for t in case.trials),
        )
        for case in cases
    )
    return Figure(
        key="first-tokens",
        shape=Shape.EXTENTS,
        title="Time to the first token of a streamed answer",
        takeaway=joined(
            "A bar reaches from the time within which half of the answers began (the mark) to that "
            "within which 95 in 100 did, from the moment a request was due; medians over sessions.",
            *(_says(case, unit, named=len(cases) > 1) for case in cases),
            footnote({t.stack: t.records for case in cases for t in case.trials}),
        ),
        extents=groups,
        unit=unit.sign,
        table=_table(cases, unit),
    )


def _first(measurement: Measurement) -> Latency | None:
    found = measurement.first_token
    return found if found and found.count else None


def _p50(measurement: Measurement) -> float | None:
    found = _first(measurement)
    return found.p50 if found else None


def _p95(measurement: Measurement) -> float | None:
    found = _first(measurement)
    return found.p95 if found else None


def _streams(trials: Trials) -> bool:
    return any(_first(measurement) for measurement in trials.measured)


def _extent(trials: Trials, unit: Unit) -> Extent:
    half, most = over_sessions(trials, _p50), over_sessions(trials, _p95)
    if half is None or most is None:
        note = unmeasured(trials) or NOTHING
        return Extent(name=trials.title, slot=trials.slot, low=None, high=None, note=note)
    low, high = half.middle / unit.size, most.middle / unit.size
    finest = last_place(low)
    said = f"p50 {middle_text(half, unit, finest)}, p95 {middle_text(most, unit, finest)}"
    return Extent(
        name=trials.title,
        slot=trials.slot,
        low=low,
        high=high,
        middle=low,
        text=f"{said}{SPACE}{unit.sign}",
    )


def _says(case: Case, unit: Unit, *, named: bool) -> str:
    """Say each stack's p95 in a case."""
    said = [
        f"{trials.title} {middle_text(over, unit)}{SPACE}{unit.sign}"
        for trials in case.trials
        if (over := over_sessions(trials, _p95))
    ]
    where = f"{case.title}, {case.short}: 95" if named else "95"
    return f"{where} in 100 answers began within: {'; '.join(said)}."


def _table(cases: Sequence[Case], unit: Unit) -> Table:
    columns: tuple[tuple[str, Value], ...] = (("p50", _p50), ("p95", _p95))
    groups = tuple(
        Group(
            title=f"{case.title}, {case.short}",
            rows=tuple(_row(t, [value for _, value in columns], unit) for t in case.trials),
        )
        for case in cases
    )
    return Table(
        caption="Time to the first token",
        corner="Stack",
        heads=tuple(Head(text=text, unit=unit.sign) for text, _ in columns),
        groups=groups,
        note="Median, least and greatest of one value per session.",
    )


def _row(trials: Trials, values: Sequence[Value], unit: Unit) -> Row:
    cells = tuple(
        trials.blank() or spread_cell(over_sessions(trials, value), unit, NOTHING)
        for value in values
    )
    return Row(label=trials.title, slot=trials.slot, cells=cells)
