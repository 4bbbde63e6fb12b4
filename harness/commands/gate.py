"""`bakeoff gate`: whether this change made it worse."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from harness.commands.gate_outputs import Outputs, output_options, told
from harness.commands.launching import at_hand
from harness.commands.measuring import Bench, one_stack
from harness.commands.options import Flags, json_option, side_options, store_url
from harness.config import Plan
from harness.contract import Stack
from harness.gate import Judgement, Sides, judgement
from harness.launch.revision import Revision
from harness.launch.several import Several
from harness.progress import Progress
from harness.records import Record
from harness.revisions import Checkout, checkout, working_tree
from harness.sides import side
from harness.store import Store
from harness.subjects import Selection


@click.command("gate")
@side_options
@click.option("--base", required=True, metavar="REF", help="The revision to compare with.")
@output_options
@json_option
@click.pass_context
def gate_command(context: click.Context, /, *, base: str, as_json: bool, **flags: Any) -> None:
    """Compare this working tree with another revision of it, side by side, and judge.

    Exit code 0: no worse. 1: worse. 4: it cannot be told, or not be trusted. 5: the contract broke.
    """
    outputs = Outputs.taken(flags)
    plan = Flags(**flags).plan()
    stack, selection = one_stack(plan, "gate")
    head = working_tree(Path.cwd())
    with checkout(head, base) as other, Store.open(store_url(plan.store)) as store:
        found, records = _measured(plan, stack, selection, _Two(base=other, head=head), store)
    outputs.write(found, records)
    click.echo(told(found, in_json=as_json))
    context.exit(found.exit_code)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Two:
    """The revisions that are compared."""

    base: Checkout
    head: Checkout


def _measured(
    plan: Plan, stack: Stack, selection: Selection, two: _Two, store: Store
) -> tuple[Judgement, tuple[Record, ...]]:
    """Run sessions of all three sides until a look settles it, and judge."""
    progress = Progress(expected_s=0.0)
    usual, _, _ = at_hand(plan, {stack.name: stack}, progress.stage, all_of_them=True)
    names = Sides(
        baseline=f"{stack.name}-base",
        again=f"{stack.name}-base-again",
        candidate=f"{stack.name}-head",
    )
    where = {names.baseline: two.base, names.again: two.base, names.candidate: two.head}
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
    )
    sides = {
        name: replace(side(stack, name), title=f"{stack.title} of {of.label}")
        for name, of in where.items()
    }
    for one in sides.values():
        progress.stage("launch", f"looking for everything that {one.name} needs")
        launcher.prepare(one)
    most = plan.model_copy(update={"sessions": plan.gate.looks[-1], "name": "gate"})
    bench = Bench(store=store, launcher=launcher, selection=selection, progress=progress)

    def enough(records: tuple[Record, ...], number: int) -> bool:
        return number in plan.gate.looks and judged(records, number).settled

    def judged(records: tuple[Record, ...], number: int) -> Judgement:
        look = sum(number >= sessions for sessions in plan.gate.looks)
        return judgement(records, names, plan.gate, max(1, look))

    _, records = bench.measure(most, sides, enough)
    return judged(records, max((r.key.session for r in records), default=0)), records
