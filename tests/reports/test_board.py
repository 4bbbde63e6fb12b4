"""The first table."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.records import Fault, Status
from reports import model
from reports.story.rankings import ordinal
from reports.terms.page import State, Table


def columns(board: Table, group: int = 0) -> dict[str, dict[str, object]]:
    """Return the cells of a group by head and stack."""
    rows = board.groups[group].rows
    return {
        head.text: {row.label: row.cells[place] for row in rows}
        for place, head in enumerate(board.heads)
    }


def test_each_scenario_is_a_group(example):
    """Stacks down, measures across."""
    board = model.page(*example).board
    assert [group.title for group in board.groups] == ["browse", "chat", "stream"]
    assert {row.label for row in board.groups[0].rows} == {"primary", "cost-optimized"}


def test_places_are_tiers(example):
    """Ranges that are apart give two places."""
    cells = columns(model.page(*example).board)["Response p95"]
    assert (cells["cost-optimized"].place, cells["primary"].place) == ("1st", "2nd")


def test_those_that_touch_share_a_place(make_run, make_record):
    """The same numbers twice are tied."""
    one = [make_record("primary", session=n) for n in (1, 2)]
    other = [replace(r, key=replace(r.key, stack="twin")) for r in one]
    cells = columns(model.page(make_run(), one + other).board)["CPU per request"]
    assert {cell.place for cell in cells.values()} == {"1st, tied"}


def test_a_failed_stack_has_no_place_and_its_reason(make_run, make_record):
    """It is not last: it is not there."""
    failed = make_record("primary", status=Status.FAILED, fault=Fault.DIED, reason="it died")
    good = [make_record("scalability"), make_record("cost-optimized")]
    cells = columns(model.page(make_run(), [failed, *good]).board)
    cell = cells["Response p95"]["primary"]
    assert (cell.state, cell.place, cell.note) == (State.FAILED, "", "it died")
    assert "1 of 1 trial gave no numbers: it died" in cells["Sessions"]["primary"].lines[0].text


def test_columns_that_nobody_has_are_left_out(example):
    """No capacity was searched for, and tokens came in one scenario."""
    heads = [head.text for head in model.page(*example).board.heads]
    assert "Capacity" not in heads
    assert "First token p95" in heads


def test_sorting_goes_by_the_number(example):
    """The key is the median in base units, not its text."""
    run, records = example
    cells = columns(model.page(run, records).board)["Answered"]
    assert cells["primary"].sort == pytest.approx(
        float(cells["primary"].lines[0].text.replace(",", "")), rel=0.01
    )


@pytest.mark.parametrize(
    ("number", "text"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (22, "22nd")]
)
def test_ordinals(number, text):
    """Teens end like the others."""
    assert ordinal(number) == text
