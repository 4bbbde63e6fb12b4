"""Runs side by side."""

from __future__ import annotations

from dataclasses import replace

import pytest

import reports
from harness.changes import changes
from harness.pairs import Metric
from reports.several.compare import Shown, sheet
from reports.terms.page import Cell, Sheet, State, Table


@pytest.fixture
def runs(make_run, make_record):
    """Two runs of the same stacks and a blank, and the records of each; the later is slower."""

    def slower(record):
        measured = replace(record.measurement, throughput=record.measurement.throughput * 0.8)
        return replace(record, measurement=measured)

    first = [make_record(stack, session=n) for n in range(1, 9) for stack in ("primary", "blank")]
    later = [slower(r) if r.key.stack == "primary" else r for r in first]
    run = make_run(plan={"blank": "blank"})
    return (run, first), (replace(run, id="later"), later)


def cells(page: Sheet, block: str) -> dict[tuple[str, str], tuple[Cell, ...]]:
    """Return the cells of a block's tables by group and row."""
    tables: tuple[Table, ...] = next(b for b in page.blocks if b.key == block).tables
    return {(g.title, row.label): row.cells for t in tables for g in t.groups for row in g.rows}


def test_a_change_comes_with_interval_and_verdict(runs):
    """It is that of the ratio to the blank."""
    (run, first), (other, later) = runs
    found = {"primary": changes(first, later, stack="primary", blank="blank")}
    page = sheet(
        [Shown(run=run, records=first), Shown(run=other, records=later, changes=found)], ""
    )
    _, _, change = cells(page, "numbers")["primary", "Answered requests per second"]
    assert change.lines[0].text == "-20.0 %"
    assert change.lines[0].extent
    assert page.alarm == ()


def test_changes_are_of_the_ratio_to_the_blank(runs):
    """A machine that was slower for both shows none."""
    (_, first), (_, later) = runs
    both = [
        replace(r, measurement=replace(r.measurement, throughput=r.measurement.throughput * 0.5))
        for r in first
    ]
    found = changes(first, both, stack="primary", blank="blank")
    metric = Metric(scenario="chat", load="8 users", name="throughput")
    assert found[metric].comparison.ratio == pytest.approx(1.0)
    assert changes(first, later, stack="primary", blank="blank")[
        metric
    ].comparison.ratio == pytest.approx(0.8)


def test_what_forbids_comparison_stands_above_all(runs):
    """With no change computed, and the fact marked on its row."""
    (run, first), (other, later) = runs
    other = replace(other, facts={**run.facts, "cpu": "64 cores"})
    unlike = (f"cpu: 2 cores in {run.id}, 64 cores in later", "plan's load: 8 in x, 9 in later")
    page = sheet(
        [Shown(run=run, records=first), Shown(run=other, records=later, unlike=unlike)], ""
    )
    facts = cells(page, "differs")
    assert "later must not be compared" in page.alarm[0]
    assert {cell.state for cell in facts["", "cpu"]} == {State.ALARM}
    assert facts["", "plan's load"][1].lines[0].text == "8 in x, 9 in later"
    numbers = cells(page, "numbers")["primary", "Answered requests per second"]
    assert (numbers[2].state, numbers[2].note) == (State.MISSING, "not comparable")


def test_a_difference_that_forbids_nothing_is_shown_plainly(runs):
    """Such as the load of the machine at the start."""
    (run, first), (other, later) = runs
    other = replace(other, facts={**run.facts, "load_at_start": "9"})
    page = sheet([Shown(run=run, records=first), Shown(run=other, records=later)], "")
    assert {cell.state for cell in cells(page, "differs")["", "load_at_start"]} == {State.VALUE}


def test_the_page_is_whole(runs):
    """And names both runs."""
    (run, first), (other, later) = runs
    text = reports.side_by_side([Shown(run=run, records=first), Shown(run=other, records=later)])
    assert f"{run.id} and later side by side" in text
