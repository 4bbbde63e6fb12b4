"""Run and records -> one flat list of numbers, from which every other output is made.

A Value is one metric of one stack in one case. Each stack of a case has the same metrics: one that
has no number says by its status and reason why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from harness.records import Record, Run, Status
from reports.digest.cases import Case, Trials, cases
from reports.digest.doubts import SPEED, TOUCHES, marks
from reports.outputs.metrics import (
    CAPACITY_HIGH,
    CAPACITY_LOW,
    THROUGHPUT,
    WHOLE,
    Metric,
    of_component_named,
    of_count,
)
from reports.terms.numbers import Spread, spread


class Standing(StrEnum):
    """What a number is worth. Only OK may be set beside others.

    GENERATOR_LIMITED: the load generator's own limit, so a rate is a lower bound. STAND_IN: of a
    product's stand-in. UNRANKED: killed on purpose, or of another product than it is named after.
    """

    OK = "ok"
    GENERATOR_LIMITED = "generator-limited"
    STAND_IN = "stand-in"
    UNRANKED = "unranked"
    NOT_MEASURED = "not-measured"
    FAILED = "failed"
    SKIPPED = "skipped"
    NOT_RUN = "not-run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One number of one stack in one case: `middle` is the median of one value per session, `low`
    and `high` are the least and the greatest, over `n` of the `tried` sessions.

    `model` is "closed", "open" or "capacity"; `component` is empty for the whole stack, `quantile`
    for what is no percentile. A generator-limited throughput has only `low`, which is a lower
    bound. Numbers are None where `n` is 0, and `reason` says why. `doubts` are the codes of those
    that touch the number. Names and reasons are as they were given: foreign text.
    """

    scenario: str
    load: str
    tier: str
    model: str
    stack: str
    metric: str
    component: str
    quantile: str
    unit: str
    n: int
    tried: int
    middle: float | None
    low: float | None
    high: float | None
    status: Standing
    reason: str
    doubts: tuple[str, ...]


def values(run: Run, records: Sequence[Record]) -> tuple[Value, ...]:
    """Return every number of a run: by case, then by stack, then by metric."""
    return tuple(value for case in cases(run, records) for value in _of_case(case))


def held(case: Case) -> tuple[Metric, ...]:
    """Return the metrics of the whole that any stack of a case has; where nothing was measured the
    throughput.
    """
    counted = {kind for record in case.records for kind in record.counted} if case.alone else set()
    known = (*WHOLE, *map(of_count, sorted(counted)))
    found = (m for m in known if any(m.of(record) is not None for record in case.records))
    return tuple({metric.full_name: metric for metric in found}.values()) or (THROUGHPUT,)


def _of_case(case: Case) -> Iterator[Value]:
    whole = held(case)
    for trials in case.trials:
        parts = () if case.alone else (of_component_named(part.name) for part in trials.components)
        for metric in chain(whole, *parts):
            yield _value(case, trials, metric)


def model_of(case: Case) -> str:
    """Return how load arrived: "closed", "open" or "capacity"."""
    searched = any(record.capacity for record in case.records)
    return "capacity" if searched else case.records[0].model


def _value(case: Case, trials: Trials, metric: Metric) -> Value:
    over = _over_sessions(trials, metric)
    status, reason = _standing(trials, metric, over)
    first = case.records[0]
    return Value(
        scenario=first.key.scenario,
        load=first.key.load,
        tier=first.tier,
        model=model_of(case),
        stack=trials.stack,
        metric=metric.name,
        component=metric.component,
        quantile=metric.quantile,
        unit=metric.unit,
        n=over.sessions if over else 0,
        tried=len(trials.records),
        status=status,
        reason=reason,
        doubts=touching(trials.records, metric),
        **_numbers(over, bound=metric is THROUGHPUT and status is Standing.GENERATOR_LIMITED),
    )


def _over_sessions(trials: Trials, metric: Metric) -> Spread | None:
    """Return median and range over sessions. An upper end of a capacity that one search did not
    find is open: a median of the others would be too low.
    """
    found = [metric.of(record) for record in trials.records]
    known = [value for value in found if value is not None]
    searches = sum(CAPACITY_LOW.of(record) is not None for record in trials.records)
    return None if metric is CAPACITY_HIGH and len(known) < searches else spread(known)


def _numbers(over: Spread | None, *, bound: bool) -> Mapping[str, float | None]:
    if over is None:
        return {"middle": None, "low": None, "high": None}
    if bound:
        return {"middle": None, "low": over.low, "high": None}
    return {"middle": over.middle, "low": over.low, "high": over.high}


def _standing(trials: Trials, metric: Metric, over: Spread | None) -> tuple[Standing, str]:
    """Return what a number is worth and why, the gravest first."""
    if not trials.measured:
        return _unmeasured(trials)
    if metric.kind in SPEED and trials.limited and (over or metric is CAPACITY_HIGH):
        return Standing.GENERATOR_LIMITED, trials.limited
    if over is None:
        return Standing.NOT_MEASURED, metric.why
    stand_ins = _stand_ins(trials, metric.component)
    if stand_ins:
        return Standing.STAND_IN, "; ".join(stand_ins)
    unranked = "" if metric.kind is None else trials.unranked(timed=False)
    if unranked and not trials.stand_ins:
        return Standing.UNRANKED, unranked
    return Standing.OK, ""


def _unmeasured(trials: Trials) -> tuple[Standing, str]:
    if not trials.records:
        return Standing.NOT_RUN, trials.unasked
    failed = any(record.status is Status.FAILED for record in trials.records)
    return Standing.FAILED if failed else Standing.SKIPPED, "; ".join(trials.reasons)


def _stand_ins(trials: Trials, component: str) -> tuple[str, ...]:
    """Say which parts are stand-ins: of one component that one alone."""
    if not component:
        return trials.stand_ins
    parts = (part for part in trials.components if part.name == component)
    return tuple(part.stand_in for part in parts if part.stand_in)


def touching(records: Sequence[Record], metric: Metric) -> tuple[str, ...]:
    """Return the codes of the doubts that touch a metric in these trials, and of those that are
    about the whole comparison, in the order of the enumeration.
    """
    return tuple(
        code
        for code in marks(records).letters
        if code not in TOUCHES or metric.kind in TOUCHES[code]
    )
