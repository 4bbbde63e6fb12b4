"""Reports: Run + Records -> one self-contained HTML page, or a short Markdown summary."""

from __future__ import annotations

from collections.abc import Sequence

from harness.calibration import Calibration
from harness.history.trend import History
from harness.records import Record, Run
from reports import model
from reports.html.render import render, render_sheet
from reports.outputs import closing as closings
from reports.outputs import markdown
from reports.outputs.as_csv import data_uri, trials_csv
from reports.outputs.as_json import as_json
from reports.several import compare, trends
from reports.several import index as indexes

__all__ = ["build", "closing", "history", "index", "side_by_side", "summary"]


def build(run: Run, records: Sequence[Record], calibration: Calibration | None = None) -> str:
    """Return the report as one HTML file that works offline and without scripts.

    `calibration` is what is known of the machine. Raises SchemaError when a record holds a
    histogram that cannot be read.
    """
    return render(
        model.page(run, records, calibration),
        data=as_json(run, records),
        table=data_uri("text/csv", trials_csv(records)),
    )


def summary(run: Run, records: Sequence[Record]) -> str:
    """Return the short Markdown summary, such as for a pull request."""
    return markdown.render(model.page(run, records))


def closing(run: Run, records: Sequence[Record]) -> str:
    """Return the answers as the plain lines that close a run on the terminal."""
    return closings.closing(model.page(run, records))


def index(entries: Sequence[indexes.Entry]) -> str:
    """Return the page that lists runs, the newest first, with links to their own pages."""
    return render_sheet(indexes.sheet(entries, entries[0].run.version if entries else ""))


def history(found: History, made_by: str) -> str:
    """Return the page of trends and change points."""
    return render_sheet(trends.sheet(found, made_by))


def side_by_side(shown: Sequence[compare.Shown]) -> str:
    """Return the page that sets runs side by side; the first is the baseline."""
    return render_sheet(compare.sheet(shown, shown[0].run.version))
