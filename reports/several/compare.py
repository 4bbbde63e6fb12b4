"""Several runs side by side: what differs between them first, then their numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from harness.changes import Change
from harness.pairs import Metric
from harness.records import Record, Run
from harness.stats.verdict import Answer
from reports.digest.cases import Case, Trials, cases
from reports.digest.cells import missing, over_sessions, spread_cell, words
from reports.digest.measures import CPU, RESPONSE, THROUGHPUT, Measure, searched
from reports.gating.change import change, interval
from reports.tables.setting import when
from reports.terms.page import Block, Cell, Fact, Group, Head, Line, Row, Sheet, State, Table
from reports.terms.text import counted, isolated, listed, shortened

MEASURES = (THROUGHPUT, RESPONSE, CPU)
SAID = {
    Answer.DIFFERENT: "differs",
    Answer.EQUIVALENT: "within the margin",
    Answer.UNDECIDED: "can't tell",
    Answer.UNTRUSTED: "untrusted",
}
ABOUT = (
    "Changes are of the ratios to the blank, which take out what was the machine's. Runs are not "
    "paired: a gate that measures both states side by side finds much smaller changes."
)
LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A run to show: `unlike` says in what it differs from the first that forbids comparison,
    `changes` how its stacks changed since the first, by name.
    """

    run: Run
    records: Sequence[Record]
    unlike: tuple[str, ...] = ()
    changes: Mapping[str, Mapping[Metric, Change]] | None = None


def sheet(shown: Sequence[Shown], made_by: str) -> Sheet:
    """Return the page about two runs or more; the first is what the others are compared with."""
    names = [isolated(one.run.id) for one in shown]
    return Sheet(
        title=f"{listed(names)} side by side",
        text=f"{counted(len(shown), 'run')}; the first is the baseline. {ABOUT}",
        alarm=tuple(
            f"{isolated(one.run.id)} must not be compared with {names[0]}: it differs in "
            f"{counted(len(one.unlike), 'fact')} that must be equal. Its changes are not computed."
            for one in shown
            if one.unlike
        ),
        blocks=(
            Block(key="differs", title="What differs", tables=_differences(shown)),
            Block(key="numbers", title="Numbers", tables=tuple(_numbers(shown))),
            Block(key="runs", title="The runs", facts=tuple(map(_identity, shown))),
        ),
        made_by=made_by,
    )


def _identity(shown: Shown) -> Fact:
    run = shown.run
    text = f"{when(run)}; {run.launcher}; bakeoff {run.version}; fingerprint {run.fingerprint[:12]}"
    return Fact(name=isolated(run.id), text=text)


def _differences(shown: Sequence[Shown]) -> tuple[Table, ...]:
    """Return the facts in which the runs differ, those that forbid comparison marked and first."""
    names = {name for one in shown for name in one.run.facts}
    rows = [(name, [one.run.facts.get(name, "not recorded") for one in shown]) for name in names]
    rows += [
        ("launcher", [one.run.launcher for one in shown]),
        ("bakeoff", [one.run.version for one in shown]),
    ]
    found = sorted((name, values) for name, values in rows if len(set(values)) > 1)
    forbidding = {text.partition(":")[0] for one in shown for text in one.unlike}
    facts = [_fact_row(name, values, forbids=name in forbidding) for name, values in found]
    others = [
        Row(label=name, cells=tuple(_forbidden(name, one) for one in shown))
        for name in sorted(forbidding - {name for name, _ in found})
    ]
    ordered = sorted([*others, *facts], key=lambda row: row.cells[-1].state is not State.ALARM)
    if not ordered:
        return ()
    table = Table(
        caption="Facts that are not equal",
        corner="Fact",
        heads=tuple(Head(text=isolated(one.run.id)) for one in shown),
        groups=(Group(title="", rows=tuple(ordered)),),
        note="What forbids comparison is marked so.",
    )
    return (table,)


def _fact_row(name: str, values: Sequence[str], *, forbids: bool) -> Row:
    state = State.ALARM if forbids else State.VALUE
    note = "forbids comparison" if forbids else ""
    cells = (
        Cell(lines=(Line(text=shortened(value, LONGEST)),), state=state, note=note, prose=True)
        for value in values
    )
    return Row(label=isolated(name), cells=tuple(cells))


def _forbidden(name: str, shown: Shown) -> Cell:
    """Return what a run says of a difference in plan, method or servers."""
    said = [text.partition(": ")[2] for text in shown.unlike if text.partition(":")[0] == name]
    if not said:
        return words("the baseline" if not shown.unlike else "alike")
    lines = tuple(Line(text=shortened(text, LONGEST)) for text in said)
    return Cell(lines=lines, state=State.ALARM, note="forbids comparison", prose=True)


def _numbers(shown: Sequence[Shown]) -> Iterator[Table]:
    """Yield a table for each case that any run has: stacks and measures down, runs across."""
    found = [{(c.title, c.load): c for c in cases(one.run, one.records)} for one in shown]
    for place in dict.fromkeys(key for by_place in found for key in by_place):
        mine = [by_place.get(place) for by_place in found]
        if any(case and searched(case) for case in mine):
            continue
        yield Table(
            caption=f"{place[0]}, {place[1]}",
            corner="Stack and measure",
            heads=tuple(_heads(shown)),
            groups=tuple(_groups(shown, mine)),
        )


def _heads(shown: Sequence[Shown]) -> Iterator[Head]:
    for number, one in enumerate(shown):
        yield Head(text=isolated(one.run.id))
        if number:
            yield Head(text="Change", note="to the first")


def _groups(shown: Sequence[Shown], mine: Sequence[Case | None]) -> Iterator[Group]:
    stacks = {t.stack: (t.title, t.slot) for case in mine if case for t in case.measured}
    for stack, (title, slot) in sorted(stacks.items()):
        trials = [_of(case, stack) for case in mine]
        rows = tuple(_row(shown, trials, (measure, slot)) for measure in MEASURES)
        yield Group(title=title, rows=rows)


def _of(case: Case | None, stack: str) -> Trials | None:
    return next((t for t in case.trials if t.stack == stack), None) if case else None


def _row(shown: Sequence[Shown], trials: Sequence[Trials | None], what: tuple[Measure, int]) -> Row:
    measure, slot = what
    own = [t for t in trials if t]
    unit = measure.unit_of(own)
    cells = list[Cell]()
    for number, (one, mine) in enumerate(zip(shown, trials, strict=True)):
        over = over_sessions(mine, measure.value) if mine else None
        cells.append(spread_cell(over, unit, "not in this run" if mine is None else "no value"))
        if number:
            cells.append(_change(one, mine, measure))
    return Row(
        label=measure.said[:1].upper() + measure.said[1:],
        unit=unit.sign,
        slot=slot,
        cells=tuple(cells),
    )


def _change(shown: Shown, mine: Trials | None, measure: Measure) -> Cell:
    if shown.unlike:
        return missing("not comparable")
    if mine is None or not mine.records or shown.changes is None:
        return missing("nothing to compare")
    key = mine.records[0].key
    metric = Metric(scenario=key.scenario, load=key.load, name=measure.name)
    found = shown.changes.get(mine.stack, {}).get(metric)
    if found is None:
        return missing("no blank beside it in one of the runs")
    line = Line(
        text=change(found.comparison),
        extent=interval(found.comparison),
        label=SAID[found.verdict.answer],
    )
    return Cell(lines=(line,))
