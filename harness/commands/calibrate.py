"""`bakeoff calibrate`: how far this machine's verdicts can be trusted."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from harness.calibration import SCHEMA, SLOWDOWNS, Calibration, app_cost, arms, sides
from harness.commands.measuring import Bench, launcher_for, one_stack
from harness.commands.options import RUNS, Flags, json_option, print_json, side_options, store_url
from harness.config import Plan
from harness.contract import Stack
from harness.errors import EnvironmentFault, StoreFailed
from harness.progress import Progress
from harness.records import Record, Run
from harness.serial import to_json
from harness.store import Store
from reports.tables.calibration import told

SESSIONS = 24


@click.command("calibrate")
@side_options
@click.option(
    "--sessions",
    type=click.IntRange(1, 1_000),
    default=SESSIONS,
    show_default=True,
    help="Fresh starts; 60 for a false-alarm rate worth quoting.",
)
@click.option(
    "--slowdown",
    "slowdowns",
    type=click.FloatRange(0.1, 1_000),
    multiple=True,
    default=tuple(100 * share for share in SLOWDOWNS),
    show_default=True,
    metavar="PERCENT",
    help="By how much the app of a side is slowed; repeatable, a side for each.",
)
@click.option("--resume", is_flag=True, help="Finish the latest interrupted calibration.")
@click.option("--out", type=click.Path(path_type=Path), help="File to write; under runs/ else.")
@json_option
def calibrate_command(
    *,
    sessions: int,
    slowdowns: tuple[float, ...],
    resume: bool,
    out: Path | None,
    as_json: bool,
    **flags: Any,
) -> None:
    """Compare a stack with itself, and with itself slowed by a known amount.

    Prints how often a gate would alarm for nothing here, and how surely it finds a slowdown.
    """
    plan = Flags(**flags).plan().model_copy(update={"sessions": sessions})
    stack, selection = one_stack(plan, "calibrate")
    progress = Progress(expected_s=0.0)
    with Store.open(store_url(plan.store)) as store:
        launcher, beside = launcher_for(plan, stack, selection, progress)
        bench = Bench(
            store=store, launcher=launcher, selection=selection, beside=beside, progress=progress
        )
        wanted = [percent / 100 for percent in sorted(set(slowdowns))]
        pilot = _its_pilot(bench, plan, stack, wanted) if resume else _pilot(bench, plan, stack)
        cost = app_cost(pilot, stack)
        all_sides = sides(stack, cost, wanted)
        named = {name: side for name, (_, side) in all_sides.items()}
        try:
            run, records = bench.measure(
                plan, named, lambda _records, _number: False, resume=resume
            )
        except KeyboardInterrupt:
            click.echo("bakeoff: to finish it: bakeoff calibrate --resume, as before", err=True)
            raise
        shares = {name: share for name, (share, _) in all_sides.items()}
        found = _calibration(plan, run, records, cost, shares, stack=stack)
        path = _write(found, out or RUNS / f"calibration-{run.id}.json")
    if as_json:
        print_json({"file": str(path), **to_json(found)})
        return
    click.echo(told(found))
    click.echo(f"calibration: {path}")


def _pilot(bench: Bench, plan: Plan, stack: Stack) -> tuple[Record, ...]:
    """Measure a session of the stack alone."""
    bench.progress.stage("calibrate", f"what a request costs the app of {stack.name}")
    _, found = bench.measure(_once(plan), {stack.name: stack}, lambda _records, _number: True)
    return found


def _its_pilot(
    bench: Bench, plan: Plan, stack: Stack, slowdowns: list[float]
) -> tuple[Record, ...]:
    """Return the pilot from which the sides of the interrupted calibration were made."""
    named = {name: side for name, (_, side) in sides(stack, 0.0, slowdowns).items()}
    interrupted = bench.unfinished(plan, named)
    return bench.measured(_once(plan), {stack.name: stack}, before=interrupted)


def _once(plan: Plan) -> Plan:
    return plan.model_copy(update={"sessions": 1, "name": "pilot"})


def _calibration(
    plan: Plan,
    run: Run,
    records: tuple[Record, ...],
    cost: float,
    shares: dict[str, float],
    *,
    stack: Stack,
) -> Calibration:
    found = arms(records, stack, shares, plan.gate, cost)
    if not any(arm.shifts for arm in found):
        why = next((r.reason for r in records if r.reason), "no session had both sides")
        raise EnvironmentFault(f"nothing of run {run.id} could be compared: {why}")
    return Calibration(
        schema=SCHEMA,
        run=run.id,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        stack=stack.name,
        launcher=run.launcher,
        facts=run.facts,
        fingerprint=run.fingerprint,
        sessions=len({r.key.session for r in records}),
        app_cpu_s=cost,
        alpha=plan.gate.alpha,
        margins={str(name): margin for name, margin in plan.gate.margins.items()},
        arms=found,
    )


def _write(found: Calibration, path: Path) -> Path:
    """Write the file; raises StoreFailed when it cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(to_json(found), indent=1) + "\n", "utf-8")
    except OSError as error:
        raise StoreFailed(
            f"the calibration {path} cannot be written: {error.strerror}; its sessions are kept as "
            f"run {found.run}"
        ) from error
    return path.resolve()
