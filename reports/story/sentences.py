"""What came out, in sentences: medians and ranges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from harness.records import Measurement
from harness.stats.warnings import SESSIONS_LEAST
from reports.digest.cases import Case
from reports.digest.cells import Value, common_unit, over_sessions
from reports.digest.counted import recovery
from reports.digest.measures import searched
from reports.digest.outcomes import LIMITED, errors_of, outcome
from reports.digest.uses import cpu_per_request, total
from reports.story.differences import Reading, apart, left_out
from reports.tables.capacity import facts
from reports.terms.numbers import (
    PER_SECOND,
    SECOND,
    SPACE,
    Spread,
    Unit,
    middle_text,
    range_text,
    share,
)
from reports.terms.page import Fact
from reports.terms.text import counted, isolated, listed

METHOD = "Each number is the median of one value per session; the range is least to greatest."


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """A measure that the answer speaks of; `timed` ones are durations, `speed` those that a slow
    load generator spoils.
    """

    short: str
    said: str
    value: Value
    timed: bool
    speed: bool


def title(stacks: Sequence[str]) -> str:
    """Return the title of the page."""
    names = [isolated(stack) for stack in stacks]
    if not names:
        return "Nothing was measured"
    return f"{names[0]} measured" if len(names) == 1 else f"{listed(names)} compared"


def caveat(found: Sequence[Case]) -> str:
    """Say what these sentences can and cannot decide."""
    compared = [case for case in found if not searched(case)] or found
    counts = [len(trials.measured) for case in compared for trials in case.measured]
    if not counts:
        return "No trial ended well, so there are no numbers to compare. The reasons are below."
    least = min(counts)
    if least < SESSIONS_LEAST:
        return (
            f"This indicates only, it does not decide: the least-measured stack has "
            f"{counted(least, 'session')}, and a verdict needs {SESSIONS_LEAST} or more. "
            f"{METHOD}"
        )
    return f"Verdicts come from the pairs of slices within each session. {METHOD}"


def sentences(case: Case, told: Sequence[Fact] = ()) -> tuple[Fact, ...]:
    """Return what came out of a case: three measures, how far apart, errors, what has no number.

    `told` are the verdicts where sessions suffice for them; else ranges are compared.
    """
    said = list[Fact]()
    said += facts(case)
    if case.measured:
        found = [(m, _readings(case, m)) for m in MEASURES]
        said += [_values(case, measure, readings) for measure, readings in found if readings]
        said += told or apart([(measure.short, readings) for measure, readings in found])
        said += left_out(case)
        said.append(_errors(case))
        said += after_kills(case)
        said += _stand_ins(case)
    said += [
        Fact(name=f"No numbers from {t.title}", text=f"{outcome(t)}.")
        for t in case.trials
        if not t.measured
    ]
    return tuple(said)


def _p95(measurement: Measurement) -> float | None:
    return measurement.response.p95 if measurement.response.count else None


MEASURES = (
    Headline(
        short="answered requests",
        said="Answered requests per second",
        value=lambda m: m.throughput,
        timed=False,
        speed=True,
    ),
    Headline(
        short="response p95",
        said=f"95{SPACE}% of responses came within",
        value=_p95,
        timed=True,
        speed=True,
    ),
    Headline(
        short="CPU time",
        said="CPU time per answered request",
        value=partial(total, cpu_per_request),
        timed=True,
        speed=False,
    ),
)


def _values(case: Case, measure: Headline, readings: Sequence[Reading]) -> Fact:
    """Say a measure's median and range for every stack that has it."""
    unit = common_unit(case.measured, [measure.value]) if measure.timed else PER_SECOND
    sign = f"{SPACE}{unit.sign}" if measure.timed else ""
    each = (
        f"{r.title} {LIMITED} ({r.limited})"
        if r.limited and not measure.timed
        else f"{r.title} {_value(r.over, unit)}{sign}"
        for r in readings
    )
    return Fact(name=measure.said, text=f"{'; '.join(each)}.")


def _value(over: Spread, unit: Unit) -> str:
    extent = range_text(over, unit)
    middle = middle_text(over, unit)
    return f"{middle} ({extent})".replace(" ", SPACE) if extent else middle


def _readings(case: Case, measure: Headline) -> list[Reading]:
    pairs = ((trials, over_sessions(trials, measure.value)) for trials in case.measured)
    return [
        Reading(
            title=trials.title,
            over=over,
            ranked=not trials.unranked(timed=measure.speed),
            limited=trials.limited,
        )
        for trials, over in pairs
        if over
    ]


def _stand_ins(case: Case) -> list[Fact]:
    """Say which parts are not the products they are named after."""
    found = [(t, c) for t in case.measured for c in t.components if c.stand_in]
    says = "so the numbers say nothing about that product."
    return [
        Fact(
            name="Stand-in",
            text=f"{t.title if t.alone else f'{c.name} in {t.title}'} is {c.stand_in}, {says}",
        )
        for t, c in found
    ]


def after_kills(case: Case) -> list[Fact]:
    """Say what came of a kill: how long each was away, and what was lost or came twice."""
    back = [(t.title, over) for t in case.measured if (over := recovery(t))]
    if not back:
        return []
    each = (f"{title} {_value(over, SECOND)}{SPACE}s" for title, over in back)
    facts = [Fact(name="Back after being killed", text=f"{'; '.join(each)}.")]
    for kind in ("lost", "duplicates"):
        sums = [
            (t.title, sum(r.counted[kind] for r in t.records if kind in r.counted))
            for t in case.measured
            if any(kind in r.counted for r in t.records)
        ]
        if sums:
            text = "; ".join(f"{title} {number:,}" for title, number in sums)
            facts.append(Fact(name=kind.capitalize(), text=f"{text}."))
    return facts


def _errors(case: Case) -> Fact:
    """Say which stacks left requests unanswered, as a share of what was due."""
    said = list[str]()
    for trials in case.measured:
        errors = sum(errors_of(m.counts) for m in trials.measured)
        due = sum(m.counts.scheduled for m in trials.measured)
        if errors:
            said.append(f"{trials.title} {share(errors, due)} ({errors:,} of {due:,})")
    text = f"{'; '.join(said)}." if said else "none; every request was answered."
    return Fact(name="Errors", text=text)
