"""Measures over runs to SVG: one panel below the other, a mark and its range for each run."""

from __future__ import annotations

from reports.draw.axes import levels, spanning
from reports.draw.labels import Box, fitted
from reports.draw.pieces import Scale, dashed, drawing, line, marked, path, words
from reports.terms.figure import Figure, Trace
from reports.terms.numbers import ONE, figure

WIDTH, HEIGHT = 720.0, 110.0
LEFT, RIGHT, TOP, GAP, FOOT = 76.0, 16.0, 24.0, 36.0, 26.0
DATE = 10


def trends(shown: Figure) -> str:
    """Return the SVG of a figure that holds traces; each has an axis of its own."""
    parts, top = list[str](), TOP
    for trace in shown.traces:
        area = Box(left=LEFT, top=top, right=WIDTH - RIGHT, bottom=top + HEIGHT)
        parts += _trace(trace, area)
        top = area.bottom + GAP + FOOT
    return drawing(shown.key, (WIDTH, top - GAP), (shown.title, shown.takeaway), parts)


def _trace(trace: Trace, area: Box) -> list[str]:
    marks = spanning([value for point in trace.points for value in point])
    upward = Scale(low=marks[0], high=marks[-1], start=area.bottom, end=area.top)
    last = max(len(trace.points) - 1, 1)
    across = Scale(low=0.0, high=float(last), start=area.left + 8, end=area.right - 8)
    parts = levels(marks, [figure(mark, ONE) for mark in marks], upward, area)
    parts.append(words(0, area.top - 10, fitted(trace.title, WIDTH, bold=True), "label"))
    middles = [(across.at(n), upward.at(m)) for n, (_, m, _) in enumerate(trace.points)]
    parts.append(path(middles, dashed(trace.slot)))
    for (low, _, high), (x, _) in zip(trace.points, middles, strict=True):
        parts.append(line(x, upward.at(low), x, upward.at(high), f"whisker c{trace.slot % 6}"))
    parts.append(marked(middles, trace.slot, 3.5))
    for place, text in trace.steps:
        x = across.at(place - 0.5)
        parts.append(line(x, area.top - 4, x, area.bottom, "limit"))
        ending = place > last / 2
        parts.append(
            words(
                x - 5 if ending else x + 5, area.top + 8, text, "aim", "end" if ending else "start"
            )
        )
    parts += _ends(trace, area)
    return parts


def _ends(trace: Trace, area: Box) -> list[str]:
    """Return the names of the first and the last run below the axis."""
    first, latest = trace.names[0][:DATE], trace.names[-1][:DATE]
    parts = [words(area.left, area.bottom + 18, first, "tick")]
    if len(trace.names) > 1:
        parts.append(words(area.right, area.bottom + 18, latest, "tick", "end"))
    return parts
