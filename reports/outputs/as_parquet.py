"""The values, or a line per trial, as a Parquet file with typed columns.

The writer is arro3, the Arrow project's Rust library in two small wheels; it is not installed
unless asked for, and imported only here.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from harness.errors import UsageError
from harness.records import Record, Run
from reports.outputs.as_json import SCHEMA
from reports.outputs.trials import COLUMNS, line
from reports.outputs.values import Value, values

MISSING = "Parquet needs a library that is not installed: pip install 'bakeoff[parquet]'"
COMPRESSION = "zstd(3)"
VALUES: dict[str, type] = {
    **dict.fromkeys(("scenario", "load", "tier", "model", "stack"), str),
    **dict.fromkeys(("metric", "component", "quantile", "unit"), str),
    **dict.fromkeys(("n", "tried"), int),
    **dict.fromkeys(("middle", "low", "high"), float),
    **dict.fromkeys(("status", "reason", "doubts"), str),
}


def require_parquet() -> None:
    """Raise UsageError, naming what to install, when nothing here can write Parquet."""
    try:
        import arro3.core  # noqa: PLC0415 - an optional part
        import arro3.io  # noqa: F401, PLC0415 - an optional part
    except ImportError as error:
        raise UsageError(MISSING) from error


def values_parquet(run: Run, records: Sequence[Record]) -> bytes:
    """Return one row per value; codes of doubts are joined by spaces. Raises UsageError."""
    return _file(VALUES, [_long(value) for value in values(run, records)], run)


def trials_parquet(run: Run, records: Sequence[Record]) -> bytes:
    """Return one row per trial, with the columns of the CSV. Raises UsageError."""
    return _file(COLUMNS, [line(record) for record in records], run)


def _long(value: Value) -> dict[str, object]:
    return asdict(value) | {"status": value.status.value, "doubts": " ".join(value.doubts)}


def _file(columns: Mapping[str, type], rows: Sequence[Mapping[str, Any]], run: Run) -> bytes:
    """Return a Parquet file; its metadata name the run and the version of the columns."""
    require_parquet()
    from arro3.core import Array, DataType, Table  # noqa: PLC0415 - an optional part
    from arro3.io import write_parquet  # noqa: PLC0415 - an optional part

    kinds = {str: DataType.string(), int: DataType.int64(), float: DataType.float64()}
    arrays = [
        Array([_cell(row[name], kind) for row in rows], kinds[kind])
        for name, kind in columns.items()
    ]
    out = io.BytesIO()
    facts = {"bakeoff.schema": str(SCHEMA), "bakeoff.run": run.id, "bakeoff.version": run.version}
    table = Table.from_arrays(arrays, names=list(columns))
    write_parquet(table, out, compression=COMPRESSION, key_value_metadata=facts)
    return out.getvalue()


def _cell(value: object, kind: type) -> object:
    """Return a value as its column holds it; what UTF-8 lacks (lone surrogates) is spelled out."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    return None if value is None else kind(value)
