"""Axes: where ticks lie, what they say, and their lines across the area of a plot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from reports.draw.labels import Box, fitted
from reports.draw.pieces import Scale, line, log_ticks, ticks, words
from reports.terms.numbers import figure, time_unit

WIDE_SPREAD = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """The ticks of an axis, in order, and whether it is logarithmic."""

    marks: tuple[float, ...]
    log: bool

    def scale(self, start: float, end: float) -> Scale:
        """Return the scale that runs from the first tick to the last."""
        return Scale(low=self.marks[0], high=self.marks[-1], start=start, end=end, log=self.log)

    def titled(self, title: str) -> str:
        """Return the title of the axis, which says when it is logarithmic."""
        return f"{title} (logarithmic)" if self.log else title


def axis(values: Sequence[float], about: int = 5) -> Axis:
    """Return an axis from zero, or a logarithmic one where values differ by more than ten times."""
    if values and min(values) > 0 and max(values) > WIDE_SPREAD * min(values):
        return Axis(marks=tuple(log_ticks(min(values), max(values))), log=True)
    return Axis(marks=tuple(ticks(max(values, default=0.0), about)), log=False)


def spanning(values: Sequence[float], about: int = 4) -> tuple[float, ...]:
    """Return round ticks from below the least to above the greatest value, not from zero."""
    low, high = min(values), max(values)
    width = (high - low) or abs(high) or 1.0
    rough = width / about
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= rough)
    first, last = math.floor(low / step), math.ceil(high / step)
    return tuple(round(n * step, 12) for n in range(first, max(last, first + 1) + 1))


def times(values: Sequence[float]) -> Axis:
    """Return the logarithmic axis of positive durations; of a millisecond to a second for none."""
    marks = log_ticks(min(values), max(values)) if values else [1e-3, 1.0]
    return Axis(marks=tuple(marks), log=True)


def in_time(marks: Sequence[float]) -> list[str]:
    """Return the texts of ticks in seconds, with the unit that suits them."""
    unit = time_unit([marks[-1] / 10])
    return [f"{float(figure(mark, unit).replace(',', '')):,g} {unit.sign}" for mark in marks]


def in_numbers(marks: Sequence[float]) -> list[str]:
    """Return the texts of ticks that are plain numbers."""
    return [f"{mark:,.10g}" for mark in marks]


def levels(marks: Sequence[float], texts: Sequence[str], upward: Scale, area: Box) -> list[str]:
    """Return the lines across at the ticks of the upward axis, with their texts at the left."""
    parts = list[str]()
    for mark, text in zip(marks, texts, strict=True):
        y = upward.at(mark)
        role = "axis" if mark == marks[0] else "grid"
        parts.append(line(area.left, y, area.right, y, role))
        parts.append(words(area.left - 8, y + 4, text, "tick", "end"))
    return parts


def stands(marks: Sequence[float], texts: Sequence[str], across: Scale, area: Box) -> list[str]:
    """Return the upright lines at the ticks of the axis across, with their texts below."""
    parts = list[str]()
    for mark, text in zip(marks, texts, strict=True):
        x = across.at(mark)
        parts.append(line(x, area.top, x, area.bottom, "grid"))
        parts.append(words(x, area.bottom + 18, text, "tick", "middle"))
    return parts


def below(title: str, area: Box) -> str:
    """Return the title of the axis across, in the middle below its ticks."""
    room = area.right - area.left + 60
    middle = (area.left + area.right) / 2
    return words(middle, area.bottom + 40, fitted(title, room, bold=True), "label", "middle")
