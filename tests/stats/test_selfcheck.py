"""Each self-check finds its own contradiction and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.records import SliceResult
from harness.stats.histogram import from_seconds, latency
from harness.stats.selfcheck import contradictions


def check(measured, **changed):
    """Return the contradictions of a closed trial of 8 users unless told otherwise."""
    return contradictions(measured, **{"model": "closed", "users": 8, "rate": 0.0} | changed)


@pytest.mark.parametrize("others", [{}, {"failed": 3, "wrong": 1, "open": 2, "unsent": 4}])
def test_a_sound_measurement_has_no_contradiction(measurement, others):
    """With and without failures."""
    assert check(measurement(**others)) == ()


def test_counts_that_do_not_add_up_are_found(measurement):
    """Sent = answered + failed + wrong + open, in the total and so in comparison to its parts."""
    whole = measurement()
    found = check(replace(whole, counts=replace(whole.counts, failed=5)))
    assert "all: sent 1200 is not answered 1200 + failed 5 + wrong 0 + open 0" in found
    assert "failed: the endpoints add up to 0, the total is 5" in found


def test_scheduled_must_be_sent_and_unsent(measurement):
    """A request that vanished from the schedule is found."""
    whole = measurement()
    found = check(replace(whole, counts=replace(whole.counts, scheduled=1_300)))
    assert "all: scheduled 1300 is not sent 1200 + unsent 0" in found
    assert "all: response holds 1200 values, but 1300 requests belong in it" in found


def test_slices_must_add_up_to_the_total(measurement):
    """A slice that was lost is found."""
    whole = measurement()
    found = check(replace(whole, slices=whole.slices[1:]))
    assert any(s.startswith("answered: the measured slices add up to 1050") for s in found)


def test_seconds_must_add_up_to_their_endpoint(measurement):
    """The series on the page must hold what the table holds."""
    whole = measurement()
    endpoint = replace(whole.endpoints[0], seconds=())
    assert check(replace(whole, endpoints=(endpoint,))) == (
        "GET /me: the seconds hold 0 answered of 0, the total 1200 of 1200",
        "GET /me: response: the seconds' histograms do not add up to its own",
        "GET /me: service: the seconds' histograms do not add up to its own",
    )


def test_seconds_of_the_whole_must_add_up_to_it(measurement):
    """A second that is missing from the chart over time is a contradiction."""
    whole = measurement()
    (said,) = check(replace(whole, seconds=whole.seconds[1:]))
    assert said.startswith("all: the seconds hold ")


def test_percentiles_of_a_second_must_ascend(measurement):
    """A p50 above p95 is none."""
    whole = measurement()
    first, *rest = whole.seconds
    turned = replace(first, p50=2 * first.p95)
    said = check(replace(whole, seconds=(turned, *rest)))
    assert said == (f"second {first.second}: p50 {turned.p50:g} s is above p95 or below zero",)


def test_percentiles_must_ascend(measurement):
    """p95 above p99 cannot be."""
    whole = measurement()
    found = check(replace(whole, response=replace(whole.response, p95=9.0)))
    assert any("p50, p90, p95, p99 and maximum do not ascend" in s for s in found)


def test_a_histogram_must_hold_as_many_values_as_the_count_says(measurement):
    """The histogram is what is merged later."""
    whole = measurement()
    other = replace(whole.service, histogram=from_seconds([0.01]).encode())
    assert check(replace(whole, service=other)) == (
        "all: service: the histogram holds 1 values, the count says 1200",
        "all: service: the endpoints' histograms do not add up to the total's",
    )


def test_service_cannot_be_longer_than_response(measurement):
    """The due moment is never after the sending."""
    whole = measurement()
    quick = latency(from_seconds([0.005] * 1_200))
    found = check(replace(whole, response=quick))
    above = [s for s in found if "is above response" in s]
    assert len(above) == 6
    assert all("of service 0.01" in s and "is above response 0.005" in s for s in above)


def test_throughput_is_answered_over_loaded_time(measurement):
    """Not over wall time, nor with the errors."""
    whole = measurement()
    found = check(replace(whole, throughput=whole.throughput * 1.01))
    assert [s.split(" is not ")[1] for s in found] == ["answered 1200 / loaded 1.5 s"]


def test_loaded_time_is_the_sum_of_measured_slices(measurement):
    """Warm-up slices do not count."""
    whole = measurement()
    warm = SliceResult(**{
        name: getattr(whole.slices[0], name) for name in SliceResult.__dataclass_fields__
    } | {"warmup": True})  # fmt: skip
    assert check(replace(whole, slices=(warm, *whole.slices))) == ()
    assert any("loaded for 3 s" in s for s in check(replace(whole, loaded_s=3.0)))


def test_little_s_law_bounds_what_closed_users_can_have_in_flight(measurement):
    """Eight users cannot have eight requests in flight if there were only seven."""
    found = check(measurement(), users=7)
    assert len(found) == 1
    assert found[0].startswith("Little's law: 8.0")


def test_an_open_schedule_cannot_offer_much_more_than_its_rate(measurement):
    """1,200 in 1.5 s is 800/s; 100/s were asked for."""
    whole = measurement()
    assert check(whole, model="open", rate=800.0) == ()
    assert len(check(whole, model="open", rate=100.0)) == 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"cpu_s": -1.0}, "a resource is below zero"),
        ({"memory_mean": 300}, "mean memory 300 is above its peak 200"),
        ({"cpu_s": 0.1}, "CPU of its slices 1 s is above its total 0.1 s"),
    ],
)
def test_resources_must_be_possible(measurement, change, says):
    """Parts cannot exceed their whole, and nothing is negative."""
    whole = measurement()
    found = check(replace(whole, components=(replace(whole.components[0], **change),)))
    assert f"app: {says}" in found


@pytest.mark.parametrize("which", ["p50", "p90", "p95", "p99", "max", "mean"])
def test_what_is_stored_must_be_what_the_histogram_says(measurement, which):
    """A tenth more is found wherever it is."""
    whole = measurement()
    wrong = replace(whole.response, **{which: 1.1 * getattr(whole.response, which)})
    found = check(replace(whole, response=wrong))
    assert any(f"all: response: {which} is stored as 0.012" in s for s in found)


def test_every_measured_slice_is_there_once(measurement):
    """One in the middle that is missing, and one that is there twice, leave their marks."""
    whole = measurement()
    first, second, third, *rest = whole.slices
    missing = check(replace(whole, slices=(first, third, *rest)))
    assert "a slice of block 0 is followed by one of block 2" in missing
    twice = check(replace(whole, slices=(first, second, second, third, *rest)))
    assert "a slice of block 1 is followed by one of block 1" in twice
    assert any(s.startswith("slice 1 began after 1 s") for s in twice)


def test_confirming_slices_have_blocks_of_their_own(measurement):
    """Adaptive pacing leaves out blocks between the short slices and the long ones."""
    whole = measurement()
    *short, one, last = whole.slices
    long = (replace(one, confirm=True, block=20), replace(last, confirm=True, block=21))
    assert check(replace(whole, slices=(*short, *long))) == ()


def test_errors_that_are_listed_must_be_those_that_are_counted(measurement):
    """Of each endpoint."""
    whole = measurement()
    endpoint = replace(whole.endpoints[0], errors={"500 boom": 2})
    assert check(replace(whole, endpoints=(endpoint,))) == (
        "GET /me: 2 errors are listed, but 1200 of 1200 were answered",
    )


def test_an_open_schedule_cannot_offer_much_less_than_its_rate(measurement):
    """Even if every slice lasted as long as its slowest answer more than was planned."""
    assert len(check(measurement(), model="open", rate=1_200.0)) == 1
