"""Cells and rows of numbers: per-session values of each stack become a median with its range."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from harness.records import Measurement
from reports.digest.cases import Trials
from reports.digest.doubts import Kind, Marks
from reports.terms.numbers import FINEST, Spread, Unit, middle_text, range_text, spread, time_unit
from reports.terms.page import Cell, Head, Line, Row, State

Value = Callable[[Measurement], float | None]
ABSENT = "\N{EN DASH}"


def words(text: str) -> Cell:
    """Return a cell that holds words."""
    return Cell(lines=(Line(text=text),), prose=True)


def number(text: str, extent: str = "") -> Cell:
    """Return a cell that holds one number."""
    return Cell(lines=(Line(text=text, extent=extent),))


def missing(why: str) -> Cell:
    """Return a cell without a value, with the reason."""
    return Cell(lines=(Line(text=ABSENT),), state=State.MISSING, note=why)


def heads(trials: Sequence[Trials]) -> tuple[Head, ...]:
    """Return a column head for each stack; a stack with a stand-in says so."""
    return tuple(Head(text=t.title, slot=t.slot, note=stand_in_note(t)) for t in trials)


def stand_in_note(trials: Trials) -> str:
    """Return "with a stand-in" when a component is not the product, else nothing."""
    if not trials.stand_ins:
        return ""
    return "stand-in" if trials.alone else "with a stand-in"


def over_sessions(trials: Trials, value: Value) -> Spread | None:
    """Return median and range of a value over the measured sessions, None when none has it."""
    values = (value(measurement) for measurement in trials.measured)
    return spread([v for v in values if v is not None])


def spread_line(over: Spread, unit: Unit, finest: int = FINEST) -> Line:
    """Return a median with its range over sessions."""
    return Line(text=middle_text(over, unit, finest), extent=range_text(over, unit, finest))


def spread_cell(over: Spread | None, unit: Unit, why: str, marks: tuple[str, ...] = ()) -> Cell:
    """Return a cell with a median and its range, or the reason why there is none."""
    if over is None:
        return missing(why)
    return Cell(lines=(spread_line(over, unit),), marks=marks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A row to be: its label, unit, and kind for doubts, and why a stack may have no value."""

    label: str
    unit: Unit
    kind: Kind
    why: str = "not measured"


def number_row(measure: Measure, trials: Sequence[Trials], value: Value, marks: Marks) -> Row:
    """Return the row of one value for all stacks."""
    cells = tuple(
        t.blank()
        or spread_cell(
            over_sessions(t, value),
            measure.unit,
            measure.why,
            marks.touching(t.records, measure.kind),
        )
        for t in trials
    )
    return Row(label=measure.label, unit=measure.unit.sign, cells=cells)


def common_unit(trials: Sequence[Trials], values: Sequence[Value]) -> Unit:
    """Return one unit of time for several rows, in which the least median is 0.1 or more."""
    spreads = (over_sessions(t, value) for t in trials for value in values)
    least = min((s.middle for s in spreads if s and s.middle > 0), default=0.0)
    return time_unit([10 * least])
