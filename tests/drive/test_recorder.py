"""Rows of requests, in memory and on disk."""

import math

import numpy as np
import pytest

from harness.drive.gates import Ticket
from harness.drive.recorder import MOST_TEXTS, OTHER_ENDPOINT, OTHER_ERROR, Ending, Recorder
from harness.drive.results import SAMPLES, UNSENT_ENDPOINT, Outcome

TICKET = Ticket(slice=3, due=100.5, ready=100.6, number=0)


def _ending(**other):
    members = {
        "endpoint": "me",
        "outcome": Outcome.ANSWERED,
        "status": 200,
        "first": 100.8,
        "end": 100.9,
    }
    return Ending(**members | other)


def test_a_request_is_open_until_it_is_finished():
    """What never got an answer is OPEN, without an end."""
    recorder = Recorder(zero=100.0)
    recorder.begin(0, 0, "me", TICKET, 100.7)
    row = recorder.samples()[0]
    assert (row["outcome"], math.isnan(row["end"])) == (Outcome.OPEN, True)


def test_times_are_relative_to_the_begin_of_the_drive():
    """Due, sent, first and end are seconds since `zero`; late counts from when it could be sent."""
    recorder = Recorder(zero=100.0)
    recorder.finish(recorder.begin(0, 0, "me", TICKET, 100.7), _ending())
    row = recorder.samples()[0]
    times = [row[name] for name in ("due", "sent", "first", "end", "late")]
    assert times == pytest.approx([0.5, 0.7, 0.8, 0.9, 0.1])


def test_unsent_requests_are_rows_of_their_own_endpoint():
    """They have a due moment and nothing else."""
    recorder = Recorder(zero=100.0)
    recorder.unsent(1, 3, [101.0, 102.0])
    rows = recorder.samples()
    assert [tuple(rows[name]) for name in ("stack", "slice", "due")] == [(1, 1), (3, 3), (1.0, 2.0)]
    assert list(recorder.endpoints)[rows[0]["endpoint"]] == UNSENT_ENDPOINT


def test_error_texts_are_kept_once():
    """A million equal errors are one text and a number in each row."""
    recorder = Recorder(zero=0.0)
    for text in ("refused", "reset", "refused"):
        row = recorder.begin(0, 0, "me", TICKET, 100.7)
        recorder.finish(row, _ending(outcome=Outcome.FAILED, error=text))
    assert list(recorder.errors) == ["", "refused", "reset"]
    assert list(recorder.samples()["error"]) == [1, 2, 1]


def test_error_texts_do_not_grow_without_limit():
    """A server that says something else each time fills neither memory nor report."""
    recorder = Recorder(zero=0.0)
    for number in range(MOST_TEXTS + 10):
        row = recorder.begin(0, 0, "me", TICKET, 100.7)
        recorder.finish(row, _ending(outcome=Outcome.FAILED, error=f"oops {number}"))
    assert len(recorder.errors) == MOST_TEXTS + 1
    assert list(recorder.errors)[-1] == OTHER_ERROR


def test_endpoints_do_not_grow_without_limit():
    """A locustfile that names each request by its whole path is no reason to stop."""
    recorder = Recorder(zero=0.0)
    for number in range(MOST_TEXTS + 10):
        recorder.begin(0, 0, f"/item/{number}", TICKET, 100.7)
    assert len(recorder.endpoints) == MOST_TEXTS + 1
    assert list(recorder.endpoints)[-1] == OTHER_ENDPOINT


def test_what_is_saved_can_be_read_back(tmp_path):
    """samples.npy holds every column, gaps.npy the pauses with the row they belong to."""
    recorder = Recorder(zero=100.0)
    row = recorder.begin(2, 7, "streamMessage", TICKET, 100.7)
    recorder.finish(row, _ending(tokens=3, size=99))
    recorder.gaps(row, [0.5, 0.25])
    recorder.save(tmp_path)
    samples, gaps = np.load(tmp_path / "samples.npy"), np.load(tmp_path / "gaps.npy")
    assert (samples.dtype, samples[0]["user"], samples[0]["bytes"]) == (SAMPLES, 7, 99)
    assert list(gaps["gap"]) == [0.5, 0.25]
