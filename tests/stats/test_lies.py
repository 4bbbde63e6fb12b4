"""Lies in the numbers: each is told to the checks that stand before every page, and is caught.

Lies of servers and of the load generator are in tests/e2e/test_lies.py.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from harness.records import Fault, GeneratorHealth, Measurement, SliceLatency, Status
from harness.stats.histogram import from_seconds, latency
from harness.stats.selfcheck import contradictions
from harness.stats.selfcheck_rounds import gaps
from harness.stats.summary import doubts, judged

USERS = 8


def lie_found(measured: Measurement, **trial) -> list[str]:
    """Return what the checks say of a closed trial of eight users unless told otherwise."""
    return list(
        contradictions(measured, **{"model": "closed", "users": USERS, "rate": 0.0} | trial)
    )


@pytest.fixture
def honest(measurement) -> Measurement:
    """Return a sound measurement whose latencies scatter: p50 10 ms, p95 20 ms, p99 40 ms."""
    rng = np.random.default_rng(1)
    values = rng.permutation(np.repeat([0.008, 0.010, 0.020, 0.040], [500, 580, 100, 20]))
    whole, spread = measurement(), latency(from_seconds(values))
    (endpoint,) = whole.endpoints
    (second,) = endpoint.seconds
    second = replace(second, response=spread.histogram, service=spread.histogram)
    endpoint = replace(endpoint, response=spread, service=spread, seconds=(second,))
    loaded = spread.mean * spread.count / USERS
    slices = tuple(replace(one, duration_s=loaded / len(whole.slices)) for one in whole.slices)
    return replace(
        whole, response=spread, service=spread, endpoints=(endpoint,), slices=slices,
        loaded_s=loaded, throughput=whole.counts.answered / loaded,
    )  # fmt: skip


def test_the_truth_passes(honest, record):
    """What the other tests find is the lie and nothing else."""
    assert lie_found(honest) == []
    assert judged(record(honest)).status is Status.OK


@pytest.mark.parametrize("instead", ["p95", "mean"])
def test_another_number_stored_as_p99(honest, record, instead):
    """p95 as p99, mean as p99: each percentile is read again from the histogram beside it."""
    lying = replace(honest.response, p99=getattr(honest.response, instead))
    found = lie_found(replace(honest, response=lying))
    assert any("response: p99 is stored as" in s and "histogram says 0.04" in s for s in found)
    told = doubts(replace(honest, response=lying), model="closed", users=USERS, rate=0.0)
    assert judged(replace(record(honest), doubts=told)).fault is Fault.CONTRADICTION


def test_the_mean_stored_as_the_median(honest):
    """As p99, whatever the name."""
    lying = replace(honest.service, p50=honest.service.mean)
    assert any("service: p50" in s for s in lie_found(replace(honest, service=lying)))


def test_another_histogram_behind_the_total(honest):
    """Percentiles that fit their histogram do not help when its parts say otherwise."""
    faster = latency(from_seconds(np.full(honest.counts.scheduled, 0.005)))
    found = lie_found(replace(honest, response=faster, service=faster))
    assert "all: response: the endpoints' histograms do not add up to the total's" in found


def test_another_histogram_behind_an_endpoint(honest):
    """Total and endpoint agree; the seconds on the same page do not."""
    faster = latency(from_seconds(np.full(honest.counts.scheduled, 0.005)))
    endpoint = replace(honest.endpoints[0], response=faster, service=faster)
    found = lie_found(replace(honest, response=faster, service=faster, endpoints=(endpoint,)))
    assert "GET /me: response: the seconds' histograms do not add up to its own" in found


def test_throughput_of_the_best_slice(honest):
    """Best of n: the rate is not that of all slices."""
    best = max(one.counts.answered / one.duration_s for one in honest.slices)
    found = lie_found(replace(honest, throughput=1.2 * best))
    assert any(s.startswith("throughput") for s in found)


def test_slices_that_came_out_badly_left_out(honest, measurement):
    """Best of n, told consistently: totals, histograms and seconds are those of what is left."""
    fewer = measurement(answered=1_050, slices=7)
    kept = [one for one in honest.slices if one.block != 3]
    slices = tuple(
        replace(new, index=old.index, block=old.block, start_s=old.start_s)
        for new, old in zip(fewer.slices, kept, strict=True)
    )
    assert lie_found(replace(fewer, slices=slices)) == [
        "a slice of block 2 is followed by one of block 4"
    ]


def test_a_slice_that_came_out_well_counted_twice(honest):
    """Best of n the other way round."""
    first, second, *rest = honest.slices
    found = lie_found(replace(honest, slices=(first, first, *rest[1:], second)))
    assert any("is followed by one of block 0" in s for s in found)


def trial(record, measured, session, stack="primary"):
    """Return a record of a session."""
    whole = record(measured)
    return replace(whole, key=replace(whole.key, session=session, stack=stack))


def test_sessions_that_came_out_badly_left_out(honest, record):
    """Best of n sessions: the numbering has a gap, or another stack has more."""
    every = [trial(record, honest, n, stack) for n in (1, 2, 3) for stack in ("primary", "other")]
    assert gaps(every) == ()
    best = [
        r for r in every if (r.key.session, r.key.stack) not in {(2, "primary"), (3, "primary")}
    ]
    assert gaps(best) == ("primary, chat, 8 users: no record of sessions 2, 3",)


def test_the_last_slices_of_one_stack_left_out(honest, record):
    """No gap within the stack; but the other one of the round has more blocks."""
    both = [
        trial(record, honest, 1),
        trial(record, replace(honest, slices=honest.slices[:-2]), 1, "z"),
    ]
    assert gaps(both) == (
        "z, chat, 8 users, session 1: no slice of blocks 6, 7, which others have",
    )


def test_failures_that_are_counted_as_answers(measurement):
    """5xx as success in the record: the errors that are listed are more than those counted."""
    whole = measurement(failed=60)
    (endpoint,) = whole.endpoints
    counts = replace(whole.counts, answered=1_260, failed=0)
    (second,) = endpoint.seconds
    endpoint = replace(
        endpoint, counts=counts, seconds=(replace(second, answered=1_260, failed=0),)
    )
    (moment,) = whole.seconds
    lying = replace(
        whole, counts=counts, endpoints=(endpoint,), throughput=1_260 / whole.loaded_s,
        seconds=(replace(moment, answered=1_260, failed=0),),
        slices=tuple(
            replace(one, counts=replace(one.counts, answered=one.counts.sent, failed=0))
            for one in whole.slices
        ),
    )  # fmt: skip
    assert lie_found(lying) == ["GET /me: 60 errors are listed, but 1260 of 1260 were answered"]


def test_failures_dropped_from_the_counts(measurement):
    """The latencies still hold them."""
    whole = measurement(failed=60)
    counts = replace(whole.counts, scheduled=1_200, sent=1_200, failed=0)
    found = lie_found(replace(whole, counts=counts))
    assert "all: response holds 1260 values, but 1200 requests belong in it" in found


def without_failures(measurement, failed: int) -> Measurement:
    """Return a measurement of which the failures were dropped everywhere, as if never sent."""
    whole, kept = measurement(failed=failed), measurement()
    slices = tuple(
        replace(one, duration_s=other.duration_s)
        for one, other in zip(kept.slices, whole.slices, strict=True)
    )
    return replace(
        kept, slices=slices, loaded_s=whole.loaded_s, throughput=1_200 / whole.loaded_s,
        generator=GeneratorHealth(cpu_share=0.1, send_lag_p99=0, hub_lag_p99=0, achieved=1),
    )  # fmt: skip


def test_failures_dropped_everywhere_from_a_closed_load(measurement):
    """Little's law from below: their users had nothing in flight meanwhile."""
    told = {"model": "closed", "users": USERS, "rate": 0.0}
    lying = without_failures(measurement, failed=200)
    assert [doubt.code for doubt in doubts(lying, **told)] == ["IDLE_USERS"]
    assert doubts(without_failures(measurement, failed=0), **told) == ()


def test_failures_dropped_everywhere_from_an_open_load(measurement):
    """The rate that was asked for was not offered."""
    lying = without_failures(measurement, failed=300)
    rate = 1_500 / lying.loaded_s
    assert [s.split(",")[0] for s in lie_found(lying, model="open", rate=rate)] == [
        "1200 requests were scheduled in 1.875 s"
    ]


def test_a_slice_that_hides_a_part_of_its_requests(honest):
    """Its latencies would be those of the fast ones."""
    first, *rest = honest.slices
    half = SliceLatency(count=first.response.count // 2, p50=0.008, p95=0.008)
    found = lie_found(replace(honest, slices=(replace(first, response=half), *rest)))
    assert found == ["slice 0: its latency is of 75 requests, but 150 were due"]
