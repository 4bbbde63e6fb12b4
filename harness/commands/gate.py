"""`bakeoff gate`: whether this change made it worse."""

from __future__ import annotations

from typing import Any

import click

from harness.commands.gate_outputs import Outputs, output_options, told
from harness.commands.gating import against_revision, against_stored, stored
from harness.commands.options import Flags, json_option, side_options, store_url
from harness.errors import UsageError
from harness.store import Store


@click.command("gate")
@side_options
@click.option("--base", metavar="REF", help="Compare with this revision, side by side.")
@click.option(
    "--baseline",
    metavar="FILE|RUN",
    help="Compare with stored results, by their ratios to the blank. It finds less than --base.",
)
@output_options
@json_option
@click.pass_context
def gate_command(
    context: click.Context,
    /,
    *,
    base: str | None,
    baseline: str | None,
    as_json: bool,
    **flags: Any,
) -> None:
    """Compare this working tree with another revision of it, or with stored results, and judge.

    Exit code 0: no worse. 1: worse. 4: it cannot be told, or not be trusted. 5: the contract broke.
    """
    if bool(base) == bool(baseline):
        raise UsageError("bakeoff gate takes either --base REF or --baseline FILE|RUN")
    outputs = Outputs.taken(flags)
    plan = Flags(**flags).plan()
    with Store.open(store_url(plan.store)) as store:
        if base:
            found, records = against_revision(plan, base, store)
        else:
            found, records = against_stored(plan, stored(str(baseline), store), store)
    outputs.write(found, records)
    click.echo(told(found, in_json=as_json))
    context.exit(found.exit_code)
