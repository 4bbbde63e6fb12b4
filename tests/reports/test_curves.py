"""Percentiles of all cases, and response time over time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.records import Moment, Status
from reports.digest.cases import cases
from reports.digest.cells import ABSENT
from reports.figures.curves import all_percentiles, percentiles
from reports.figures.over_time import MOST_ROWS, seconds


@pytest.fixture
def timed(make_record):
    """Return a record of seconds, each given as second, p50, p95 and how many failed."""

    def make(session, *found, stack="primary"):
        record = make_record(stack, session=session)
        moments = tuple(
            Moment(second=second, answered=9, failed=failed, p50=p50, p95=p95)
            for second, p50, p95, failed in found
        )
        return replace(record, measurement=replace(record.measurement, seconds=moments))

    return make


@pytest.fixture
def case(make_run):
    """Return the first case of records."""
    return lambda *records: cases(make_run(), records)[0]


def cells(row):
    """Return the texts of a row."""
    return [line.text for cell in row.cells for line in cell.lines]


def test_every_case_has_a_panel_on_which_each_stack_has_its_curve(example):
    """Named by case and load, with the same curves as the figure of the case alone."""
    found = cases(*example)
    shown = all_percentiles(found)
    assert [panel.title for panel in shown.panels] == [f"{c.title}, {c.short}" for c in found]
    for panel, one in zip(shown.panels, found, strict=True):
        assert panel.curves == percentiles(one).panels[0].curves


def test_the_table_of_all_percentiles_has_a_group_for_each_case(example):
    """With the values of the case's own table."""
    found = cases(*example)
    groups = all_percentiles(found).table.groups
    assert [group.rows for group in groups] == [
        percentiles(one).table.groups[0].rows for one in found
    ]


def test_a_stack_that_is_missing_from_a_case_keeps_its_column(make_run, make_record):
    """The reason is in its cells."""
    lost = make_record("b", "stream", status=Status.FAILED, reason="books differ")
    records = (make_record("a"), make_record("b"), make_record("a", "stream"), lost)
    table = all_percentiles(cases(make_run(), records)).table
    assert [head.text for head in table.heads] == ["a", "b"]
    assert {row.cells[1].note for row in table.groups[1].rows} == {"failed: books differ"}


def test_one_case_is_named_in_the_title(make_run, make_record):
    """There is no panel beside it to tell it from."""
    shown = all_percentiles(cases(make_run(), [make_record("a")]))
    assert shown.title == "Response time by percentile: chat, 8 users"


def test_nothing_measured_makes_no_figure(make_run, make_record):
    """Neither percentiles nor seconds."""
    found = cases(make_run(), [make_record("a", status=Status.FAILED, reason="books differ")])
    assert all_percentiles(found) is None
    assert seconds(found[0]) is None


def test_a_second_is_the_median_over_the_sessions_that_were_loaded_in_it(case, timed):
    """Failures are added up."""
    shown = seconds(
        case(
            timed(1, (0, 0.010, 0.020, 1), (1, 0.5, 0.9, 0)),
            timed(2, (0, 0.030, 0.080, 2)),
            timed(3, (0, 0.012, 0.030, 0)),
        )
    )
    assert [panel.curves[0].points for panel in shown.panels] == [
        ((0, 0.012), (1, 0.5)),
        ((0, 0.030), (1, 0.9)),
    ]
    assert cells(shown.table.groups[0].rows[0]) == ["12.0", "30.0", "3"]
    assert "the median over sessions of each second's value" in shown.takeaway


def test_a_stack_that_was_not_loaded_in_a_second_says_so(case, timed):
    """Load moves between the stacks."""
    records = (timed(1, (0, 0.01, 0.02, 0)), timed(1, (1, 0.01, 0.02, 0), stack="other"))
    rows = seconds(case(*records)).table.groups[0].rows
    assert [row.cells[0].lines[0].text for row in rows] == [ABSENT, "10.0"]


@pytest.mark.parametrize("number", [MOST_ROWS, MOST_ROWS + 1, 1000])
def test_a_long_run_is_thinned_out_evenly_in_the_table(case, timed, number):
    """The chart has every second."""
    shown = seconds(case(timed(1, *((n, 0.01, 0.02, 0) for n in range(number)))))
    labels = [int(row.label) for row in shown.table.groups[0].rows]
    step = labels[1]
    assert labels == list(range(0, number, step))
    assert MOST_ROWS / 2 <= len(labels) <= MOST_ROWS
    assert (f"One of every {step} is shown." in shown.table.note) == (step > 1)
    assert len(shown.panels[0].curves[0].points) == number
