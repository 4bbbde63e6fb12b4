"""Two runs may be set side by side only if all that must be equal is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.comparable import require_comparable, servers
from harness.errors import NotComparable
from harness.measure.host import MATTER, facts
from harness.records import (
    SCHEMA,
    ComponentUse,
    Counts,
    Fault,
    GeneratorHealth,
    Measurement,
    Record,
    Run,
    Status,
    TrialKey,
)
from harness.stats.histogram import from_seconds, latency

HERE = Run(
    id="here", started_at="", finished_at="", schema=SCHEMA, version="1.0", launcher="processes",
    plan={"seed": 1, "load": {"users": 8}}, facts=facts(), fingerprint="", llm_capacity=0.0,
)  # fmt: skip
THERE = replace(HERE, id="there")


def record(stack: str = "primary", **parts: tuple[str, str, str]) -> Record:
    """Return a record with components by name: role, version, stand-in."""
    nothing = latency(from_seconds([]))
    uses = tuple(
        ComponentUse(
            name=name, role=role, version=version, source="", stand_in=stand_in, size=0, size_of="",
            ready_s=0, idle_cpu=0, cpu_s=0, memory_mean=0, memory_peak=0, memory_idle=0, written=0,
            operations=None, operations_of="",
        )
        for name, (role, version, stand_in) in parts.items()
    )  # fmt: skip
    counts = Counts(scheduled=0, sent=0, answered=0, failed=0, wrong=0, open=0, unsent=0)
    health = GeneratorHealth(cpu_share=0, send_lag_p99=0, hub_lag_p99=0, achieved=1)
    measured = Measurement(
        counts=counts, loaded_s=1, throughput=0, response=nothing, service=nothing,
        first_token=None, between_tokens=None, endpoints=(), components=uses, slices=(),
        generator=health, steady=True, warmup_s=0, answered_all=0, seconds=(),
    )  # fmt: skip
    return Record(
        key=TrialKey(session=1, scenario="chat", load="8 users", stack=stack), status=Status.OK,
        fault=Fault.NONE, reason="", started_at="", model="closed", users=8, rate=0, tier="process",
        durability="", verified="", audited="", doubts=(), measurement=measured,
    )  # fmt: skip


def refusal(*runs: Run, **records: Any) -> str:
    """Return what the refusal says."""
    with pytest.raises(NotComparable) as caught:
        require_comparable(*runs, **records)
    assert caught.value.exit_code == 4
    return str(caught.value)


def test_a_run_is_comparable_with_one_like_it() -> None:
    """And with itself."""
    require_comparable(HERE, THERE, of_one=[record()], of_other=[record()])


@pytest.mark.parametrize("fact", MATTER)
def test_a_baseline_of_another_machine_is_refused(fact: str) -> None:
    """Each fact of the host by name, with both values."""
    other = replace(THERE, facts={**THERE.facts, fact: "something else"})
    assert f"  {fact}: {HERE.facts[fact]} in here, something else in there\n" in refusal(
        HERE, other
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"launcher": "containers"}, "launcher: processes in here, containers in there"),
        ({"schema": SCHEMA + 1}, f"schema: {SCHEMA} in here, {SCHEMA + 1} in there"),
        ({"version": "1.1"}, "bakeoff: 1.0 in here, 1.1 in there"),
        ({"plan": {"seed": 2, "load": {"users": 8}}}, "plan's seed: 1 in here, 2 in there"),
        ({"plan": {"seed": 1, "load": {"users": 9}}}, """plan's load: {"users": 8} in here"""),
    ],
)
def test_another_way_of_measuring_is_refused(change: dict[str, Any], said: str) -> None:
    """Launcher, schema, bakeoff itself, the data's seed, the load."""
    assert f"  {said}" in refusal(HERE, replace(THERE, **change))


def test_everything_that_differs_is_listed_at_once() -> None:
    """Whoever mends one thing should not find the next one afterwards."""
    other = replace(THERE, launcher="attach", version="2", facts={**HERE.facts, "cpu": "another"})
    assert refusal(HERE, other).count(" in there") == 3


def test_a_stand_in_is_never_compared_with_the_real_one() -> None:
    """Whatever versions they tell."""
    real = record(mongodb=("database", "8.0.13", ""))
    other = record(mongodb=("database", "SecantusDB 0.7", "secantusdb 0.7 for MongoDB"))
    said = refusal(HERE, THERE, of_one=[real], of_other=[other])
    assert "primary/mongodb: the real product in here, secantusdb 0.7 for MongoDB in there" in said


def test_servers_of_other_versions_are_refused_and_apps_are_not() -> None:
    """The app is what a change may change."""
    old = record(redis=("cache", "7.0", ""), app=("app", "FastAPI 1", ""))
    new = record(redis=("cache", "7.0", ""), app=("app", "FastAPI 2", ""))
    require_comparable(HERE, THERE, of_one=[old], of_other=[new])
    newer = record(redis=("cache", "7.2", ""))
    said = refusal(HERE, THERE, of_one=[old], of_other=[newer])
    assert "primary/redis: 7.0 in here, 7.2 in there" in said


def test_a_server_that_only_one_has_is_told() -> None:
    """A stack that lost its cache is another stack."""
    had = [record(redis=("cache", "7", "")), record(nginx=("gateway", "1", ""))]
    said = refusal(HERE, THERE, of_one=had, of_other=had[1:])
    assert "primary/redis: 7 in here, none in there" in said


def test_stacks_that_only_one_has_do_not_matter() -> None:
    """Only what is in both is compared."""
    one = [record("primary", redis=("cache", "7", ""))]
    other = [record("scalability", kafka=("queue", "4", ""))]
    require_comparable(HERE, THERE, of_one=one, of_other=other)


def test_what_may_differ_can_be_named() -> None:
    """A gate may compare plans that differ in their number of sessions."""
    other = replace(THERE, plan={**HERE.plan, "sessions": 3})
    require_comparable(HERE, other, allowed=frozenset({"sessions"}))


def test_versions_that_changed_within_a_run_are_all_there() -> None:
    """A server that was replaced between two sessions shows."""
    found = [record(redis=("cache", v, "")) for v in ("7.0", "7.2", "7.0")]
    assert servers(found) == {("primary", "redis"): ("7.0, 7.2", "")}
