"""CSV for spreadsheets and data frames: a line per trial, or a line per value."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from urllib.parse import quote

from harness.records import Record, Run
from reports.outputs.trials import COLUMNS, line
from reports.outputs.values import Value, values

LITERAL = ",;:.=+-_()/"  # what an address holds as it is, and an attribute too
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def trials_csv(records: Sequence[Record]) -> str:
    """Return one line per trial. A failed trial has no throughput and no latencies, a
    generator-limited one has no throughput.
    """
    return _table(COLUMNS, map(line, records))


def values_csv(run: Run, records: Sequence[Record]) -> str:
    """Return one line per value: a metric of a stack in a case, over its sessions."""
    names = [field.name for field in fields(Value)]
    return _table(names, map(_long, values(run, records)))


def data_uri(kind: str, text: str) -> str:
    """Return `text` as a link target that needs no file and no network."""
    encoded = quote(text.encode("utf-8", "backslashreplace"), safe=LITERAL)
    return f"data:{kind};charset=utf-8,{encoded}"


def _long(value: Value) -> dict[str, object]:
    return asdict(value) | {"status": value.status.value, "doubts": " ".join(value.doubts)}


def _table(columns: Iterable[str], lines: Iterable[Mapping[str, object]]) -> str:
    """Return lines by column; nothing is written for what is None."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(columns), lineterminator="\r\n")
    writer.writeheader()
    for each in lines:
        writer.writerow({name: _inert(value) for name, value in each.items()})
    return out.getvalue()


def _inert(value: object) -> object:
    """Return text that a spreadsheet will not run as a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
