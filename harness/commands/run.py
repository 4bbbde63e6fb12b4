"""`bakeoff run`: compare stacks, keep what was found, write the report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from harness.commands.beginning import begin
from harness.commands.conformance import conformance
from harness.commands.launching import at_hand
from harness.commands.options import Flags, json_option, plan_options, print_json, store_url
from harness.commands.report import write_report
from harness.config import Plan
from harness.launch.cleanup import scratch_folder
from harness.plan import Schedule, schedule
from harness.progress import Progress
from harness.records import Record, Run, Status
from harness.run import Setting, exit_code, run
from harness.store import Store
from harness.subjects import selected
from reports import closing


@click.command("run")
@plan_options
@click.option("--resume", is_flag=True, help="Finish the latest interrupted run of this plan.")
@click.option("--dry-run", is_flag=True, help="Print the plan and how long it takes; run nothing.")
@click.option("--out", type=click.Path(path_type=Path), help="Where to write the report.")
@json_option
@click.pass_context
def run_command(
    context: click.Context,
    /,
    *,
    resume: bool,
    dry_run: bool,
    out: Path | None,
    as_json: bool,
    **flags: Any,
) -> None:
    """Compare stacks: bring up, verify, load, measure, audit; print the report's path."""
    plan = Flags(**flags).plan()
    selection = selected(plan)
    found, ways = selection.launched, selection.scenarios
    layout = schedule(plan, found, ways)
    if dry_run:
        _show(plan, layout, as_json=as_json)
        return
    progress = Progress(expected_s=0.0)
    with (
        Store.open(store_url(plan.store)) as store,
        scratch_folder("drive") as scratch,
        progress,
    ):
        launcher, found, missing = at_hand(
            plan,
            found,
            progress.stage,
            all_of_them=bool(plan.stacks or plan.components),
            beside=frozenset(selection.beside),
        )
        layout = schedule(plan, found, ways)
        progress.begin(layout.expected_s, layout.sessions)
        begun = begin(store, plan, launcher, found, {**layout.skips, **missing}, resume=resume)
        setting = Setting(
            stacks=found,
            scenarios=ways,
            launcher=launcher,
            conformance=conformance,
            store=store,
            scratch=scratch,
            progress=progress,
        )
        try:
            run(plan, setting, begun)
        except KeyboardInterrupt:
            click.echo(f"bakeoff: to finish this run: bakeoff run --resume ({begun.id})", err=True)
            raise
        finally:
            path = write_report(store, store.run(begun.id), out)
        finished, records = store.run(begun.id), store.records(begun.id)
    _tell(finished, records, path, as_json=as_json)
    context.exit(exit_code(records))


def _show(plan: Plan, layout: Schedule, *, as_json: bool) -> None:
    minutes = layout.expected_s / 60
    if as_json:
        rows = [
            f"{one.session} {one.scenario} {one.load.title} {stack}"
            for one in layout.rounds
            for stack in one.stacks
        ]
        print_json({"plan": plan.name, "trials": rows, "seconds": round(layout.expected_s)})
        return
    for one in layout.rounds:
        click.echo(
            f"session {one.session}: {one.scenario}, {one.load.title}, on {', '.join(one.stacks)}"
        )
    for what, why in layout.skips.items():
        click.echo(f"skipped: {what}: {why}")
    click.echo(f"about {minutes:.0f} minutes of load, launching and checking")


def _tell(run_: Run, records: tuple[Record, ...], path: Path, *, as_json: bool) -> None:
    if as_json:
        failed = [r.reason for r in records if r.status is Status.FAILED]
        print_json({"run": run_.id, "report": str(path), "trials": len(records), "failed": failed})
        return
    click.echo(closing(run_, records))
    click.echo(f"report: {path}")
