"""The table of what each stack is made of, as it ran."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.records import ComponentUse, Record
from reports.digest.cases import STAR, stacks_of, starred
from reports.digest.cells import spread_cell
from reports.terms.numbers import MEBIBYTE, spread
from reports.terms.page import Cell, Group, Head, Line, Row, Table

HEADS = (
    Head(text="Role"),
    Head(text="Version, as it says"),
    Head(text="Stand-in"),
    Head(text="Written", unit="MiB"),
    Head(text="Source"),
    Head(text="Counted as its size"),
)


def groups_of(records: Sequence[Record]) -> Iterator[tuple[str, Sequence[Record]]]:
    """Yield the records of each stack, at each tier of durability, with a title."""
    for stack in stacks_of(records):
        mine = [record for record in records if record.key.stack == stack]
        for tier in sorted({record.tier for record in mine}):
            found = [record for record in mine if record.tier == tier]
            yield f"{starred(stack, found)}, durability {tier or 'not known'}", found


def components(records: Sequence[Record]) -> Table | None:
    """Return the components of every stack; None when nothing was measured."""
    groups = [
        Group(title=title, rows=rows)
        for title, found in groups_of(records)
        if (rows := _rows(found))
    ]
    if not groups:
        return None
    return Table(
        caption="Components as they ran",
        corner="Component",
        heads=HEADS,
        groups=tuple(groups),
        note="Medians over all trials of the run, failed ones included; small: least to greatest.",
    )


def _rows(records: Sequence[Record]) -> tuple[Row, ...]:
    uses = [
        component
        for record in records
        if record.measurement
        for component in record.measurement.components
    ]
    names = dict.fromkeys(use.name for use in uses)
    return tuple(_row(name, [use for use in uses if use.name == name]) for name in names)


def _row(name: str, uses: Sequence[ComponentUse]) -> Row:
    """Return one component; texts that differ between trials are all shown."""
    return Row(
        label=f"{name}{STAR if any(use.stand_in for use in uses) else ''}",
        cells=(
            _texts([use.role for use in uses]),
            _texts([use.version or "not reported" for use in uses]),
            _texts([f"stand-in: {use.stand_in}" if use.stand_in else "no" for use in uses]),
            spread_cell(spread([use.written for use in uses]), MEBIBYTE, "not measured"),
            _texts([use.source or "not stated" for use in uses]),
            _texts([use.size_of or "not stated" for use in uses]),
        ),
    )


def _texts(found: Sequence[str]) -> Cell:
    return Cell(lines=tuple(Line(text=text) for text in dict.fromkeys(found)), prose=True)
