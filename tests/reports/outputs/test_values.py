"""The flat model: what each number is, and why there is none."""

from __future__ import annotations

import math
from dataclasses import replace
from statistics import median

import pytest

from harness.records import Doubt, Fault, Status
from harness.stats.warnings import Warn
from reports.outputs.metrics import WHOLE
from reports.outputs.values import Standing, values

BUSY = Warn.SATURATED_GENERATOR.seen("74% of its core (limit 60%)")


def one(found, stack, metric, quantile="", component=""):
    """Return the only value of that name."""
    wanted = (stack, metric, quantile, component)
    (value,) = [v for v in found if (v.stack, v.metric, v.quantile, v.component) == wanted]
    return value


def test_a_value_is_the_median_and_range_over_sessions(make_run, make_record):
    """In base units, as they were measured."""
    records = [make_record("primary", session=n) for n in (1, 2, 3)]
    each = [record.measurement.response.p95 for record in records]
    value = one(values(make_run(), records), "primary", "response_seconds", "p95")
    assert (value.middle, value.low, value.high) == (median(each), min(each), max(each))
    assert (value.n, value.tried, value.unit, value.status) == (3, 3, "seconds", Standing.OK)


def test_a_case_is_named_in_every_value(make_run, make_record):
    """So that each can stand alone."""
    (value, *_) = values(make_run(), [make_record("primary", tier="machine")])
    place = (value.scenario, value.load, value.tier, value.model)
    assert place == ("chat", "8 users", "machine", "closed")


def test_a_failed_session_is_in_no_number(troubled):
    """Whatever it measured; how many were tried is told."""
    value = one(values(*troubled), "scalability", "throughput_per_second")
    assert (value.n, value.tried) == (1, 2)
    assert value.middle == troubled[1][2].measurement.throughput


def test_a_stack_that_failed_has_the_same_metrics_without_numbers(troubled):
    """Each says why."""
    found = [v for v in values(*troubled) if not v.component]
    names = {s: [(v.metric, v.quantile) for v in found if v.stack == s] for s in ("primary",)}
    failed = [v for v in found if v.stack == "cost-optimized"]
    assert names["primary"] == [(v.metric, v.quantile) for v in failed]
    assert {(v.n, v.middle, v.low, v.high) for v in failed} == {(0, None, None, None)}
    assert {(v.status, v.reason) for v in failed} == {
        (Standing.FAILED, "memcached: not found; its launch failed before")
    }


@pytest.mark.parametrize(
    ("status", "standing"),
    [(Status.FAILED, Standing.FAILED), (Status.SKIPPED, Standing.SKIPPED)],
)
def test_where_nothing_was_measured_one_value_says_so(make_run, make_record, status, standing):
    """A case never vanishes."""
    record = make_record("primary", status=status, reason="no port")
    (value,) = values(make_run(), [record])
    assert (value.metric, value.status, value.reason) == (
        "throughput_per_second",
        standing,
        "no port",
    )


def test_what_was_not_asked_of_a_stack_is_told(make_run, make_record):
    """With the reason that the run has."""
    records = [make_record("primary"), make_record("scalability", scenario="stream")]
    run = make_run(skips={"scalability on chat": "it lacks: chat"})
    value = one(values(run, records)[:50], "scalability", "error_share")
    assert (value.status, value.reason, value.tried) == (Standing.NOT_RUN, "it lacks: chat", 0)


def test_a_throughput_of_the_generator_is_only_a_lower_bound(make_run, make_record):
    """One session in which it was is enough."""
    records = [make_record("primary", session=n, doubts=(BUSY,) if n == 2 else ()) for n in (1, 2)]
    found = values(make_run(), records)
    value = one(found, "primary", "throughput_per_second")
    assert (value.middle, value.high, value.status) == (None, None, Standing.GENERATOR_LIMITED)
    assert value.low == min(record.measurement.throughput for record in records)
    assert value.reason == "in 1 of 2 sessions; 74% of its core (limit 60%)"
    assert one(found, "primary", "cpu_seconds_per_request").status is Standing.OK
    late = one(found, "primary", "response_seconds", "p50")
    assert (late.status, late.n) == (Standing.GENERATOR_LIMITED, 2)


