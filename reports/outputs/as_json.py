"""Run and records -> the report as one versioned JSON document, the one inside the page too.

It holds the values that are compared and a line per trial, but no histograms, slices or seconds:
`bakeoff export` writes those. `report.schema.json` beside this file says what is in it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from harness.records import Record, Run
from reports.digest.doubts import cautions, marks
from reports.outputs.metrics import WHOLE, of_count
from reports.outputs.trials import COLUMNS, line
from reports.outputs.values import Value, values
from reports.terms.page import Caution

SCHEMA = 1
KIND = "bakeoff report"
DIGITS = 6
SHARED = ("scenario", "load", "tier", "model", "stack")
UNSAFE = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}
SCHEMA_FILE = Path(__file__).with_name("report.schema.json")


def as_json(run: Run, records: Sequence[Record]) -> str:
    """Return the document on one line, safe inside a script element of a page."""
    text = json.dumps(document(run, records), separators=(",", ":"), allow_nan=False)
    return text.translate(UNSAFE)


def document(run: Run, records: Sequence[Record]) -> dict[str, object]:
    """Return the document as JSON-ready values. Numbers have six significant digits, twice what
    histograms hold. Trials are a table, because names on every line would double the page.
    """
    given = marks(records)
    told = zip(given.letters, cautions(records, given), strict=True)
    return {
        "kind": KIND,
        "schema": SCHEMA,
        "run": _plain(asdict(run)),
        "doubts": {code: _doubt(caution) for code, caution in told},
        "metrics": _metrics(records),
        "results": _results(values(run, records)),
        "trials": {"columns": list(COLUMNS), "rows": [_row(record) for record in records]},
    }


def schema() -> str:
    """Return the JSON Schema of the document."""
    return SCHEMA_FILE.read_text("utf-8")


def _metrics(records: Sequence[Record]) -> dict[str, object]:
    """Explain each metric that may occur."""
    kinds = sorted({kind for record in records for kind in record.counted})
    return {m.name: {"unit": m.unit, "says": m.says} for m in (*WHOLE, *map(of_count, kinds))}


def _doubt(caution: Caution) -> dict[str, object]:
    """Explain a doubt, and say where it was seen."""
    return {
        "severity": caution.severity,
        "meaning": caution.meaning,
        "seen": [asdict(seen) for seen in caution.seen],
    }


def _row(record: Record) -> list[object]:
    """Return what is said of a trial in the order of the columns, null for what it has not."""
    return list(_plain(line(record)).values())


def _results(found: Sequence[Value]) -> list[dict[str, object]]:
    """Return an object for each stack in each case, which holds its values; what is empty is left
    out.
    """
    groups: dict[tuple[object, ...], list[dict[str, object]]] = {}
    for value in found:
        shared = tuple(getattr(value, name) for name in SHARED)
        groups.setdefault(shared, []).append(_value(value))
    return [
        {**_filled(dict(zip(SHARED, shared, strict=True))), "values": held}
        for shared, held in groups.items()
    ]


def _value(value: Value) -> dict[str, object]:
    """Return a value without its unit, which its metric has, and without what its group has."""
    held = _plain(asdict(value) | {"status": value.status.value})
    return _filled({name: held[name] for name in held if name not in (*SHARED, "unit")})


def _filled(held: Mapping[str, object]) -> dict[str, object]:
    return {name: item for name, item in held.items() if item not in ("", [])}


def _plain(held: Mapping[str, object]) -> dict[str, object]:
    return {name: _rounded(item) for name, item in held.items()}


def _rounded(value: object) -> object:
    """Return `value` with six significant digits, and null for numbers that JSON does not have."""
    if isinstance(value, Mapping):
        return _plain(value)
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None
    return value
