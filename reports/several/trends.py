"""The history of stacks as a page: how they stood to the blank, run after run, and when that
changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from harness.history.trend import Change, History, StackHistory, Trend
from reports.digest.cells import number, words
from reports.gating.change import signed
from reports.gating.naming import measure
from reports.several.history import BY_CHANCE, WANDERING
from reports.terms.figure import Figure, Shape, Trace
from reports.terms.numbers import ONE, figure
from reports.terms.page import Block, Fact, Group, Head, Row, Sheet, Table
from reports.terms.text import counted, isolated, joined, shortened

ABOUT = (
    "Each mark is a run: the stack's figure over that of the blank in the same session, the median "
    "over sessions with the least and the greatest. What moves the machine moves both."
)
HEADS = (
    Head(text="From run"),
    Head(text="Change"),
    Head(text="Direction"),
    Head(text="Runs before and after"),
    Head(text="What changed in the stack"),
)
TENTH = -1


def sheet(history: History, made_by: str) -> Sheet:
    """Return the page: a block for each stack, its trends, change points, and what is left out."""
    return Sheet(
        title="History",
        text=joined(
            ABOUT,
            f"No change points: {shortened(history.unsearched)}."
            if history.unsearched
            else f"Of trends without a change, {BY_CHANCE}.",
        ),
        blocks=tuple(_block(n, of) for n, of in enumerate(history.stacks)),
        made_by=made_by,
    )


def _block(number_: int, of: StackHistory) -> Block:
    places = groupby(of.trends, key=lambda trend: (trend.metric.scenario, trend.metric.load))
    figures = [_figure(number_, at, list(found)) for at, (_, found) in enumerate(places)]
    runs = counted(len(of.runs), "comparable run")
    return Block(
        key=f"stack-{number_}",
        title=isolated(of.stack),
        text=f"{runs}; left out are:" if of.left_out else f"{runs}.",
        figures=tuple(one for one in figures if one),
        tables=tuple(_changes(of)),
        facts=tuple(
            Fact(name=isolated(one.run), text="; ".join(map(shortened, one.reasons)))
            for one in of.left_out
        ),
    )


def _figure(slot: int, at: int, found: Sequence[Trend]) -> Figure | None:
    """Return the whole measures of a scenario, and those of parts that changed."""
    shown = [t for t in found if t.values and (not t.metric.part or t.changes)]
    if not shown:
        return None
    metric = shown[0].metric
    return Figure(
        key=f"stack-{slot}-{at}",
        shape=Shape.TRENDS,
        title=f"{isolated(metric.scenario)}, {isolated(metric.load)}: ratios to the blank",
        takeaway="; ".join(_said(trend) for trend in shown) + ".",
        traces=tuple(_trace(slot, trend) for trend in shown),
    )


def _trace(slot: int, trend: Trend) -> Trace:
    return Trace(
        title=_name(trend),
        slot=slot,
        points=tuple((value.low, value.middle, value.high) for value in trend.values),
        names=tuple(value.started_at for value in trend.values),
        steps=tuple((change.index, signed(change.size, TENTH)) for change in trend.changes),
    )


def _name(trend: Trend) -> str:
    of = isolated(trend.metric.part)
    return f"{measure(trend.metric.name)} of {of}" if of else measure(trend.metric.name)


def _said(trend: Trend) -> str:
    """Say where a trend stands, and whether its change points are to be believed."""
    values = trend.values
    first, last = (figure(value.middle, ONE) for value in (values[0], values[-1]))
    text = f"{_name(trend)} from {first} to {last}" if len(values) > 1 else f"{_name(trend)} {last}"
    if trend.changes and trend.doubtful:
        return f"{text} ({WANDERING.format(of=trend.persistence)})"
    return text


def _changes(of: StackHistory) -> Iterator[Table]:
    """Yield the table of change points; none where there are none."""
    rows = [_row(trend, change) for trend in of.trends for change in trend.changes]
    if rows:
        yield Table(
            caption="Change points",
            corner="Measure",
            heads=HEADS,
            groups=(Group(title="", rows=tuple(rows)),),
        )


def _row(trend: Trend, change: Change) -> Row:
    metric = trend.metric
    better = (change.size > 0) is metric.higher_is_better
    parts = (
        f"{isolated(name)}: {was.version if was else 'none'} to {now.version if now else 'none'}"
        for name, (was, now) in change.parts.items()
    )
    revision = f"revision {isolated(change.revision)}" if change.revision else ""
    return Row(
        label=f"{_name(trend)}, {isolated(metric.scenario)}, {isolated(metric.load)}",
        cells=(
            words(f"{isolated(change.run)}, {change.started_at[:10]}"),
            number(signed(change.size, TENTH)),
            words("better" if better else "worse"),
            words(f"{change.runs_before} and {change.runs_after}"),
            words("; ".join(filter(None, (revision, *parts))) or "nothing that is known"),
        ),
    )