def test_a_stand_in_is_told_of_the_whole_and_of_the_part(troubled):
    """Not of the parts beside it."""
    found = [v for v in values(*troubled) if v.stack == "scalability"]
    cpu = {v.component: v.status for v in found if v.metric == "cpu_seconds_per_request"}
    assert cpu == {
        "": Standing.STAND_IN,
        "api": Standing.OK,
        "mongodb": Standing.STAND_IN,
        "llm": Standing.OK,
    }


def test_what_was_killed_on_purpose_is_not_for_comparing(brokers):
    """But for how long it was away."""
    found = values(*brokers)
    assert one(found, "rabbitmq", "throughput_per_second").status is Standing.UNRANKED
    assert one(found, "rabbitmq", "recovery_seconds").status is Standing.OK


def test_what_an_audit_counted_is_a_metric(brokers):
    """One for each kind, of components that stood alone."""
    assert one(values(*brokers), "kafka", "counted_lost").middle == 4


def test_a_level_is_in_ones(make_run, brokers):
    """Kinds in thousandths lose the end of their name."""
    records = [replace(record, counted={"Rank-10_milli": 870}) for record in brokers[1]]
    assert one(values(make_run(), records), "rabbitmq", "counted_rank_10").middle == 0.87


def test_a_bracket_is_two_values(searched):
    """Its upper end is open where the generator came first."""
    found = values(*searched)
    assert one(found, "primary", "capacity_low_per_second").middle == 160.0
    assert one(found, "primary", "capacity_high_per_second").middle == 167.0
    limited = one(found, "cost-optimized", "capacity_high_per_second")
    assert (limited.middle, limited.status) == (None, Standing.GENERATOR_LIMITED)
    assert {value.model for value in found} == {"capacity"}


def test_an_upper_end_that_one_search_did_not_find_is_open(searched):
    """The median of the others would be too low."""
    run, (record, _) = searched
    key = replace(record.key, session=2)
    again = replace(record, key=key, capacity=replace(record.capacity, high=None))
    value = one(values(run, [record, again]), "primary", "capacity_high_per_second")
    assert (value.n, value.middle, value.reason) == (0, None, "no limit was found")


def test_doubts_are_those_that_touch_the_number(make_run, make_record):
    """And those about the whole comparison."""
    doubts = [Doubt(code=code, detail="") for code in ("FEW_REQUESTS", "FEW_SESSIONS", "NEW")]
    found = values(make_run(), [make_record("primary", doubts=doubts)])
    assert one(found, "primary", "response_seconds", "p99").doubts == (
        "FEW_SESSIONS",
        "FEW_REQUESTS",
        "NEW",
    )
    assert one(found, "primary", "memory_peak_bytes").doubts == ("FEW_SESSIONS", "NEW")


def test_a_part_without_a_process_has_no_numbers(make_run, make_record):
    """Nothing is not zero."""
    value = one(
        values(make_run(), [make_record("cost-optimized")]),
        "cost-optimized",
        "memory_peak_bytes",
        component="sqlite",
    )
    assert (value.middle, value.status) == (None, Standing.NOT_MEASURED)
    assert value.reason == "it is no process of its own"


def test_what_is_not_a_number_is_none(make_run, make_record):
    """A value is finite or not there."""
    record = make_record("primary")
    spoiled = replace(record, measurement=replace(record.measurement, throughput=math.nan))
    found = values(make_run(), [spoiled])
    assert "throughput_per_second" not in {value.metric for value in found}


def test_a_failed_trial_has_no_numbers(make_record):
    """Not one."""
    record = make_record("primary", status=Status.FAILED, fault=Fault.WRONG)
    assert {metric.of(record) for metric in WHOLE} == {None}


def test_each_name_ends_with_its_unit(document):
    """And no two values are of the same."""
    found = values(*document[1:])
    assert [v for v in found if v.unit and not v.metric.endswith(v.unit)] == []
    keys = {(v.scenario, v.load, v.tier, v.stack, v.metric, v.quantile, v.component) for v in found}
    assert len(keys) == len(found)
