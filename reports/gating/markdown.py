"""Judgement -> Markdown for the summary of a step on GitHub, which must not exceed 1 MiB."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from harness.gate import Judgement
from reports.gating.headline import headline, where
from reports.gating.sections import Notes, Table, sections
from reports.outputs.markdown import SPECIAL
from reports.terms.text import plain

LIMIT_BYTES = 1_048_576
ROOM_FOR_NOTE = 200
AUTOLINK = re.compile(r":(?=//)|(?<=www)\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """Markdown that may be cut after any of its lines; `head` and `tail` go with them."""

    head: str
    lines: tuple[str, ...]
    tail: str


def step_summary(judgement: Judgement, limit_bytes: int = LIMIT_BYTES) -> str:
    """Return the summary in at most `limit_bytes` of UTF-8, ending with a newline.

    Rows that do not fit are left out from the end, which it then says.
    """
    told = where(judgement)
    top = f"## bakeoff gate\n\n**{escaped(headline(judgement))}**\n"
    top += f"\n{escaped(told)}\n" if told else ""
    whole = [top, *(_whole(_piece(section)) for section in sections(judgement))]
    text = "".join(whole)
    if _bytes(text) <= limit_bytes:
        return text
    return _cut(top, [_piece(section) for section in sections(judgement)], limit_bytes)


def escaped(text: str) -> str:
    """Return text so that Markdown shows it as it is, on one line, and links nothing in it."""
    return AUTOLINK.sub(r"\\\g<0>", SPECIAL.sub(r"\\\1", " ".join(plain(text).split())))


def _piece(section: Table | Notes) -> _Piece:
    title = escaped(section.title)
    if isinstance(section, Notes):
        lines = tuple(f"- {escaped(line)}\n" for line in section.texts)
        return _Piece(head=f"\n### {title}\n\n", lines=lines, tail="")
    figures = len(section.heads) - section.figures
    rule = "---|" * section.figures + "---:|" * figures
    head = f"{_row(section.heads)}|{rule}\n"
    lines = tuple(_row(row) for row in section.rows)
    if not section.folded:
        return _Piece(head=f"\n### {title}\n\n{head}", lines=lines, tail="")
    summary = f"\n<details><summary>{title}</summary>\n\n"
    return _Piece(head=summary + head, lines=lines, tail="\n</details>\n")


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(escaped(cell) for cell in cells)} |\n"


def _whole(piece: _Piece) -> str:
    return piece.head + "".join(piece.lines) + piece.tail


def _cut(top: str, pieces: list[_Piece], limit_bytes: int) -> str:
    room = limit_bytes - ROOM_FOR_NOTE
    if _bytes(top) > room:
        return top.encode("utf-8")[: max(0, limit_bytes - 1)].decode("utf-8", "ignore") + "\n"
    text, left = top, 0
    for piece in pieces:
        room_here = room - _bytes(text)
        kept = tuple(_fitting(piece, room_here))
        left += len(piece.lines) - len(kept)
        if kept:
            text += _whole(_Piece(head=piece.head, lines=kept, tail=piece.tail))
    said = "line was" if left == 1 else "lines were"
    return f"{text}\n_{left:,} {said} left out to stay within {limit_bytes:,} bytes._\n"


def _fitting(piece: _Piece, room: int) -> Iterator[str]:
    used = _bytes(piece.head) + _bytes(piece.tail)
    for line in piece.lines:
        used += _bytes(line)
        if used > room:
            return
        yield line


def _bytes(text: str) -> int:
    return len(text.encode("utf-8"))
