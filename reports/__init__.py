"""Reports: Run + Records -> one self-contained HTML page, or a short Markdown summary."""

from __future__ import annotations

from collections.abc import Sequence

from harness.calibration import Calibration
from harness.records import Record, Run
from reports import model
from reports.html import render as html
from reports.outputs import markdown, rawdata

__all__ = ["build", "summary"]


def build(run: Run, records: Sequence[Record], calibration: Calibration | None = None) -> str:
    """Return the report as one HTML file that works offline and without scripts.

    `calibration` is what is known of the machine. Raises SchemaError when a record holds a
    histogram that cannot be read.
    """
    return html.render(
        model.page(run, records, calibration),
        data=rawdata.as_json(run, records),
        table=rawdata.data_uri("text/csv", rawdata.as_csv(records)),
    )


def summary(run: Run, records: Sequence[Record]) -> str:
    """Return the short Markdown summary, such as for a pull request."""
    return markdown.render(model.page(run, records))
