"""`bakeoff report`: build the page of a stored run again."""

from __future__ import annotations

import re
from pathlib import Path

import click

from harness.calibrations import matching
from harness.commands.options import RUNS, Flags, json_option, print_json, store_option, store_url
from harness.errors import StoreFailed, UsageError
from harness.records import Run
from harness.store import Store
from reports import build, index, summary
from reports.several.index import Entry, entry

AGAIN = "bakeoff report --all --out FOLDER"


@click.command("report")
@click.argument("run_id", required=False)
@click.option("--out", type=click.Path(path_type=Path), help="File to write; under runs/ else.")
@click.option("--markdown", is_flag=True, help="Print a short summary instead of a page.")
@click.option("--all", "every", is_flag=True, help="Write the pages of all runs, and their index.")
@click.option("--list", "only_list", is_flag=True, help="List the stored runs.")
@store_option
@json_option
def report_command(
    run_id: str | None,
    *,
    out: Path | None,
    markdown: bool,
    every: bool,
    only_list: bool,
    store: str | None,
    as_json: bool,
) -> None:
    """Write the page of RUN_ID, or of the latest run, and print its path.

    With --all, --out is a folder: each run's page is written into it, and index.html beside them.
    """
    if every and (run_id or markdown or only_list):
        raise UsageError("--all goes with neither a run nor --markdown nor --list")
    with Store.open(store_url(Flags(store=store).plan().store)) as opened:
        if only_list:
            _list(opened.runs(), as_json=as_json)
            return
        if every:
            path = write_all(opened, out or RUNS)
            print_json({"index": str(path)}) if as_json else click.echo(path)
            return
        run = chosen_run(opened, run_id)
        if markdown:
            click.echo(summary(run, opened.records(run.id)))
            return
        path = write_report(opened, run, out)
    print_json({"report": str(path), "run": run.id}) if as_json else click.echo(path)


def write_report(store: Store, run: Run, out: Path | None) -> Path:
    """Write the page of a run and return where; raises StoreFailed when it cannot be written."""
    text = build(run, store.records(run.id), matching(RUNS, run))
    return written(out or RUNS / page_name(run), text, f"bakeoff report {run.id} --out FILE")


def write_all(store: Store, folder: Path) -> Path:
    """Write the pages of all runs into a folder, and return where their index is."""
    entries = list[Entry]()
    for run in store.runs():
        records = store.records(run.id)
        text = build(run, records, matching(RUNS, run))
        page = written(folder / page_name(run), text, AGAIN)
        entries.append(entry(run, records, page.name))
    return written(folder / "index.html", index(entries), AGAIN)


def page_name(run: Run) -> str:
    """Return the name of a run's file: a store from elsewhere may hold any text as an id."""
    return f"{re.sub(r'[^A-Za-z0-9._-]+', '-', run.id).lstrip('.') or 'run'}.html"


def written(path: Path, text: str, again: str) -> Path:
    """Write a page and return its whole path; raises StoreFailed when that is not possible, with
    the command that does it `again` elsewhere.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    except OSError as error:
        raise StoreFailed(
            f"the page {path} cannot be written: {error.strerror}; the results are kept: {again}"
        ) from error
    return path.resolve()


def chosen_run(store: Store, run_id: str | None) -> Run:
    """Return the run of that id, the latest one for None; raises UsageError."""
    if run_id:
        return store.run(run_id)
    runs = store.runs()
    if not runs:
        raise UsageError(f"{store.url} holds no run yet; make one with: bakeoff run")
    return runs[0]


def _list(runs: tuple[Run, ...], *, as_json: bool) -> None:
    rows = [
        {"run": r.id, "started": r.started_at, "finished": r.finished_at, "launcher": r.launcher}
        for r in runs
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['run']}  {row['started']}  {row['finished'] or 'not finished'}")
