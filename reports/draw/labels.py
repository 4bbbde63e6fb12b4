"""Words in drawings: how wide they are, and where they go so that none hides another.

Widths are estimates, since the reader's fonts are not known: of a wide sans-serif type, rather too
much than too little.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reports.draw.pieces import line, marker, words
from reports.terms.text import plain

NORMAL, SMALL = 13.0, 12.0
EM, WIDE_EM, BOLD = 0.62, 1.02, 1.12
ASCENT, DESCENT = 0.8, 0.25
STEP, STEPS = 9.0, 12
AWAY = 9.0
LED = 20.0
KEY, KEY_SIZE = 13.0, 4.0
BOLD_ROLES = frozenset({"label", "aim"})
TAKEN, COVERED = 1_000.0, 16.0


NAME, NAME_ROOM, LEAST_GUTTER, GUTTER_END = 18.0, 180.0, 110.0, 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle in the units of the drawing."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Tell whether the two have some area in common."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def holds(self, other: Box) -> bool:
        """Tell whether `other` lies wholly within."""
        across = self.left <= other.left and other.right <= self.right
        return across and self.top <= other.top and other.bottom <= self.bottom


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Words that belong to the point x, y; `role` is the class of their type, and `below` a second
    line in small type. With a `slot` the mark of that stack stands before the words.
    """

    x: float
    y: float
    text: str
    role: str = "label"
    below: str = ""
    away: float = AWAY
    slot: int | None = None


def around(x: float, y: float, reach: float) -> Box:
    """Return the box of a mark."""
    return Box(left=x - reach, top=y - reach, right=x + reach, bottom=y + reach)


def width(said: str, size: float = NORMAL, *, bold: bool = False) -> float:
    """Return about how wide a text is when drawn by `svg.words`."""
    ems = sum(_ems(sign) for sign in plain(said))
    return size * ems * (BOLD if bold else 1.0)


def fitted(said: str, room: float, size: float = NORMAL, *, bold: bool = False) -> str:
    """Return a text cut to fit into `room`, with a mark if it was cut."""
    safe = plain(said).replace("\n", " ")
    if width(safe, size, bold=bold) <= room:
        return safe
    while safe and width(f"{safe}…", size, bold=bold) > room:
        safe = safe[:-1]
    return f"{safe.rstrip()}…"


def wrapped(
    said: str, room: float, most: int, size: float = NORMAL, *, bold: bool = False
) -> list[str]:
    """Return a text as at most `most` lines that fit into `room`; what is over is cut off."""
    lines, rest = list[str](), plain(said).split()
    while rest and len(lines) < most - 1:
        taken = 1
        while taken < len(rest) and width(" ".join(rest[: taken + 1]), size, bold=bold) <= room:
            taken += 1
        lines.append(fitted(" ".join(rest[:taken]), room, size, bold=bold))
        rest = rest[taken:]
    return [*lines, fitted(" ".join(rest), room, size, bold=bold)] if rest else lines


def gutter(names: Sequence[str]) -> float:
    """Return how much room names take that stand, after their marks, left of rows of bars."""
    widest = max((width(name) for name in names), default=0.0)
    return max(LEAST_GUTTER, NAME + min(widest, NAME_ROOM) + GUTTER_END)


def placed(labels: Sequence[Label], within: Box, marks: Sequence[Box]) -> list[str]:
    """Return the labels as SVG, each where it hides no label before it, and few marks if any.

    A label stands right of its point, left of it, or above or below, as near as it can; one that
    is far is led to its point by a thin line.
    """
    parts, taken = list[str](), list[Box]()
    for label in labels:
        found = list(_places(label, within))
        costs = [
            TAKEN * sum(box.meets(other) for other in taken)
            + COVERED * sum(box.meets(mark) for mark in marks)
            + rank
            for rank, (box, _) in enumerate(found)
        ]
        box, anchor = found[costs.index(min(costs))]
        taken.append(box)
        parts += _written(label, box, anchor)
    return parts


def box_of(label: Label, left: float, y: float) -> Box:
    """Return the box of a label that begins at `left` and lies around the height y."""
    wide = width(label.text, bold=label.role in BOLD_ROLES)
    wide = max(wide, width(label.below, SMALL)) + (0.0 if label.slot is None else KEY)
    high = NORMAL * (ASCENT + DESCENT) * (2 if label.below else 1)
    return Box(left=left, top=y - high / 2, right=left + wide, bottom=y + high / 2)


def _places(label: Label, within: Box) -> Iterator[tuple[Box, str]]:
    """Yield where a label may stand, the best place first; the first even if it does not fit."""
    whole = box_of(label, 0.0, 0.0)
    wide, high = whole.right, whole.bottom
    centred = max(min(label.x - wide / 2, within.right - wide), within.left)
    beside = ((label.x + label.away, "start"), (label.x - label.away - wide, "end"))
    boxes = [
        (box_of(label, left, label.y + sign * STEP * step), anchor)
        for step in range(STEPS)
        for sign in ((-1, 1) if step else (1,))
        for left, anchor in (*beside, (centred, "start"))
        if left != centred or STEP * step >= high + label.away - 2
    ]
    fitting = [(box, anchor) for box, anchor in boxes if within.holds(box)]
    yield from fitting or boxes[:1]


def _written(label: Label, box: Box, anchor: str) -> Iterator[str]:
    near_x = min(max(label.x, box.left), box.right)
    near_y = min(max(label.y, box.top), box.bottom)
    if math.hypot(near_x - label.x, near_y - label.y) > LED:
        yield line(label.x, label.y, near_x, near_y, "leader")
    x = box.left if anchor == "start" else box.right
    if label.slot is not None:
        inward = KEY if anchor == "start" else -KEY
        yield marker(x + inward / 2 - 1, (box.top + box.bottom) / 2, label.slot, KEY_SIZE)
        x += inward
    yield words(x, box.top + NORMAL * ASCENT, label.text, label.role, anchor)
    if label.below:
        yield words(x, box.bottom - NORMAL * DESCENT, label.below, "small", anchor)


def _ems(sign: str) -> float:
    if unicodedata.category(sign) in {"Mn", "Me", "Cf"}:
        return 0.0
    return WIDE_EM if unicodedata.east_asian_width(sign) in {"W", "F"} else EM
