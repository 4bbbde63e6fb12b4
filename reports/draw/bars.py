"""Stacked bars to SVG: a stack is a colour, the role of a component is a texture."""

from __future__ import annotations

from collections.abc import Sequence

from reports.draw.svg import SHAPES, Scale, drawing, line, marker, tag, ticks, words
from reports.terms.figure import Bar, BarGroup, Figure
from reports.terms.text import shortened

WIDTH = 720.0
LEFT, RIGHT, TOP = 148.0, 96.0, 26.0
THICK, LINE, GAP = 22.0, 17.0, 14.0
CHARACTERS = 76
NAME = 16
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
    """Return the SVG of a figure that holds stacked bars, all on one scale from zero."""
    sums = [sum(s.value for s in bar.segments) for group in shown.groups for bar in group.bars]
    marks = ticks(max(sums, default=0.0), 5)
    across = Scale(low=0.0, high=marks[-1], start=LEFT, end=WIDTH - RIGHT)
    parts, y = list[str](), TOP + 8
    for group in shown.groups:
        drawn, y = _group(group, across, y)
        parts += drawn
    grid = list[str]()
    for tick in marks:
        x = across.at(tick)
        grid.append(line(x, TOP - 6, x, y - GAP, "axis" if not tick else "grid"))
        text = f"{tick:,.10g} {shown.unit}" if tick == marks[-1] else f"{tick:,.10g}"
        grid.append(words(x, TOP - 12, text, "tick", "middle"))
    said = (shown.title, f"{shown.takeaway} {_spoken(shown)}")
    return drawing(shown.key, (WIDTH, y), said, [*grid, *parts])


def texture(role: str) -> str:
    """Return the name of the texture for a role; roles that are not known share one."""
    return TEXTURES.get(role, "light")


def roles(shown: Figure) -> tuple[str, ...]:
    """Return the roles that occur in a figure, in the order of the bars."""
    every = (s.role for group in shown.groups for bar in group.bars for s in bar.segments)
    found = set(every)
    return tuple(role for role in TEXTURES if role in found) + tuple(sorted(found - set(TEXTURES)))


def _group(group: BarGroup, across: Scale, y: float) -> tuple[list[str], float]:
    parts = [words(0, y + 14, shortened(group.title, 90), "label")]
    y += LINE + 10
    for bar in group.bars:
        drawn, y = _bar(bar, across, y)
        parts += drawn
    return parts, y + GAP


def _bar(bar: Bar, across: Scale, y: float) -> tuple[list[str], float]:
    """Return a bar with its name, its sum, and its components in words below it."""
    parts = [
        marker(6, y + THICK / 2, bar.slot),
        words(18, y + THICK / 2 + 5, _cut(bar.name), "name"),
    ]
    if not bar.segments:
        parts.append(words(LEFT + 6, y + THICK / 2 + 5, bar.note, "sum"))
        return parts, y + THICK + GAP
    reached = 0.0
    for segment in bar.segments:
        parts += _segment(
            bar.slot, segment.role, across.at(reached), across.at(reached + segment.value), y
        )
        reached += segment.value
    parts.append(words(across.at(reached) + 8, y + THICK / 2 + 5, bar.text, "sum"))
    y += THICK
    for text in _wrapped([f"{segment.name} {segment.text}" for segment in bar.segments]):
        y += LINE
        parts.append(words(LEFT + 4, y, text, "small"))
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


def _wrapped(texts: Sequence[str]) -> list[str]:
    """Join texts with dots into lines that fit; a text that is too long is cut."""
    lines = list[str]()
    for whole in texts:
        text = shortened(whole, CHARACTERS - 4)
        if lines and len(lines[-1]) + len(text) + 3 <= CHARACTERS:
            lines[-1] += f" · {text}"
        else:
            lines.append(text)
    return lines


def _cut(name: str) -> str:
    return name if len(name) <= NAME else f"{name[: NAME - 1].rstrip()}…"


def _spoken(shown: Figure) -> str:
    """Return the sums in words."""
    said = [
        f"{group.title}: " + ", ".join(f"{bar.name} {bar.text or bar.note}" for bar in group.bars)
        for group in shown.groups
    ]
    return "; ".join(said) + "."
