"""Plan: Plan -> the rounds of trials to run, and what is skipped with the reason.

A round is one scenario under one load in one session: its trials, one for each stack, share a drive
whose slices alternate between the stacks in random order. The order of rounds within a session is
shuffled too, each by the plan's seed.
"""

from __future__ import annotations

import os
import random
from collections.abc import Mapping
from dataclasses import dataclass

from harness.config import Load, Plan
from harness.contract import ComponentScenario, Scenario, Stack
from harness.drive.job import PlannedSlice
from harness.probing import expected_s
from harness.records import TrialKey

# For each stack, seen with four at a time on one processor; launching and verifying overlap.
PREPARE_S = 2.0
LAUNCH_S = 8.0
VERIFY_S = {"smoke": 2.0, "full": 20.0}
SEARCH_S = 20.0  # what the generator takes to start for each probe
WINDOW_S, SHORTEST_S = 1.0, 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """The trials that share one drive: a scenario under a load in a session, and the stacks it
    runs on.
    """

    session: int
    scenario: str
    load: Load
    stacks: tuple[str, ...]
    seed: int

    def key(self, stack: str) -> TrialKey:
        """Return the key of one stack's trial."""
        load = self.load.title
        return TrialKey(session=self.session, scenario=self.scenario, load=load, stack=stack)

    def keys(self) -> tuple[TrialKey, ...]:
        """Return the trials of this round."""
        return tuple(self.key(stack) for stack in self.stacks)

    def slices(self, stacks: tuple[str, ...]) -> tuple[PlannedSlice, ...]:
        """Return the slices of these stacks in the order of their execution: windows of warm-up,
        then alternation, then the longer slices that confirm it. Slices of a block (one for each
        stack) have the same seed, so that all stacks see the same arrivals.
        """
        rng = random.Random(self.seed)
        load = self.load
        warmups = _windows(max(load.warmup_s, load.settle_s))
        lengths = [*warmups, *[load.slice_s] * load.slices, *[load.confirm_s] * load.confirms]
        measured, confirming = len(warmups), len(warmups) + load.slices
        planned = list[PlannedSlice]()
        for block, duration in enumerate(lengths):
            for stack in rng.sample(stacks, len(stacks)):
                planned.append(
                    PlannedSlice(
                        index=len(planned),
                        block=block,
                        stack=stack,
                        duration_s=duration,
                        warmup=block < measured,
                        confirm=block >= confirming,
                        seed=self.seed * 10_000 + block,
                    )
                )
        return tuple(planned)

    @property
    def expected_s(self) -> float:
        """Estimate of this round's time in seconds: loads, warm-ups, preparing and settling."""
        load = self.load
        if load.model == "capacity":
            search = load.warmup_s + expected_s(load.probe_s, curve=load.curve)
            return len(self.stacks) * (search + PREPARE_S) + SEARCH_S
        each = (load.slices, load.slice_s), (load.confirms, load.confirm_s)
        one = max(load.warmup_s, load.settle_s) + sum(n * (length + 0.1) for n, length in each)
        return len(self.stacks) * (one + PREPARE_S)


def _windows(seconds: float) -> list[float]:
    """Cut a warm-up into windows of a second, the last one shorter."""
    whole = int(seconds)
    rest = seconds - whole
    return [WINDOW_S] * whole + ([rest] if rest > SHORTEST_S else [])


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """All rounds of a run in order, and what was asked for and is not run, each with its reason."""

    rounds: tuple[Round, ...]
    skips: Mapping[str, str]
    sessions: int
    expected_s: float

    def of_session(self, session: int) -> tuple[Round, ...]:
        """Return the rounds of one session."""
        return tuple(r for r in self.rounds if r.session == session)


def schedule(
    plan: Plan, stacks: Mapping[str, Stack], scenarios: Mapping[str, Scenario | ComponentScenario]
) -> Schedule:
    """Lay out every round of the plan; a stack that lacks what a scenario needs is a skip, not a
    failure. Components that stand alone are stacks without capabilities.
    """
    rng = random.Random(plan.seed)
    skips: dict[str, str] = {}
    rounds = list[Round]()
    for session in range(1, plan.sessions + 1):
        inside = list[Round]()
        for name, scenario in scenarios.items():
            able, lacking = _able(stacks, scenario)
            skips |= {f"{stack} on {name}": why for stack, why in lacking.items()}
            loads = [each for each in plan.loads_of(name) if _due(each, session)]
            for load in loads if able else ():
                seed = rng.randrange(2**31)
                inside.append(
                    Round(session=session, scenario=name, load=load, stacks=able, seed=seed)
                )
        rng.shuffle(inside)
        # The blank comes first, what needs a capacity after all that find one.
        inside.sort(key=lambda one: (one.scenario != plan.blank, one.load.of_capacity > 0))
        rounds += inside
    whole = sum(bool(stack.capabilities) for stack in stacks.values())
    verifying = whole * (VERIFY_S[plan.verify] + (plan.sessions - 1) * VERIFY_S["smoke"])
    launching = plan.sessions * launching_s(plan, stacks)
    expected = launching + verifying + sum(r.expected_s for r in rounds)
    return Schedule(rounds=tuple(rounds), skips=skips, sessions=plan.sessions, expected_s=expected)


def launching_s(plan: Plan, stacks: Mapping[str, Stack]) -> float:
    """Return about how long it takes to launch these; the blank is up at once."""
    return LAUNCH_S * sum(name != plan.blank for name in stacks)


def _due(load: Load, session: int) -> bool:
    """Tell whether a load is to run in a session: capacities are searched in the first ones."""
    return load.model != "capacity" or session <= load.searches


def _able(
    stacks: Mapping[str, Stack], scenario: Scenario | ComponentScenario
) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return what the scenario runs on, and for whole stacks that lack something, what."""
    if isinstance(scenario, ComponentScenario):
        alone = (name for name, stack in stacks.items() if not stack.capabilities)
        return tuple(name for name in alone if name in scenario.components), {}
    whole = {name: stack.capabilities for name, stack in stacks.items() if stack.capabilities}
    lacks = {name: sorted(scenario.needs - has) for name, has in whole.items()}
    able = tuple(name for name, missing in lacks.items() if not missing)
    return able, {
        name: f"the stack declares that it lacks: {', '.join(missing)}"
        for name, missing in lacks.items()
        if missing
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Cpus:
    """Which processors the stacks and the generator get, and whether they must share."""

    stacks: tuple[int, ...]
    generator: tuple[int, ...]
    shared: bool


def cpus(plan: Plan) -> Cpus:
    """Split this machine's processors as the plan says: by default the stacks get the first half,
    the generator the rest.
    """
    available = tuple(sorted(os.sched_getaffinity(0)))
    half = len(available) // 2
    stacks = plan.machine.stack_cpus or available[:half] or available
    generator = plan.machine.generator_cpus or available[half:]
    return Cpus(stacks=stacks, generator=generator, shared=bool(set(stacks) & set(generator)))
