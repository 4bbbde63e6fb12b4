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


def test_the_capacity_is_found_and_the_stacks_are_compared_at_half_of_it(
    carry_out: Callable[..., tuple[Record, ...]], small: Plan, cost_optimized: Stack
) -> None:
    """A bracket from few probes, a curve up to and past it, the books in order throughout."""
    searched, shared = sorted(
        carry_out(cost_optimized, plan=searching(small, SEARCH, SHARE)),
        key=lambda record: record.capacity is None,
    )

    assert (searched.status, shared.status) == (Status.OK, Status.OK), searched.reason
    found = searched.capacity
    assert found is not None
    assert 0 < found.low == searched.rate
    assert found.high is None or found.low < found.high
    assert len(found.probes) <= 10
    assert [point.rate for point in found.curve] == [found.low * s for s in CURVE][
        : len(found.curve)
    ]
    assert "messages" in searched.audited
    assert searched.measurement is not None
    assert shared.rate == 0.5 * found.low
    assert shared.key.load == "50 % of the lowest capacity"


def test_each_stack_has_its_own_capacity(
    carry_out: Callable[..., tuple[Record, ...]], small: Plan, cost_optimized: Stack
) -> None:
    """Two of the same kind are searched side by side, each at its own rates."""
    twins = (cost_optimized, replace(cost_optimized, name="cost-optimized-again"))
    quick = SEARCH.model_copy(update={"curve": False})
    records = carry_out(*twins, plan=searching(small, quick))

    assert {Status.OK} == {record.status for record in records}
    first, second = (r.capacity for r in records if r.capacity)
    assert 0.5 < first.low / second.low < 2.0


def test_an_objective_that_nothing_can_keep_is_a_failure_with_its_reason(
    carry_out: Callable[..., tuple[Record, ...]], small: Plan, cost_optimized: Stack
) -> None:
    """And what wants a share of the capacity is skipped."""
    hard = SEARCH.model_copy(update={"slo_p95_s": 0.0005, "curve": False})
    failed, skipped = carry_out(cost_optimized, plan=searching(small, hard, SHARE))

    assert failed.status is Status.FAILED
    assert failed.reason.startswith("no rate kept the objective; at ")
    assert (skipped.status, skipped.reason) == (Status.SKIPPED, "no capacity was found")
