"""Page -> a short Markdown summary: the answers, the first table, doubts, what gave no numbers."""

from __future__ import annotations

import re

from reports.terms.page import Answer, Cell, Finding, Page, State, Table, Told
from reports.terms.text import plain, shortened

SPECIAL = re.compile(r"([\\`*_\[\]<>|#~&@$])")
SURE = {Told.INDICATED: " (indicates)", Told.OPEN: " (can't tell yet)"}


def render(page: Page) -> str:
    """Return the summary, ending with a newline."""
    blocks = [f"# {_safe(page.title)}", _safe(page.caveat)]
    blocks += [_answer(answer) for answer in page.answers]
    if page.board:
        blocks.append(_table(page.board))
    if page.warnings:
        blocks.append("## Doubts")
        blocks.append(_list([f"**{w.label}** ({w.severity}) {w.meaning}" for w in page.warnings]))
    if page.not_run:
        blocks.append("## What gave no numbers")
        blocks.append(_list([f"{fact.name}: {shortened(fact.text)}" for fact in page.not_run]))
    return "\n\n".join(blocks) + "\n"


def _answer(answer: Answer) -> str:
    """Return a question, its answer, and a line for each case."""
    lines = [f"**{_safe(answer.question)}** {_safe(answer.head)}"]
    lines += [f"- {_finding(found)}" for found in answer.findings]
    return "\n".join([*lines, *([f"- {_safe(answer.note)}"] if answer.note else [])])


def _finding(found: Finding) -> str:
    who = _safe(f"{found.who}{SURE.get(found.told, '')}: {found.says}")
    return f"{_safe(found.where)}: {who}" if found.where else who


def _list(texts: list[str]) -> str:
    return "\n".join(f"- {_safe(text).replace(ASTERISKS, '**')}" for text in texts)


ASTERISKS = r"\*\*"


def _table(board: Table) -> str:
    """Return the first table, a line for each scenario and stack."""
    heads = [f"{head.text}, {head.unit}" if head.unit else head.text for head in board.heads]
    lines = [
        f"| Scenario | {' | '.join(_safe(text) for text in (board.corner, *heads))} |",
        f"|---|---{'|---:' * len(heads)}|",
    ]
    for group in board.groups:
        for row in group.rows:
            cells = (group.title, row.label, *map(_cell, row.cells))
            lines.append(f"| {' | '.join(_safe(text) for text in cells)} |")
    return "\n".join(lines)


def _cell(cell: Cell) -> str:
    line = cell.lines[0]
    if cell.state is not State.VALUE:
        return line.text
    text = f"{line.text} ({line.extent})" if line.extent else line.text
    return f"{text}, {cell.place}" if cell.place else text


def _safe(text: str) -> str:
    """Return foreign text so that Markdown shows it as it is, on one line."""
    return SPECIAL.sub(r"\\\1", " ".join(plain(text).replace("\u00a0", " ").split()))
