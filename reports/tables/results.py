"""The table of a case: metrics down, stacks across, each number a median over sessions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from harness.records import Latency, Measurement
from reports.digest.cases import Case, Trials
from reports.digest.cells import (
    Measure,
    Value,
    common_unit,
    heads,
    missing,
    number_row,
    over_sessions,
    words,
)
from reports.digest.counted import counted_group
from reports.digest.doubts import Kind, Marks
from reports.digest.outcomes import LIMITED, errors_of, outcome
from reports.digest.uses import MODEL_SERVER, WITHIN, UseRows, cpu_per_request, memory_peak, total
from reports.tables.work import work
from reports.terms.numbers import MEBIBYTE, PER_SECOND, middle_text, share
from reports.terms.page import Cell, Group, Line, Row, State, Table
from reports.terms.text import joined

PERCENTILES = ("p50", "p95", "p99")
MODEL_NOTE = "The sum leaves out the model server, which stands for a service elsewhere."
LATENCIES: tuple[tuple[str, str, Callable[[Measurement], Latency | None]], ...] = (
    (
        "Response time",
        "From the moment a request was due. p95: 95 in 100 took no longer.",
        lambda m: m.response,
    ),
    ("Service time", "From the moment it was sent.", lambda m: m.service),
    ("Time to first token", "From the moment it was sent.", lambda m: m.first_token),
    ("Time between tokens", "Within one streamed answer.", lambda m: m.between_tokens),
)


def results(case: Case, marks: Marks) -> Table:
    """Return the table of results of a case."""
    groups = [_trials(case, marks), _throughput(case, marks)]
    groups += [_latency(case, marks, *latency) for latency in LATENCIES]
    groups += [_errors(case, marks), counted_group(case), work(case)]
    groups += [_cpu(case, marks), _memory(case, marks)]
    return Table(
        caption=f"{case.title}, {case.load}",
        corner="Measure",
        heads=heads(case.trials),
        groups=tuple(group for group in groups if group.rows),
        note=joined(
            "Large: the median of one value per session. Small: least to greatest session.",
            case.footnote,
        ),
    )


def _trials(case: Case, marks: Marks) -> Group:
    """Return how many sessions ended well, and which doubts the trials carry."""
    cells = list[Cell]()
    for trials in case.trials:
        blank = trials.blank()
        state = blank.state if blank else State.VALUE
        cells.append(Cell(lines=(Line(text=outcome(trials)),), state=state, prose=True))
    doubts = tuple(_doubts(trials, marks) for trials in case.trials)
    rows = (Row(label="Sessions", cells=tuple(cells)), Row(label="Doubts", cells=doubts))
    return Group(title="", rows=rows)


def _doubts(trials: Trials, marks: Marks) -> Cell:
    named = marks.named(trials.records)
    if not named:
        return words("no doubts")
    return Cell(lines=tuple(Line(text=name, mark=letter) for letter, name in named), prose=True)


def _throughput(case: Case, marks: Marks) -> Group:
    measure = Measure(label="Answered requests", unit=PER_SECOND, kind=Kind.THROUGHPUT)
    row = number_row(measure, case.trials, _rate, marks)
    cells = zip(case.trials, row.cells, strict=True)
    told = tuple(generator_limited_cell(t, c.marks) if t.limited else c for t, c in cells)
    row = replace(row, cells=told)
    return Group(title="Throughput", rows=(row,), note="Errors are not in it.")


def generator_limited_cell(trials: Trials, marks: tuple[str, ...] = ()) -> Cell:
    """Return the cell in the place of a throughput that is the generator's: a bound, no number."""
    over = over_sessions(trials, _rate)
    least = f"at least {middle_text(over, PER_SECOND)} 1/s; " if over else ""
    return Cell(
        lines=(Line(text=LIMITED),),
        state=State.MISSING,
        note=f"{least}{trials.limited}",
        marks=marks,
    )


def _rate(measurement: Measurement) -> float:
    return measurement.throughput


def _percentile(which: str, latency: Callable[[Measurement], Latency | None]) -> Value:
    def value(measurement: Measurement) -> float | None:
        found = latency(measurement)
        return float(getattr(found, which)) if found and found.count else None

    return value


def _latency(
    case: Case, marks: Marks, title: str, note: str, get: Callable[[Measurement], Latency | None]
) -> Group:
    """Return the percentiles of one latency; no rows when no stack has it."""
    values = {which: _percentile(which, get) for which in PERCENTILES}
    if all(over_sessions(t, v) is None for t in case.measured for v in values.values()):
        return Group(title=title, rows=(), note=note)
    unit = common_unit(case.measured, list(values.values()))
    rows = list[Row]()
    for which, value in values.items():
        kind = Kind.P99 if which == "p99" else Kind.LATENCY
        measure = Measure(label=which, unit=unit, kind=kind, why="nothing to measure")
        rows.append(number_row(measure, case.trials, value, marks))
    return Group(title=title, rows=tuple(rows), note=note)


def _errors(case: Case, marks: Marks) -> Group:
    """Return errors over all measured sessions as a count and a share of what was due."""
    cells = [t.blank() or _error_cell(t, marks) for t in case.trials]
    row = Row(label="Of all requests due", cells=tuple(cells))
    note = "Failed, answered wrongly, left open or never sent; sum over the measured sessions."
    return Group(title="Errors", rows=(row,), note=note)


def _error_cell(trials: Trials, marks: Marks) -> Cell:
    errors = sum(errors_of(m.counts) for m in trials.measured)
    due = sum(m.counts.scheduled for m in trials.measured)
    if not due:
        return missing("nothing was due")
    line = Line(text=share(errors, due), extent=f"{errors:,} of {due:,}")
    return Cell(lines=(line,), marks=marks.touching(trials.records, Kind.ERRORS))


def _cpu(case: Case, marks: Marks) -> Group:
    unit = common_unit(case.measured, [partial(total, cpu_per_request)])
    why = WITHIN if case.alone else "nothing was answered"
    measure = Measure(label="", unit=unit, kind=Kind.CPU, why=why)
    rows = UseRows(case=case, use=cpu_per_request, measure=measure, marks=marks).rows()
    return Group(title="CPU time per answered request", rows=rows, note=_model_note(case))


def _memory(case: Case, marks: Marks) -> Group:
    measure = Measure(label="", unit=MEBIBYTE, kind=Kind.MEMORY, why=WITHIN)
    rows = UseRows(case=case, use=memory_peak, measure=measure, marks=marks).rows()
    return Group(title="Memory, peak", rows=rows, note=_model_note(case))


def _model_note(case: Case) -> str:
    """Say that the model server is in no sum, where there is one."""
    roles = {part.role for trials in case.trials for part in trials.components}
    return MODEL_NOTE if MODEL_SERVER in roles else ""
