"""Records -> trends: which runs count, in which order, and what a ratio is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.errors import UsageError
from harness.history.digest import digest
from harness.history.trends import Wanted, metric_of, stack_history
from harness.pairs import Metric
from harness.records import Fault, Status
from harness.stats.warnings import Warn

P50 = Metric(scenario="chat", load="8 users", name="p50")


def trends(*digests, wanted=None):
    """Return the primary stack's history."""
    return stack_history(digests, "primary", wanted or Wanted())


def values(history, metric=P50):
    """Return a metric's values in a history."""
    return next(trend.values for trend in history.trends if trend.metric == metric)


def why(history):
    """Return the reasons for what is left out, by run."""
    return {one.run: one.reasons for one in history.left_out}


def test_a_value_is_the_median_over_sessions_with_their_range(make_digest):
    """Of the ratios to the blank of the same session: the machine's slow days cancel."""
    (value,) = values(trends(make_digest(1)))
    assert value.sessions == 3
    assert value.low < value.middle < value.high
    assert value.middle == pytest.approx(20, rel=0.05)


def test_runs_stand_in_order_of_time(make_digest):
    """Whatever the store's order."""
    found = values(trends(make_digest(3), make_digest(1), make_digest(2)))
    assert [value.run for value in found] == ["run-01", "run-02", "run-03"]


def test_every_metric_and_part_has_a_trend(make_digest):
    """Throughput falls where times rise; components and endpoints have trends of their own."""
    found = {(t.metric.name, t.metric.part): t.ratios[0] for t in trends(make_digest(1)).trends}
    assert set(found) == {
        *(("throughput", ""), ("p50", ""), ("p95", ""), ("cpu", "")),
        *(("cpu", "api"), ("cpu", "db"), ("p50", "list")),
    }
    assert found["throughput", ""] == pytest.approx(1 / found["p50", ""])


def test_another_machine_launcher_or_plan_is_left_out_with_its_reason(make_digest):
    """Compared with the newest run, not with the first."""
    found = trends(
        make_digest(1, {"facts": {"cpu": "y", "kernel": "6.1"}}),
        make_digest(2, {"launcher": "containers"}),
        make_digest(3, {"plan": {"blank": "blank", "seed": 2}}),
        make_digest(4, {"version": "0.0.9"}),
        make_digest(5),
    )
    assert found.runs == ("run-05",)
    assert why(found) == {
        "run-01": ("cpu: y in that run, x in the newest",),
        "run-02": ("launcher: containers in that run, processes in the newest",),
        "run-03": ("plan's seed: 2 in that run, 1 in the newest",),
        "run-04": ("bakeoff: 0.0.9 in that run, 0.1.0 in the newest",),
    }


def test_other_stacks_and_more_sessions_are_no_obstacle(make_digest, make_run):
    """A ratio of a session needs neither."""
    plan = {**make_run(1).plan, "stacks": ["primary", "scalability"], "sessions": 9}
    assert trends(make_digest(1, {"plan": plan}), make_digest(2)).left_out == ()


def test_a_run_without_blank_is_left_out(make_digest, make_records, make_run):
    """Also when it is the newest: then the one before is what the others are compared with."""
    alone = [r for r in make_records(3) if r.key.stack == "primary"]
    found = trends(make_digest(1), make_digest(2), digest(make_run(3), alone))
    assert found.runs == ("run-01", "run-02")
    assert why(found) == {"run-03": ("not measured beside a blank",)}


def test_a_stand_in_and_another_blank_are_left_out(make_digest):
    """Neither is what the newest run measured."""
    found = trends(make_digest(1, stand_in="db-like"), make_digest(2, blank="1.0"), make_digest(3))
    assert why(found) == {
        "run-01": ("db: db-like in that run, the real product in the newest",),
        "run-02": ("the blank's server: nginx 1.0 in that run, nginx 1.22 in the newest",),
    }


def test_a_failed_stack_is_left_out(make_digest, make_records, make_run):
    """It has no figures."""
    failed = [
        replace(r, status=Status.FAILED, fault=Fault.WRONG, measurement=None)
        if r.key.stack == "primary"
        else r
        for r in make_records(1)
    ]
    found = trends(digest(make_run(1), failed), make_digest(2))
    assert why(found) == {"run-01": ("no trial of it was ok",)}


def test_of_a_limited_trial_only_cpu_counts(make_records, make_run):
    """Its speed was the load generator's."""
    doubt = Warn.SATURATED_GENERATOR.seen("0.9 of a core")
    limited = [replace(r, doubts=(doubt,)) for r in make_records(1)]
    found = trends(digest(make_run(1), limited))
    assert {trend.metric.name for trend in found.trends} == {"cpu"}
    assert found.limited == ("run-01",)


def test_only_what_is_wanted_is_there(make_digest):
    """By scenario, and by metric with its part."""
    wanted = Wanted(scenarios=frozenset({"chat"}), metrics=frozenset({("cpu", "api")}))
    (trend,) = trends(make_digest(1), wanted=wanted).trends
    assert trend.metric == Metric(scenario="chat", load="8 users", name="cpu", component="api")


@pytest.mark.parametrize("text", ["speed", "p95:list", "cpu:", "", "throughput:api"])
def test_a_metric_that_is_none_is_refused(text):
    """With what there is."""
    with pytest.raises(UsageError, match="throughput, p50, p95, cpu, cpu:COMPONENT or p50:"):
        metric_of(text)
