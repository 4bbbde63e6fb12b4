"""What a plan compares: whole stacks, or components alone, at one tier of durability."""

from __future__ import annotations

import pytest

from harness.config import Load, Plan
from harness.contract import KEEPERS, ComponentScenario, Durability, Durable
from harness.errors import PlanError, UsageError
from harness.plan import schedule
from harness.registry import components, scenarios, stacks
from harness.settings import configured, one_tier
from harness.subjects import selected

LONE = {name for name, way in scenarios().items() if isinstance(way, ComponentScenario)}


def test_nothing_named_means_all_stacks_on_all_their_scenarios() -> None:
    """Components are not loaded alone unless they, or their scenarios, are named."""
    found = selected(Plan())

    assert set(stacks()) == set(found.subjects)
    assert set(scenarios()) - LONE | {"blank"} == set(found.scenarios)


def test_whole_stacks_have_the_blank_beside_them() -> None:
    """Nobody names it, and it is launched, but not compared."""
    found = selected(Plan(stacks=("primary",), scenarios=("chat",)))

    assert ({"primary"}, {"blank"}) == (set(found.subjects), set(found.beside))
    assert {"primary", "blank"} == set(found.launched)
    assert {"chat", "blank"} == set(found.scenarios)


@pytest.mark.parametrize(
    "plan",
    [
        Plan(blank_s=0.0),
        Plan(components=("redis",)),
        Plan(stacks=("primary",), attach={"primary": "http://127.0.0.1:9"}),
    ],
    ids=["left out", "components", "attached"],
)
def test_there_is_no_blank_where_it_says_nothing(plan: Plan) -> None:
    """Other clients, other machines, or a plan that does without."""
    found = selected(plan)

    assert not found.beside
    assert "blank" not in found.scenarios


def test_the_blank_may_be_asked_for_like_any_component() -> None:
    """Then it is what is measured, and nothing is beside it."""
    found = selected(Plan(components=("blank",)))

    assert ({"blank"}, set()) == (set(found.subjects), set(found.beside))


@pytest.mark.parametrize(("name", "said"), [("lamp", "no scenario"), ("cache", "more than one")])
def test_a_blank_that_is_none_is_refused(name: str, said: str) -> None:
    """It is a component and the scenario of its name."""
    with pytest.raises((PlanError, UsageError), match=said):
        selected(Plan(blank=name))


def test_a_scenario_of_components_takes_all_that_it_can_drive() -> None:
    """`--scenario database` alone compares every database."""
    found = selected(Plan(scenarios=("database",)))

    assert {"postgresql", "sqlite", "mongodb", "cassandra"} == set(found.subjects)
    assert all(not stack.capabilities for stack in found.subjects.values())


def test_a_one_factor_comparison_holds_just_those_named() -> None:
    """`--scenario database --component postgresql --component mongodb`."""
    plan = Plan(scenarios=("database",), components=("postgresql", "mongodb"))
    found = selected(plan)
    rounds = schedule(plan, found.subjects, found.scenarios).rounds

    assert [("postgresql", "mongodb")] == [one.stacks for one in rounds]


def test_a_component_alone_gets_every_scenario_that_drives_it() -> None:
    """`--component postgresql` is loaded as a database and as a search engine."""
    found = selected(Plan(components=("postgresql",)))

    assert {"database", "search"} <= set(found.scenarios)
    assert set(found.scenarios) <= LONE


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (Plan(scenarios=("database",), stacks=("primary",)), "load components, not stacks"),
        (Plan(scenarios=("database",), components=("redis",)), "cannot drive redis"),
        (Plan(scenarios=("chat",), components=("redis",)), "cannot drive redis"),
    ],
)
def test_what_does_not_fit_together_is_refused(plan: Plan, said: str) -> None:
    """The message says what the scenarios are for."""
    with pytest.raises(PlanError, match=said):
        selected(plan)


def test_an_unknown_component_lists_the_known_ones() -> None:
    """As with stacks."""
    with pytest.raises(UsageError, match=r"there is no component 'oracle'; there are: .*sqlite"):
        selected(Plan(components=("oracle",)))


@pytest.mark.parametrize("tier", list(Durability))
def test_one_tier_holds_for_all_that_keeps_books(tier: Durability) -> None:
    """Databases, queues, search engines and the apps get the plan's tier; caches do not."""
    found = selected(Plan(durability=tier.value))
    parts = [part for stack in found.subjects.values() for part in stack.components]
    keepers = {p.durability for p in parts if isinstance(p, Durable) and p.role != "cache"}
    apps = {p.durability for p in parts if p.role == "app"}  # type: ignore[attr-defined]
    caches = {p.durability for p in parts if p.role == "cache"}  # type: ignore[attr-defined]

    assert ({tier}, {tier}, {Durability.NONE}) == (keepers, apps, caches)


def test_a_component_cannot_be_set_to_a_tier_of_its_own() -> None:
    """A comparison that mixes tiers compares promises, not products."""
    with pytest.raises(PlanError, match="set it for the whole plan"):
        configured(stacks(), {"postgresql": {"durability": "machine"}})


def test_caches_of_different_tiers_are_not_compared() -> None:
    """Redis can write its data down, Memcached cannot."""
    written = configured(stacks(), {"redis": {"durability": "process"}})

    with pytest.raises(PlanError, match=r"memcached: none, redis: process"):
        one_tier(written.values())


def test_a_tier_that_does_not_exist_is_refused() -> None:
    """The message lists those that do."""
    with pytest.raises(PlanError, match="one of none, process, machine is wanted"):
        configured(stacks(), {"redis": {"durability": "forever"}})


def test_a_tier_that_a_component_does_not_offer_is_refused() -> None:
    """Memcached promises nothing, whatever it is told."""
    with pytest.raises(PlanError, match="memcached does not offer the durability process"):
        configured(stacks(), {"memcached": {"durability": "process"}})


@pytest.mark.parametrize("name", sorted(n for n, p in components().items() if p.role in KEEPERS))
def test_every_component_says_how_it_keeps_what_it_promises(name: str) -> None:
    """All that keep data have a sentence for each tier."""
    part = components()[name]

    assert isinstance(part, Durable)
    assert part.promise
    assert all(part.promises.values())


def test_what_cannot_be_audited_across_a_kill_is_not_killed() -> None:
    """A cache's counters begin anew, and a whole stack has no one server to kill."""
    load = Load(kill_after_s=1.0, slice_s=2.0)
    for name in ("cache", "chat"):
        with pytest.raises(PlanError, match=f"{name} cannot be audited across a kill"):
            selected(Plan(scenarios=(name,), load=load))
    assert selected(Plan(scenarios=("queue",), load=load)).scenarios
