"""`bakeoff history`: how stacks stood to the blank, run after run, and when that changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import click

import reports
from harness.commands.options import Flags, json_option, print_json, store_option, store_url
from harness.commands.report import written
from harness.config import MARGINS, Plan
from harness.errors import EnvironmentFault, UsageError
from harness.history.change_points import at_hand, long_enough, with_changes
from harness.history.digest import Digest, digest
from harness.history.trend import History
from harness.history.trends import Wanted, metric_of, metric_text, stack_history
from harness.registry import stacks
from harness.store import Store
from reports.several.history import in_json, text

OFF = "left out by --no-change-points"


@click.command("history")
@click.option("--stack", "names", multiple=True, metavar="NAME", help="Only this one; repeatable.")
@click.option("--scenario", multiple=True, metavar="NAME", help="Only this; repeatable.")
@click.option(
    "--metric",
    multiple=True,
    metavar="NAME[:PART]",
    help="throughput, p50, p95, cpu, cpu:COMPONENT or p50:ENDPOINT; repeatable.",
)
@click.option("--change-points/--no-change-points", default=True, help="Look for them, or not.")
@click.option("--html", type=click.Path(path_type=Path), help="Write a page to this file too.")
@store_option
@json_option
def history_command(
    *,
    names: tuple[str, ...],
    scenario: tuple[str, ...],
    metric: tuple[str, ...],
    change_points: bool,
    html: Path | None,
    store: str | None,
    as_json: bool,
) -> None:
    """Show the stored runs' ratios to the blank in order of time, with their change points.

    Only runs that are comparable with a stack's newest one count; the others are told. Change
    points come from Apache Otava, which is fetched at first (about 300 MB).
    """
    wanted = Wanted(scenarios=frozenset(scenario), metrics=frozenset(map(metric_of, metric)))
    plan = Flags(store=store).plan()
    with Store.open(store_url(plan.store)) as opened:
        digests = [digest(run, opened.records(run.id)) for run in opened.runs()]
        shown = _chosen(digests, names, opened.url)
    history = History(stacks=tuple(stack_history(digests, name, wanted) for name in shown))
    _require_some(history, digests, wanted)
    found = _searched(history, plan) if change_points else replace(history, unsearched=OFF)
    if html:
        page = reports.history(found, version("bakeoff"))
        written(html, page, "bakeoff history --html FILE")
    if as_json:
        print_json(in_json(found))
    else:
        click.echo(text(found, parts=bool(metric)), nl=False)


def _chosen(digests: Sequence[Digest], names: Sequence[str], where: str) -> tuple[str, ...]:
    """Return the stacks to show: those named, else the registered ones, else all that are stored.

    The sides of gates and calibrations are stored under names of their own; raises UsageError.
    """
    stored = sorted({name for one in digests for name in one.stacks})
    if not stored:
        raise UsageError(f"{where} holds no results yet; make some with: bakeoff run")
    if unknown := [name for name in names if name not in stored]:
        raise UsageError(
            f"{where} holds no results of {', '.join(unknown)}; of these it does: "
            + ", ".join(stored)
        )
    registered = stacks()
    usual = [name for name in stored if name in registered] or stored
    return tuple(dict.fromkeys(names or usual))


def _require_some(history: History, digests: Sequence[Digest], wanted: Wanted) -> None:
    """Raise UsageError, with what there is, when nothing stored is what was asked for."""
    if any(of.trends for of in history.stacks):
        return
    names = {of.stack for of in history.stacks}
    had = {m for one in digests for n in names & {*one.stacks} for m in one.stacks[n].ratios}
    if had and (wanted.scenarios or wanted.metrics):
        raise UsageError(
            f"no run of {', '.join(sorted(names))} has that; there are the scenarios "
            f"{', '.join(sorted({m.scenario for m in had}))} and the metrics "
            f"{', '.join(sorted({metric_text(m) for m in had}))}"
        )


def _searched(history: History, plan: Plan) -> History:
    """Return the history with change points, or with why there are none."""
    if not at_hand() and any(long_enough(history)):
        click.echo("bakeoff: making an environment for Apache Otava, once (300 MB)", err=True)
    least = {str(name): size for name, size in {**MARGINS, **plan.gate.margins}.items()}
    try:
        return with_changes(history, least)
    except EnvironmentFault as error:
        return replace(history, unsearched=str(error))
