"""`bakeoff compare`: two stored runs or more side by side, on a page of their own."""

from __future__ import annotations

from pathlib import Path

import click

from harness.changes import changes
from harness.commands.options import RUNS, Flags, json_option, print_json, store_option, store_url
from harness.commands.report import written
from harness.comparable import unlike
from harness.errors import NotComparable, UsageError
from harness.records import Record, Run
from harness.store import Store
from reports import side_by_side
from reports.several.compare import Shown

FEWEST = 2
MAY_DIFFER = frozenset({"sessions", "stacks"})


@click.command("compare")
@click.argument("run_ids", nargs=-1, metavar="RUN RUN [RUN...]")
@click.option("--out", type=click.Path(path_type=Path), help="File to write; under runs/ else.")
@store_option
@json_option
def compare_command(
    *,
    run_ids: tuple[str, ...],
    out: Path | None,
    store: str | None,
    as_json: bool,
) -> None:
    """Write a page on stored runs, the first as the baseline, and print its path.

    It begins with what differs between them. Runs that must not be compared are shown side by
    side without changes, and the exit code is 4.
    """
    if len(dict.fromkeys(run_ids)) < FEWEST:
        raise UsageError("name two different runs or more; list them with: bakeoff report --list")
    with Store.open(store_url(Flags(store=store).plan().store)) as opened:
        found = [(opened.run(name), opened.records(name)) for name in dict.fromkeys(run_ids)]
    shown = [_shown(found[0], one) for one in found]
    path = written(
        out or RUNS / f"compare-{'-'.join(run.id for run, _ in found)[:120]}.html",
        side_by_side(shown),
        f"bakeoff compare {' '.join(run.id for run, _ in found)} --out FILE",
    )
    apart = [one.run.id for one in shown if one.unlike]
    print_json({"report": str(path), "apart": apart}) if as_json else click.echo(path)
    if apart:
        raise NotComparable(
            f"{', '.join(apart)} must not be compared with {found[0][0].id}: they differ in what "
            "must be equal. The page says in what, and shows the numbers without changes."
        )


def _shown(first: tuple[Run, tuple[Record, ...]], one: tuple[Run, tuple[Record, ...]]) -> Shown:
    """Return a run with how it stands to the first."""
    (run, records), (base, before) = one, first
    if run.id == base.id:
        return Shown(run=run, records=records)
    apart = unlike(base, run, of_one=before, of_other=records, allowed=MAY_DIFFER)
    stacks = {r.key.stack for r in records} & {r.key.stack for r in before}
    blank = str(run.plan.get("blank", ""))
    found = {s: changes(before, records, stack=s, blank=blank) for s in sorted(stacks)}
    return Shown(run=run, records=records, unlike=apart, changes={} if apart else found)
