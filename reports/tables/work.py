"""What an answered request takes of things that are counted, not timed: bytes of the answer, and
the operations of each server by its own count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from harness.records import ComponentUse, Measurement
from reports.digest.cases import Case, Trials
from reports.digest.cells import missing, over_sessions, spread_cell, spread_line
from reports.digest.uses import ROLES
from reports.terms.numbers import ONE
from reports.terms.page import Cell, Group, Line, Row, State

NOTE = (
    "By the servers' own counts, warm-up included; those that tell late what they did are asked "
    "only with late_counts."
)


def work(case: Case) -> Group:
    """Return the bytes of an answer, and a row for each role of which any server was counted."""
    bytes_row = Row(
        label="Bytes of the answer",
        cells=tuple(
            t.blank() or spread_cell(over_sessions(t, _bytes), ONE, "nothing was answered")
            for t in case.trials
        ),
    )
    told = {c.role for t in case.measured for c in t.components if _ever(t, c.name)}
    rows = [_row(case.trials, role) for role in ROLES if role in told]
    rows = [bytes_row, *rows] if case.measured else rows
    return Group(title="For each answered request", rows=tuple(rows), note=NOTE)


def operations(name: str, measurement: Measurement) -> float | None:
    """Return the operations of a component for each answered request, None where not known."""
    use = next((c for c in measurement.components if c.name == name), None)
    if use is None or use.operations is None or not measurement.answered_all:
        return None
    return use.operations / measurement.answered_all


def _bytes(measurement: Measurement) -> float | None:
    answered = measurement.counts.answered
    return sum(e.bytes for e in measurement.endpoints) / answered if answered else None


def _ever(trials: Trials, name: str) -> bool:
    return over_sessions(trials, partial(operations, name)) is not None


def _row(trials: Sequence[Trials], role: str) -> Row:
    return Row(
        label=f"{role.capitalize()}, operations",
        cells=tuple(t.blank() or _cell(t, role) for t in trials),
    )


def _cell(trials: Trials, role: str) -> Cell:
    parts = [c for c in trials.components if c.role == role]
    if not parts:
        return Cell(lines=(Line(text="no such part"),), state=State.ABSENT)
    lines = [line for part in parts if (line := _line(trials, part))]
    why = next((part.operations_of for part in parts if part.operations_of), "")
    return Cell(lines=tuple(lines)) if lines else missing(why or "not counted")


def _line(trials: Trials, part: ComponentUse) -> Line | None:
    over = over_sessions(trials, partial(operations, part.name))
    if over is None:
        return None
    label = f"{part.name}: {part.operations_of}"
    return replace(spread_line(over, ONE), label=label, tag="stand-in" if part.stand_in else "")
