"""The two ways to measure for a gate: beside another revision, or against stored results."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from harness.commands.beginning import described
from harness.commands.measuring import Bench, launcher_for, one_stack
from harness.comparable import require_comparable
from harness.config import Plan
from harness.contract import Stack
from harness.errors import LaunchFailed, SchemaError, UsageError
from harness.gate import Judgement, Sides, judgement
from harness.launch.revision import Revision
from harness.launch.several import Several
from harness.progress import Progress
from harness.records import Record, Run
from harness.revisions import checkout, working_tree
from harness.serial import from_json
from harness.sides import side
from harness.stats.looks import Looks
from harness.store import Store
from harness.stored import stored_judgement

MAY_DIFFER = frozenset({"stacks", "sessions", "gate"})
Judge = Callable[[tuple[Record, ...], int], Judgement]
Outcome = tuple[Judgement, tuple[Record, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """Results to compare with."""

    run: Run
    records: tuple[Record, ...]


def against_revision(plan: Plan, reference: str, store: Store) -> Outcome:
    """Measure the working tree beside another revision of it, and that beside itself."""
    stack, selection = one_stack(plan, "gate")
    progress = Progress(expected_s=0.0)
    head = working_tree(Path.cwd())
    with checkout(head, reference) as base:
        usual, beside = launcher_for(plan, stack, selection, progress)
        names = Sides(
            baseline=f"{stack.name}-base",
            again=f"{stack.name}-base-again",
            candidate=f"{stack.name}-head",
        )
        where = {names.baseline: base, names.again: base, names.candidate: head}
        launcher = Several(
            by_stack={
                name: Revision(
                    folder=of.folder,
                    stack=stack.name,
                    label=of.label,
                    name=usual.name,
                    durability=plan.durability,
                    ca_bundle=plan.ca_bundle,
                    settings=plan.settings,
                    images=plan.images,
                )
                for name, of in where.items()
            }
            | dict.fromkeys(beside, usual)
        )
        sides = {
            name: replace(side(stack, name), title=f"{stack.title} of {of.label}")
            for name, of in where.items()
        }
        for one in sides.values():
            progress.stage("launch", f"looking for everything that {one.name} needs")
            launcher.prepare(one)
        bench = Bench(
            store=store,
            launcher=launcher,
            selection=selection,
            beside=beside,
            progress=progress,
        )

        def judge(records: tuple[Record, ...], look: int) -> Judgement:
            return judgement(records, names, plan.gate, look)

        _, records, found = _until_settled(bench, plan, sides, judge)
        return found, records


def against_stored(plan: Plan, baseline: Stored, store: Store) -> Outcome:
    """Measure the working tree alone and compare its ratios to the blank with stored ones.

    Raises NotComparable, before anything is launched where that can be known.
    """
    stack, selection = one_stack(plan, "gate")
    if plan.blank not in selection.beside:
        raise UsageError("stored results are compared by the blank; blank_s must not be 0")
    progress = Progress(expected_s=0.0)
    launcher, beside = launcher_for(plan, stack, selection, progress)
    if not beside:
        raise LaunchFailed(f"{plan.blank} cannot run here, and stored results are compared by it")
    sides = {stack.name: stack}
    would_be = described(_longest(plan), launcher, {**sides, **beside}, {})
    require_comparable(baseline.run, would_be, allowed=MAY_DIFFER)
    bench = Bench(
        store=store, launcher=launcher, selection=selection, beside=beside, progress=progress
    )

    def judge(records: tuple[Record, ...], look: int) -> Judgement:
        return stored_judgement(
            baseline.records, records, stack=stack.name, blank=plan.blank, gate=plan.gate, look=look
        )

    run, records, found = _until_settled(bench, plan, sides, judge)
    require_comparable(
        baseline.run, run, of_one=baseline.records, of_other=records, allowed=MAY_DIFFER
    )
    return found, records


def stored(text: str, store: Store) -> Stored:
    """Return a run of the store by its id, or what `bakeoff export` wrote to a file; raises
    UsageError.
    """
    path = Path(text)
    if not path.is_file():
        run = store.run(text)
        return Stored(run=run, records=store.records(run.id))
    try:
        read = json.loads(path.read_text("utf-8"))
        return from_json(Stored, read)
    except (OSError, ValueError, SchemaError) as error:
        raise UsageError(f"{path} is not what `bakeoff export` writes: {error}") from error


def _until_settled(
    bench: Bench, plan: Plan, sides: dict[str, Stack], judge: Judge
) -> tuple[Run, tuple[Record, ...], Judgement]:
    """Measure session after session until a look settles it; raises UsageError for looks at which
    nothing could be found.
    """
    looks = plan.gate.looks
    Looks(sessions=looks, alpha=plan.gate.alpha)  # refuses what could never find anything

    def judged(records: tuple[Record, ...], number: int) -> Judgement:
        return judge(records, max(1, sum(number >= look for look in looks)))

    run, records = bench.measure(
        _longest(plan),
        sides,
        lambda records, number: number in looks and judged(records, number).settled,
    )
    return run, records, judged(records, max((r.key.session for r in records), default=0))


def _longest(plan: Plan) -> Plan:
    """Return the plan with the sessions of its last look."""
    return plan.model_copy(update={"sessions": plan.gate.looks[-1], "name": "gate"})
