"""What is made of sessions of a stack against itself and against itself slowed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from harness.calibration import app_cost, arms, sides, slowed
from harness.config import Gate
from harness.contract import alone
from harness.errors import UsageError
from harness.records import Record
from harness.registry import components, stacks

Build = Callable[..., list[Record]]
STACK = stacks()["cost-optimized"]
NAMES = {
    "base": "cost-optimized",
    "base-again": "cost-optimized-again",
    "head": "cost-optimized-slower-10",
}
INJECTED = {"cost-optimized": 0.0, "cost-optimized-again": 0.0, "cost-optimized-slower-10": 0.1}


def _renamed(records: list[Record]) -> list[Record]:
    return [replace(r, key=replace(r.key, stack=NAMES[r.key.stack])) for r in records]


def test_the_sides_are_itself_again_and_slowed() -> None:
    """Five sides, of which the slowed ones burn their share of what a request costs."""
    found = sides(STACK, 0.002)
    burnt = {
        name: [getattr(part, "burn_us", 0.0) for part in side.components]
        for name, (_, side) in found.items()
    }

    assert [round(share, 2) for share, _ in found.values()] == [0.0, 0.0, 0.05, 0.1, 0.2]
    assert max(burnt["cost-optimized-slower-10"]) == pytest.approx(200.0)
    assert max(burnt["cost-optimized-again"]) == 0.0


def test_a_stack_without_the_knob_is_refused() -> None:
    """Where nothing can be slowed, nothing can be calibrated."""
    deaf = alone(components()["redis"])
    with pytest.raises(UsageError, match="burn_us"):
        slowed(deaf, "other", 10.0)


def test_the_cost_of_a_request_is_the_apps_alone(three_sides: Build) -> None:
    """CPU of the app over answered requests, without database and model, and whatever ran beside:
    the blank answers requests too.
    """
    [record] = [r for r in _renamed(three_sides(1)) if r.key.stack == STACK.name]
    measured = record.measurement
    assert measured is not None
    app = next(u.cpu_s for u in measured.components if u.name == "app")
    blank = replace(record, key=replace(record.key, stack="blank"))

    assert app_cost([record, blank], STACK) == pytest.approx(app / measured.counts.answered)


def test_power_and_false_alarms_are_told(three_sides: Build) -> None:
    """Against itself hardly any gate of twelve alarms, against a tenth more nearly all do."""
    again, slower = arms(_renamed(three_sides(24, app=1.1)), STACK, INJECTED, Gate(), 0.002)
    calm = {p.sessions: p for p in again.powers}
    keen = {p.sessions: p for p in slower.powers}

    assert calm[12].alarms <= 0.01
    assert (calm[12].groups, calm[12].alarmed) == (2, 0)
    assert keen[12].alarms >= 0.95
    assert keen[12].alarmed == 2


def test_what_was_injected_is_what_is_measured(three_sides: Build) -> None:
    """The app's CPU is a tenth up, within its interval."""
    _, slower = arms(_renamed(three_sides(24, app=1.1)), STACK, INJECTED, Gate(), 0.002)
    app = next(s for s in slower.shifts if (s.metric, s.part) == ("cpu", "app"))

    assert app.low < 1.1 < (app.high or 0.0)
