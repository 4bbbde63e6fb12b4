"""`bakeoff doctor`: what would be used here, what is missing, and the command that mends it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from harness.commands.options import json_option, print_json
from harness.launch.doctor import Finding, State, doctor
from harness.plan_files import load_plan
from harness.registry import stacks

COLOURS = {State.READY: "green", State.FETCH: "yellow", State.MISSING: "red"}
UNUSABLE = 3


@click.command("doctor")
@json_option
@click.pass_context
def doctor_command(context: click.Context, /, *, as_json: bool) -> None:
    """Show for every component what each launcher would use; exit 3 when nothing can run."""
    plan = load_plan("quick", Path(), {})
    from harness.launch.engine import obstacle  # noqa: PLC0415 - loads the engine's library

    engine = obstacle()
    findings = doctor(stacks().values(), images=plan.images)
    if as_json:
        print_json({"engine": engine or "answers", "findings": [asdict(f) for f in findings]})
    else:
        _show(findings, engine)
    usable = {
        launcher
        for launcher in ("processes", "containers")
        if all(f.state is not State.MISSING for f in findings if f.launcher == launcher)
    }
    context.exit(0 if usable - ({"containers"} if engine else set()) else UNUSABLE)


def _show(findings: tuple[Finding, ...], engine: str) -> None:
    console = Console()
    console.print(f"container engine: {escape(engine) or 'answers'}")
    table = Table("stack", "component", "launcher", "state", "what would be used")
    for one in findings:
        label = f" (stand-in: {one.stand_in})" if one.stand_in else ""
        what = f"{one.using} {one.version}{label}".strip()
        colour = COLOURS[one.state]
        mend = f"\nmend: {one.mend}" if one.mend else ""
        state = f"[{colour}]{one.state.value}[/{colour}]"
        table.add_row(one.stack, one.component, one.launcher, state, escape(what + mend))
    console.print(table)
