"""What stands below a gate's verdict, as plain data that text and Markdown only show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from harness.countings import Counting
from harness.gate import Failed, Finding, Judgement
from harness.stats.verdict import Answer
from reports.gating import change, naming
from reports.terms.text import counted, isolated, listed, plain, shortened

HEADS = ("metric", "scenario", "part", "change", "95 % interval", "margin", "verdict", "A/A change")
URGENCY = (Answer.UNTRUSTED, Answer.UNDECIDED, Answer.DIFFERENT, Answer.EQUIVALENT)
LAST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under heads, as texts; those from `figures` on are numbers. A `folded` one is detail."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    figures: int
    folded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """Sentences under a title."""

    title: str
    texts: tuple[str, ...]


def sections(judgement: Judgement) -> tuple[Table | Notes, ...]:
    """Return what there is to tell, the most important first; nothing empty."""
    parts = [f for f in judgement.regressions if f.metric.part]
    rest = [f for f in judgement.findings if not f.decides]
    found = (
        _comparisons("What decides", _urgent(f for f in judgement.findings if f.decides)),
        _comparisons("Worse endpoints and components", parts),
        _counts("Counts that grew beyond their limit", judgement.exceeded),
        _failed(judgement.faults),
        Notes(title="How it was judged", texts=tuple(_method(judgement))),
        Notes(title="Doubts", texts=tuple(_doubts(judgement))),
        _comparisons("All endpoints and components", _urgent(rest), folded=True),
        _counts("All counts", judgement.counts, folded=True),
    )
    return tuple(s for s in found if (s.rows if isinstance(s, Table) else s.texts))


def _urgent(findings: Iterable[Finding]) -> list[Finding]:
    """Return regressions first, what is settled last, each in the order given."""
    return sorted(
        findings, key=lambda f: (not f.verdict.regression, URGENCY.index(f.verdict.answer))
    )


def _comparisons(title: str, findings: Iterable[Finding], *, folded: bool = False) -> Table:
    rows = tuple(
        (
            naming.measure(f.metric.name),
            f"{isolated(f.metric.scenario)}, {isolated(f.metric.load)}",
            naming.part(f.metric),
            change.change(f.comparison),
            change.interval(f.comparison),
            change.margin(f.margin),
            naming.answer(f),
            change.change(f.again) if f.again else "none",
        )
        for f in findings
    )
    return Table(title=title, heads=HEADS, rows=rows, figures=len(HEADS), folded=folded)


def _counts(title: str, counts: Iterable[Counting], *, folded: bool = False) -> Table:
    heads = ("count", "of", "baseline", "candidate", "growth", "limit")
    rows = tuple(
        (
            naming.measure(one.name),
            naming.count_part(one),
            naming.count_value(one.name, one.baseline),
            naming.count_value(one.name, one.candidate),
            naming.growth(one),
            change.margin(one.limit),
        )
        for one in counts
    )
    return Table(title=title, heads=heads, rows=rows, figures=2, folded=folded)


def _failed(faults: Iterable[Failed]) -> Table:
    rows = tuple((one.fault.value, _whose(one), plain(shortened(one.reason))) for one in faults)
    heads = ("found by", "counts as", "stack, session: reason")
    return Table(title="Failed trials", heads=heads, rows=rows, figures=len(heads))


def _whose(failed: Failed) -> str:
    """Say what a failed trial means for the verdict."""
    if not failed.own:
        return "not the candidate's"
    return "a broken contract" if failed.fault.breach else "not measured"


def _method(judgement: Judgement) -> Iterator[str]:
    sides = judgement.sides
    yield (
        f"{counted(judgement.sessions, 'session')} of each side: {isolated(sides.baseline)}, the "
        f"same again as {isolated(sides.again)}, and {isolated(sides.candidate)}."
    )
    last = ", which is the last" if judgement.look >= judgement.looks else ""
    yield f"Look {judgement.look} of {judgement.looks}{last}; the looks were fixed in advance."
    if judgement.findings:
        sizes = naming.families(f.metric for f in judgement.findings)
        each = listed([f"{name} {number:,}" for name, number in sizes.items()])
        yield (
            f"{counted(len(judgement.findings), 'comparison')}, whose chances are corrected by "
            f"Holm within each metric: {each}."
        )
    rest = [f for f in judgement.findings if not f.decides]
    if rest:
        unsure = sum(f.verdict.answer is Answer.UNDECIDED for f in rest)
        yield (
            "Endpoints and components can only alarm; "
            f"{unsure:,} of {counted(len(rest), 'such comparison')} cannot be told, which holds "
            "nothing up."
        )
    if judgement.counts:
        yield f"{counted(len(judgement.counts), 'count')} compared as they are, without statistics."
    if any(f.verdict.answer is Answer.UNDECIDED for f in judgement.open):
        yield "The number of further sessions is where the chance to have settled it is even."


def _doubts(judgement: Judgement) -> Iterator[str]:
    """Yield each doubt once, with all that it is about."""
    about: dict[str, list[str]] = {}
    ambiguous = naming.several(judgement)
    for finding in judgement.findings:
        name = naming.said(finding.metric, naming.place(finding.metric, ambiguous))
        for doubt in (*finding.distrust, *finding.doubts):
            about.setdefault(plain(doubt.detail), []).append(name)
    for told, names in about.items():
        shown = names if len(names) <= LAST else [*names[:LAST], f"{len(names) - LAST:,} more"]
        yield f"{listed(shown)}: {told}."
