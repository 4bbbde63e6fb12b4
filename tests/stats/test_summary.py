"""Doubts, and whether a throughput may be shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.measure.monitor import HostShare
from harness.records import Fault, GeneratorHealth, Status
from harness.stats.summary import doubts, error_share, judged, unranked
from harness.stats.warnings import Warn

QUIET = HostShare(seconds=9, busy=0.6, idle=0.4, steal=0.0, elsewhere=0.02)


def codes(measured, **changed):
    """Return the codes of the doubts about a closed trial of 8 users on a quiet host."""
    trial = {"model": "closed", "users": 8, "rate": 0.0, "host": QUIET} | changed
    return [doubt.code for doubt in doubts(measured, **trial)]


def test_a_sound_measurement_raises_no_doubt(measurement):
    """1,200 requests, no error, a healthy generator, a quiet host."""
    assert codes(measurement()) == []


def test_every_error_is_told_with_its_share(measurement):
    """Even one that does not fail the trial."""
    [doubt] = doubts(measurement(failed=3, open=1), model="closed", users=8, rate=0.0)
    assert doubt.code == "ERRORS"
    assert doubt.detail == (
        "0.33% of 1204 scheduled requests had no right answer "
        "(3 failed, 0 wrong, 1 unanswered, 0 unsent)"
    )


def test_p99_needs_a_thousand_answers(measurement):
    """In all, and by endpoint."""
    assert codes(measurement(answered=999)) == ["FEW_REQUESTS"]
    assert codes(measurement(answered=1_000)) == []


@pytest.mark.parametrize(
    ("health", "code"),
    [
        ({"cpu_share": 0.61}, "SATURATED_GENERATOR"),
        ({"send_lag_p99": 0.006}, "SATURATED_GENERATOR"),
        ({"hub_lag_p99": 0.006}, "SATURATED_GENERATOR"),
        ({"achieved": 0.98}, "RATE_NOT_REACHED"),
    ],
)
def test_the_generator_is_a_suspect(measurement, health, code):
    """Each limit by itself."""
    whole = measurement()
    sick = replace(whole, generator=replace(whole.generator, **health))
    assert codes(sick) == [code]


def test_late_sends_are_judged_against_slow_services_too(measurement):
    """Up to 20 % of the median service time, where that is above 5 ms; hub lag by its p95."""
    whole = measurement()
    slow = replace(whole.service, p50=0.1, p90=0.1, p95=0.1, p99=0.1, max=0.1)
    lagging = GeneratorHealth(cpu_share=0.1, send_lag_p99=0.019, hub_lag_p99=0.019, achieved=1)
    found = codes(replace(whole, service=slow, generator=lagging))
    assert "SATURATED_GENERATOR" not in found


def test_a_stand_in_is_named(measurement):
    """Its label goes into the detail."""
    whole = measurement()
    use = replace(whole.components[0], stand_in="secantusdb 0.7 for MongoDB")
    [doubt] = doubts(replace(whole, components=(use,)), model="closed", users=8, rate=0.0)
    assert doubt == Warn.STAND_IN.seen("app: secantusdb 0.7 for MongoDB")


@pytest.mark.parametrize("host", [replace(QUIET, steal=0.011), replace(QUIET, elsewhere=0.2)])
def test_a_noisy_host_is_told(measurement, host):
    """By the hypervisor or by other work."""
    assert codes(measurement(), host=host) == ["NOISY_HOST"]


def drifting(whole, factor):
    """Return the measurement with CPU per request growing evenly to `factor` times the first."""
    last = len(whole.slices) - 1
    parts = [
        replace(one, cpu_s={"app": 0.1 * (1 + (factor - 1) * n / last)})
        for n, one in enumerate(whole.slices)
    ]
    return replace(whole, slices=tuple(parts))


@pytest.mark.parametrize(("factor", "expected"), [(1.3, ["NO_STEADY_STATE"]), (1.05, [])])
def test_a_drift_of_cpu_per_request_is_no_steady_state(measurement, factor, expected):
    """30 % over the trial is, 5 % is not."""
    assert codes(drifting(measurement(), factor)) == expected


def test_contradictions_of_samples_and_of_numbers_are_doubts(measurement):
    """Both sources, under one code."""
    whole = measurement()
    broken = replace(whole, throughput=1.0)
    assert codes(broken, raw=("3 requests ended before they were sent",)) == ["CONTRADICTION"] * 2


def test_a_sound_record_may_be_ranked(measurement, record):
    """And judging leaves it alone."""
    sound = record(measurement())
    assert unranked(sound) == ""
    assert judged(sound) is sound


@pytest.mark.parametrize(("failed", "status"), [(12, Status.OK), (13, Status.FAILED)])
def test_more_than_one_percent_of_errors_fails_the_trial(measurement, record, failed, status):
    """12 of 1,212 is 0.99 %, 13 of 1,213 is 1.07 %."""
    trial = judged(record(measurement(failed=failed)))
    assert trial.status is status
    assert (unranked(trial) == "") is (status is Status.OK)


def test_a_failed_trial_says_its_share_and_keeps_its_measurement(measurement, record):
    """The raw numbers stay; the reason names the most frequent error."""
    whole = measurement(failed=50, unsent=10)
    trial = judged(record(whole))
    assert trial.fault is Fault.ERRORS
    assert trial.reason == (
        "4.76% of 1260 scheduled requests had no right answer (50 failed, 0 wrong, 0 unanswered, "
        "10 unsent); the limit is 1%: GET /me: 500 boom (60)"
    )
    assert trial.measurement is whole


def test_a_wrong_answer_fails_the_trial(measurement, record):
    """One is enough."""
    assert judged(record(measurement(wrong=1))).fault is Fault.WRONG


def test_a_contradiction_fails_the_trial(measurement, record):
    """Whatever else is well."""
    doubted = replace(record(measurement()), doubts=(Warn.CONTRADICTION.seen("p95 above p99"),))
    assert judged(doubted).fault is Fault.CONTRADICTION
    assert unranked(judged(doubted)) == "p95 above p99"


def test_a_trial_without_an_answer_has_failed(measurement, record):
    """Nothing scheduled is a share of one, not of zero."""
    nothing = measurement(answered=0)
    assert error_share(nothing.counts) == 1.0
    assert judged(record(nothing)).fault is Fault.ERRORS


def test_an_earlier_fault_is_kept(measurement, record):
    """The audit's reason is not overwritten by the error share."""
    failed = replace(
        record(measurement(failed=500)), status=Status.FAILED, fault=Fault.AUDIT, reason="books"
    )
    assert judged(failed) is failed
    assert unranked(failed) == "books"


