"""What is in a drawing: its words with their places, and every point."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from reports.draw import svg as draw
from reports.draw.labels import NORMAL, SMALL, Box, width
from reports.terms.figure import (
    Figure,
)

SMALL_ROLES = {"tick", "small"}
BOLD_ROLES = {"label", "sum", "aim"}


def root_of(shown: Figure) -> ET.Element:
    """Return the parsed drawing."""
    return ET.fromstring(draw(shown))  # noqa: S314 - our own text


def text_boxes(root: ET.Element) -> list[tuple[str, Box]]:
    """Return the words of a drawing with where they are."""
    found = []
    for said in root.iter("text"):
        role = said.get("class", "")
        size = SMALL if role in SMALL_ROLES else NORMAL
        wide = width(said.text or "", size, bold=role in BOLD_ROLES)
        x, y = float(said.get("x")), float(said.get("y"))
        left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[said.get("text-anchor", "start")]
        box = Box(left=left, top=y - 0.7 * size, right=left + wide, bottom=y + 0.2 * size)
        found.append((said.text or "", box))
    return found


def corners(root: ET.Element) -> list[tuple[float, float]]:
    """Return every point that is drawn."""
    found = [
        tuple(map(float, pair.split(",")))
        for name in ("polyline", "polygon")
        for shape in root.iter(name)
        for pair in shape.get("points").split()
    ]
    for one in root.iter("line"):
        found += [(float(one.get(f"x{n}")), float(one.get(f"y{n}"))) for n in (1, 2)]
    for one in root.iter("rect"):
        x, y, wide, high = (float(one.get(key)) for key in ("x", "y", "width", "height"))
        found += [(x, y), (x + wide, y + high)]
    for one in root.iter("circle"):
        x, y, reach = (float(one.get(key)) for key in ("cx", "cy", "r"))
        found += [(x - reach, y - reach), (x + reach, y + reach)]
    for one in root.iter("path"):
        found += around(one.get("d"))
    return found


def around(steps: str) -> Iterator[tuple[float, float]]:
    """Yield the points of a path whose steps are relative, after the first of each part; an arc
    counts as the line to its end.
    """
    x = y = 0.0
    for kind, said in re.findall(r"([Mmlaz])([^Mmlaz]*)", steps):
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", said)]
        size = 7 if kind == "a" else 2
        for place in range(0, len(numbers), size):
            dx, dy = numbers[place : place + size][-2:]
            x, y = (dx, dy) if kind == "M" else (x + dx, y + dy)
            yield x, y


def said(shown: Figure) -> set[str]:
    """Return the words in a drawing."""
    return {text for text, _ in text_boxes(root_of(shown))}
