"""Page -> a short Markdown summary: the sentences, one table per case, and what gave no numbers."""

from __future__ import annotations

import re

from reports.digest.counted import COUNTED
from reports.terms.page import Cell, Group, Page, Row, Section, State, Table
from reports.terms.text import plain, shortened

GROUPS = (
    *("Throughput", "Response time", "Errors", COUNTED, "CPU time per answered request"),
    "Memory, peak",
)
SPECIAL = re.compile(r"([\\`*_\[\]<>|#~&@$])")


def render(page: Page) -> str:
    """Return the summary, ending with a newline."""
    blocks = [f"# {_safe(page.title)}", _safe(page.caveat)]
    for section in page.sections:
        blocks += _section(section)
    if page.warnings:
        blocks.append("## Doubts")
        blocks.append(
            _list([f"**{w.label}** ({w.severity}) {w.meaning}" for w in page.warnings], bold=True)
        )
    if page.not_run:
        blocks.append("## What gave no numbers")
        blocks.append(_list([f"{fact.name}: {shortened(fact.text)}" for fact in page.not_run]))
    return "\n\n".join(blocks) + "\n"


def _section(section: Section) -> list[str]:
    return [
        f"## {_safe(section.title)}, {_safe(section.load)}",
        _list([f"{fact.name}: {fact.text}" for fact in section.sentences]),
        _table(section.table),
    ]


def _list(texts: list[str], *, bold: bool = False) -> str:
    lines = (_safe(text) for text in texts)
    return "\n".join(f"- {line.replace(ASTERISKS, '**') if bold else line}" for line in lines)


ASTERISKS = r"\*\*"


def _table(table: Table) -> str:
    """Return the main rows of the results: of each measure of use only the sum."""
    lines = [
        f"| {' | '.join([table.corner, *(_safe(head.text) for head in table.heads)])} |",
        f"|---{'|---:' * len(table.heads)}|",
    ]
    for group in table.groups:
        if group.title in GROUPS:
            lines += _rows(group)
    return "\n".join(lines)


def _rows(group: Group) -> list[str]:
    rows = group.rows[:1] if group.rows[0].label == "Sum" else group.rows
    return [
        f"| {_named(group, row)}{f', {row.unit}' if row.unit else ''} | "
        f"{' | '.join(_cell(cell) for cell in row.cells)} |"
        for row in rows
    ]


def _named(group: Group, row: Row) -> str:
    """Return what a row is about: its group, and which row of that where the title does not say."""
    if group.title == COUNTED:
        return _safe(row.label)
    return f"{group.title} {row.label}" if row.label.startswith("p") else group.title


def _cell(cell: Cell) -> str:
    line = cell.lines[0]
    if cell.state is not State.VALUE:
        return _safe(line.text)
    return _safe(f"{line.text} ({line.extent})" if line.extent else line.text)


def _safe(text: str) -> str:
    """Return foreign text so that Markdown shows it as it is, on one line."""
    return SPECIAL.sub(r"\\\1", " ".join(plain(text).replace("\u00a0", " ").split()))
