"""What a plan compares, and the one way to treat whole stacks and lone components alike.

A scenario goes to whole stacks over HTTP, a component scenario to components by their own
protocols; the stages that call them need not know which it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.config import Plan
from harness.contract import (
    ComponentScenario,
    Durability,
    Durable,
    Scenario,
    Stack,
    Subject,
    alone,
)
from harness.errors import BakeoffError, EnvironmentFault, PlanError
from harness.launch import PlacedStack
from harness.registry import Work, chosen, components, scenarios, stacks
from harness.settings import configured, one_tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What is compared, by name, and on what; lone components are stacks without capabilities.

    `beside` is what is measured along with them and not compared: the blank. Its scenario is among
    the others.
    """

    subjects: Mapping[str, Stack]
    scenarios: Mapping[str, Work]
    beside: Mapping[str, Stack]

    @property
    def launched(self) -> dict[str, Stack]:
        """Return all that is to be up."""
        return {**self.subjects, **self.beside}


def selected(plan: Plan) -> Selection:
    """Return what the plan asks for, configured; raises PlanError or UsageError."""
    ways = _ways(plan)
    whole, lone = stacks(), {name: alone(part) for name, part in components().items()}
    both = sorted(set(whole) & set(lone))
    if both:
        raise PlanError(f"{both[0]} is the name of a stack and of a component; rename the stack")
    known = configured({**whole, **lone}, plan.settings, plan.durability)
    subjects: dict[str, Stack] = {}
    if any(isinstance(way, Scenario) for way in ways.values()):
        names = plan.stacks or tuple(plan.attach)
        subjects |= chosen({name: known[name] for name in whole}, names, "stack")
    elif plan.stacks:
        raise PlanError(f"{', '.join(ways)} load components, not stacks; say --component NAME")
    drivable = _drivable(ways)
    picked = chosen({name: known[name] for name in lone}, plan.components, "component")
    if idle := [name for name in plan.components if name not in drivable]:
        able = ", ".join(sorted(drivable)) or "none"
        raise PlanError(
            f"{', '.join(ways)} cannot drive {', '.join(idle)}; components they can: {able}"
        )
    subjects |= {name: stack for name, stack in picked.items() if name in drivable}
    one_tier(subjects.values())
    _refuse_crashes(plan, ways)
    beside, asks = _beside(plan, subjects, known)
    return Selection(subjects=subjects, scenarios={**ways, **asks}, beside=beside)


def prepared(placed: PlacedStack, scenario: Work, seed: int) -> Mapping[str, object]:
    """Load the scenario's data, check it, and return what its users need.

    Raises ContractBroken for a wrong answer, EnvironmentFault for what else goes wrong.
    """
    if isinstance(scenario, Scenario):
        data = scenario.prepare(placed.url, seed)
        scenario.verify(placed.url, data)
        return data
    subject = subject_of(placed)
    told = {"name": subject.name, "url": subject.url, "durability": str(subject.durability)}
    data = _translated(scenario.prepare, subject, seed)
    _translated(scenario.verify, subject, data)
    return {**data, "subject": told}


def counted(
    placed: PlacedStack, scenario: Work, data: Mapping[str, object]
) -> dict[str, int] | None:
    """Count what the audit compares; None for a stack whose books are out of reach.

    Raises EnvironmentFault when they cannot be read.
    """
    if isinstance(scenario, ComponentScenario):
        return dict(_translated(scenario.count, subject_of(placed), data))
    ledger = placed.stack.ledger
    if ledger is None or not placed.countable:
        return None
    return {kind: placed.count(kind) for kind in ledger.statements}


def subject_of(placed: PlacedStack) -> Subject:
    """Return a lone component as its scenario sees it."""
    part = placed.stack.component(placed.stack.entry)
    tier = part.durability if isinstance(part, Durable) else Durability.NONE
    return Subject(name=part.name, url=placed.url, durability=tier)


def _ways(plan: Plan) -> dict[str, Work]:
    """Return the scenarios that are named, else those that fit what is to be compared."""
    known = scenarios()
    if plan.scenarios:
        return chosen(known, plan.scenarios, "scenario")
    if plan.components and not plan.stacks:
        return {
            name: way
            for name, way in known.items()
            if isinstance(way, ComponentScenario) and way.components & set(plan.components)
        }
    return {name: way for name, way in known.items() if isinstance(way, Scenario)}


def _beside(
    plan: Plan, subjects: Mapping[str, Stack], known: dict[str, Stack]
) -> tuple[dict[str, Stack], dict[str, Work]]:
    """Return the plan's blank and its scenario, where whole stacks of our own are compared.

    What was attached is elsewhere, and components alone have other clients than the blank's.
    """
    whole = any(stack.capabilities for stack in subjects.values())
    if not (whole and plan.blank_s) or plan.attach or plan.blank in subjects:
        return {}, {}
    asks = chosen(scenarios(), (plan.blank,), "scenario for a blank")
    way = asks[plan.blank]
    if not isinstance(way, ComponentScenario) or way.components != {plan.blank}:
        raise PlanError(f"blank is {plan.blank}, a scenario that loads more than one component")
    return chosen(known, (plan.blank,), "component for a blank"), asks


def _refuse_crashes(plan: Plan, ways: Mapping[str, Work]) -> None:
    """Refuse to kill what cannot be audited afterwards."""
    for name, way in ways.items():
        may = isinstance(way, ComponentScenario) and way.crashable
        if not may and any(load.kill_after_s for load in plan.loads_of(name)):
            raise PlanError(f"{name} cannot be audited across a kill; take kill_after_s out of it")


def _drivable(ways: Mapping[str, Work]) -> set[str]:
    lone = (way for way in ways.values() if isinstance(way, ComponentScenario))
    return {name for way in lone for name in way.components}


def _translated(function: Any, *arguments: Any) -> Any:
    """Call a scenario; errors of the client library it uses become ours."""
    try:
        return function(*arguments)
    except BakeoffError:
        raise
    except Exception as error:
        raise EnvironmentFault(f"{type(error).__name__}: {error}") from error
