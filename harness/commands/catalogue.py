"""`bakeoff stacks` and `bakeoff scenarios`: what is registered."""

from __future__ import annotations

import click

from harness.commands.options import json_option, print_json
from harness.registry import scenarios, stacks


@click.command("stacks")
@json_option
def stacks_command(*, as_json: bool) -> None:
    """List the stacks and what they are made of."""
    found = stacks()
    if as_json:
        print_json(
            {
                name: {
                    "title": stack.title,
                    "components": [component.name for component in stack.components],
                    "capabilities": sorted(stack.capabilities),
                    "durability": stack.durability,
                }
                for name, stack in found.items()
            }
        )
        return
    for name, stack in found.items():
        click.echo(f"{name}: {stack.title}")
        click.echo(f"    components  {', '.join(component.name for component in stack.components)}")
        click.echo(f"    durability  {stack.durability}")


@click.command("scenarios")
@json_option
def scenarios_command(*, as_json: bool) -> None:
    """List the scenarios and what they need of a stack."""
    found = scenarios()
    if as_json:
        print_json(
            {name: {"title": s.title, "needs": sorted(s.needs)} for name, s in found.items()}
        )
        return
    for name, scenario in found.items():
        click.echo(f"{name}: {scenario.title} (needs {', '.join(sorted(scenario.needs))})")
