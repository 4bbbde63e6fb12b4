"""What came out, in sentences: medians and ranges, never a ranking inside the noise."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from harness.records import Measurement
from reports.cases import Case
from reports.cells import Value, common_unit, over_sessions
from reports.counted import recovery
from reports.numbers import PER_SECOND, SECOND, SPACE, Spread, Unit, middle_text, range_text, share
from reports.page import Fact
from reports.results import errors_of, outcome
from reports.text import counted, isolated, listed
from reports.uses import cpu_per_request, total

DECIDING = 8
MEASURES_HERE = "{measures}"
RARE = 1000
METHOD = "Each number is the median of one value per session; the range is least to greatest."


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """A measure that the answer speaks of; `timed` ones are durations."""

    short: str
    said: str
    value: Value
    timed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One value of one stack over its sessions; `real` when no part of it is a stand-in."""

    title: str
    over: Spread
    real: bool


def title(stacks: Sequence[str]) -> str:
    """Return the title of the page."""
    names = [isolated(stack) for stack in stacks]
    if not names:
        return "Nothing was measured"
    return f"{names[0]} measured" if len(names) == 1 else f"{listed(names)} compared"


def caveat(found: Sequence[Case]) -> str:
    """Say what these sentences can and cannot decide."""
    counts = [len(trials.measured) for case in found for trials in case.measured]
    if not counts:
        return "No trial ended well, so there are no numbers to compare. The reasons are below."
    least = min(counts)
    if least < DECIDING:
        return (
            f"This indicates only, it does not decide: the least-measured stack has "
            f"{counted(least, 'session')}, and a verdict needs {DECIDING} or more. "
            f"{METHOD}"
        )
    return f"This page compares medians and ranges by eye and decides nothing. {METHOD}"


def sentences(case: Case) -> tuple[Fact, ...]:
    """Return what came out of a case: three measures, how far apart, errors, what has no number."""
    said = list[Fact]()
    if case.measured:
        found = [(m, _readings(case, m.value)) for m in MEASURES]
        said += [_values(case, measure, readings) for measure, readings in found if readings]
        said += _apart([(measure.short, _real(readings)) for measure, readings in found])
        said += _left_out(case)
        said.append(_errors(case))
        said += _counted(case)
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
    ),
    Headline(
        short="response p95",
        said=f"95{SPACE}% of responses came within",
        value=_p95,
        timed=True,
    ),
    Headline(
        short="CPU time",
        said="CPU time per answered request",
        value=partial(total, cpu_per_request),
        timed=True,
    ),
)


def _values(case: Case, measure: Headline, readings: Sequence[Reading]) -> Fact:
    """Say a measure's median and range for every stack that has it."""
    unit = common_unit(case.measured, [measure.value]) if measure.timed else PER_SECOND
    sign = f"{SPACE}{unit.sign}" if measure.timed else ""
    each = (f"{r.title} {_value(r.over, unit)}{sign}" for r in readings)
    return Fact(name=measure.said, text=f"{'; '.join(each)}.")


def _value(over: Spread, unit: Unit) -> str:
    extent = range_text(over, unit)
    middle = middle_text(over, unit)
    return f"{middle} ({extent})".replace(" ", SPACE) if extent else middle


def _readings(case: Case, value: Value) -> list[Reading]:
    pairs = ((trials, over_sessions(trials, value)) for trials in case.measured)
    return [
        Reading(title=trials.title, over=over, real=not trials.stand_ins)
        for trials, over in pairs
        if over
    ]


def _real(readings: Sequence[Reading]) -> list[Reading]:
    """Leave out stand-ins: how far they are from others says nothing about the products."""
    return [reading for reading in readings if reading.real]


def _left_out(case: Case) -> list[Fact]:
    """Say which stacks the statements on differences leave out."""
    names = [t.title for t in case.measured if t.stand_ins]
    if not names or len(case.measured) == 1:
        return []
    text = f"{listed(names)}, because a stand-in says nothing about the product it stands for."
    return [Fact(name="Not compared", text=text)]


def _apart(found: Sequence[tuple[str, Sequence[Reading]]]) -> list[Fact]:
    """Say for which measures the ranges overlap; measures with the same verdict share a line."""
    by_verdict: dict[str, list[str]] = {}
    for measure, readings in found:
        if len(readings) > 1:
            by_verdict.setdefault(_overlap(readings), []).append(measure)
    return [
        Fact(name="Difference", text=says.format(measures=listed(names)))
        for says, names in by_verdict.items()
    ]


def _overlap(readings: Sequence[Reading]) -> str:
    """Say which ranges overlap; touching counts. One session has no range at all."""
    if min(reading.over.sessions for reading in readings) == 1:
        return f"one session gives no range, so noise may be all of it ({MEASURES_HERE})."
    groups = _touching(readings)
    if len(groups) == 1:
        return f"the ranges of {MEASURES_HERE} overlap, so these sessions show none."
    if len(groups) == len(readings):
        return f"the ranges of {MEASURES_HERE} do not overlap. {_chance(readings)}"
    shared = [listed([r.title for r in group]) for group in groups if len(group) > 1]
    who = "; and of ".join(shared).replace("{", "{{").replace("}", "}}")
    return f"in {MEASURES_HERE} the ranges of {who} overlap, so none shows among these."


def _chance(readings: Sequence[Reading]) -> str:
    """Say how often equal stacks would look apart by chance.

    Of all orders of the sessions' values, k! * n1! * ... * nk! / (n1 + ... + nk)! keep each of k
    stacks together.
    """
    sizes = [reading.over.sessions for reading in readings]
    kept = math.factorial(len(sizes)) * math.prod(math.factorial(size) for size in sizes)
    times = math.factorial(sum(sizes)) / kept
    often = f"once in {times:.0f} times" if times <= RARE else f"less than once in {RARE:,} times"
    return f"Between equal stacks chance alone does that {often}."


def _touching(readings: Sequence[Reading]) -> list[list[Reading]]:
    """Group readings whose ranges touch, directly or through others."""
    groups = list[list[Reading]]()
    reach = float("-inf")
    for reading in sorted(readings, key=lambda r: r.over.low):
        if groups and reading.over.low <= reach:
            groups[-1].append(reading)
        else:
            groups.append([reading])
        reach = max(reach, reading.over.high)
    return groups


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


def _counted(case: Case) -> list[Fact]:
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
