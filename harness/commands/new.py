"""`bakeoff new stack`: begin a stack of one's own, as a package outside this repository."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click

from harness.commands.options import json_option, print_json
from harness.registry import chosen, stacks
from harness.scaffold.naming import names
from harness.scaffold.origin import origin, smallest
from harness.scaffold.package import make

INSTALL = ("-m", "pip", "install", "--no-deps", "--no-build-isolation", "-e")


@click.group("new")
def new_group() -> None:
    """Begin something of your own."""


@new_group.command("stack")
@click.argument("name")
@click.option(
    "--like",
    metavar="STACK",
    help="The stack that it begins as a copy of; bakeoff's smallest by default.",
)
@click.option(
    "--folder", type=click.Path(path_type=Path), help="The folder to make; ./NAME by default."
)
@json_option
def new_stack_command(name: str, *, like: str | None, folder: Path | None, as_json: bool) -> None:
    """Make a package with a stack called NAME that runs at once, for you to change."""
    known = stacks()
    new = names(name, known)
    model = origin(next(iter(chosen(known, (like or smallest(known),), "stack"))))
    where = folder or Path(name)
    make(new, model, where)
    steps = (shlex.join((sys.executable, *INSTALL, str(where))), f"bakeoff verify {name} --smoke")
    if as_json:
        made = {"stack": name, "like": model.stack, "package": new.package}
        print_json({**made, "folder": str(where.resolve()), "next": steps})
        return
    click.echo(f"{where}: the stack {name}, a copy of {model.stack} that is yours to change")
    click.echo("next:")
    for step in steps:
        click.echo(f"  {step}")
