"""Extents to SVG: a bar from low to high for each stack, on one scale for all cases.

Without an upper end the bar is a pointed one whose length says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from reports.draw.axes import Axis, axis, in_numbers
from reports.draw.labels import NAME, NAME_ROOM, SMALL, fitted, gutter, width
from reports.draw.pieces import SHAPES, Scale, drawing, line, marker, tag, words
from reports.terms.figure import Extent, ExtentGroup, Figure

WIDTH = 720.0
RIGHT, TOP = 44.0, 34.0
ROW, THICK, HEAD, GAP, AWAY = 28.0, 12.0, 26.0, 10.0, 12.0
LONGEST = 260.0
THINNEST, POINTED, POINT, TICK = 5.0, 40.0, 10.0, 9.0
MARK, MARKED = 5.5, 16.0


def extents(shown: Figure) -> str:
    """Return the SVG of a figure that holds extents."""
    every = [one for group in shown.extents for one in group.extents]
    found = axis([value for one in every for value in _values(one)])
    left = gutter([one.name for one in every])
    across = found.scale(left, WIDTH - _room(every, found, WIDTH - left))
    parts, y = list[str](), TOP + GAP
    for group in shown.extents:
        drawn, y = _group(group, across, y)
        parts += drawn
    said = (shown.title, f"{shown.takeaway} {_spoken(shown)}")
    return drawing(shown.key, (WIDTH, y), said, [*_grid(shown, found, across, y), *parts])


def _grid(shown: Figure, found: Axis, across: Scale, bottom: float) -> list[str]:
    """Return the upright lines with their values above; the last value has the unit."""
    parts, texts = list[str](), in_numbers(found.marks)
    for mark, text in zip(found.marks, texts, strict=True):
        x, last = across.at(mark), mark == found.marks[-1]
        parts.append(line(x, TOP - 6, x, bottom - GAP, "grid" if mark else "axis"))
        said = f"{text} {shown.unit}".rstrip() if last else text
        parts.append(words(x, TOP - 12, said, "tick", "middle"))
    if found.log:
        parts.append(words(0, TOP - 12, "logarithmic", "tick"))
    return parts


def _group(group: ExtentGroup, across: Scale, y: float) -> tuple[list[str], float]:
    parts = [words(0, y + 14, fitted(group.title, WIDTH - 20, bold=True), "label")]
    y += HEAD
    for one in group.extents:
        parts += _row(one, across, y + ROW / 2)
        y += ROW
    return parts, y + GAP


def _row(one: Extent, across: Scale, y: float) -> list[str]:
    """Return a stack's name, its bar with end ticks, and the words at the right of it."""
    parts = [marker(6, y, one.slot), words(NAME, y + 5, fitted(one.name, NAME_ROOM), "name")]
    if one.low is None:
        note = fitted(one.note, WIDTH - across.start - 8, SMALL)
        return [*parts, words(across.start + 6, y + 4, note, "small")]
    start, role = across.at(one.low), f"c{one.slot % SHAPES}"
    end = start + POINTED
    if one.high is None:
        parts += _pointed(start, end, y, role)
    else:
        start, end = _apart(start, across.at(one.high))
        parts += _closed(start, end, y, role)
    middle = None if one.middle is None or end - start < MARKED else across.at(one.middle)
    parts += [
        line(x, y - TICK, x, y + TICK, f"end {role}")
        for x in ((start,) if one.high is None else (start, end))
        if middle is None or abs(x - middle) > MARK
    ]
    if middle is not None:
        parts.append(marker(middle, y, one.slot, MARK))
    said = fitted(one.text, max(WIDTH - end - AWAY - 2, 0), bold=True)
    return [*parts, words(end + AWAY, y + 5, said, "sum")]


def _closed(start: float, end: float, y: float, role: str) -> list[str]:
    place = {"x": start, "y": y - THICK / 2, "width": end - start, "height": THICK, "rx": 4}
    return [tag("rect", {**place, "class": f"extent {role}"})]


def _pointed(start: float, end: float, y: float, role: str) -> list[str]:
    """Return a bar that fades and points to the right."""
    half, neck = THICK / 2, end - POINT
    middle = start + (neck - start) / 2
    place = {"y": y - half, "height": THICK}
    first = {**place, "x": start, "width": middle - start, "class": f"extent {role}"}
    second = {**place, "x": middle, "width": neck - middle, "class": f"extent open {role}"}
    corners = ((neck, y - half - 3), (end, y), (neck, y + half + 3))
    points = " ".join(f"{x:.1f},{at:.1f}" for x, at in corners)
    return [
        tag("rect", first),
        tag("rect", second),
        tag("polygon", {"points": points, "class": f"extent {role}"}),
    ]


def _apart(start: float, end: float) -> tuple[float, float]:
    """Widen what is too thin to be seen."""
    lack = max(THINNEST - (end - start), 0.0) / 2
    return start - lack, end + lack


def _values(one: Extent) -> list[float]:
    return [value for value in (one.low, one.middle, one.high) if value is not None]


def _room(every: Sequence[Extent], found: Axis, whole: float) -> float:
    """Return how much of `whole` must stay free at the right so that the words of each bar fit."""
    unit, rooms = found.scale(0.0, 1.0), [RIGHT]
    for one in every:
        if one.low is None:
            continue
        reach = unit.at(one.low if one.high is None else one.high)
        wide = min(width(one.text, bold=True), LONGEST) + AWAY + 6
        wide += POINTED if one.high is None else THINNEST
        rooms.append(whole - (whole - wide) / reach if reach > 0 else 0.0)
    return max(rooms)


def _spoken(shown: Figure) -> str:
    """Return what the bars show in words."""
    said = [
        f"{group.title}: " + ", ".join(f"{e.name} {e.text or e.note}" for e in group.extents)
        for group in shown.extents
    ]
    return f"{'; '.join(said)}." if said else ""
