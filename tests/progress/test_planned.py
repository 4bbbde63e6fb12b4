"""The planned seconds of stages, and of what a resumed run need not do again."""

from __future__ import annotations

import pytest

from harness.config import Load, Plan
from harness.plan import PREPARE_S, Round, schedule
from harness.registry import scenarios, stacks
from harness.run import _spared
from harness.trial import driving_s

PLAN = Plan(sessions=3, load=Load(slices=6, slice_s=0.5))
CHAT = {"chat": scenarios()["chat"]}


def test_what_a_finished_run_spares_is_the_whole_plan() -> None:
    """Launching and checking too, so that nothing is left."""
    layout = schedule(PLAN, stacks(), CHAT)
    numbers = range(1, layout.sessions + 1)
    spared = sum(_spared(layout, layout.of_session(number), ()) for number in numbers)

    assert spared == pytest.approx(layout.expected_s)


def test_a_session_that_goes_on_spares_its_finished_rounds_only() -> None:
    """Its stacks must be launched for the others."""
    layout = schedule(PLAN, stacks(), {**CHAT, "browse": scenarios()["browse"]})
    first, *left = layout.of_session(1)

    assert _spared(layout, (first, *left), left) == first.expected_s


def test_preparing_and_driving_are_the_time_of_a_round() -> None:
    """A stack that failed while preparing is not driven."""
    one = Round(session=1, scenario="chat", load=PLAN.load, stacks=("a", "b"), seed=1)

    assert driving_s(one, ("a", "b")) + 2 * PREPARE_S == one.expected_s
    assert driving_s(one, ("a",)) == pytest.approx(driving_s(one, ("a", "b")) / 2)
