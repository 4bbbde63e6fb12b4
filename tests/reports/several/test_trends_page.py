"""The page of trends."""

from __future__ import annotations

import reports
from reports.several.trends import sheet
from reports.terms.figure import Shape


def test_a_step_is_in_the_chart_and_in_the_table(make_history):
    """With its size, direction, and what changed in the stack."""
    (block,) = sheet(make_history(), "").blocks
    (figure,) = block.figures
    (trace,) = figure.traces
    assert figure.shape is Shape.TRENDS
    assert trace.steps == ((6, "+20.0 %"),)
    row = block.tables[0].groups[0].rows[0]
    texts = [cell.lines[0].text for cell in row.cells]
    assert texts == [
        "run-7, 2026-11-07", "+20.0 %", "worse", "6 and 6", "revision abc; redis: 7.0 to 7.2",
    ]  # fmt: skip


def test_no_change_has_no_table(make_history):
    """A flat series needs none."""
    assert sheet(make_history(changed=False), "").blocks[0].tables == ()


def test_what_is_left_out_is_told(make_history):
    """Each run with its reasons."""
    (block,) = sheet(make_history(), "").blocks
    assert [(fact.name, fact.text) for fact in block.facts] == [("old", "another machine")]


def test_the_page_draws_it(make_history):
    """A mark for each run, and the line of the step with its words."""
    text = reports.history(make_history(), "0.1")
    assert text.count('class="whisker') == 12
    assert "+20.0 %</text>" in text
