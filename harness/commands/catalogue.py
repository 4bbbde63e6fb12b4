"""`bakeoff stacks`, `bakeoff components` and `bakeoff scenarios`: what is registered."""

from __future__ import annotations

import click

from harness.commands.options import json_option, print_json
from harness.contract import Durable, Scenario
from harness.registry import Work, components, scenarios, stacks


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


@click.command("components")
@json_option
def components_command(*, as_json: bool) -> None:
    """List the components that can be loaded alone, and what they keep."""
    found = {n: part for n, part in components().items() if isinstance(part, Durable)}
    if as_json:
        print_json({n: {"role": p.role, "durability": p.promises} for n, p in found.items()})
        return
    for name, part in found.items():
        click.echo(f"{name}: {part.role}")
        for tier, text in part.promises.items():
            click.echo(f"    {tier:8} {text}")


@click.command("scenarios")
@json_option
def scenarios_command(*, as_json: bool) -> None:
    """List the scenarios and what they need of a stack."""
    found = scenarios()
    if as_json:
        print_json({name: {"title": s.title, **_wants(s)} for name, s in found.items()})
        return
    for name, scenario in found.items():
        told = "; ".join(f"{what}: {', '.join(names)}" for what, names in _wants(scenario).items())
        click.echo(f"{name}: {scenario.title} ({told})")


def _wants(scenario: Work) -> dict[str, list[str]]:
    """Return what a stack must be able to do, or the components that it is for."""
    if isinstance(scenario, Scenario):
        return {"needs": sorted(scenario.needs)}
    return {"components": sorted(scenario.components)}
