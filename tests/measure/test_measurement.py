"""Samples of one stack become its Measurement."""

from __future__ import annotations

import random

import pytest

from harness.drive.results import UNSENT_ENDPOINT, Outcome
from harness.measure.measurement import Known
from harness.stats.histogram import decode, merge
from harness.stats.selfcheck import contradictions
from measured import APP, EMBEDDED, NAN, measure


def test_a_closed_slice_lasts_until_its_users_had_their_last_answers(tape):
    """One user had its last answer 0.2 s after the planned end, the other before: 1.1 s."""
    first = tape.slice("a", 0.0, drained=1.3)
    tape.request(first, 0.9, 0.3, user=0)
    tape.request(first, 0.5, 0.2, user=1)
    measured, _ = measure(tape, users=2)
    assert measured.loaded_s == pytest.approx(1.1)
    assert measured.throughput == pytest.approx(2 / 1.1)


def test_closed_throughput_does_not_depend_on_the_length_of_slices(tape):
    """Eight users, exponential answers of 50 ms mean: 160/s, in slices of five answers each."""
    rng = random.Random(1)
    start = 0.0
    for _ in range(60):
        ends = []
        index = tape.slice("a", start, end=start + 0.25)
        for user in range(8):
            now = start
            while now < start + 0.25:
                took = rng.expovariate(20)
                tape.request(index, now, took, user=user)
                now += took
            ends.append(now)
        start = max(ends)
    measured, _ = measure(tape, users=8)
    assert measured.throughput == pytest.approx(160, rel=0.05)
    assert contradictions(measured, model="closed", users=8, rate=0.0) == ()


def test_an_open_slice_lasts_as_planned_while_nothing_piles_up(tape):
    """Answers that arrive after the end belong to requests of the slice."""
    first = tape.slice("a", 0.0, drained=3.0)
    tape.request(first, 0.9, 2.0)
    measured, _ = measure(tape, model="open", users=4)
    assert measured.loaded_s == pytest.approx(1.0)


def test_an_open_slice_lasts_until_its_backlog_was_sent(tape):
    """The last request went out half a second after the planned end."""
    first = tape.slice("a", 0.0, drained=1.6)
    tape.request(first, 0.9, 0.7, sent=1.5)
    measured, _ = measure(tape, model="open", users=4)
    assert measured.loaded_s == pytest.approx(1.5)


def test_warm_up_is_in_no_number(tape):
    """Only the measured slice counts."""
    tape.request(tape.slice("a", 0.0, warmup=True), 0.1, 0.9)
    tape.request(tape.slice("a", 1.0), 1.1, 0.1)
    measured, _ = measure(tape)
    assert measured.counts.scheduled == 1
    assert measured.response.max == pytest.approx(0.1, rel=0.001)
    assert [one.warmup for one in measured.slices] == [False]


def test_bytes_are_those_of_answered_bodies(tape):
    """Not of an error's, and not of the warm-up."""
    tape.request(tape.slice("a", 0.0, warmup=True), 0.1, 0.1, bytes=1_000)
    first = tape.slice("a", 1.0)
    tape.request(first, 1.1, 0.1, bytes=300)
    tape.request(first, 1.3, 0.1, bytes=200)
    tape.request(first, 1.5, 0.1, bytes=50, outcome=Outcome.FAILED, status=500, error=1)
    [endpoint] = measure(tape)[0].endpoints
    assert (endpoint.counts.answered, endpoint.bytes) == (2, 500)


def test_answers_of_the_warm_up_are_told_apart(tape):
    """What servers say of their operations is for all of them."""
    tape.request(tape.slice("a", 0.0, warmup=True), 0.1, 0.1)
    tape.request(tape.slice("a", 1.0), 1.1, 0.1)
    known = Known(**{n: getattr(APP, n) for n in Known.__dataclass_fields__} | {"operations": 6})
    measured, _ = measure(tape, components=(known,))
    assert (measured.counts.answered, measured.answered_all) == (1, 2)
    assert measured.components[0].operations == 6


def test_cpu_is_that_of_a_stacks_slices_and_what_they_leave_behind(tape):
    """Between its slices only what exceeds the idle share, here 1 % of a second, is its load's."""
    tape.slice("a", 0.0, cpu=(1.0, 1.5))
    tape.slice("b", 1.0)
    tape.slice("a", 2.0, cpu=(1.7, 2.0))
    measured, _ = measure(tape)
    assert [one.cpu_s["app"] for one in measured.slices] == pytest.approx([0.5, 0.3])
    [use] = measured.components
    assert use.cpu_s == pytest.approx(0.5 + 0.3 + 0.2 - 0.01)
    assert (use.written, use.memory_mean, use.memory_peak, use.memory_idle) == (1_000, 7, 9, 5)
    assert (use.size, use.size_of, use.idle_cpu) == (3, "file", 0.01)


def test_idling_between_slices_is_not_charged(tape):
    """A component that only does what it does without any load left nothing behind."""
    tape.slice("a", 0.0, cpu=(1.0, 1.5))
    tape.slice("b", 1.0)
    tape.slice("a", 2.0, cpu=(1.505, 2.0))
    measured, _ = measure(tape)
    assert measured.components[0].cpu_s == pytest.approx(0.5 + 0.495)


