"""Ranking -> what an answer says of one case: who is ahead, with which number, before whom."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from harness.stats.verdict import Answer
from reports.digest.cases import Case, Trials
from reports.digest.cells import over_sessions
from reports.digest.measures import Measure, bracket, searches
from reports.story.rankings import Basis, Ranking, names
from reports.terms.numbers import (
    PER_SECOND,
    SPACE,
    Spread,
    Unit,
    duration,
    figure,
    middle_text,
    range_text,
    share,
)
from reports.terms.page import Finding, Told
from reports.terms.text import counted, joined

SPELLED = 2
Read = Callable[[Trials], str]


def finding(ranked: Ranking, measure: Measure | None) -> Finding:
    """Return what is found in one case by `measure`, or by capacity for None."""
    case = ranked.case
    value = _capacity if measure is None else _reader(ranked, measure)
    return Finding(
        where=f"{case.title}, {case.load.partition(',')[0]}",
        who=names(ranked.first),
        slots=tuple(trials.slot for trials in ranked.first),
        says=_says(ranked, value),
        told=_told(ranked),
    )


def objective(case: Case) -> str:
    """Say which objective the capacity of a case was searched under."""
    first = next(one for trials in case.trials for one in searches(trials))
    errors = share(first.slo_errors, 1)
    return f"Objective: p95 within {duration(first.slo_p95)}, at most {errors} errors."


def _told(ranked: Ranking) -> Told:
    if len(ranked.first) == 1:
        return Told.DECIDED if ranked.basis is Basis.VERDICT else Told.INDICATED
    if ranked.basis is Basis.VERDICT and _equivalent(ranked):
        return Told.TIED
    return Told.OPEN


def _equivalent(ranked: Ranking) -> bool:
    """Tell whether all of the first tier lie within the margin of its best."""
    best, *others = ranked.first
    duels = [ranked.standing.duel(best.stack, t.stack) for t in others if ranked.standing]
    return all(duel and duel.verdict.answer is Answer.EQUIVALENT for duel in duels)


def _reader(ranked: Ranking, measure: Measure) -> Read:
    """Return what reads the value of a stack, in the unit of the case."""
    unit = measure.unit([ranked.case])

    def read(trials: Trials) -> str:
        over = over_sessions(trials, measure.value)
        return "" if over is None else _value(over, unit, timed=measure.timed)

    return read


def _value(over: Spread, unit: Unit, *, timed: bool) -> str:
    sign = f" {unit.sign}" if timed else "/s"
    extent = range_text(over, unit)
    text = f"{middle_text(over, unit)}{sign}" + (f" ({extent})" if extent else "")
    return text.replace(" ", SPACE)


def capacity_text(over: Spread) -> str:
    """Return a bracket in requests/s, without the sign of the unit."""
    low = figure(over.low, PER_SECOND)
    if over.high == float("inf"):
        return f"at least {low}".replace(" ", SPACE)
    return f"{low} to {figure(over.high, PER_SECOND)}".replace(" ", SPACE)


def _capacity(trials: Trials) -> str:
    over = bracket(trials)
    return f"{capacity_text(over)}/s" if over else ""


def _says(ranked: Ranking, value: Read) -> str:
    """Say the numbers of the first tier, how far the next is, and what the ties rest on."""
    first = _numbers(ranked.first, value)
    parts = [f"{first}."]
    if len(ranked.tiers) > 1:
        after = ranked.tiers[1]
        apart = ranked.apart()
        parts.append(f"Next: {apart}." if apart else f"Next: {names(after)}, {value(after[0])}.")
    elif len(ranked.first) == 1:
        parts.append("There is no other stack to set beside it.")
    if ties := ranked.ties():
        parts.append(ties)
    parts.append(_basis(ranked))
    return joined(*parts)


def _numbers(tier: Sequence[Trials], value: Read) -> str:
    """Return the numbers of a tier: of one alone, of two by name, of more from the first to the
    last.
    """
    said = [f"{t.title} {value(t)}" for t in tier]
    if len(tier) == 1:
        return value(tier[0])
    return "; ".join(said) if len(tier) <= SPELLED else f"From {said[0]} to {said[-1]}"


def _basis(ranked: Ranking) -> str:
    """Say what the order rests on where it is no verdict."""
    if ranked.basis is Basis.NOTHING:
        return "One session orders nothing: noise may be all of it."
    if ranked.basis is Basis.RANGES and len(ranked.first) > 1:
        return "Their ranges over sessions touch."
    if ranked.basis is Basis.BRACKETS:
        number = max(len(searches(trials)) for trials in ranked.first)
        return f"From {counted(number, 'search')} each." if number == 1 else ""
    return ""
