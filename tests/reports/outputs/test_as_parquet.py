"""Parquet of values and trials."""

from __future__ import annotations

import io
import sys

import pytest

from harness.errors import UsageError
from reports.outputs.as_parquet import require_parquet, trials_parquet, values_parquet
from reports.outputs.trials import COLUMNS, line
from reports.outputs.values import values


@pytest.fixture
def read():
    """Read a file back: its columns' kinds, and its rows."""
    reader = pytest.importorskip("arro3.io", reason="the extra bakeoff[parquet] is not installed")

    def rows(data: bytes):
        table = reader.read_parquet(io.BytesIO(data)).read_all()
        kinds = {field.name: str(field.type).strip() for field in table.schema}
        return kinds, table.to_struct_array().to_pylist()

    return rows


def test_every_value_comes_back(read, troubled):
    """A row for each, with null for what is not there."""
    _, rows = read(values_parquet(*troubled))
    expected = [(v.stack, v.metric, v.n, v.middle, v.reason) for v in values(*troubled)]
    keys = ("stack", "metric", "n", "middle", "reason")
    assert [tuple(row[key] for key in keys) for row in rows] == expected


def test_every_trial_comes_back(read, troubled):
    """With the columns of the CSV."""
    kinds, rows = read(trials_parquet(*troubled))
    assert list(kinds) == list(COLUMNS)
    assert rows == [line(record) for record in troubled[1]]


def test_columns_keep_their_kinds_where_nothing_is_known(read, make_run):
    """A run without trials has the same ones."""
    kinds, rows = read(trials_parquet(make_run(), []))
    assert (kinds["session"], kinds["throughput_per_s"], kinds["reason"]) == (
        "arro3.core.DataType<Int64>",
        "arro3.core.DataType<Float64>",
        "arro3.core.DataType<Utf8>",
    )
    assert rows == []


def test_what_utf_8_lacks_is_spelled_out(read, hostile):
    """One name does not cost the file."""
    _, rows = read(trials_parquet(*hostile))
    assert rows[3]["reason"].endswith("lone \\ud800")


def test_a_missing_library_says_what_to_install(monkeypatch):
    """Not a traceback."""
    monkeypatch.setitem(sys.modules, "arro3.core", None)
    with pytest.raises(UsageError, match=r"pip install 'bakeoff\[parquet\]'"):
        require_parquet()
