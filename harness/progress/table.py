"""The interim numbers as lines for a terminal, whatever its size: columns that do not fit
are named shortly, then left out; of cases that do not fit the latest are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from harness.progress.interim import Case, Row
from reports.terms.text import counted

GAP, INDENT = 2, 2
NAME_LEAST, NAME_MOST = 10, 28
LEAST_LINES = 5  # title, heads, a case with a row, and what is hidden


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column by its head, and what a row that has numbers says in it."""

    head: str
    says: Callable[[Row], str]

    def of(self, row: Row) -> str:
        """Return what any row says here."""
        return self.says(row) if row.sessions else ""

    def width(self, rows: Sequence[Row]) -> int:
        """Return the cells that the head and all rows need."""
        return max([cell_len(self.head), *(cell_len(self.of(row)) for row in rows)])


def _rate(limited: str) -> Callable[[Row], str]:
    return lambda row: limited if row.limited else row.rate


SHORT = (
    Column(head="n", says=lambda row: str(row.sessions)),
    Column(head="1/s", says=_rate("limited")),
    Column(head="p50", says=lambda row: row.p50),
    Column(head="p95", says=lambda row: row.p95),
    Column(head="CPU", says=lambda row: row.cpu),
    Column(head="err.", says=lambda row: row.errors),
    Column(head="?", says=lambda row: str(row.doubts)),
)
FULL = (
    (6, Column(head="doubts", says=SHORT[6].says)),
    (5, Column(head="errors", says=SHORT[5].says)),
    (1, Column(head="requests/s", says=_rate("generator-limited"))),
    (0, Column(head="sessions", says=SHORT[0].says)),
    (4, Column(head="CPU/request", says=SHORT[4].says)),
    (2, Column(head="response p50", says=SHORT[2].says)),
)
"""Columns with their full words and their places, those first that are least clear in short."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The columns, how wide each is, and how wide the names are."""

    columns: tuple[Column, ...]
    widths: tuple[int, ...]
    name: int

    def line(self, name: str, cells: Sequence[str]) -> str:
        """Return a line: the name to the left, all numbers to the right of their columns."""
        said = "".join(
            " " * (GAP + width - cell_len(cell)) + cell
            for cell, width in zip(cells, self.widths, strict=True)
        )
        return f"{self.named(name)}{said}"

    def named(self, name: str) -> str:
        """Return the beginning of a line."""
        short = name if cell_len(name) <= self.name else f"{set_cell_size(name, self.name - 1)}…"
        return " " * INDENT + set_cell_size(short, self.name)

    def head(self) -> str:
        """Return the line of heads."""
        return self.line("stack", [column.head for column in self.columns])

    def row(self, row: Row) -> str:
        """Return the line of a row that has numbers."""
        return self.line(row.name, [column.of(row) for column in self.columns])


def lines(cases: Sequence[Case], title: str, *, width: int, height: int) -> list[Text]:
    """Return the table in at most `height` lines of at most `width` cells; none without cases, or
    where there is room for nothing but heads.
    """
    if not cases or height < LEAST_LINES:
        return []
    shown, hidden = _fitting(cases, height - 2)
    rows = [row for case in shown for row in case.rows]
    layout = _layout(rows, width)
    found = [Text(title, "bold yellow"), Text(layout.head(), "dim")]
    for case in shown:
        found.append(Text(case.name, "bold"))
        for row in case.rows:
            found += _of_row(row, layout)
    if hidden:
        found.append(Text(hidden, "dim"))
    for line in found:
        line.no_wrap = True
        line.truncate(width, overflow="ellipsis")
    return found


def _of_row(row: Row, layout: Layout) -> list[Text]:
    """Return the lines of a row: numbers, and what went wrong; on one line if it has no numbers."""
    if not row.sessions:
        return [Text.assemble(layout.named(row.name), " " * GAP, (row.trouble, "red"))]
    found = [Text(layout.row(row))]
    if row.trouble:
        found.append(Text.assemble(" " * 2 * INDENT, (row.trouble, "red")))
    return found


def _layout(rows: Sequence[Row], width: int) -> Layout:
    """Return what fits: short words, fewer columns if they are too many, else full words."""
    longest = min(NAME_MOST, max([len("stack"), *(cell_len(row.name) for row in rows)]))

    def room(columns: Sequence[Column]) -> int:
        return width - INDENT - sum(GAP + column.width(rows) for column in columns)

    columns = list(SHORT)
    while columns and room(columns) < min(longest, NAME_LEAST):
        columns.pop()
    for place, full in FULL:
        fuller = [full if n == place else column for n, column in enumerate(columns)]
        if room(fuller) < longest:
            break
        columns = fuller
    widths = tuple(column.width(rows) for column in columns)
    return Layout(columns=tuple(columns), widths=widths, name=max(1, min(longest, room(columns))))


def _fitting(cases: Sequence[Case], height: int) -> tuple[list[Case], str]:
    """Return the latest cases that fit, in the order of all, and what to say of the others."""
    if sum(map(_height, cases)) <= height:
        return list(cases), ""
    left, chosen = height - 1, set[int]()
    for case in sorted(cases, key=lambda one: -one.changed):
        if _height(case) > left:
            break
        left -= _height(case)
        chosen.add(case.changed)
    shown = [case for case in cases if case.changed in chosen]
    hidden = len(cases) - len(shown)
    if shown:
        return shown, f"{counted(hidden, 'earlier case')} hidden: the screen has no room"
    return _cropped(max(cases, key=lambda one: one.changed), hidden - 1, left)


def _cropped(case: Case, others: int, height: int) -> tuple[list[Case], str]:
    """Return as many rows of the latest case as fit, and what to say of the rest."""
    rows, left = list[Row](), height - 1
    for row in case.rows:
        left -= _row_height(row)
        if left < 0:
            break
        rows.append(row)
    rest = counted(len(case.rows) - len(rows), "row")
    more = f" and {counted(others, 'earlier case')}" if others else ""
    cut = Case(name=case.name, rows=tuple(rows), changed=case.changed)
    return [cut], f"{rest}{more} hidden: the screen has no room"


def _height(case: Case) -> int:
    return 1 + sum(map(_row_height, case.rows))


def _row_height(row: Row) -> int:
    return 2 if row.sessions and row.trouble else 1
