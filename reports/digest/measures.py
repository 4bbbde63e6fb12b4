"""The measures that stacks are ranked by, and what each is called in questions and tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from harness.records import Capacity, Measurement, Status
from reports.digest.cases import Case, Trials
from reports.digest.cells import Value, common_unit
from reports.digest.uses import cpu_per_request, total
from reports.terms.numbers import PER_SECOND, Spread, Unit

CAPACITY = "capacity"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A measure by the name that standings use; `more` and `less` are said of the greater and the
    smaller value. `speed` ones are spoiled by a slow load generator.
    """

    name: str
    said: str
    value: Value
    timed: bool
    speed: bool
    higher_is_better: bool

    def unit(self, cases: Sequence[Case]) -> Unit:
        """Return the unit for this measure in all of these cases."""
        return self.unit_of([trials for case in cases for trials in case.measured])

    def unit_of(self, trials: Sequence[Trials]) -> Unit:
        """Return the unit for this measure of all of these trials."""
        return common_unit(trials, [self.value]) if self.timed else PER_SECOND


def response_p95(measurement: Measurement) -> float | None:
    """Return the p95 of response time in seconds, None when nothing was asked."""
    return measurement.response.p95 if measurement.response.count else None


def first_token_p95(measurement: Measurement) -> float | None:
    """Return the p95 of the time to the first token in seconds, None when nothing streamed."""
    found = measurement.first_token
    return found.p95 if found and found.count else None


THROUGHPUT = Measure(
    name="throughput",
    said="answered requests per second",
    value=lambda m: m.throughput,
    timed=False,
    speed=True,
    higher_is_better=True,
)
RESPONSE = Measure(
    name="p95",
    said="response p95",
    value=response_p95,
    timed=True,
    speed=True,
    higher_is_better=False,
)
CPU = Measure(
    name="cpu",
    said="CPU time per answered request",
    value=partial(total, cpu_per_request),
    timed=True,
    speed=False,
    higher_is_better=False,
)


def searches(trials: Trials) -> tuple[Capacity, ...]:
    """Return what the searches for this stack's capacity found, by session."""
    good = (record for record in trials.records if record.status is Status.OK)
    return tuple(record.capacity for record in good if record.capacity)


def searched(case: Case) -> bool:
    """Tell whether the load of this case was a search for the capacity."""
    return any(record.capacity for record in case.records)


def bracket(trials: Trials) -> Spread | None:
    """Return the bracket of a capacity in requests/s: of several searches the least lower and the
    greatest upper end. The upper end is infinite where no limit was found.
    """
    found = searches(trials)
    if not found:
        return None
    low = min(one.low for one in found)
    high = max(float("inf") if one.high is None else one.high for one in found)
    return Spread(middle=low, low=low, high=high, sessions=len(found))


def at_equal_load(cases: list[Case]) -> Case | None:
    """Return the case by which stacks are compared: arrivals that wait for nobody if there are
    some, else users who wait; None when there was nothing but a search.
    """
    fit = [case for case in cases if case.records and not searched(case)]
    opened = [case for case in fit if case.records[0].model == "open"]
    return next(iter(opened or fit), None)
