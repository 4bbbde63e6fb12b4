"""Response time over offered load to SVG: both axes logarithmic, the objective as a line across,
and a ring on each curve up to where the objective was kept.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from reports.draw.axes import below, in_numbers, in_time, levels, stands, times
from reports.draw.labels import AWAY, Box, Label, around, fitted, placed, width, wrapped
from reports.draw.pieces import (
    SHAPES,
    Scale,
    dashed,
    drawing,
    line,
    log_ticks,
    marked,
    path,
    tag,
    words,
)
from reports.terms.figure import Curve, Figure, Knee, Panel

WIDTH, HEIGHT = 720.0, 320.0
LEFT, LEAST_RIGHT, HEAD, FOOT = 76.0, 60.0, 14.0, 48.0
LINE, EDGE = 17.0, 3.0
MARGIN = 1.12
NAME_ROOM, KNEE_ROOM = 190.0, 150.0
RING = 8.5
X_TITLE = "Offered requests per second (logarithmic)"

Points = list[tuple[float, float]]


def offered(shown: Figure) -> str:
    """Return the SVG of a figure with the latencies of stacks over the load offered to them."""
    parts, y = list[str](), 0.0
    for panel in shown.panels:
        head = wrapped(f"{panel.title} (logarithmic)", WIDTH - LEFT - 20, 2, bold=True)
        top = y + HEAD + LINE * len(head)
        parts += [
            words(LEFT, y + LINE * (place + 1) - 2, text, "label")
            for place, text in enumerate(head)
        ]
        area = Box(left=LEFT, top=top, right=WIDTH - _room(panel), bottom=top + HEIGHT)
        parts += _panel(panel, area)
        y = area.bottom + FOOT
    return drawing(shown.key, (WIDTH, y), (shown.title, shown.takeaway), parts)


def _panel(panel: Panel, area: Box) -> list[str]:
    rates, heights = _drawn(panel)
    upward = times(heights)
    up = upward.scale(area.bottom, area.top)
    low, high = min(rates, default=1.0) / MARGIN, max(rates, default=1.0) * MARGIN
    across = Scale(low=low, high=high, start=area.left, end=area.right, log=True)
    within = [mark for mark in log_ticks(low, high) if low <= mark <= high]
    parts = levels(upward.marks, in_time(upward.marks), up, area)
    parts += stands(within, in_numbers(within), across, area)
    parts.append(below(X_TITLE, area))
    pixels = [[(across.at(x), up.at(y)) for x, y in _points(curve)] for curve in panel.curves]
    if panel.limit:
        parts.append(line(area.left, up.at(panel.limit), area.right, up.at(panel.limit), "limit"))
    for curve, points in zip(panel.curves, pixels, strict=True):
        parts.append(path(points, dashed(curve.slot)))
        parts.append(marked(points, curve.slot))
    rings = [(across.at(knee.x), up.at(knee.y)) for knee in _knees(panel)]
    parts += [
        tag("circle", {"cx": x, "cy": y, "r": RING, "class": f"ring c{knee.slot % SHAPES}"})
        for (x, y), knee in zip(rings, _knees(panel), strict=True)
    ]
    return [*parts, *_labels(panel, area, pixels, rings, up)]


def _labels(
    panel: Panel, area: Box, pixels: Sequence[Points], rings: Points, up: Scale
) -> list[str]:
    """Return the words: the objective at the left, names where curves end, and those of rings."""
    labels = list[Label]()
    marks = [around(x, y, 4) for points in pixels for x, y in _along(points)]
    marks += [around(x, y, RING) for x, y in rings]
    room = Box(left=area.left + EDGE, top=area.top - 10, right=WIDTH - EDGE, bottom=area.bottom - 2)
    if panel.limit:
        said = fitted(panel.limit_text, area.right - area.left - 10, bold=True)
        at = Label(x=area.left - AWAY + 6, y=up.at(panel.limit) - 9, text=said, role="aim")
        labels.append(at)
        y = up.at(panel.limit)
        marks.append(Box(left=area.left, top=y - 2, right=area.right, bottom=y + 2))
    for curve, points in zip(panel.curves, pixels, strict=True):
        if points:
            x, y = points[-1]
            labels.append(
                Label(x=x, y=y, text=fitted(curve.name, NAME_ROOM, bold=True), away=RING + 3)
            )
    for knee, (x, y) in zip(_knees(panel), rings, strict=True):
        text = fitted(knee.text, KNEE_ROOM)
        labels.append(Label(x=x, y=y, text=text, role="knee", away=RING + 5, slot=knee.slot))
    return placed(labels, room, marks)


def _room(panel: Panel) -> float:
    """Return how much stays free at the right for the names of curves."""
    names = (width(curve.name, bold=True) for curve in panel.curves)
    return max(LEAST_RIGHT, min(max(names, default=0.0), NAME_ROOM) + RING + 3 * EDGE)


def _points(curve: Curve) -> Points:
    """Return the points that have a place on logarithmic axes."""
    return [(x, y) for x, y in curve.points if x > 0 and y > 0]


def _knees(panel: Panel) -> list[Knee]:
    return [knee for knee in panel.knees if knee.x > 0 and knee.y > 0]


def _drawn(panel: Panel) -> tuple[list[float], list[float]]:
    """Return all rates and all latencies that need a place, the objective among them."""
    points = [point for curve in panel.curves for point in _points(curve)]
    points += [(knee.x, knee.y) for knee in _knees(panel)]
    limit = [panel.limit] if panel.limit else []
    return [x for x, _ in points], [*(y for _, y in points), *limit]


def _along(points: Points) -> Iterator[tuple[float, float]]:
    """Yield places along a line through points, close enough to keep words off the line."""
    yield from points[:1]
    for (x1, y1), (x2, y2) in pairwise(points):
        number = max(1, math.ceil(math.hypot(x2 - x1, y2 - y1) / 8))
        for step in range(1, number + 1):
            part = step / number
            yield x1 + part * (x2 - x1), y1 + part * (y2 - y1)
