"""CSV of trials and of values."""

from __future__ import annotations

import csv
import io
from urllib.parse import unquote

import pytest

from harness.records import Status
from reports.outputs.as_csv import data_uri, trials_csv, values_csv


def read(text: str) -> list[dict[str, str]]:
    """Return the lines by column."""
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("name", ["example", "troubled"])
def test_the_tables_are_as_they_were(name, request, golden):
    """A line per trial, and a line per value."""
    run, records = request.getfixturevalue(name)
    golden(f"trials-{name}.csv", trials_csv(records).replace("\r\n", "\n"))
    golden(f"values-{name}.csv", values_csv(run, records).replace("\r\n", "\n"))


def test_hostile_names_are_as_they_were(hostile, golden):
    """Quoted, and nothing begins as a formula does."""
    text = values_csv(*hostile) + trials_csv(hostile[1])
    golden("hostile.csv", text.replace("\r\n", "\n").encode("utf-8", "backslashreplace").decode())


def test_a_name_with_quotes_and_line_ends_comes_back(hostile):
    """It stays one cell."""
    assert read(trials_csv(hostile[1]))[0]["scenario"] == hostile[1][0].key.scenario


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_is_no_formula(make_run, make_record, start):
    """A spreadsheet does not run what a name or a reason begins with."""
    record = make_record(f"{start}x", status=Status.SKIPPED, reason=f"{start}y")
    (trial,) = read(trials_csv([record]))
    (value,) = read(values_csv(make_run(), [record]))
    assert (trial["stack"], trial["reason"]) == (f"'{start}x", f"'{start}y")
    assert (value["stack"], value["reason"]) == (f"'{start}x", f"'{start}y")


def test_what_is_not_there_is_an_empty_cell(troubled):
    """Not a zero, and not a word."""
    failed = [v for v in read(values_csv(*troubled)) if v["stack"] == "cost-optimized"]
    assert {(v["middle"], v["low"], v["high"]) for v in failed} == {("", "", "")}


def test_a_link_holds_the_whole_text():
    """Lone surrogates, which UTF-8 lacks, are spelled out."""
    head, _, data = data_uri("text/csv", "é \ud800").partition(",")
    assert head == "data:text/csv;charset=utf-8"
    assert unquote(data) == "é \\ud800"
