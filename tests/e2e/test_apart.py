"""Stacks that are up one after the other, as where memory is short."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.config import Machine, Plan
from harness.contract import Stack
from harness.records import Record, Status
from harness.sides import side

pytestmark = pytest.mark.e2e


def test_stacks_that_took_turns_say_so(
    carry_out: Callable[..., tuple[Record, ...]], small: Plan, cost_optimized: Stack
) -> None:
    """Each is measured, and each record doubts the comparison."""
    plan = small.model_copy(update={"machine": Machine(together="never"), "blank_s": 0.0})
    again = side(cost_optimized, "cost-optimized-again")
    records = carry_out(cost_optimized, again, plan=plan)

    assert {r.key.stack for r in records} == {"cost-optimized", "cost-optimized-again"}
    assert {r.status for r in records} == {Status.OK}
    assert all("APART" in {doubt.code for doubt in r.doubts} for r in records)
