"""The data behind the page."""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import replace

from harness.records import Fault, Status
from reports.outputs import rawdata


def lines(records) -> list[dict[str, str]]:
    """Return the lines of the table by column."""
    return list(csv.DictReader(io.StringIO(rawdata.as_csv(records))))


def test_a_line_holds_the_numbers_of_a_trial(make_record):
    """In base units, as they were measured."""
    record = make_record("primary", failed=2)
    (line,) = lines([record])
    assert float(line["throughput_per_s"]) == record.measurement.throughput
    assert float(line["response_p99_s"]) == record.measurement.response.p99
    assert line["errors"] == "2"


def test_a_failed_trial_has_no_throughput(make_record):
    """Its counts are there, its speed is not."""
    record = make_record("primary", status=Status.FAILED, fault=Fault.WRONG, failed=2)
    (line,) = lines([record])
    assert (line["errors"], line["throughput_per_s"], line["response_p50_s"]) == ("2", "", "")


def test_text_is_no_formula(make_record):
    """A spreadsheet does not run what a stack's name or a reason begins with."""
    record = make_record("primary", status=Status.SKIPPED, reason='=HYPERLINK("x")')
    assert lines([record])[0]["reason"] == '\'=HYPERLINK("x")'


def test_numbers_that_json_lacks_are_null(make_run, make_record):
    """NaN would make the whole file unreadable."""
    record = make_record("primary")
    spoiled = replace(record, measurement=replace(record.measurement, throughput=math.nan))
    data = json.loads(rawdata.as_json(make_run(), [spoiled]))
    assert data["records"][0]["measurement"]["throughput"] is None
