"""Samples of an open load -> a probe, and the end of an overload's effect."""

from __future__ import annotations

import math

import pytest

from harness.drive.results import Outcome
from harness.measure.probes import probe, recovery
from harness.measure.samples import Samples
from harness.stats.capacity import Objective

OBJECTIVE = Objective(p95_s=0.25, errors=0.001)
NOBODY = frozenset[str]()


def fill(tape, slice_, took, *, start=0.0, number=100, every=0.01, **others):
    """Add requests to a slice, one each `every` seconds."""
    for place in range(number):
        due = start + place * every
        tape.request(slice_, due, took(due) if callable(took) else took, **others)


def of(tape, **others):
    """Return the probe of stack a."""
    known = {"rate": 100.0, "objective": OBJECTIVE, "unmetered": NOBODY}
    return probe(Samples.read(tape.save()), "a", **(known | others))


def test_trials_are_judged_together(tape):
    """Half of the requests too slow: the objective is not kept, though one trial kept it."""
    fill(tape, tape.slice("a", 0.0), 0.1)
    fill(tape, tape.slice("a", 2.0), 0.4, start=2.0)
    found = of(tape)
    assert (found.p50, found.p95) == (pytest.approx(0.1), pytest.approx(0.4))
    assert found.failed == "p95 0.400 s, over 0.25 s"
    assert (found.answered, found.loaded_s, found.limited) == (200, 2.0, "")


def test_a_block_is_judged_alone(tape):
    """A point of a curve has its own slice."""
    fill(tape, tape.slice("a", 0.0), 0.1)
    fill(tape, tape.slice("a", 2.0), 0.4, start=2.0)
    assert of(tape, block=0).failed == ""


def test_requests_sent_after_the_end_were_not_sent_in_time(tape):
    """A backlog that is worked off while the slice drains was not borne."""
    slice_ = tape.slice("a", 0.0, drained=3.0)
    fill(tape, slice_, 0.1, number=90)
    for _ in range(10):
        tape.request(slice_, 0.9, 0.9, sent=1.7)
    assert of(tape).achieved == pytest.approx(0.9)


def test_unanswered_requests_are_errors(tape):
    """Open at the end, failed or never sent."""
    slice_ = tape.slice("a", 0.0)
    fill(tape, slice_, 0.01, number=95)
    fill(tape, slice_, math.nan, number=5, outcome=Outcome.OPEN)
    assert of(tape).errors == pytest.approx(0.05)


def test_the_model_servers_cpu_does_not_count(tape):
    """It stands for a service elsewhere."""
    fill(tape, tape.slice("a", 0.0, cpu=(1.0, 1.5)), 0.01)
    assert of(tape).cpu_s == pytest.approx(0.005)
    assert of(tape, unmetered=frozenset({"app"})).cpu_s == 0.0


def test_a_late_generator_is_told_apart_from_a_slow_stack(tape):
    """Without its own 0.1 s the objective would have been kept."""
    slice_ = tape.slice("a", 0.0)
    fill(tape, slice_, 0.3, late=0.1)
    assert of(tape).limited.startswith("it sent 0.100 s late")


def test_a_slow_stack_is_slow_although_the_generator_is_late_too(tape):
    """A second is no generator's delay of 0.1 s."""
    fill(tape, tape.slice("a", 0.0), 1.0, late=0.1)
    assert of(tape).limited == ""


def test_errors_of_the_server_are_not_the_generators(tape):
    """However late it was."""
    slice_ = tape.slice("a", 0.0)
    fill(tape, slice_, 0.1, late=0.1, outcome=Outcome.FAILED)
    assert of(tape).limited == ""


def test_recovery_is_seen_second_by_second(tape):
    """An overload of 2 s, felt for another 3 s."""
    slice_ = tape.slice("a", 0.0, end=10.0)
    fill(tape, slice_, lambda due: 1.0 if due < 5 else 0.01, number=1_000)
    mine = Samples.read(tape.save()).measured("a")
    assert recovery(mine, block=0, after_s=2.0, objective=OBJECTIVE) == 3.0


def test_one_good_second_is_no_recovery(tape):
    """Two in a row are wanted."""
    slice_ = tape.slice("a", 0.0, end=10.0)
    fill(tape, slice_, lambda due: 0.01 if 5 <= due < 6 else 1.0, number=1_000)
    mine = Samples.read(tape.save()).measured("a")
    assert math.isinf(recovery(mine, block=0, after_s=2.0, objective=OBJECTIVE))
