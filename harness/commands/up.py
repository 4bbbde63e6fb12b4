"""`bakeoff up`: keep one stack running."""

from __future__ import annotations

import time

import click

from harness.commands.handover import hand_over
from harness.commands.launching import at_hand, quiet
from harness.commands.options import Flags, json_option, print_json
from harness.errors import LaunchFailed
from harness.launch import Budget, Placed, PlacedStack, launched
from harness.plan import cpus
from harness.registry import chosen, stacks
from harness.settings import configured

POLL_S = 0.5


@click.command("up")
@click.argument("stack")
@click.option("--port", default=0, type=click.IntRange(0, 65535), help="Port to listen on.")
@click.option("--launcher", type=click.Choice(["auto", "containers", "processes"]))
@click.option("--plan", "plan_name", default="quick", metavar="smoke|quick|full|FILE")
@click.option("--handover", is_flag=True, hidden=True)
@json_option
def up_command(
    stack: str, *, port: int, launcher: str | None, plan_name: str, handover: bool, as_json: bool
) -> None:
    """Bring STACK up, print where it is, and keep it running until Ctrl-C."""
    if handover:
        hand_over(stack, launcher or "processes")
        return
    plan = Flags(stack=(stack,), launcher=launcher, plan_name=plan_name).plan()
    found = chosen(configured(stacks(), plan.settings, plan.durability), (stack,), "stack")[stack]
    split = cpus(plan)
    budget = Budget(
        cpus=split.stacks,
        world_cpus=split.generator,
        memory=plan.machine.memory_mb * 2**20,
        workers=plan.machine.workers,
    )
    means, _, _ = at_hand(plan, {stack: found}, quiet, all_of_them=True)
    with launched(found, means, budget, port=port) as placed:
        placed.pin()
        _tell(placed, as_json=as_json)
        while (reason := placed.fault()) is None:
            time.sleep(POLL_S)
        raise LaunchFailed(reason)


def _where_logs_are(part: Placed) -> str:
    """Name the command that shows a container's log; an embedded component has none."""
    if part.meter is None:
        return "none: a library of the app"
    return f"docker logs {part.meter.ref.partition(':')[2][:12]}"


def _tell(placed: PlacedStack, *, as_json: bool) -> None:
    parts = {
        name: {
            "version": part.version,
            "url": part.component.url(part.at).replace(part.at.secret, "***"),
            "ready_s": round(part.ready_s, 3),
            "log": str(part.log) if part.log else _where_logs_are(part),
            "source": part.source,
        }
        for name, part in placed.components.items()
    }
    if as_json:
        print_json({"stack": placed.stack.name, "url": placed.url, "components": parts})
        return
    click.echo(f"{placed.stack.name} is up at {placed.url} (Ctrl-C ends it)")
    for name, part in parts.items():
        click.echo(f"  {name:12} {part['version']:22} {part['url']}")
        click.echo(f"  {'':12} log {part['log']}")
