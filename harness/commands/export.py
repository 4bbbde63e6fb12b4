"""`bakeoff export`: what is stored of a run, for other programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from harness.commands.options import Flags, store_option, store_url
from harness.commands.report import chosen_run
from harness.errors import StoreFailed, UsageError
from harness.records import Record, Run
from harness.serial import to_json
from harness.store import Store
from reports import summary
from reports.outputs.as_csv import trials_csv, values_csv
from reports.outputs.as_json import as_json, schema
from reports.outputs.as_parquet import require_parquet, trials_parquet, values_parquet
from reports.outputs.junit import junit
from reports.outputs.open_metrics import open_metrics

WHOLE = "json"
BINARY: dict[str, Callable[[Run, Sequence[Record]], bytes]] = {
    "parquet": values_parquet,
    "parquet-trials": trials_parquet,
}
TEXT: dict[str, Callable[[Run, Sequence[Record]], str]] = {
    WHOLE: lambda run, records: json.dumps(to_json({"run": run, "records": records})),
    "report": as_json,
    "csv": lambda _, records: trials_csv(records),
    "values": values_csv,
    "openmetrics": open_metrics,
    "junit": junit,
    "markdown": summary,
}
FORMATS = (*TEXT, *BINARY)


@click.command("export")
@click.argument("run_id", required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    help="json: everything, with every histogram (the default); report: the JSON of the page; csv "
    "and parquet-trials: a line per trial; values and parquet: a line per metric.",
)
@click.option("--csv", "as_table", is_flag=True, help="The same as --format csv.")
@click.option("--schema", "only_schema", is_flag=True, help="Print the JSON Schema of `report`.")
@click.option("--out", type=click.Path(path_type=Path), help="File to write; stdout else.")
@store_option
def export_command(
    run_id: str | None,
    *,
    form: str | None,
    as_table: bool,
    only_schema: bool,
    out: Path | None,
    store: str | None,
) -> None:
    """Write RUN_ID, or the latest run, for other programs: all of it, or what the report says."""
    if only_schema:
        _write(schema().encode(), out)
        return
    chosen = _chosen(form, as_table=as_table)
    if chosen in BINARY:
        if out is None:
            raise UsageError(f"{chosen} is not text and not for a terminal: name a file with --out")
        require_parquet()
    with Store.open(store_url(Flags(store=store).plan().store)) as opened:
        run = chosen_run(opened, run_id)
        records = opened.records(run.id, seconds=chosen == WHOLE)
    _write(_made(chosen, run, records), out)


def _chosen(form: str | None, *, as_table: bool) -> str:
    if as_table and form not in (None, "csv"):
        raise UsageError(f"--csv means --format csv, and --format {form} was given too; keep one")
    return "csv" if as_table else form or WHOLE


def _made(form: str, run: Run, records: Sequence[Record]) -> bytes:
    """Return the bytes of a format: text ends its last line, what UTF-8 lacks is spelled out."""
    if form in BINARY:
        return BINARY[form](run, records)
    text = TEXT[form](run, records)
    ended = text if text.endswith("\n") else f"{text}\n"
    return ended.encode("utf-8", "backslashreplace")


def _write(made: bytes, out: Path | None) -> None:
    if out is None:
        click.echo(made, nl=False)
        return
    try:
        out.write_bytes(made)
    except OSError as error:
        raise StoreFailed(f"{out} cannot be written: {error.strerror}") from error
