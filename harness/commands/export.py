"""`bakeoff export`: everything that is stored of a run, for other programs."""

from __future__ import annotations

import json
from pathlib import Path

import click

from harness.commands.options import Flags, store_option, store_url
from harness.commands.report import chosen_run
from harness.errors import StoreFailed
from harness.serial import to_json
from harness.store import Store
from reports.outputs.rawdata import as_csv


@click.command("export")
@click.argument("run_id", required=False)
@click.option("--csv", "as_table", is_flag=True, help="One line for each trial, not everything.")
@click.option("--out", type=click.Path(path_type=Path), help="File to write; stdout else.")
@store_option
def export_command(
    run_id: str | None, *, as_table: bool, out: Path | None, store: str | None
) -> None:
    """Write RUN_ID, or the latest run, as versioned JSON with every histogram, or as CSV."""
    with Store.open(store_url(Flags(store=store).plan().store)) as opened:
        run = chosen_run(opened, run_id)
        records = opened.records(run.id)
    text = as_csv(records) if as_table else json.dumps(to_json({"run": run, "records": records}))
    if out is None:
        click.echo(text)
        return
    try:
        out.write_text(text, "utf-8")
    except OSError as error:
        raise StoreFailed(f"{out} cannot be written: {error.strerror}") from error
