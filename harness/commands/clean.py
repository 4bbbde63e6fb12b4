"""`bakeoff clean`: remove what a killed run left behind."""

from __future__ import annotations

import click

from harness.commands.options import json_option, print_json
from harness.launch import clean


@click.command("clean")
@json_option
def clean_command(*, as_json: bool) -> None:
    """Remove processes, containers and folders of launches whose bakeoff is gone."""
    removed = clean()
    if as_json:
        print_json(removed)
        return
    for sentence in removed:
        click.echo(sentence)
    if not removed:
        click.echo("nothing was left behind")
