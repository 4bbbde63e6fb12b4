"""Judgement -> text for a terminal: the verdict, where it comes from, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len

from harness.gate import Judgement
from reports.gating.headline import headline, where
from reports.gating.sections import Notes, Table, sections

GAP = "  "


def text(judgement: Judgement) -> str:
    """Return what the gate came to, ending with a newline; details are left to the Markdown."""
    lines = [headline(judgement)]
    if told := where(judgement):
        lines.append(told)
    for section in sections(judgement):
        lines += _shown(section)
    return "\n".join(lines) + "\n"


def _shown(section: Table | Notes) -> Iterator[str]:
    if isinstance(section, Notes):
        yield from ("", section.title)
        yield from (f"{GAP}{line}" for line in section.texts)
    elif not section.folded:
        yield from ("", section.title)
        yield from _aligned(section)


def _aligned(table: Table) -> Iterator[str]:
    """Yield heads and rows with their columns under each other."""
    rows = (table.heads, *table.rows)
    widths = [max(cell_len(row[column]) for row in rows) for column in range(len(table.heads))]
    for row in rows:
        cells = zip(row, widths, strict=True)
        yield (
            GAP + GAP.join(cell + " " * (width - cell_len(cell)) for cell, width in cells).rstrip()
        )
