"""Trends of ratios to the blank, as text for a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.cells import cell_len

from harness.history.trend import LEAST_RUNS, Change, History, Part, StackHistory, Trend, Value
from harness.pairs import Metric
from harness.serial import to_json
from reports.gating.change import signed
from reports.gating.naming import measure, said
from reports.terms.numbers import ONE, Spread, middle_text, range_text
from reports.terms.text import counted, isolated, shortened

SCHEMA = 1
HEADS = ("", "runs", "first", "last", "change")
TENTH = -1
GAP = "  "
BY_CHANCE = "up to 5 % of trends that do not change show one by chance"  # simulated, 60 runs
WANDERING = (
    "doubtful: neighbouring runs hang together (lag-1 autocorrelation {of:.2f}); up to half "
    "of such series have change points though nothing changed"
)


def in_json(history: History) -> dict[str, object]:
    """Return everything as JSON, with what follows from it spelled out."""
    return {"schema": SCHEMA, **_marked(history)}


def text(history: History, *, parts: bool) -> str:
    """Return the trends of each stack and its change points, ending with a newline.

    Trends of single components and endpoints are shown where they changed, or all with `parts`.
    """
    lines = list[str]()
    for of in history.stacks:
        lines += [*([""] if lines else []), *_stack(of, parts=parts)]
    if history.unsearched:
        first, *more = history.unsearched.splitlines()
        lines += ["", f"no change points: {first}", *(f"{GAP}{line}" for line in more)]
    return "\n".join(lines) + "\n"


def _marked(history: History) -> dict[str, object]:
    whole: dict[str, object] = to_json(history)
    whole["stacks"] = [
        {
            **to_json(of),
            "trends": [{**to_json(trend), "doubtful": trend.doubtful} for trend in of.trends],
        }
        for of in history.stacks
    ]
    return whole


def _stack(of: StackHistory, *, parts: bool) -> Iterator[str]:
    yield f"{isolated(of.stack)}: {_span(of)}"
    yield from _left_out(of)
    if of.limited:
        yield (
            f"the load generator was the limit in trials of {counted(len(of.limited), 'run')}, the "
            f"latest {of.limited[-1]}: only their CPU counts"
        )
    places = groupby(of.trends, key=lambda trend: (trend.metric.scenario, trend.metric.load))
    for (scenario, load), trends in places:
        every = list(trends)
        shown = [t for t in every if parts or not t.metric.part or t.changes]
        yield from ("", f"{isolated(scenario)}, {isolated(load)}: ratios to the blank")
        yield from _aligned([HEADS, *(_row(trend) for trend in shown)])
        if hidden := len(every) - len(shown):
            yield f"{GAP}not shown: {counted(hidden, 'part')} without a change (--metric NAME:PART)"
    if changed := [trend for trend in of.trends if trend.changes]:
        yield from ("", "change points")
        for trend in changed:
            yield from _changes(trend)
    yield from _searched(of.trends)


def _span(of: StackHistory) -> str:
    if not of.runs:
        return "no run with ratios to the blank"
    begin, end = of.runs[0], of.runs[-1]
    over = f"{begin} to {end}" if begin != end else begin
    return f"{counted(len(of.runs), 'comparable run')}, {over}"


def _left_out(of: StackHistory) -> Iterator[str]:
    """Yield how many runs are left out, and each reason with how often it was."""
    if not of.left_out:
        return
    yield f"left out: {len(of.left_out)} of {counted(len(of.runs) + len(of.left_out), 'run')}"
    reasons: dict[str, list[str]] = {}
    for one in of.left_out:
        for reason in one.reasons:
            reasons.setdefault(reason, []).append(one.run)
    for reason, runs in reasons.items():
        latest = f", the latest {runs[-1]}" if len(runs) > 1 else f" {runs[0]}"
        yield f"{GAP}{counted(len(runs), 'run')}{latest}: {shortened(reason)}"


def _row(trend: Trend) -> tuple[str, ...]:
    first, last = trend.values[0], trend.values[-1]
    change = signed(last.middle / first.middle - 1, TENTH) if first is not last else ""
    runs = str(len(trend.values))
    return _name(trend.metric), runs, _value(first), _value(last), change


def _name(metric: Metric) -> str:
    of = isolated(metric.part)
    return f"{measure(metric.name)} of {of}" if of else measure(metric.name)


def _value(value: Value) -> str:
    """Return the median over sessions with their range."""
    over = Spread(middle=value.middle, low=value.low, high=value.high, sessions=value.sessions)
    between = range_text(over, ONE)
    return f"{middle_text(over, ONE)} ({between})" if between else middle_text(over, ONE)


def _searched(trends: Sequence[Trend]) -> Iterator[str]:
    """Yield how many trends were searched for change points, and what chance does to them."""
    searched = sum(trend.searched for trend in trends)
    if not searched:
        return
    yield ""
    yield f"{counted(searched, 'trend')} searched for change points; {BY_CHANCE}"
    if left := len(trends) - searched:
        yield f"{counted(left, 'trend')} not searched: of fewer than {LEAST_RUNS} runs"


def _changes(trend: Trend) -> Iterator[str]:
    metric = trend.metric
    what = said(metric, f"{isolated(metric.scenario)} at {isolated(metric.load)}")
    for change in trend.changes:
        better = (change.size > 0) is metric.higher_is_better
        yield (
            f"{GAP}{what}: {signed(change.size, TENTH)}, {'better' if better else 'worse'}, from "
            f"run {change.run} of {change.started_at[:10]} on"
            + (f", revision {isolated(change.revision)}" if change.revision else "")
        )
        yield (
            f"{GAP * 2}levels of {counted(change.runs_before, 'run')} before and "
            f"{change.runs_after} from then on"
        )
        yield from (f"{GAP * 2}with it: {line}" for line in _exchanged(change))
    if trend.doubtful:
        yield f"{GAP * 2}{WANDERING.format(of=trend.persistence)}"


def _exchanged(change: Change) -> Iterator[str]:
    """Yield the components that differ from those of the run before."""
    for name, (then, now) in change.parts.items():
        same = then is not None and now is not None and then.version == now.version
        yield f"{isolated(name)} {_part(then, source=same)} -> {_part(now, source=same)}"


def _part(part: Part | None, *, source: bool) -> str:
    if part is None:
        return "none"
    return isolated(part.source if source else part.version)


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(cell_len(row[column]) for row in rows) for column in range(len(HEADS))]
    for row in rows:
        cells = zip(row, widths, strict=True)
        yield (
            GAP + GAP.join(cell + " " * (width - cell_len(cell)) for cell, width in cells).rstrip()
        )
