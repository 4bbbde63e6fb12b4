"""The flags that mean the same everywhere, and what they stand for."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import click

from harness.config import Plan
from harness.errors import UsageError
from harness.plan_files import load_plan

F = TypeVar("F", bound=Callable[..., object])

RUNS = Path("runs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """What the flags shared by all commands that run something said."""

    stack: tuple[str, ...] = ()
    component: tuple[str, ...] = ()
    scenario: tuple[str, ...] = ()
    plan_name: str = "quick"
    launcher: str | None = None
    attach: tuple[str, ...] = ()
    folder: Path = Path()
    store: str | None = None

    def plan(self) -> Plan:
        """Return the plan that the flags ask for; raises PlanError."""
        over: dict[str, object] = {
            "stacks": self.stack,
            "components": self.component,
            "scenarios": self.scenario,
            "launcher": self.launcher,
            "attach": dict(_pair(text) for text in self.attach),
            "store": self.store,
        }
        return load_plan(self.plan_name, self.folder, {k: v for k, v in over.items() if v})


def plan_options(command: F) -> F:
    """Add the flags that choose what is run and how: they are laid over the plan."""
    flags = (
        click.option("--stack", multiple=True, metavar="NAME", help="Only this one; repeatable."),
        click.option(
            "--component", multiple=True, metavar="NAME", help="A component alone; repeatable."
        ),
        _scenario,
        click.option(
            "--plan",
            "plan_name",
            default="quick",
            show_default=True,
            metavar="smoke|quick|full|FILE",
            help="What to run.",
        ),
        _launcher,
        click.option(
            "--attach", multiple=True, metavar="STACK=URL", help="A stack that is up already."
        ),
        _config,
        store_option,
    )
    for flag in reversed(flags):
        command = flag(command)
    return command


def side_options(command: F) -> F:
    """Add the flags of commands that compare one stack with another state of itself."""
    flags = (
        click.option("--stack", multiple=True, metavar="NAME", help="The stack to compare."),
        _scenario,
        click.option(
            "--plan",
            "plan_name",
            default="gate",
            show_default=True,
            metavar="gate|FILE",
            help="Under which load, and when it counts as worse.",
        ),
        _launcher,
        _config,
        store_option,
    )
    for flag in reversed(flags):
        command = flag(command)
    return command


def store_option(command: F) -> F:
    """Add --store."""
    return click.option(
        "--store", default=None, metavar="URL", help="Results database; runs/results.db by default."
    )(command)


_scenario = click.option("--scenario", multiple=True, metavar="NAME", help="Only this; repeatable.")
_launcher = click.option("--launcher", type=click.Choice(["auto", "containers", "processes"]))
_config = click.option(
    "--config",
    "folder",
    type=click.Path(path_type=Path),
    default=Path(),
    metavar="FOLDER",
    help="Where bakeoff.toml is; this folder by default.",
)
json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document on stdout."
)


def store_url(plan_store: str) -> str:
    """Return the results database's URL; by default a file under runs/, made when needed."""
    if plan_store:
        return plan_store
    RUNS.mkdir(exist_ok=True)
    return f"sqlite:///{RUNS / 'results.db'}"


def print_json(value: object) -> None:
    """Print one JSON document on stdout."""
    click.echo(json.dumps(value, indent=2, sort_keys=True, default=str))


def _pair(text: str) -> tuple[str, str]:
    stack, equals, url = text.partition("=")
    if not equals or not url.startswith(("http://", "https://")):
        raise UsageError(f"--attach {text}: write it as STACK=http://host:port")
    return stack, url
