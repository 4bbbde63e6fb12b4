"""Curves over time -> the JSON from which the page's script draws what can be zoomed."""

from __future__ import annotations

import json
from collections.abc import Sequence

from reports.terms.figure import Figure, Panel, Shape
from reports.terms.numbers import Unit, time_unit
from reports.terms.text import plain

FEWEST = 3
UNSAFE = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


def zoomable(shown: Figure) -> bool:
    """Tell whether a figure holds series over time of more than a few points."""
    points = (len(curve.points) for panel in shown.panels for curve in panel.curves)
    return shown.shape is Shape.SECONDS and max(points, default=0) >= FEWEST


def series(shown: Figure) -> str:
    """Return the figure's panels as JSON that is safe inside a script element: one x for all,
    and a row for each stack with null where it has no value. Values are in the unit named.
    """
    every = [curve for panel in shown.panels for curve in panel.curves]
    unit = time_unit([max((y for curve in every for _, y in curve.points), default=0.0)])
    across = sorted({x for curve in every for x, _ in curve.points})
    stacks = [{"name": plain(c.name), "slot": c.slot} for c in shown.panels[0].curves]
    whole = {
        "unit": unit.sign,
        "x": across,
        "stacks": stacks,
        "panels": [
            {"title": plain(panel.title), "rows": _rows(panel, across, unit)}
            for panel in shown.panels
        ],
    }
    return json.dumps(whole, separators=(",", ":"), allow_nan=False).translate(UNSAFE)


def _rows(panel: Panel, across: Sequence[float], unit: Unit) -> list[list[float | None]]:
    rows = list[list[float | None]]()
    for curve in panel.curves:
        values = dict(curve.points)
        rows.append([_rounded(values.get(x), unit) for x in across])
    return rows


def _rounded(value: float | None, unit: Unit) -> float | None:
    return None if value is None else float(f"{value / unit.size:.4g}")
