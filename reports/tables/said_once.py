"""Columns in which every row says the same words: said once, in the note of the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from reports.terms.page import Cell, Row, State, Table
from reports.terms.text import joined

FEWEST = 2
T = TypeVar("T")


def said_once(table: Table) -> Table:
    """Return the table without such columns, if it has rows enough for that to save anything."""
    rows = [row for group in table.groups for row in group.rows]
    if len(rows) < FEWEST:
        return table
    same = {place: text for place in range(len(table.heads)) if (text := _same(rows, place))}
    said = [f"{table.heads[place].text} in every trial: {text}." for place, text in same.items()]
    return replace(
        table,
        heads=_kept(table.heads, same),
        groups=tuple(
            replace(g, rows=tuple(replace(r, cells=_kept(r.cells, same)) for r in g.rows))
            for g in table.groups
        ),
        note=joined(*said, table.note),
    )


def _same(rows: Sequence[Row], place: int) -> str:
    """Return the words that all cells of a column hold, empty where they differ or are numbers."""
    cells: set[Cell] = {row.cells[place] for row in rows}
    first = next(iter(cells))
    plain = first.prose and first.state is State.VALUE and len(first.lines) == 1
    return first.lines[0].text if len(cells) == 1 and plain else ""


def _kept(items: Sequence[T], without: Mapping[int, str]) -> tuple[T, ...]:
    return tuple(item for place, item in enumerate(items) if place not in without)
