"""A capacity searched on a real stack, and a comparison at a share of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from harness.config import Load, Plan
from harness.contract import Stack
from harness.probing import CURVE
from harness.records import Record, Status

pytestmark = pytest.mark.e2e
SEARCH = Load(
    model="capacity", users=32, slo_p95_s=0.3, probe_s=1.0, curve=True, warmup_s=1.0, drain_s=2.0
)
SHARE = Load(model="open", of_capacity=0.5, users=32, slices=2, slice_s=1.0, warmup_s=0.5)


def searching(small: Plan, *loads: Load) -> Plan:
    """Return the small plan with these loads of the chat scenario."""
    return small.model_copy(update={"loads": {"chat": loads}, "blank_s": 0.0})


def test_capacities_are_found_and_the_stacks_are_compared_at_half_of_the_lower(
    carry_out: Callable[..., tuple[Record, ...]], small: Plan, cost_optimized: Stack
) -> None:
    """A bracket from few probes for each, a curve up to and past it, the books always in order."""
    twins = (cost_optimized, replace(cost_optimized, name="cost-optimized-again"))
    records = carry_out(*twins, plan=searching(small, SEARCH, SHARE))

    assert {Status.OK} == {record.status for record in records}, [r.reason for r in records]
    assert all("messages" in record.audited and record.measurement for record in records)
    searched = [(record, record.capacity) for record in records if record.capacity]
    for record, found in searched:
        assert 0 < found.low == record.rate
        assert len(found.probes) <= 10
        rates = [found.low * share for share in CURVE]
        assert [point.rate for point in found.curve] == rates[: len(found.curve)]
    lows = [found.low for _, found in searched]
    shared = [record for record in records if not record.capacity]
    assert [0.5 * min(lows)] * 2 == [record.rate for record in shared]
    assert {"50 % of the lowest capacity"} == {record.key.load for record in shared}


def test_an_objective_that_nothing_can_keep_is_a_failure_with_its_reason(
    carry_out: Callable[..., tuple[Record, ...]], small: Plan, cost_optimized: Stack
) -> None:
    """And what wants a share of the capacity is skipped."""
    hard = SEARCH.model_copy(update={"slo_p95_s": 0.0005, "curve": False})
    failed, skipped = carry_out(cost_optimized, plan=searching(small, hard, SHARE))

    assert failed.status is Status.FAILED
    assert failed.reason.startswith("no rate kept the objective; at ")
    assert (skipped.status, skipped.reason) == (Status.SKIPPED, "no capacity was found")
