"""The first table: stacks down, measures across, a group for each scenario, places in tiers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from harness.config import MARGINS
from harness.standings import Standing
from reports.digest.cases import Case, Trials, footnote
from reports.digest.cells import Value, missing, number, over_sessions, spread_cell
from reports.digest.doubts import Kind, Marks
from reports.digest.measures import (
    CPU,
    RESPONSE,
    THROUGHPUT,
    Measure,
    at_equal_load,
    bracket,
    first_token_p95,
    searched,
)
from reports.digest.outcomes import LIMITED, errors_of
from reports.digest.uses import WITHIN, memory_peak, total
from reports.story.answers import ranking, scenarios
from reports.story.findings import capacity_text
from reports.story.rankings import Ranking, by_brackets
from reports.terms.numbers import MEBIBYTE, PER_SECOND, Unit, share
from reports.terms.page import Cell, Group, Head, Line, Row, State, Table
from reports.terms.text import counted, joined, listed

Show = Callable[["Place", Trials], Cell]
NOTE = (
    "Large: the median of one value per session; small: least to greatest session. Places are "
    "tiers: who shares one is tied or cannot be told apart yet."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One scenario on the board: the case at equal load, the closed one, the search; or none."""

    equal: Case | None
    closed: Case | None
    search: Case | None
    stood: tuple[Standing, ...]
    marks: Marks

    @property
    def any(self) -> Case:
        """Return one of the cases, for what they share."""
        return next(case for case in (self.equal, self.closed, self.search) if case)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of the board: its head, and what makes a stack's cell."""

    head: Head
    show: Show


def board(found: Sequence[Case], stood: Sequence[Standing], marks: Marks) -> Table | None:
    """Return the table; None when there are no cases. Columns that nobody has are left out."""
    places = [_place(cases, stood, marks) for cases in scenarios(found)]
    if not places:
        return None
    columns = _columns(places)
    groups = tuple(_group(place, columns) for place in places)
    return Table(
        caption="Stacks by measure",
        corner="Stack",
        heads=tuple(column.head for column in columns),
        groups=groups,
        note=joined(NOTE, footnote({t.stack: t.records for p in places for t in p.any.trials})),
        sortable=True,
    )


def _place(cases: list[Case], stood: Sequence[Standing], marks: Marks) -> Place:
    fit = [case for case in cases if case.records]
    waiting = [c for c in fit if c.records[0].model == "closed" and not searched(c)]
    return Place(
        equal=at_equal_load(fit),
        closed=next(iter(waiting), None),
        search=next((case for case in fit if searched(case)), None),
        stood=tuple(stood),
        marks=marks,
    )


def _columns(places: Sequence[Place]) -> list[Column]:
    equal = [place.equal for place in places if place.equal]
    time, cpu, token = (_unit(equal, m.value) for m in (RESPONSE, CPU, _TOKEN))
    found = [
        Column(head=Head(text="Capacity", unit="1/s"), show=_capacity),
        Column(head=_head("Answered", PER_SECOND, THROUGHPUT), show=_throughput),
        Column(head=_head("Response p95", time, RESPONSE), show=_measured(RESPONSE, time)),
        Column(head=Head(text="First token p95", unit=token.sign), show=_measured(_TOKEN, token)),
        Column(head=_head("CPU per request", cpu, CPU), show=_measured(CPU, cpu)),
        Column(head=Head(text="Peak memory", unit="MiB"), show=_memory),
        Column(head=Head(text="Errors"), show=_errors),
        Column(head=Head(text="Sessions"), show=_sessions),
    ]
    return [column for column in found if _filled(column, places)]


_TOKEN = replace(RESPONSE, name="first token", value=first_token_p95)
KINDS = {"p95": Kind.LATENCY, "first token": Kind.LATENCY, "cpu": Kind.CPU}


def _head(text: str, unit: Unit, measure: Measure) -> Head:
    """Return the head of a measure that verdicts are made of, with its margin."""
    margins = {str(name): margin for name, margin in MARGINS.items()}
    return Head(text=text, unit=unit.sign, note=f"margin {100 * margins[measure.name]:g} %")


def _unit(cases: Sequence[Case], value: Value) -> Unit:
    return replace(RESPONSE, value=value).unit(list(cases))


def _filled(column: Column, places: Sequence[Place]) -> bool:
    cells = (column.show(place, trials) for place in places for trials in place.any.trials)
    return any(cell.state is State.VALUE for cell in cells)


