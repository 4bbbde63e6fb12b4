"""`bakeoff verify`: the conformance suite against a stack or any URL."""

from __future__ import annotations

from dataclasses import asdict

import click

from harness.commands.conformance import sentence, suite
from harness.commands.launching import at_hand, quiet
from harness.commands.options import Flags, json_option, print_json
from harness.errors import ContractBroken
from harness.launch import Budget, launched
from harness.registry import chosen, stacks


@click.command("verify")
@click.argument("target", metavar="STACK|URL")
@click.option("--smoke", is_flag=True, help="Only the essential flow, in seconds.")
@click.option("--launcher", type=click.Choice(["auto", "containers", "processes"]))
@json_option
def verify_command(target: str, *, smoke: bool, launcher: str | None, as_json: bool) -> None:
    """Check that STACK, or what runs at URL, answers as the contract says."""
    if target.startswith(("http://", "https://")):
        _verify(target, full=not smoke, as_json=as_json)
        return
    found = chosen(stacks(), (target,), "stack")[target]
    plan = Flags(stack=(target,), launcher=launcher).plan()
    means, _, _ = at_hand(plan, {target: found}, quiet, all_of_them=True)
    with launched(found, means, Budget()) as placed:
        _verify(placed.url, full=not smoke, as_json=as_json)


def _verify(url: str, *, full: bool, as_json: bool) -> None:
    outcome = suite(url, full=full)
    if as_json:
        print_json(asdict(outcome))
    else:
        for failure in outcome.failures:
            click.echo(f"{failure}\n")
        click.echo(f"{url}: {sentence(outcome)}")
    if not outcome.conforms:
        raise ContractBroken(f"{url} does not answer as the contract says ({sentence(outcome)})")
