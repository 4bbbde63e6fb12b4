"""What the tests of pages on several runs build theirs from."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.history.trend import Change, History, LeftOut, Part, StackHistory, Trend, Value
from harness.pairs import Metric

CPU = Metric(scenario="chat", load="8 users", name="cpu")
PART = Metric(scenario="chat", load="8 users", name="cpu", component="api")


def value(number: int, middle: float) -> Value:
    """Return the ratio of one run."""
    return Value(
        run=f"run-{number}", started_at=f"2026-11-{number:02}T05:30:00+00:00", revision="",
        parts={}, middle=middle, low=middle * 0.97, high=middle * 1.04, sessions=8,
    )  # fmt: skip


def history(*, changed: bool = True) -> History:
    """Return a stack whose CPU rose by a fifth at its seventh run."""
    values = tuple(value(n, 12.0 if n < 7 else 14.4) for n in range(1, 13))
    change = Change(
        index=6, run="run-7", started_at="2026-11-07T05:30:00+00:00", revision="abc", before=12.0,
        after=14.4, runs_before=6, runs_after=6, size=0.2, pvalue=1e-6,
        parts={"redis": (Part(version="7.0", source="x"), Part(version="7.2", source="x"))},
    )  # fmt: skip
    steps = (change,) if changed else ()
    trends = (
        Trend(metric=CPU, values=values, searched=True, changes=steps),
        Trend(metric=PART, values=values, searched=True),
    )
    left = (LeftOut(run="old", started_at="", reasons=("another machine",)),)
    of = StackHistory(
        stack="primary", runs=tuple(v.run for v in values), limited=(), left_out=left, trends=trends
    )
    return History(stacks=(of,))


@pytest.fixture
def make_history() -> Callable[..., History]:
    """Return the builder of a stack's history."""
    return history
