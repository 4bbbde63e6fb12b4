"""What a chart shows, as pure data: every shape of chart there is, and what each is made of.

Values are in base units (seconds, bytes, requests per second) unless a figure names its unit. What
cannot be drawn has no value and a note. Made by `reports.figures`, drawn by `reports.draw`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reports.terms.page import Table


class Shape(StrEnum):
    """What kind of chart a figure holds."""

    PERCENTILES = "percentiles"
    SECONDS = "seconds"
    OFFERED = "offered"
    BARS = "bars"
    EXTENTS = "extents"
    TRADE_OFF = "trade-off"
    TRENDS = "trends"


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A curve of one stack: points in base units, in the order of x."""

    name: str
    slot: int
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Knee:
    """The place on a curve up to which the objective was kept: x, y, and the words beside it."""

    slot: int
    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Curves on one pair of axes; the title names what y is.

    `limit` is the objective as a value of y, drawn as a line across, and `limit_text` names it.
    """

    title: str
    curves: tuple[Curve, ...]
    knees: tuple[Knee, ...] = ()
    limit: float | None = None
    limit_text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A part of a stacked bar: the component, its role, and its value in the figure's unit."""

    name: str
    role: str
    value: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A stacked bar of one stack: segments in order, the sum as text; a note if there is none."""

    name: str
    slot: int
    segments: tuple[Segment, ...]
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BarGroup:
    """The bars of one case."""

    title: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """From `low` to `high` for one stack, such as the bracket of a capacity or the 50th to the 95th
    percentile; `middle` is a mark within. `high` is None where no upper end was found, `low` where
    there is nothing to draw: then `note` says why. `text` says it in words.
    """

    name: str
    slot: int
    low: float | None
    high: float | None
    middle: float | None = None
    text: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtentGroup:
    """The extents of one case, one below the other."""

    title: str
    extents: tuple[Extent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A stack as a point: `x` and `y` are medians, the pairs their least and greatest session.

    `front` tells whether no other stack is better in both (the Pareto front).
    """

    name: str
    slot: int
    x: float
    y: float
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    front: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Spots on one pair of axes, less being better on both; the titles name the axes.

    `left_out` says which stacks are missing, and why.
    """

    title: str
    x_title: str
    y_title: str
    x_unit: str
    y_unit: str
    spots: tuple[Spot, ...]
    left_out: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """One measure over runs in order of time: for each run (least, middle, greatest) and its name,
    and the `steps`: the place of the first run on a new level, and what to say of it.
    """

    title: str
    slot: int
    points: tuple[tuple[float, float, float], ...]
    names: tuple[str, ...]
    steps: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A chart: what it shows, in words too (`takeaway`), its data, and the same data as a table.

    A figure has what its shape needs: panels, groups (bars), extents, fields or traces. `unit` is
    the sign of the unit that bars and extents are in.
    """

    key: str
    shape: Shape
    title: str
    takeaway: str
    panels: tuple[Panel, ...] = ()
    groups: tuple[BarGroup, ...] = ()
    extents: tuple[ExtentGroup, ...] = ()
    fields: tuple[Field, ...] = ()
    traces: tuple[Trace, ...] = ()
    unit: str = ""
    table: Table | None = None
