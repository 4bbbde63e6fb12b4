"""What the report says of a capacity."""

from __future__ import annotations

from dataclasses import replace

import pytest

import reports
from harness.records import Capacity, Probe, Status
from reports import model
from reports.outputs.as_csv import trials_csv

LOAD = "capacity, p95 within 250 ms"


def probe(rate, p95, failed=""):
    """Return a probe of ten seconds."""
    return Probe(
        rate=rate, loaded_s=10.0, achieved=1.0, answered=int(10 * rate), p50=0.02, p95=p95,
        errors=0.0, cpu_s=0.005, failed=failed, limited="",
    )  # fmt: skip


FOUND = Capacity(
    low=160.0,
    high=167.0,
    slo_p95=0.25,
    slo_errors=0.001,
    probes=(probe(160.0, 0.21), probe(167.0, 0.4, "p95 0.400 s, over 0.25 s")),
    curve=(probe(16.0, 0.09), probe(208.0, 1.9, "p95 1.900 s, over 0.25 s")),
    recovered=True,
    recovery_s=2.0,
)


@pytest.fixture
def searched(make_record):
    """Return a record of a search, with members of its capacity replaced."""

    def make(stack="primary", **changes):
        record = make_record(stack, load=LOAD)
        return replace(record, model="open", rate=160.0, capacity=replace(FOUND, **changes))

    return make


def texts(table):
    """Return a table's cells as text, row by row."""
    return [
        [row.label, *(line.text.replace("\u00a0", " ") for c in row.cells for line in c.lines)]
        for group in table.groups
        for row in group.rows
    ]


def test_the_tables_of_a_capacity_are_as_they_were(make_run, searched, golden):
    """The bracket, what broke past it, recovery, and the points of the curve."""
    limited = searched("cost-optimized", high=None, limited="it used 90% of its core", curve=())
    section = model.page(make_run(), [searched(), limited]).sections[0]
    lines = [f"{fact.name}: {fact.text}" for fact in section.sentences[:1]]
    for table in section.capacity:
        lines += ["", table.caption, table.note, *(" | ".join(row) for row in texts(table))]
    golden("capacity.txt", "\n".join(lines).replace("\u00a0", " ") + "\n")


def test_a_limit_of_the_generator_is_no_capacity(make_run, searched):
    """The sentence says "at least", and whose limit it was."""
    record = searched(high=None, limited="the generator used 90% of its core")
    (said, *_) = model.page(make_run(), [record]).sections[0].sentences
    assert said.text == "primary at least 160 (the load generator's limit) requests/s."


def test_a_failed_search_has_no_bracket(make_run, searched):
    """Whatever it had found by then."""
    record = replace(searched(), status=Status.FAILED, reason="books differ")
    assert model.page(make_run(), [record]).sections[0].capacity == ()


def test_a_stack_that_did_not_recover_is_said_so(make_run, searched):
    """It was looked at, and the objective was not kept."""
    record = searched(recovered=False, recovery_s=None)
    (table, _) = model.page(make_run(), [record]).sections[0].capacity
    assert texts(table)[0][-1] == "objective not kept again while looked at"


def test_the_bracket_is_in_the_page_the_summary_and_the_table_of_trials(make_run, searched):
    """For readers and for programs."""
    records = [searched()]
    assert "160 to 167" in reports.build(make_run(), records)
    assert "160 to 167/s" in reports.summary(make_run(), records)
    assert trials_csv(records).splitlines()[1].endswith("160.0,167.0")
