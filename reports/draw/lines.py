"""Figures that hold curves to SVG: percentiles in one panel or several, and response over time."""

from __future__ import annotations

import math
from collections.abc import Sequence

from reports.draw.axes import Axis, below, in_time, levels, stands, times
from reports.draw.labels import Box, wrapped
from reports.draw.offered import offered
from reports.draw.pieces import Scale, dashed, drawing, marked, path, ticks, words
from reports.terms.figure import Curve, Figure, Panel, Shape

WIDTH = 720.0
LEFT, RIGHT, TOP = 76.0, 16.0, 30.0
CURVE_HEIGHT, SMALL_HEIGHT, PANEL_HEIGHT, FOOT = 300.0, 190.0, 150.0, 48.0
COLUMN_GAP, HEAD_LINE, ONE_COLUMN = 12.0, 17.0, 2
PERCENTILES = (0.0, 50.0, 75.0, 90.0, 95.0, 99.0, 99.9)
Y_TITLE = "Response time (logarithmic)"


def lines(shown: Figure) -> str:
    """Return the SVG of a figure that holds curves."""
    if shown.shape is Shape.OFFERED:
        return offered(shown)
    draw = _percentiles if shown.shape is Shape.PERCENTILES else _seconds
    return draw(shown)


def stretched(percentile: float) -> float:
    """Return where a percentile lies on the axis: each further nine takes the same room."""
    return -math.log10(1 - percentile / 100)


def _percentiles(shown: Figure) -> str:
    """Return response time over percentiles stretched towards 99.9, all panels on the same axes;
    more than two panels stand in two columns.
    """
    curves = [curve for panel in shown.panels for curve in panel.curves]
    upward = times([y for curve in curves for _, y in curve.points if y > 0])
    columns = 1 if len(shown.panels) <= ONE_COLUMN else 2
    wide = (WIDTH - COLUMN_GAP * (columns - 1)) / columns
    parts, y = list[str](), 0.0
    for first in range(0, len(shown.panels), columns):
        beside = shown.panels[first : first + columns]
        heads = [_head(panel, wide) if len(shown.panels) > 1 else [] for panel in beside]
        top = y + TOP + HEAD_LINE * max(len(head) for head in heads)
        bottom = top + (CURVE_HEIGHT if columns == 1 else SMALL_HEIGHT)
        for place, (panel, head) in enumerate(zip(beside, heads, strict=True)):
            start = place * (wide + COLUMN_GAP)
            area = Box(left=start + LEFT, top=top, right=start + wide - RIGHT, bottom=bottom)
            parts += _percentile_panel(panel, head, upward, area)
        y = bottom + FOOT
    return drawing(shown.key, (WIDTH, y), (shown.title, shown.takeaway), parts)


def _head(panel: Panel, wide: float) -> list[str]:
    return wrapped(panel.title, wide - RIGHT, 2, bold=True)


def _percentile_panel(panel: Panel, head: Sequence[str], upward: Axis, area: Box) -> list[str]:
    across = Scale(low=0.0, high=stretched(99.9), start=area.left, end=area.right)
    up = upward.scale(area.bottom, area.top)
    parts = levels(upward.marks, in_time(upward.marks), up, area)
    nines = [stretched(percentile) for percentile in PERCENTILES]
    parts += stands(nines, [f"{percentile:g}" for percentile in PERCENTILES], across, area)
    high = area.top - 12 - HEAD_LINE * len(head)
    parts += [
        words(area.left - LEFT + 8, high + HEAD_LINE * n, text, "label")
        for n, text in enumerate(head)
    ]
    parts.append(_y_title(area, small=bool(head)))
    parts.append(below("Percentile", area))
    for curve in panel.curves:
        known = [(x, y) for x, y in curve.points if y > 0]
        points = [(across.at(stretched(x)), up.at(y)) for x, y in known]
        parts.append(path(points, dashed(curve.slot)))
        named = [point for (x, _), point in zip(known, points, strict=True) if x in PERCENTILES]
        parts.append(marked(named, curve.slot))
    return parts


def _y_title(area: Box, *, small: bool) -> str:
    left = area.left - LEFT + 8 if small else area.left
    return words(left, area.top - 12, Y_TITLE, "tick" if small else "label")


def _seconds(shown: Figure) -> str:
    """Return one panel above the other over the same seconds, each from zero."""
    xs = [x for panel in shown.panels for curve in panel.curves for x, _ in curve.points]
    last = max(xs, default=1.0)
    across = Scale(low=min(xs, default=0.0), high=last, start=LEFT + 6, end=WIDTH - RIGHT - 6)
    parts = list[str]()
    top = TOP
    for panel in shown.panels:
        parts += _panel(panel, across, top)
        top += PANEL_HEIGHT + TOP + 14
    bottom = top - TOP - 14
    for tick in ticks(last, 8):
        if across.low <= tick <= last and tick == int(tick):
            x = across.at(tick)
            parts.append(words(x, bottom + 18, f"{tick:g}", "tick", "middle"))
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(words(middle, bottom + 40, "Seconds since measuring began", "label", "middle"))
    size = (WIDTH, bottom + FOOT)
    return drawing(shown.key, size, (shown.title, shown.takeaway), parts)


def _panel(panel: Panel, across: Scale, top: float) -> list[str]:
    marks = ticks(max((y for curve in panel.curves for _, y in curve.points), default=0.0), 4)
    area = Box(left=LEFT, top=top, right=WIDTH - RIGHT, bottom=top + PANEL_HEIGHT)
    upward = Scale(low=0.0, high=marks[-1], start=area.bottom, end=area.top)
    parts = levels(marks, in_time(marks), upward, area)
    parts.append(words(LEFT, top - 12, panel.title, "label"))
    for curve in panel.curves:
        parts += _over_time(curve, across, upward)
    return parts


def _over_time(curve: Curve, across: Scale, upward: Scale) -> list[str]:
    points = [(across.at(x), upward.at(y)) for x, y in curve.points]
    every = max(1, len(points) // 20)
    return [path(points, dashed(curve.slot)), marked(points[::every], curve.slot, 3.5)]
