"""Rows and cells -> markup. Tables hold thousands, so it is short and made here rather than by a
template. All text is escaped, and what may turn the direction of writing is isolated.
"""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup, escape

from reports.draw.pieces import swatch
from reports.terms.page import Cell, Line, Row, State
from reports.terms.text import plain

SAID = frozenset({State.MISSING, State.ALARM})
BEST = "1st"


def row(item: Row, doubts: Mapping[str, str], slim: bool) -> Markup:  # noqa: FBT001 - a template's
    """Return a row: its head, which may lead somewhere, and its cells; `slim` ones do not set
    numbers apart from their ranges.
    """
    slot = "" if item.slot is None else f' data-slot="{item.slot}"'
    head = shown(item.label)
    if item.link:
        head = Markup('<a href="{}">{}</a>').format(plain(item.link), head)
    unit = f' <span class="unit">{shown(item.unit)}</span>' if item.unit else ""
    key = "" if item.slot is None else f"{swatch(item.slot)} "
    cells = "".join(cell(each, doubts, slim=slim) for each in item.cells)
    return Markup(  # noqa: S704 - escaped
        f'<tr{slot}><th scope="row">{key}{head}{unit}</th>{cells}</tr>'
    )


def cell(item: Cell, doubts: Mapping[str, str], *, slim: bool = False) -> Markup:
    """Return the element; `doubts` are the names of doubts by letter, those that are explained."""
    kinds = [*([item.state.value] if item.state is not State.VALUE else [])]
    kinds += ["prose"] if item.prose else []
    attributes = f' class="{" ".join(kinds)}"' if kinds else ""
    attributes += "" if item.sort is None else f' data-sort="{item.sort:.6g}"'
    marks = "".join(_mark(letter, doubts) for letter in item.marks)
    lines = [
        _line(line, doubts, prose=item.prose or slim, marks=marks if line is item.lines[-1] else "")
        for line in item.lines
    ]
    inside = lines[0] if len(lines) == 1 else "".join(f"<div>{line}</div>" for line in lines)
    why = f"<i>{shown(item.note)}</i>" if item.note and item.state in SAID else ""
    return Markup(f"<td{attributes}>{_place(item.place)}{inside}{why}</td>")  # noqa: S704 - escaped


def shown(text: str) -> Markup:
    """Return text as markup; what is not plain ASCII is isolated, because it may turn."""
    safe = escape(plain(text))
    return safe if text.isascii() else Markup("<bdi>{}</bdi>").format(safe)


def _line(line: Line, doubts: Mapping[str, str], *, prose: bool, marks: str) -> str:
    """Return value, doubts, range and name of a line; words are not set apart from their range."""
    text = str(shown(line.text))
    parts = [_mark(line.mark, doubts) if line.mark else "", text if prose else f"<b>{text}</b>"]
    parts += [marks] if marks else []
    parts += [f"<small>{shown(line.extent)}</small>"] if line.extent else []
    if line.label:
        tag = f" <em>{shown(line.tag)}</em>" if line.tag else ""
        parts.append(f"<small>{shown(line.label)}{tag}</small>")
    return " ".join(part for part in parts if part)


def _mark(letter: str, doubts: Mapping[str, str]) -> str:
    if letter not in doubts:
        return ""
    said = f"doubt {letter}: {doubts[letter]}"
    return f'<a class="ref" href="#doubt-{letter}" aria-label="{escape(said)}">{letter}</a>'


def _place(place: str) -> str:
    if not place:
        return ""
    best = " best" if place.startswith(BEST) else ""
    return f'<span class="place{best}">{escape(place)}</span>'
