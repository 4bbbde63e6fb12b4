"""Samples: rows of a drive, checked and counted."""

from __future__ import annotations

import numpy as np
import pytest

from harness.drive.results import Outcome
from harness.errors import EnvironmentFault
from harness.measure.samples import Samples, counts

NAN = float("nan")
OPEN = {"outcome": Outcome.OPEN, "status": 0}
UNSENT = {"outcome": Outcome.UNSENT, "status": 0, "sent": NAN, "endpoint": 0}


def test_response_runs_from_due_and_service_from_sending(tape):
    """A request that waited 0.2 s for its sending and 0.3 s for its answer."""
    first = tape.slice("a", 0.0)
    tape.request(first, 0.1, 0.5, sent=0.3)
    mine = Samples.read(tape.save()).measured("a")
    assert mine.response == pytest.approx([0.5])
    assert mine.service == pytest.approx([0.3])


def test_an_open_request_has_its_age_when_the_slice_had_drained(tape):
    """A lower bound, in both latencies."""
    first = tape.slice("a", 0.0, drained=3.0)
    tape.request(first, 0.5, sent=0.6, **OPEN)
    mine = Samples.read(tape.save()).measured("a")
    assert mine.response == pytest.approx([2.5])
    assert mine.service == pytest.approx([2.4])


def test_an_unsent_request_has_an_age_but_no_service(tape):
    """It waited all that time to be sent."""
    first = tape.slice("a", 0.0, drained=2.0)
    tape.request(first, 0.5, **UNSENT)
    mine = Samples.read(tape.save()).measured("a")
    assert mine.response == pytest.approx([1.5])
    assert np.isnan(mine.service).all()


def test_a_request_sent_a_little_early_counts_from_its_sending(tape):
    """Timers wake up early by less than two milliseconds; that is no contradiction."""
    first = tape.slice("a", 0.0)
    tape.request(first, 0.101, sent=0.100, end=0.200)
    mine = Samples.read(tape.save()).measured("a")
    assert mine.response == pytest.approx([0.1])
    assert mine.contradictions == ()


def test_only_finished_slices_after_the_warm_up_are_measured(tape):
    """And only those of the stack asked for."""
    tape.request(tape.slice("a", 0.0, warmup=True), 0.0, 0.1)
    tape.request(tape.slice("a", 1.0), 1.0, 0.1)
    tape.request(tape.slice("b", 2.0), 2.0, 0.1)
    tape.request(tape.slice("a", 3.0, finished=False), 3.0, 0.1)
    mine = Samples.read(tape.save()).measured("a")
    assert mine.rows["due"].tolist() == [1.0]


def test_acknowledged_counts_every_slice_by_endpoint(tape):
    """What was answered in the warm-up is in the books too."""
    warm, cut = tape.slice("a", 0.0, warmup=True), tape.slice("a", 1.0, finished=False)
    tape.request(warm, 0.1, 0.1)
    tape.request(cut, 1.1, 0.1)
    tape.request(cut, 1.2, 0.1, endpoint=2)
    tape.request(tape.slice("b", 2.0), 2.1, 0.1)
    told = Samples.read(tape.save()).acknowledged("a")
    assert told.answered == {"GET /me": 2, "POST /messages": 1}
    assert told.unsure == {}


@pytest.mark.parametrize(
    ("outcome", "status", "unsure"),
    [
        (Outcome.FAILED, 500, 1),
        (Outcome.FAILED, 503, 1),
        (Outcome.FAILED, 0, 1),
        (Outcome.FAILED, 408, 1),
        (Outcome.FAILED, 429, 0),
        (Outcome.OPEN, 0, 1),
        (Outcome.WRONG, 201, 1),
        (Outcome.WRONG, 404, 0),
    ],
)
def test_what_may_have_been_carried_out_is_unsure(tape, outcome, status, unsure):
    """No answer, a server error or a wrong claim of success; never a refusal."""
    end = NAN if outcome is Outcome.OPEN else 0.2
    tape.request(tape.slice("a", 0.0), 0.1, outcome=outcome, status=status, end=end)
    told = Samples.read(tape.save()).acknowledged("a")
    assert sum(told.unsure.values()) == unsure
    assert told.answered == {}


def test_an_unsent_request_was_told_nothing(tape):
    """It is neither answered nor unsure."""
    tape.request(tape.slice("a", 0.0), 0.1, **UNSENT)
    told = Samples.read(tape.save()).acknowledged("a")
    assert (told.answered, told.unsure) == ({}, {})


def test_scheduled_is_sent_and_unsent(tape):
    """One row of each outcome."""
    first = tape.slice("a", 0.0)
    for outcome in (Outcome.ANSWERED, Outcome.FAILED, Outcome.WRONG):
        tape.request(first, 0.1, 0.1, outcome=outcome)
    tape.request(first, 0.1, **OPEN)
    tape.request(first, 0.1, **UNSENT)
    found = counts(Samples.read(tape.save()).rows)
    assert (found.scheduled, found.sent, found.unsent) == (5, 4, 1)
    assert (found.answered, found.failed, found.wrong, found.open) == (1, 1, 1, 1)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"sent": 0.09, "end": 0.2}, "sent before they were due"),
        ({"end": 0.05}, "ended before they were sent"),
        ({"end": 0.2, "first": 0.3}, "first byte outside"),
        ({"end": NAN}, "an outcome without an end"),
        ({"end": 0.2, "sent": NAN}, "sent without one"),
        ({"end": 0.2, "outcome": 9}, "outcome that is none"),
    ],
)
def test_rows_that_cannot_be_are_contradictions(tape, row, says):
    """Each is counted and named."""
    tape.request(tape.slice("a", 0.0), 0.1, **row)
    said = Samples.read(tape.save()).measured("a").contradictions
    assert any(says in sentence and sentence.startswith("1 requests") for sentence in said)


def test_gaps_stay_with_their_request(tape):
    """Row numbers of the whole file become row numbers of the stack's measured requests."""
    other, mine = tape.slice("b", 0.0), tape.slice("a", 1.0)
    tape.request(other, 0.1, 0.5, tokens=2, first=0.2)
    tape.request(mine, 1.1, 0.1)
    tape.request(mine, 1.2, 0.5, tokens=3, first=1.3)
    tape.gaps += [(0, 0.9), (2, 0.25), (2, 0.5)]
    found = Samples.read(tape.save()).measured("a")
    assert found.gaps.tolist() == [0.25, 0.5]
    assert found.gap_rows.tolist() == [1, 1]
    assert found.first_token == pytest.approx([NAN, 0.1], nan_ok=True)


def test_a_folder_without_samples_is_a_fault_of_the_environment(tmp_path):
    """The message points to the generator's log."""
    with pytest.raises(EnvironmentFault, match=r"no readable samples in .*worker\.log"):
        Samples.read(tmp_path)
