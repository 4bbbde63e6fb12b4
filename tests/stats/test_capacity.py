"""The search for a capacity: on a step, on a noisy queue, and where the generator ends it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from harness.records import Probe
from harness.stats.capacity import MOST_PROBES, Objective, Search, Step

OBJECTIVE = Objective(p95_s=0.25, errors=0.001)
PROBE_S, TRIALS = 3.0, 2
SERVED, WAITS_S = 150.0, 0.06


def probe(rate: float, *, failed: str = "", limited: str = "") -> Probe:
    """Return a probe with this verdict."""
    return Probe(
        rate=rate, loaded_s=6.0, achieved=1.0, answered=100, p50=0.01, p95=0.1, errors=0.0,
        cpu_s=0.001, failed=failed, limited=limited,
    )  # fmt: skip


def searched(start: float, verdict: Callable[[Step], Probe]) -> Search:
    """Carry a search out."""
    search = Search(start=start)
    while (step := search.step()) is not None:
        search.take(verdict(step), thorough=step.thorough)
    return search


def step_at(limit: float) -> Callable[[Step], Probe]:
    """Return probes of a stack that keeps the objective up to a rate, and never beyond."""
    return lambda step: probe(step.rate, failed="slow" if step.rate > limit else "")


@dataclass(kw_only=True)
class Queue:
    """A server with one place, mixed jobs and a fixed wait, whose speed wavers from trial to trial.

    A trial begins with an empty queue, as a slice does.
    """

    rng: np.random.Generator
    wavers: float

    def __call__(self, step: Step) -> Probe:
        """Probe it as the harness would: trials of a few seconds, all together."""
        seconds = PROBE_S * (2 if step.thorough else 1)
        found = np.concatenate([self.trial(step.rate, seconds) for _ in range(TRIALS)])
        p95 = float(np.percentile(found, 95))
        failed = OBJECTIVE.broken(p95=p95, scheduled=len(found), unanswered=0, achieved=1.0)
        return probe(step.rate, failed=failed)

    def trial(self, rate: float, seconds: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Return the response times of a trial."""
        rng, number = self.rng, round(rate * seconds)
        due = np.sort(rng.uniform(0, seconds, number))
        speed = SERVED * math.exp(rng.normal(0, self.wavers))
        work = rng.exponential(1 / speed, number) * np.where(rng.random(number) < 0.3, 2.0, 0.57)
        done = np.cumsum(work)
        done += np.maximum.accumulate(due - (done - work))  # Lindley's recursion
        return done - due + WAITS_S * rng.lognormal(0, 0.4, number)


@pytest.mark.parametrize("share", [0.1, 0.3, 0.7, 0.75, 1.0, 1.4, 3.0, 9.0])
def test_a_step_is_bracketed_within_5_percent_in_ten_probes(share: float) -> None:
    """Whatever the guess, within an order of magnitude."""
    search = searched(100 * share, step_at(100.0))

    assert search.low <= 100.0 < (search.high or 0)
    assert (search.high or 0) <= search.low * 1.05 * (1 + 1e-9)
    assert len(search.probes) <= MOST_PROBES


def test_a_guess_that_is_nearly_right_takes_six_probes_at_most() -> None:
    """Two to enclose, three to halve, one to confirm."""
    counts = [len(searched(s, step_at(100.0)).probes) for s in np.linspace(68, 100, 33)]

    assert max(counts) <= 6


def test_both_ends_of_the_bracket_are_probed_thoroughly() -> None:
    """A short probe alone decides nothing in the end."""
    search = searched(75.0, step_at(100.0))

    ends = {search.low, search.high}
    assert all(thorough for rate, (_, thorough) in search.verdicts.items() if rate in ends)


def test_a_short_probe_that_was_wrong_is_corrected() -> None:
    """A short overload passes unnoticed; the thorough probe says so, and the search goes on."""
    search = searched(70.0, lambda step: step_at(100.0 if step.thorough else 108.0)(step))

    assert search.low <= 100.0 < (search.high or 0) <= search.low * 1.05 * (1 + 1e-9)
    assert len(search.probes) <= MOST_PROBES


def test_a_queue_is_found_within_a_tenth() -> None:
    """Nine of ten searches end within 10 % of the rate at which a long load breaks the objective.

    That is 129/s for this queue, by simulation of five minutes at each rate.
    """
    queue = Queue(rng=np.random.default_rng(1), wavers=0.03)
    lows = [searched(60.0 + 5 * number, queue).low for number in range(20)]

    assert sum(abs(low / 129 - 1) <= 0.10 for low in lows) >= 18


def test_a_noisy_queue_never_takes_more_probes_than_allowed() -> None:
    """The search ends, with a bracket that may be wider."""
    queue = Queue(rng=np.random.default_rng(2), wavers=0.2)

    assert all(len(searched(90.0, queue).probes) <= MOST_PROBES for _ in range(10))


def test_where_the_generator_ends_it_there_is_no_upper_end() -> None:
    """What was kept is a lower bound, and the reason is told."""
    search = searched(
        75.0,
        lambda step: (
            probe(step.rate, failed="slow", limited="the generator used 90% of its core")
            if step.rate > 100
            else probe(step.rate)
        ),
    )

    assert search.high is None
    assert search.limited == "the generator used 90% of its core"
    assert 95 < search.low <= 100


def test_a_stack_that_never_keeps_it_has_no_capacity() -> None:
    """The search gives up downwards."""
    search = searched(75.0, step_at(0.0))

    assert (search.low, search.narrow, len(search.probes)) == (0.0, False, MOST_PROBES)


def test_no_rate_is_probed_that_is_too_low_for_a_percentile() -> None:
    """The least one is the last, and it may be kept."""
    search = Search(start=75.0, least=10.0)
    while (step := search.step()) is not None:
        search.take(probe(step.rate, failed="slow"), thorough=step.thorough)

    assert [round(one.rate, 1) for one in search.probes] == [75.0, 50.8, 23.3, 10.0]


def test_what_broke_the_objective_is_told() -> None:
    """Each part of it by its number."""
    said = OBJECTIVE.broken(p95=0.3, scheduled=1_000, unanswered=5, achieved=0.98)

    assert said == "p95 0.300 s, over 0.25 s; 0.50% without a right answer; 98.0% sent in time"


def test_one_lost_request_alone_breaks_nothing() -> None:
    """One of two hundred is more than a thousandth, but it is one."""
    assert OBJECTIVE.broken(p95=0.1, scheduled=200, unanswered=1, achieved=1.0) == ""
    assert OBJECTIVE.broken(p95=0.1, scheduled=200, unanswered=2, achieved=1.0) != ""
