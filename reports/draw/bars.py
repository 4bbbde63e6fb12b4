"""Stacked bars to SVG: a stack is a colour, the role of a component is a texture."""

from __future__ import annotations

from collections.abc import Sequence

from reports.draw.labels import NAME, NAME_ROOM, SMALL, fitted, gutter, width
from reports.draw.pieces import SHAPES, Scale, drawing, line, marker, tag, ticks, words
from reports.terms.figure import Bar, BarGroup, Figure

WIDTH = 720.0
RIGHT, TOP, INDENT = 110.0, 26.0, 4.0
THICK, LINE, GAP = 22.0, 17.0, 14.0
TEXTURES = {
    "gateway": "open",
    "frontend": "level",
    "app": "solid",
    "worker": "light",
    "database": "stripes",
    "cache": "dots",
    "queue": "upright",
    "search": "checks",
}


def bars(shown: Figure) -> str:
    """Return an SVG for each group of stacked bars, all on one scale from zero.

    They are apart so that paper can break between them.
    """
    sums = [sum(s.value for s in bar.segments) for group in shown.groups for bar in group.bars]
    marks = ticks(max(sums, default=0.0), 5)
    left = gutter([bar.name for group in shown.groups for bar in group.bars])
    across = Scale(low=0.0, high=marks[-1], start=left, end=WIDTH - RIGHT)
    return "".join(
        _group(group, across, marks, shown, key=f"{shown.key}-{number}")
        for number, group in enumerate(shown.groups, 1)
    )


def texture(role: str) -> str:
    """Return the name of the texture for a role; roles that are not known share one."""
    return TEXTURES.get(role, "light")


def roles(shown: Figure) -> tuple[str, ...]:
    """Return the roles that occur in a figure, in the order of the bars."""
    every = (s.role for group in shown.groups for bar in group.bars for s in bar.segments)
    found = set(every)
    return tuple(role for role in TEXTURES if role in found) + tuple(sorted(found - set(TEXTURES)))


def _group(
    group: BarGroup, across: Scale, marks: Sequence[float], shown: Figure, *, key: str
) -> str:
    """Return the drawing of a group, its title above the scale."""
    parts, y = [words(0, 14, fitted(group.title, WIDTH - 20, bold=True), "label")], TOP + LINE + 6
    for bar in group.bars:
        drawn, y = _bar(bar, across, y)
        parts += drawn
    grid = list[str]()
    for tick in marks:
        x = across.at(tick)
        grid.append(line(x, TOP + LINE - 6, x, y - GAP, "axis" if not tick else "grid"))
        text = f"{tick:,.10g} {shown.unit}" if tick == marks[-1] else f"{tick:,.10g}"
        grid.append(words(x, TOP + LINE - 12, text, "tick", "middle"))
    said = (f"{shown.title}: {group.title}", _spoken(group))
    return drawing(key, (WIDTH, y + GAP), said, [*grid, *parts])


def _bar(bar: Bar, across: Scale, y: float) -> tuple[list[str], float]:
    """Return a bar with its name, its sum, and its components in words below it."""
    parts = [
        marker(6, y + THICK / 2, bar.slot),
        words(NAME, y + THICK / 2 + 5, fitted(bar.name, NAME_ROOM), "name"),
    ]
    if not bar.segments:
        note = fitted(bar.note, WIDTH - across.start - 8, bold=True)
        parts.append(words(across.start + 6, y + THICK / 2 + 5, note, "sum"))
        return parts, y + THICK + GAP
    reached = 0.0
    for segment in bar.segments:
        parts += _segment(
            bar.slot, segment.role, across.at(reached), across.at(reached + segment.value), y
        )
        reached += segment.value
    parts.append(words(across.at(reached) + 8, y + THICK / 2 + 5, bar.text, "sum"))
    y += THICK
    said = [f"{segment.name} {segment.text}" for segment in bar.segments]
    for text in _wrapped(said, WIDTH - across.start - 2 * INDENT):
        y += LINE
        parts.append(words(across.start + INDENT, y, text, "small"))
    return parts, y + GAP


def _segment(slot: int, role: str, start: float, end: float, y: float) -> list[str]:
    """Return one part of a bar; it stays visible however small it is."""
    place = {"x": start, "y": y, "width": max(end - start, 1.0), "height": THICK}
    kind = texture(role)
    return [
        tag("rect", {**place, "class": f"part c{slot % SHAPES} t-{kind}"}),
        *([tag("rect", {**place, "fill": f"url(#t-{kind})"})] if kind in PATTERNS else []),
    ]


PATTERNS = frozenset({"stripes", "dots", "upright", "checks", "level"})


def _wrapped(texts: Sequence[str], room: float) -> list[str]:
    """Join texts with dots into lines that fit; a text that is too long is cut."""
    lines = list[str]()
    for whole in texts:
        text = fitted(whole, room, SMALL)
        if lines and width(f"{lines[-1]} · {text}", SMALL) <= room:
            lines[-1] += f" · {text}"
        else:
            lines.append(text)
    return lines


def _spoken(group: BarGroup) -> str:
    """Return the sums in words."""
    return ", ".join(f"{bar.name} {bar.text or bar.note}" for bar in group.bars) + "."
