"""What figures say of searches for a capacity: the objective, brackets, and why there is none."""

from __future__ import annotations

import math
from collections.abc import Sequence

from harness.records import Capacity
from reports.digest.cases import Case, Trials
from reports.digest.measures import searched, searches
from reports.figures.reasons import unmeasured
from reports.terms.numbers import PER_SECOND, SPACE, duration, figure, share
from reports.terms.text import shortened

SIGN = "/s"


def fruitful(found: Sequence[Case]) -> list[Case]:
    """Return the cases whose load was a search that found the capacity of some stack."""
    return [case for case in found if searched(case) and any(searches(t) for t in case.trials)]


def objective(found: Capacity) -> str:
    """Say what a rate had to keep."""
    return f"p95 within {duration(found.slo_p95)} and errors at most {share(found.slo_errors, 1)}"


def objectives(case: Case) -> tuple[str, ...]:
    """Return the objectives that a case was searched under, each once; usually that is one."""
    every = (objective(found) for trials in case.trials for found in searches(trials))
    return tuple(dict.fromkeys(every))


def between(low: float, high: float | None, sign: str = SIGN) -> str:
    """Say a bracket in requests/s; `high` is None or infinite where no limit was found."""
    end = f"{SPACE}{sign}" if sign else ""
    if high is None or math.isinf(high):
        return f"at least {figure(low, PER_SECOND)}{end}"
    return f"{figure(low, PER_SECOND)} to {figure(high, PER_SECOND)}{end}"


def why_none(trials: Trials) -> str:
    """Say why there is no bracket of a stack."""
    return unmeasured(trials) or "not searched"


def why_open(trials: Trials) -> str:
    """Say why a search found no upper end; empty when each found one."""
    ends = [found for found in searches(trials) if found.high is None]
    said = (shortened(found.limited) or "no limit was found" for found in ends)
    return next(said, "")
