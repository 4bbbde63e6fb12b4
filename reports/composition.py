"""The table of what each stack is made of, as it ran."""

from __future__ import annotations

from collections.abc import Sequence

from harness.records import ComponentUse, Record
from reports.cases import stacks_of
from reports.cells import spread_cell
from reports.numbers import MEBIBYTE, SECOND, spread
from reports.page import Cell, Group, Head, Line, Row, Table
from reports.text import isolated

HEADS = (
    Head(text="Role"),
    Head(text="Version, as it says"),
    Head(text="Stand-in"),
    Head(text="Ready after", unit="s"),
    Head(text="Memory when idle", unit="MiB"),
    Head(text="Written", unit="MiB"),
    Head(text="Source"),
)


def components(records: Sequence[Record]) -> Table | None:
    """Return the components of every stack; None when nothing was measured."""
    groups = list[Group]()
    for stack in stacks_of(records):
        rows = _rows(stack, records)
        if rows:
            groups.append(Group(title=isolated(stack), rows=rows))
    if not groups:
        return None
    return Table(
        caption="Components as they ran",
        corner="Component",
        heads=HEADS,
        groups=tuple(groups),
        note="Medians over all trials of the run, failed ones included; small: least to greatest.",
    )


def _rows(stack: str, records: Sequence[Record]) -> tuple[Row, ...]:
    uses = [
        component
        for record in records
        if record.key.stack == stack and record.measurement
        for component in record.measurement.components
    ]
    names = dict.fromkeys(use.name for use in uses)
    return tuple(_row(name, [use for use in uses if use.name == name]) for name in names)


def _row(name: str, uses: Sequence[ComponentUse]) -> Row:
    """Return one component; texts that differ between trials are all shown."""
    why = "not measured"
    return Row(
        label=name,
        cells=(
            _texts([use.role for use in uses]),
            _texts([use.version or "not reported" for use in uses]),
            _texts([f"stand-in: {use.stand_in}" if use.stand_in else "no" for use in uses]),
            spread_cell(spread([use.ready_s for use in uses]), SECOND, why),
            spread_cell(spread([use.memory_idle for use in uses]), MEBIBYTE, why),
            spread_cell(spread([use.written for use in uses]), MEBIBYTE, why),
            _texts([use.source or "not stated" for use in uses]),
        ),
    )


def _texts(found: Sequence[str]) -> Cell:
    return Cell(lines=tuple(Line(text=text) for text in dict.fromkeys(found)), prose=True)
