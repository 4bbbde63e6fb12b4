"""Plan: rounds, their slices, skips and processors."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from harness.config import Load, Machine, Plan
from harness.contract import Capability, Scenario
from harness.plan import Round, cpus, schedule
from harness.registry import scenarios, stacks
from harness.subjects import selected

LOAD = Load(slices=6, slice_s=0.5, warmup_s=1.0)
ROUND = Round(session=1, scenario="chat", load=LOAD, stacks=("a", "b"), seed=7)


def test_every_stack_gets_a_warm_up_and_the_same_number_of_slices() -> None:
    """Slices are numbered in their order; the warm-ups come first."""
    slices = ROUND.slices(("a", "b"))

    assert list(range(14)) == [s.index for s in slices]
    assert Counter({"a": 6, "b": 6}) == Counter(s.stack for s in slices if not s.warmup)
    assert all(s.warmup and s.duration_s == 1.0 for s in slices[:2])


def test_slices_alternate_between_stacks() -> None:
    """Each stack is loaded once before any is loaded again."""
    slices = ROUND.slices(("a", "b"))
    pairs = [{one.stack, two.stack} for one, two in zip(slices[::2], slices[1::2], strict=True)]

    assert [{"a", "b"}] * 7 == pairs


def test_slices_that_belong_together_see_the_same_arrivals() -> None:
    """They share a seed, which no other pair has."""
    slices = ROUND.slices(("a", "b"))
    seeds = [(one.seed, two.seed) for one, two in zip(slices[::2], slices[1::2], strict=True)]

    assert all(one == two for one, two in seeds)
    assert len({one for one, _ in seeds}) == 7


def test_the_order_within_pairs_is_random_but_seeded() -> None:
    """The same seed gives the same order; not every pair begins with the same stack."""
    firsts = [s.stack for s in ROUND.slices(("a", "b"))[::2]]

    assert firsts == [s.stack for s in ROUND.slices(("a", "b"))[::2]]
    assert {"a", "b"} == set(firsts)


def test_a_schedule_holds_every_scenario_in_every_session() -> None:
    """Sessions times scenarios rounds, each with all stacks."""
    whole = {name: way for name, way in scenarios().items() if isinstance(way, Scenario)}
    layout = schedule(Plan(sessions=3), stacks(), whole)

    assert 3 * len(whole) == len(layout.rounds)
    assert all(set(stacks()) == set(one.stacks) for one in layout.rounds)


def test_what_a_stack_lacks_is_a_skip_with_its_reason() -> None:
    """The stack is left out of that scenario alone, and the reason names what it lacks."""
    found = stacks()
    mute = replace(found["primary"], capabilities=frozenset({Capability.CHAT}))
    layout = schedule(Plan(), {**found, "primary": mute}, scenarios())

    assert layout.skips["primary on stream"] == "the stack declares that it lacks: stream"
    streaming = next(one.stacks for one in layout.rounds if one.scenario == "stream")
    assert set(found) - {"primary"} == set(streaming)


def test_every_session_begins_with_the_blank() -> None:
    """By its own short load, whatever that of the others is."""
    plan = Plan(sessions=4, stacks=("primary",), blank_s=2.0, load=LOAD)
    found = selected(plan)
    layout = schedule(plan, found.launched, found.scenarios)
    firsts = [layout.of_session(session)[0] for session in range(1, 5)]

    assert [("blank", ("blank",))] * 4 == [(one.scenario, one.stacks) for one in firsts]
    assert {(2, 1.0)} == {(one.load.slices, one.load.slice_s) for one in firsts}
    assert all("blank" not in one.stacks for one in layout.rounds if one not in firsts)


@pytest.mark.parametrize(
    ("cores", "expected"),
    [({0, 1}, ((0,), (1,))), ({0, 1, 2, 3}, ((0, 1), (2, 3))), ({5}, ((5,), (5,)))],
)
def test_stacks_and_generator_share_no_core_if_there_are_two(
    cores: set[int],
    expected: tuple[tuple[int, ...], tuple[int, ...]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first half is the stacks', the rest the generator's; one core must be shared."""
    monkeypatch.setattr("os.sched_getaffinity", lambda _: cores)
    split = cpus(Plan())

    assert expected == (split.stacks, split.generator)
    assert split.shared == (len(cores) == 1)


def test_the_plan_may_name_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the plan says is taken as it is."""
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1, 2, 3})
    split = cpus(Plan(machine=Machine(stack_cpus=(2,), generator_cpus=(0, 1))))

    assert ((2,), (0, 1)) == (split.stacks, split.generator)


def test_what_needs_a_capacity_comes_after_the_search() -> None:
    """However the rounds are shuffled; the search is in the first session only."""
    found = {"chat": scenarios()["chat"]}
    loads = (Load(model="capacity"), Load(model="open", of_capacity=0.6), Load(), Load(users=3))
    plan = Plan(sessions=2, loads={"chat": loads}, blank_s=0.0)

    for seed in range(10):
        layout = schedule(plan.model_copy(update={"seed": seed}), stacks(), found)
        first, second = ([one.load for one in layout.of_session(n)] for n in (1, 2))
        assert first[-1].of_capacity == second[-1].of_capacity == 0.6
        assert [load.model for load in first].count("capacity") == 1
        assert "capacity" not in [load.model for load in second]