def _group(place: Place, columns: Sequence[Column]) -> Group:
    rows = tuple(
        Row(
            label=trials.title,
            slot=trials.slot,
            cells=tuple(column.show(place, trials) for column in columns),
        )
        for trials in place.any.trials
    )
    return Group(title=place.any.title, rows=rows, note=_loads(place))


def _loads(place: Place) -> str:
    """Say under which load the numbers of a group were taken."""
    said = list[str]()
    if place.closed and place.closed is not place.equal:
        said.append(f"answered: {place.closed.load.partition(',')[0]}")
    if place.equal:
        said.append(f"compared: {place.equal.short}")
    return "; ".join(said)


def _same(case: Case | None, trials: Trials) -> Trials | None:
    """Return the trials of the same stack in another case."""
    return next((t for t in case.trials if t.stack == trials.stack), None) if case else None


def _capacity(place: Place, trials: Trials) -> Cell:
    mine = _same(place.search, trials)
    if mine is None or place.search is None:
        return missing("not searched")
    over = bracket(mine)
    if over is None:
        return mine.blank() or missing("not searched")
    cell = number(capacity_text(over))
    marks = place.marks.touching(mine.records, Kind.THROUGHPUT)
    return replace(cell, place=_rank(by_brackets(place.search), mine), sort=over.low, marks=marks)


def _throughput(place: Place, trials: Trials) -> Cell:
    mine = _same(place.closed, trials)
    if mine is None or place.closed is None:
        return missing("no users who wait")
    if mine.measured and mine.limited:
        return Cell(lines=(Line(text=LIMITED),), state=State.MISSING, note=mine.limited)
    return _cell(place, place.closed, mine, (THROUGHPUT, PER_SECOND, Kind.THROUGHPUT))


def _measured(measure: Measure, unit: Unit) -> Show:
    def show(place: Place, trials: Trials) -> Cell:
        mine = _same(place.equal, trials)
        if mine is None or place.equal is None:
            return missing("only searched for its capacity")
        return _cell(place, place.equal, mine, (measure, unit, KINDS[measure.name]))

    return show


def _cell(place: Place, case: Case, mine: Trials, how: tuple[Measure, Unit, Kind]) -> Cell:
    measure, unit, kind = how
    if blank := mine.blank():
        return blank
    over = over_sessions(mine, measure.value)
    why = WITHIN if case.alone and measure is CPU else "nothing to measure"
    cell = spread_cell(over, unit, why, place.marks.touching(mine.records, kind))
    if over is None or measure is _TOKEN:
        return replace(cell, sort=over.middle if over else None)
    return replace(cell, place=_rank(ranking(case, measure, place.stood), mine), sort=over.middle)


def _rank(ranked: Ranking, trials: Trials) -> str:
    return ranked.place(trials.stack)


def _memory(place: Place, trials: Trials) -> Cell:
    mine = _same(place.equal or place.closed, trials) or trials
    if blank := mine.blank():
        return blank
    over = over_sessions(mine, partial(total, memory_peak))
    marks = place.marks.touching(mine.records, Kind.MEMORY)
    return replace(spread_cell(over, MEBIBYTE, WITHIN, marks), sort=over.middle if over else None)


def _every(place: Place, trials: Trials) -> list[Trials]:
    """Return the trials of a stack in all cases of a scenario, each case once."""
    cases = {case.key: case for case in (place.equal, place.closed, place.search) if case}
    return [mine for case in cases.values() if (mine := _same(case, trials))]


def _errors(place: Place, trials: Trials) -> Cell:
    measured = [m for mine in _every(place, trials) for m in mine.measured]
    due = sum(m.counts.scheduled for m in measured)
    if not due:
        return trials.blank() or missing("nothing was due")
    wrong = sum(errors_of(m.counts) for m in measured)
    cell = number(share(wrong, due), f"{wrong:,} of {due:,}" if wrong else "")
    return replace(cell, sort=wrong / due)


def _sessions(place: Place, trials: Trials) -> Cell:
    """Return of how many trials there are numbers, and why not of the others."""
    every = _every(place, trials)
    asked = sum(len(mine.records) for mine in every)
    done = sum(len(mine.measured) for mine in every)
    if not asked:
        return Cell(lines=(Line(text="not run"),), state=State.SKIPPED, note=trials.unasked)
    sessions = {record.key.session for mine in every for record in mine.records}
    if done == asked:
        return number(str(len(sessions)))
    reasons = listed(list(dict.fromkeys(r for mine in every for r in mine.reasons))[:1])
    state = State.VALUE if done else State.FAILED
    lines = (Line(text=f"{asked - done} of {counted(asked, 'trial')} gave no numbers: {reasons}"),)
    return Cell(lines=lines, state=state, prose=True)
