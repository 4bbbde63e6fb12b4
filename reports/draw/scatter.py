"""Trade-offs to SVG: stacks as points with the ranges of their sessions, less being better on both
axes, and the front of those that no other stack betters in both.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from reports.draw.axes import Axis, axis, below, in_numbers, levels, stands
from reports.draw.labels import (
    AWAY,
    SMALL,
    Box,
    Label,
    around,
    fitted,
    placed,
    wrapped,
)
from reports.draw.pieces import SHAPES, Scale, drawing, line, marker, path, words
from reports.terms.figure import Field, Figure, Spot
from reports.terms.text import joined

WIDTH = 720.0
HEIGHT, SMALL_HEIGHT, FOOT = 320.0, 230.0, 48.0
LEFT, RIGHT, GAP, LINE = 66.0, 18.0, 12.0, 17.0
NAME_ROOM, NAME_SHARE, CAP, SIZE = 220.0, 0.7, 4.0, 6.0
BETTER = "↙ less is better"


def scatter(shown: Figure) -> str:
    """Return the SVG of a figure that holds fields; several stand in two columns."""
    columns = 1 if len(shown.fields) == 1 else 2
    parts, y = list[str](), 0.0
    for first in range(0, len(shown.fields), columns):
        drawn, y = _beside(shown.fields[first : first + columns], columns, y)
        parts += drawn
    said = (shown.title, f"{shown.takeaway} {_spoken(shown)}")
    return drawing(shown.key, (WIDTH, y), said, parts)


def _beside(fields: Sequence[Field], columns: int, y: float) -> tuple[list[str], float]:
    """Return fields side by side from y on, and where they end."""
    wide = (WIDTH - GAP * (columns - 1)) / columns
    heads = [wrapped(field.title, wide - RIGHT, 2, bold=True) for field in fields]
    notes = [wrapped(field.left_out, wide - RIGHT, 4, SMALL) for field in fields]
    top = y + 16 + LINE * (max(len(head) for head in heads) + 1)
    bottom = top + (HEIGHT if columns == 1 else SMALL_HEIGHT)
    parts = list[str]()
    for place, field in enumerate(fields):
        left = place * (wide + GAP)
        area = Box(left=left + LEFT, top=top, right=left + wide - RIGHT, bottom=bottom)
        first = top - 12 - LINE * len(heads[place])
        parts += _lines(heads[place], left + 8, first, "label")
        parts += _lines(notes[place], left + 8, bottom + FOOT + 16, "small")
        parts += _field(field, area)
    return parts, bottom + FOOT + LINE * max(len(note) for note in notes) + GAP


def _lines(texts: Sequence[str], x: float, y: float, role: str) -> list[str]:
    return [words(x, y + LINE * place, text, role) for place, text in enumerate(texts)]


def _field(field: Field, area: Box) -> list[str]:
    """Return the axes, the front, and the spots with their ranges and names; wide fields also say
    the values.
    """
    rightward = axis([value for spot in field.spots for value in (spot.x, *spot.x_range)])
    upward = axis([value for spot in field.spots for value in (spot.y, *spot.y_range)])
    across, up = rightward.scale(area.left, area.right), upward.scale(area.bottom, area.top)
    y_title = fitted(_titled(upward, field.y_title, field.y_unit), area.right - area.left + LEFT)
    parts = levels(upward.marks, in_numbers(upward.marks), up, area)
    parts += stands(rightward.marks, in_numbers(rightward.marks), across, area)
    parts.append(words(area.left - LEFT + 8, area.top - 12, y_title, "tick"))
    parts.append(below(_titled(rightward, field.x_title, field.x_unit), area))
    parts.append(path(_front(field, across, up, area), "front"))
    for spot in field.spots:
        parts += _spot(spot, across, up)
    return [*parts, *_labels(field, across, up, area)]


def _titled(one: Axis, title: str, unit: str) -> str:
    return one.titled(f"{title}, {unit}" if unit else title)


def _front(field: Field, across: Scale, up: Scale, area: Box) -> list[tuple[float, float]]:
    """Return the steps through the spots of the front, from the top edge to the right one."""
    places = sorted((across.at(spot.x), up.at(spot.y)) for spot in field.spots if spot.front)
    points, y = list[tuple[float, float]](), area.top
    for x, lower in places:
        points += [(x, y), (x, lower)]
        y = lower
    return [*points, (area.right, y)]


def _spot(spot: Spot, across: Scale, up: Scale) -> list[str]:
    """Return a mark with its ranges as lines that end in caps."""
    x, y, role = across.at(spot.x), up.at(spot.y), f"whisker c{spot.slot % SHAPES}"
    (left, right), (low, high) = map(across.at, spot.x_range), map(up.at, spot.y_range)
    parts = list[str]()
    if right - left > 1:
        parts.append(line(left, y, right, y, role))
        parts += [line(end, y - CAP, end, y + CAP, role) for end in (left, right)]
    if low - high > 1:
        parts.append(line(x, low, x, high, role))
        parts += [line(x - CAP, end, x + CAP, end, role) for end in (low, high)]
    return [*parts, marker(x, y, spot.slot, SIZE)]


def _labels(field: Field, across: Scale, up: Scale, area: Box) -> list[str]:
    wide = area.right - area.left > WIDTH / 2
    room = min(NAME_ROOM, NAME_SHARE * (area.right - area.left))
    labels = list[Label]()
    steps = pairwise(_front(field, across, up, area))
    marks = [_line_box(one, other) for one, other in steps]
    for spot in field.spots:
        x, y = across.at(spot.x), up.at(spot.y)
        text = fitted(spot.name, room, bold=True)
        below_name = fitted(spot.text, room, SMALL) if wide else ""
        labels.append(Label(x=x, y=y, text=text, below=below_name))
        (left, right), (low, high) = map(across.at, spot.x_range), map(up.at, spot.y_range)
        marks += [
            around(x, y, SIZE),
            Box(left=left, top=y - CAP, right=right, bottom=y + CAP),
            Box(left=x - CAP, top=high, right=x + CAP, bottom=low),
        ]
    bounds = Box(left=area.left + 2, top=area.top, right=area.right + RIGHT - 2, bottom=area.bottom)
    corner = Label(x=area.left - AWAY + 6, y=area.bottom - 12, text=BETTER, role="small")
    return placed([corner, *labels], bounds, marks)


def _line_box(one: tuple[float, float], other: tuple[float, float]) -> Box:
    (x1, y1), (x2, y2) = one, other
    return Box(
        left=min(x1, x2) - 1, top=min(y1, y2) - 1, right=max(x1, x2) + 1, bottom=max(y1, y2) + 1
    )


def _spoken(shown: Figure) -> str:
    """Return what the points show in words."""
    said = list[str]()
    for field in shown.fields:
        spots = ", ".join(f"{spot.name} {spot.text}" for spot in field.spots)
        said.append(joined(f"{field.title}: {spots}.", field.left_out))
    return joined(*said)
