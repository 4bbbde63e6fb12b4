"""Figures to SVG: percentile curves and response over time. Bars are in `reports.bars`."""

from __future__ import annotations

import math

from reports.draw.svg import Scale, dashed, drawing, line, log_ticks, marker, path, ticks, words
from reports.terms.figure import Curve, Figure, Panel, Shape
from reports.terms.numbers import figure, time_unit

WIDTH = 720.0
LEFT, RIGHT, TOP = 76.0, 16.0, 30.0
CURVE_HEIGHT, PANEL_HEIGHT, FOOT = 300.0, 150.0, 48.0
PERCENTILES = (0.0, 50.0, 75.0, 90.0, 95.0, 99.0, 99.9)


def lines(shown: Figure) -> str:
    """Return the SVG of a figure that holds curves."""
    draw = _percentiles if shown.shape is Shape.PERCENTILES else _seconds
    return draw(shown)


def stretched(percentile: float) -> float:
    """Return where a percentile lies on the axis: each further nine takes the same room."""
    return -math.log10(1 - percentile / 100)


def _percentiles(shown: Figure) -> str:
    """Return response time on a logarithmic axis over percentiles stretched towards 99.9."""
    curves = shown.panels[0].curves
    values = [y for curve in curves for _, y in curve.points if y > 0]
    marks = log_ticks(min(values), max(values)) if values else [1e-3, 1.0]
    bottom = TOP + CURVE_HEIGHT
    across = Scale(low=0.0, high=stretched(99.9), start=LEFT, end=WIDTH - RIGHT)
    upward = Scale(low=marks[0], high=marks[-1], start=bottom, end=TOP, log=True)
    parts = _frame(upward, marks, f"{shown.panels[0].title} (logarithmic)", TOP)
    for percentile in PERCENTILES:
        x = across.at(stretched(percentile))
        parts.append(line(x, TOP, x, bottom, "grid"))
        parts.append(words(x, bottom + 18, f"{percentile:g}", "tick", "middle"))
    parts.append(words((LEFT + WIDTH - RIGHT) / 2, bottom + 40, "Percentile", "label", "middle"))
    for curve in curves:
        points = [(across.at(stretched(x)), upward.at(y)) for x, y in curve.points if y > 0]
        parts.append(path(points, dashed(curve.slot)))
        parts += [
            marker(across.at(stretched(x)), upward.at(y), curve.slot)
            for x, y in curve.points
            if x in PERCENTILES and y > 0
        ]
    size = (WIDTH, bottom + FOOT)
    return drawing(shown.key, size, (shown.title, shown.takeaway), parts)


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
    upward = Scale(low=0.0, high=marks[-1], start=top + PANEL_HEIGHT, end=top)
    parts = _frame(upward, marks, panel.title, top)
    for curve in panel.curves:
        parts += _over_time(curve, across, upward)
    return parts


def _over_time(curve: Curve, across: Scale, upward: Scale) -> list[str]:
    points = [(across.at(x), upward.at(y)) for x, y in curve.points]
    every = max(1, len(points) // 20)
    marks = [marker(x, y, curve.slot, 3.5) for x, y in points[::every]]
    return [path(points, dashed(curve.slot)), *marks]


def _frame(upward: Scale, marks: list[float], title: str, top: float) -> list[str]:
    """Return the axis of times with its lines across, and the title above it."""
    parts = [words(LEFT, top - 12, title, "label")]
    unit = time_unit([marks[-1] / 10])
    for tick in marks:
        y = upward.at(tick)
        text = f"{float(figure(tick, unit).replace(',', '')):,g} {unit.sign}"
        parts.append(line(LEFT, y, WIDTH - RIGHT, y, "axis" if tick == marks[0] else "grid"))
        parts.append(words(LEFT - 8, y + 4, text, "tick", "end"))
    return parts
