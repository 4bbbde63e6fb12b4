"""Sides of one stack, measured in sessions until there is enough: shared by gate and calibrate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import click

from harness.commands.beginning import asked, begin
from harness.commands.conformance import conformance
from harness.commands.launching import at_hand
from harness.config import Plan
from harness.contract import Stack
from harness.errors import UsageError
from harness.launch import Launcher
from harness.launch.cleanup import scratch_folder
from harness.plan import schedule
from harness.progress import Progress
from harness.records import Record, Run
from harness.run import Setting, run
from harness.store import Store, plan_hash
from harness.subjects import Selection, selected

Enough = Callable[[tuple[Record, ...], int], bool]
"""Takes the records so far and the number of sessions; says whether that is enough."""


def one_stack(plan: Plan, command: str) -> tuple[Stack, Selection]:
    """Return the stack that the plan names, and what is selected with it; raises UsageError."""
    if len(plan.stacks) != 1:
        raise UsageError(f"bakeoff {command} takes one stack: add --stack NAME")
    selection = selected(plan)
    return selection.subjects[plan.stacks[0]], selection


def launcher_for(
    plan: Plan, stack: Stack, selection: Selection, progress: Progress
) -> tuple[Launcher, dict[str, Stack]]:
    """Return the launcher, everything fetched, and what will be up beside: the blank, if it can be
    had. Raises LaunchFailed when the stack cannot run here.
    """
    with progress:
        launcher, found, _ = at_hand(
            plan,
            {stack.name: stack, **selection.beside},
            progress.stage,
            all_of_them=True,
            beside=frozenset(selection.beside),
        )
    return launcher, {name: one for name, one in found.items() if name != stack.name}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Where sides are measured and what is kept of them. `beside` is up with them: the blank."""

    store: Store
    launcher: Launcher
    selection: Selection
    beside: Mapping[str, Stack]
    progress: Progress

    def measure(
        self, plan: Plan, sides: Mapping[str, Stack], enough: Enough, *, resume: bool = False
    ) -> tuple[Run, tuple[Record, ...]]:
        """Run sessions of all sides until `enough` says so, at most the plan's; return the run and
        its records. On Ctrl-C what was finished is in the store, and may be resumed.
        """
        up = {**sides, **self.beside}
        layout = schedule(plan, up, self.selection.scenarios)
        self.progress.begin(layout.expected_s, layout.sessions)
        begun = begin(self.store, plan, self.launcher, up, layout.skips, resume=resume)
        with scratch_folder("drive") as scratch, self.progress:
            setting = Setting(
                stacks=up,
                scenarios=self.selection.scenarios,
                launcher=self.launcher,
                conformance=conformance,
                store=self.store,
                scratch=scratch,
                progress=self.progress,
                enough=lambda number: enough(self.store.records(begun.id), number),
            )
            try:
                run(plan, setting, begun)
            except KeyboardInterrupt:
                click.echo(f"bakeoff: what was finished is kept as run {begun.id}", err=True)
                raise
        return self.store.run(begun.id), self.store.records(begun.id)

    def unfinished(self, plan: Plan, sides: Mapping[str, Stack]) -> Run:
        """Return the latest unfinished run of these sides; raises UsageError."""
        return begin(self.store, plan, self.launcher, {**sides, **self.beside}, {}, resume=True)

    def measured(
        self, plan: Plan, sides: Mapping[str, Stack], *, before: Run
    ) -> tuple[Record, ...]:
        """Return the records of the last run of this plan that was finished when another began;
        raises UsageError.
        """
        wanted = plan_hash(asked(plan, {**sides, **self.beside}))
        for one in self.store.runs():
            if plan_hash(one.plan) == wanted and "" < one.finished_at <= before.started_at:
                return self.store.records(one.id)
        raise UsageError(f"{self.store.url} holds no such {plan.name}; drop --resume")