def test_a_component_without_processes_uses_nothing_of_its_own(tape):
    """SQLite's work is the app's."""
    tape.slice("a", 0.0, cpu=(1.0, 2.0))
    measured, raw = measure(tape, components=(APP, EMBEDDED))
    assert [use.cpu_s for use in measured.components] == [1.0, 0.0]
    assert raw == ()


def test_a_component_that_could_not_be_read_is_a_contradiction(tape):
    """Zero would be a number that nobody measured."""
    tape.slice("a", 0.0)
    other = Known(**{n: getattr(APP, n) for n in Known.__dataclass_fields__} | {"name": "cache"})
    _, raw = measure(tape, components=(other,))
    assert raw == ("what cache used could not be read",)


def test_endpoints_are_by_name_with_the_unsent_last(tape):
    """Nobody knows which operation an unsent request would have been."""
    first = tape.slice("a", 0.0)
    tape.request(first, 0.1, outcome=Outcome.UNSENT, sent=NAN, endpoint=0)
    tape.request(first, 0.1, 0.1, endpoint=2)
    tape.request(first, 0.1, 0.1, endpoint=1)
    measured, _ = measure(tape)
    names = [endpoint.name for endpoint in measured.endpoints]
    assert names == ["GET /me", "POST /messages", UNSENT_ENDPOINT]
    assert measured.endpoints[2].service.count == 0
    assert measured.response.count == 3
    assert measured.service.count == 2


def test_errors_are_by_text_the_most_frequent_first(tape):
    """What has no text is named by its outcome."""
    first = tape.slice("a", 0.0)
    tape.request(first, 0.1, outcome=Outcome.OPEN)
    for _ in range(2):
        tape.request(first, 0.1, 0.1, outcome=Outcome.FAILED, status=500, error=1)
    measured, _ = measure(tape)
    assert list(measured.endpoints[0].errors.items()) == [
        ("500 boom", 2),
        ("no answer when its slice had drained", 1),
    ]


def test_seconds_count_from_the_first_measured_slice_of_any_stack(tape):
    """So that the series of all stacks lie on one axis; seconds without load are left out."""
    tape.slice("a", 0.0, end=10.0, warmup=True)
    tape.slice("b", 10.0)
    for start in (11.0, 13.0):
        tape.request(tape.slice("a", start), start + 0.5, 0.1)
    tape.request(2, 11.9, 0.4, outcome=Outcome.FAILED)
    measured, _ = measure(tape)
    seconds = measured.endpoints[0].seconds
    assert [(s.second, s.answered, s.failed) for s in seconds] == [(1, 1, 1), (3, 1, 0)]
    assert decode(seconds[0].response).count == 2
    assert decode(seconds[0].response).max == pytest.approx(0.4, rel=0.001)


def test_a_second_of_the_stack_holds_all_its_endpoints(tape):
    """Percentiles by nearest rank over all requests that were due in it, answered or not."""
    tape.slice("b", 0.0)
    one = tape.slice("a", 1.0)
    for number, took in enumerate((0.1, 0.2, 0.3)):
        tape.request(one, 1.1, took, endpoint=1 + number % 2)
    tape.request(one, 1.2, 0.4, endpoint=2, outcome=Outcome.FAILED)
    tape.request(tape.slice("a", 3.0), 3.5, 0.1)
    first, last = measure(tape)[0].seconds
    assert (first.second, first.answered, first.failed) == (1, 3, 1)
    assert (first.p50, first.p95) == pytest.approx((0.2, 0.4), rel=0.001)
    assert (last.second, last.answered, last.failed) == (3, 1, 0)


def test_the_seconds_of_a_stack_are_those_of_its_endpoints_merged(tape):
    """To the last digit, so that they can be made again from what is stored."""
    rng = random.Random(1)
    for start in (0.0, 1.0, 2.0):
        one = tape.slice("a", start)
        for _ in range(60):
            tape.request(one, start + rng.random(), rng.expovariate(9), endpoint=rng.choice((1, 2)))
    measured, _ = measure(tape)
    parts = [second for endpoint in measured.endpoints for second in endpoint.seconds]
    merged = {
        n: merge(decode(part.response) for part in parts if part.second == n) for n in range(3)
    }
    found = [(one.second, one.p50, one.p95) for one in measured.seconds]
    assert found == [(n, *held.percentiles((50, 95))) for n, held in merged.items()]


def test_streams_have_token_latencies_and_others_have_none(tape):
    """First token from the due moment, gaps between tokens."""
    first = tape.slice("a", 0.0)
    row = tape.request(first, 0.1, 0.5, endpoint=2, tokens=3, first=0.3)
    tape.request(first, 0.6, 0.1, first=0.65)
    tape.gaps += [(row, 0.125), (row, 0.125)]
    measured, _ = measure(tape)
    plain, streamed = measured.endpoints
    assert (plain.first_token, plain.between_tokens) == (None, None)
    assert streamed.first_token.p50 == pytest.approx(0.2, rel=0.001)
    assert (streamed.between_tokens.count, measured.first_token.count) == (2, 1)


def test_without_a_finished_slice_there_is_no_measurement(tape):
    """A stack that died in its warm-up has no numbers, not zeros."""
    tape.request(tape.slice("a", 0.0, finished=False), 0.1, 0.1)
    assert measure(tape) == (None, ())
