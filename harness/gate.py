"""Gate: the records of two sides -> a judgement: what became worse, and how sure that is.

Each run of a gate has three sides: the baseline, the baseline again, and the candidate. The second
shows what this machine makes of no difference at all; where it alarms, nothing that the same metric
says of the candidate is believed. Metrics are judged by their margins and, within a metric, by Holm
over scenarios, components and endpoints. Counts do not scatter and are compared as they are.

Parts (endpoints, components) can only alarm: to show of each that it is unchanged would keep the
gate open for ever where one is rare or restless. What they add up to decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from harness.config import Gate
from harness.countings import Counting, countings
from harness.pairs import HIGHER_IS_BETTER, Metric, Series, series
from harness.records import Doubt, Fault, Record, Status
from harness.reservations import Said, reservations
from harness.stats.comparison import Comparison, Rule, compare
from harness.stats.confirming import contradiction
from harness.stats.diagnosis import diagnose
from harness.stats.looks import Looks
from harness.stats.verdict import Answer, Verdict, judge_family
from harness.stats.warnings import Warn

SEED = 1
REGRESSION, NOT_SURE, BROKEN, ENVIRONMENT = 1, 4, 5, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The names under which a run has the stacks that are compared."""

    baseline: str
    again: str
    candidate: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one metric says of the candidate: its comparison with the baseline, the verdict, and
    what the baseline compared with itself came to. What is in `distrust` makes the verdict
    untrusted, `doubts` do not.
    """

    metric: Metric
    margin: float
    comparison: Comparison
    verdict: Verdict
    again: Comparison | None
    distrust: tuple[Doubt, ...]
    doubts: tuple[Doubt, ...]

    @property
    def decides(self) -> bool:
        """Tell whether the gate stays open until this is settled."""
        return not self.metric.part


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A trial that failed: the stage that found it, why, and whether it was the candidate's own.

    `alone` tells that the baseline did the same without a fault.
    """

    fault: Fault
    reason: str
    own: bool
    alone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a gate came to after `look` of `looks`, with `sessions` of each side."""

    sides: Sides
    sessions: int
    look: int
    looks: int
    findings: tuple[Finding, ...]
    counts: tuple[Counting, ...]
    faults: tuple[Failed, ...]

    @property
    def regressions(self) -> tuple[Finding, ...]:
        """Return what became worse, the largest change first."""
        worse = (f for f in self.findings if f.verdict.regression)
        return tuple(sorted(worse, key=lambda f: -abs(f.comparison.ratio - 1)))

    @property
    def exceeded(self) -> tuple[Counting, ...]:
        """Return the counts that grew beyond their limit."""
        return tuple(one for one in self.counts if one.exceeded)

    @property
    def open(self) -> tuple[Finding, ...]:
        """Return what decides and is not settled, or not to be trusted."""
        unsettled = (Answer.UNDECIDED, Answer.UNTRUSTED)
        return tuple(f for f in self.findings if f.decides and f.verdict.answer in unsettled)

    @property
    def broken(self) -> bool:
        """Tell whether the candidate broke the contract, or fell where the baseline stood."""
        return any(one.own and (one.fault.breach or one.alone) for one in self.faults)

    @property
    def settled(self) -> bool:
        """Tell whether further sessions would change nothing."""
        undecided = any(f.verdict.answer is Answer.UNDECIDED for f in self.open)
        return self.broken or bool(self.regressions or self.exceeded) or not undecided

    @property
    def exit_code(self) -> int:
        """Return 0 when the candidate is no worse, 1 for a regression, 4 when that cannot be told,
        5 when the candidate broke the contract, 3 when nothing could be measured.
        """
        if self.broken:
            return BROKEN
        if self.regressions or self.exceeded:
            return REGRESSION
        if not any(f.decides for f in self.findings):
            return ENVIRONMENT
        return NOT_SURE if self.open else 0


def judgement(records: Sequence[Record], sides: Sides, gate: Gate, look: int) -> Judgement:
    """Judge what is there after look number `look` (from 1); raises UsageError for looks at which
    nothing can be found.
    """
    looks = Looks(sessions=gate.looks, alpha=gate.alpha)
    found = series(records, sides.baseline, sides.candidate)
    control = {s.metric: s for s in series(records, sides.baseline, sides.again)}
    findings = list[Finding]()
    for name, margin in gate.margins.items():
        rule = looks.rule(rule_of(name, margin), look)
        mine = {s.metric: s for s in found if s.metric.name == name}
        compared = {m: compare(s.sessions, rule, seed=SEED) for m, s in mine.items()}
        again = {m: compare(control[m].sessions, rule, seed=SEED) for m in mine if m in control}
        both = (sides.baseline, sides.candidate)
        said = {m: _said(s) + reservations(records, both, m) for m, s in mine.items()}
        findings += family(compared, again, rule, said)
    return Judgement(
        sides=sides,
        sessions=measured_sessions(records, sides.candidate),
        look=look,
        looks=len(gate.looks),
        findings=tuple(findings),
        counts=countings(records, sides.baseline, sides.candidate, gate.counts),
        faults=tuple(failures(records, sides)),
    )


def measured_sessions(records: Sequence[Record], stack: str) -> int:
    """Return in how many sessions a stack was measured."""
    ok = (r for r in records if r.key.stack == stack and r.status is Status.OK)
    return len({r.key.session for r in ok})


def failures(records: Sequence[Record], sides: Sides) -> Iterator[Failed]:
    """Yield the trials of all sides that failed."""
    names = {sides.baseline, sides.again, sides.candidate}
    stood = {
        replace(r.key, stack="")
        for r in records
        if r.key.stack == sides.baseline and r.status is Status.OK
    }
    for r in records:
        if r.status is Status.FAILED and r.key.stack in names:
            own = r.key.stack == sides.candidate
            yield Failed(
                fault=r.fault,
                reason=f"{r.key.stack}, session {r.key.session}: {r.reason}",
                own=own,
                alone=own and replace(r.key, stack="") in stood,
            )


def rule_of(name: str, margin: float) -> Rule:
    """Return what a gate asks of a metric: whether it is worse by the margin."""
    if name in HIGHER_IS_BETTER:
        return Rule(better="higher", margin=margin, asks="regression")
    return Rule(better="lower", margin=margin, asks="regression")


def family(
    compared: Mapping[Metric, Comparison],
    again: Mapping[Metric, Comparison],
    rule: Rule,
    said: Mapping[Metric, Said],
) -> Iterator[Finding]:
    """Judge all that one metric compares, and what it makes of no difference (`again`); `said` adds
    what else is against believing it.
    """
    verdicts = judge_family({str(m): c for m, c in compared.items()}, rule)
    alarms = judge_family({str(m): c for m, c in again.items()}, replace(rule, asks="difference"))
    for metric, comparison in compared.items():
        more = said.get(metric, Said())
        distrust = (*_alarm(alarms.get(str(metric)), again.get(metric)), *more.distrust)
        verdict = verdicts[str(metric)]
        if distrust and verdict.answer is not Answer.UNDECIDED:
            verdict = replace(verdict, answer=Answer.UNTRUSTED)
        yield Finding(
            metric=metric,
            margin=rule.margin,
            comparison=comparison,
            verdict=verdict,
            again=again.get(metric),
            distrust=distrust,
            doubts=more.doubts,
        )


def _alarm(alarm: Verdict | None, again: Comparison | None) -> Iterator[Doubt]:
    if alarm is None or again is None:
        yield Warn.UNTRUSTED_AA.seen("the baseline was not compared with itself")
    elif alarm.answer is Answer.DIFFERENT:
        yield Warn.UNTRUSTED_AA.seen(f"the baseline differs from itself by {again.ratio - 1:+.1%}")


def _said(one: Series) -> Said:
    return Said(distrust=contradiction(one.sessions, one.confirming), doubts=diagnose(one.sessions))