def test_a_generator_at_its_limit_spoils_speed_and_not_cpu_time(measurement, record):
    """What it saw is the reason."""
    late = replace(
        record(measurement()), doubts=(Warn.SATURATED_GENERATOR.seen("70% of its core"),)
    )
    assert unranked(late) == "it is generator-limited: 70% of its core"
    assert unranked(late, timed=False) == ""


def test_what_was_killed_on_purpose_is_not_ranked(measurement, record):
    """Its throughput is that of the time in which it was there."""
    assert "killed on purpose" in unranked(replace(record(measurement()), recovery_s=1.5))


@pytest.mark.parametrize(
    ("settle_s", "steady", "expected"),
    [(0.0, True, ["NOT_WARMED"]), (5.0, True, []), (5.0, False, ["NO_STEADY_STATE"])],
)
def test_whoever_did_not_wait_for_a_steady_state_is_told(measurement, settle_s, steady, expected):
    """And who waited in vain."""
    whole = replace(measurement(), steady=steady)
    assert codes(whole, settle_s=settle_s) == expected


@pytest.mark.parametrize("version", ["valkey 9.1.0 (jemalloc)", "openresty/1.25.3"])
def test_a_server_that_calls_itself_otherwise_is_told(measurement, record, version):
    """Unless it is labelled, or is a program of ours."""
    whole = measurement()
    use = replace(whole.components[0], name="redis", role="cache", version=version)
    found = doubts(replace(whole, components=(use,)), model="closed", users=8, rate=0.0)
    assert [doubt.code for doubt in found] == ["OTHER_PRODUCT"]
    assert "calls itself" in unranked(replace(record(whole), doubts=found))


@pytest.mark.parametrize("version", ["7.0.15 (jemalloc)", "Redis 7.2", "unknown (level 33)"])
def test_a_server_that_says_its_own_name_or_none_is_believed(measurement, version):
    """Case does not matter."""
    whole = measurement()
    use = replace(whole.components[0], name="redis", role="cache", version=version)
    assert codes(replace(whole, components=(use,))) == []
