"""The page of all stored runs."""

from __future__ import annotations

from dataclasses import replace

import reports
from reports.several.index import entry, sheet


def test_each_run_links_to_its_page(example):
    """With what was compared, and how many trials failed."""
    found = entry(*example, "a.html")
    (row,) = sheet([found], "0.1").blocks[0].tables[0].groups[0].rows
    assert (row.label, row.link) == (example[0].id, "a.html")
    assert row.cells[3].lines[0].text == "cost-optimized and primary"
    assert row.cells[6].lines[0].text == "0 of 12"


def test_runs_that_may_be_compared_share_a_group(example):
    """A fingerprint is a group, in the order of the runs."""
    run, records = example
    others = [replace(run, id="b"), replace(run, id="c", fingerprint="ffff")]
    found = [entry(one, records, f"{one.id}.html") for one in (run, *others)]
    groups = sheet(found, "").blocks[0].tables[0].groups
    assert [[row.label for row in group.rows] for group in groups] == [[run.id, "b"], ["c"]]


def test_no_run_is_said():
    """An empty store has an index."""
    assert "No run is stored yet." in reports.index([])
