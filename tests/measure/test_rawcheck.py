"""Rows, schedules and clocks that cannot be."""

from __future__ import annotations

import os

import numpy as np
import pytest

from harness.drive.job import Job, PlannedSlice, Stage, Target
from harness.drive.results import Outcome
from harness.drive.schedule import arrivals
from harness.measure.samples import Samples

NAN = float("nan")
RATE = 100.0


def contradictions(tape):
    """Return what is wrong with the rows of stack a."""
    return Samples.read(tape.save()).measured("a").contradictions


@pytest.mark.parametrize("status", [500, 503, 408, 429])
def test_a_servers_failure_is_no_answer(tape, status):
    """Whatever the users said of it."""
    first = tape.slice("a", 0.0)
    tape.request(first, 0.1, 0.1, status=status)
    tape.request(first, 0.1, 0.1, status=status, outcome=Outcome.FAILED)
    assert contradictions(tape) == (
        "1 requests count as answered, with a status that says the server could not",
    )


def test_a_refusal_may_be_what_was_asked_for(tape):
    """404 and 409 can be right answers."""
    first = tape.slice("a", 0.0)
    tape.request(first, 0.1, 0.1, status=404)
    tape.request(first, 0.1, 0.1, status=409)
    assert contradictions(tape) == ()


def test_an_answer_has_a_status_where_others_have_one(tape):
    """By endpoint: protocols other than HTTP have none at all."""
    first = tape.slice("a", 0.0)
    tape.request(first, 0.1, 0.1, status=0, endpoint=2)
    tape.request(first, 0.1, 0.1, status=200, endpoint=1)
    assert contradictions(tape) == ()
    tape.request(first, 0.1, 0.1, status=0, endpoint=1)
    assert contradictions(tape) == (
        "1 requests count as answered, without a status where others have one",
    )


def test_no_slice_can_use_more_than_the_machine_has(tape):
    """Ticks taken for seconds, or the CPU of somebody else."""
    tape.slice("a", 0.0, cpu=(0.0, 1.2 * (os.cpu_count() or 1)))
    assert contradictions(tape) == ()
    tape.slice("a", 1.0, cpu=(0.0, 1.3 * (os.cpu_count() or 1)))
    assert [s.partition(":")[0] for s in contradictions(tape)] == ["slice 1"]


def scheduled(tape, kind="exponential", stages=(), rate=RATE):
    """Leave the job of an open load of one slice beside the tape; its seed is 1, as the tape's."""
    one = PlannedSlice(
        index=0, block=0, stack="a", duration_s=1.0, warmup=False, seed=1, stages=stages
    )
    Job(
        scenario="test", locustfile=tape.folder, slices=(one,), model="open", users=8, rate=rate,
        targets=(Target(stack="a", url="", data={}, meters=()),), request_timeout_s=1.0,
        drain_s=1.0, seed=1, cpus=(), folder=tape.folder, arrivals=kind,
    ).save()  # fmt: skip


def fill(tape, moments):
    """Add a slice with a request for each moment."""
    first = tape.slice("a", 10.0)
    for moment in moments:
        tape.request(first, 10.0 + moment, 0.01)


@pytest.mark.parametrize("kind", ["exponential", "constant", "uniform"])
def test_a_slice_holds_what_its_seed_has_due(tape, kind):
    """Of each kind of schedule, to the moment."""
    scheduled(tape, kind)
    fill(tape, arrivals(kind, rate=RATE, duration_s=1.0, seed=1))
    assert contradictions(tape) == ()


def test_a_request_that_was_dropped_is_missed(tape):
    """Which one does not matter."""
    scheduled(tape)
    moments = arrivals("exponential", rate=RATE, duration_s=1.0, seed=1)
    fill(tape, np.delete(moments, 7))
    assert contradictions(tape) == (
        f"slice 0 holds {len(moments) - 1} requests, but by its seed {len(moments)} were due",
    )


def test_a_request_that_was_moved_is_found(tape):
    """By a millisecond: the due moment is not to be taken from the sending."""
    scheduled(tape)
    moments = arrivals("exponential", rate=RATE, duration_s=1.0, seed=1)
    moments[7] += 0.001
    fill(tape, moments)
    assert contradictions(tape) == ("slice 0 has requests due at other moments than its seed says",)


def test_stages_follow_each_other(tape):
    """Each has its rate and a seed of its own."""
    scheduled(tape, stages=(Stage(duration_s=0.4, rate=50.0), Stage(duration_s=0.6, rate=200.0)))
    early = arrivals("exponential", rate=50.0, duration_s=0.4, seed=1)
    late = arrivals("exponential", rate=200.0, duration_s=0.6, seed=2)
    fill(tape, [*early, *(0.4 + moment for moment in late)])
    assert contradictions(tape) == ()


def test_closed_loads_have_no_schedule(tape):
    """Nor has a drive of which nobody left the job."""
    fill(tape, [0.1, 0.2])
    assert contradictions(tape) == ()
