"""Page -> the lines that close a run on the terminal: the answers of the first screen."""

from __future__ import annotations

from collections.abc import Iterator

from reports.terms.page import Answer, Finding, Page, Told
from reports.terms.text import plain

INDENT = "  "
SURE = {
    Told.DECIDED: "verdict",
    Told.INDICATED: "indicates",
    Told.TIED: "tied",
    Told.OPEN: "can't tell yet",
}


def closing(page: Page) -> str:
    """Return the answers as plain text, each line safe to show, ending with a newline."""
    lines = [page.title, page.caveat, ""]
    for answer in page.answers:
        lines += [*_answer(answer), ""]
    return "\n".join(_safe(line) for line in lines)


def _answer(answer: Answer) -> Iterator[str]:
    yield f"{answer.question} {answer.head}"
    yield from (f"{INDENT}{_finding(found)}" for found in answer.findings)
    if answer.note:
        yield f"{INDENT}{answer.note}"


def _finding(found: Finding) -> str:
    sure = f" ({SURE[found.told]})" if found.told in SURE else ""
    return f"{found.where}: {found.who}{sure}: {found.says}"


def _safe(line: str) -> str:
    """Return a line on which nothing acts unseen."""
    indent = INDENT if line.startswith(INDENT) else ""
    return indent + " ".join(plain(line).replace("\u00a0", " ").split())
