"""Figures as SVG: `svg` draws any of them; bars are an SVG for each group."""

from __future__ import annotations

from reports.draw.bars import bars as _bars
from reports.draw.extents import extents as _extents
from reports.draw.lines import lines as _lines
from reports.draw.scatter import scatter as _scatter
from reports.draw.trends import trends as _trends
from reports.terms.figure import Figure, Shape

DRAWN_BY = {
    Shape.PERCENTILES: _lines,
    Shape.SECONDS: _lines,
    Shape.OFFERED: _lines,
    Shape.BARS: _bars,
    Shape.EXTENTS: _extents,
    Shape.TRADE_OFF: _scatter,
    Shape.TRENDS: _trends,
}


def svg(shown: Figure) -> str:
    """Return the SVG of a figure of any shape."""
    return DRAWN_BY[shown.shape](shown)
