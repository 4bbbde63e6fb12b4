"""Who is up at the same time."""

from __future__ import annotations

import pytest

from harness.companies import GIBIBYTE, companies, parts
from harness.config import Load, Machine, Plan
from harness.contract import alone
from harness.plan import Round
from harness.registry import components, stacks

BLANK = alone(components()["blank"])
TWO = {"blank": BLANK, **{n: stacks()[n] for n in ("cost-optimized", "primary")}}
APART = (("blank", "cost-optimized"), ("primary",))


def _plan(together: str = "auto") -> Plan:
    return Plan(machine=Machine.model_validate({"together": together}))


def test_with_room_all_are_up_together() -> None:
    """Two stacks want 3.5 GiB."""
    assert companies(_plan(), TWO, 4 * GIBIBYTE) == (tuple(TWO),)


def test_without_room_they_take_turns() -> None:
    """Small things go with the first."""
    assert companies(_plan(), TWO, 3 * GIBIBYTE) == APART


@pytest.mark.parametrize(("together", "number"), [("always", 1), ("never", 2)])
def test_the_plan_may_decide(together: str, number: int) -> None:
    """Whatever there is."""
    assert len(companies(_plan(together), TWO, 3 * GIBIBYTE)) == number


def test_one_stack_is_always_alone() -> None:
    """There is nobody to take turns with."""
    one = {"primary": TWO["primary"]}
    assert companies(_plan("never"), one, 0) == (("primary",),)


def _round(scenario: str, stacks: tuple[str, ...], of_capacity: float = 0.0) -> Round:
    load = Load(model="open", of_capacity=of_capacity) if of_capacity else Load()
    return Round(session=1, scenario=scenario, load=load, stacks=stacks, seed=7)


def test_every_round_is_run_once_for_every_stack() -> None:
    """Company by company, with the same seed, and shares of a capacity last."""
    both = ("cost-optimized", "primary")
    rounds = [_round("blank", ("blank",)), _round("share", both, 0.6), _round("chat", both)]
    found = parts(rounds, APART)

    told = [[(one.scenario, one.stacks) for one in part] for part in found]
    assert told == [
        [("blank", ("blank",)), ("chat", ("cost-optimized",))],
        [("chat", ("primary",))],
        [("share", ("cost-optimized",))],
        [("share", ("primary",))],
    ]


def test_together_nothing_is_split() -> None:
    """The rounds stay as they are."""
    rounds = [_round("chat", ("cost-optimized", "primary"))]
    assert parts(rounds, (("cost-optimized", "primary"),)) == (tuple(rounds),)
