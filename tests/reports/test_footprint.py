"""What stacks take before any load."""

from __future__ import annotations

from dataclasses import replace

from reports import model
from reports.terms.page import State


def group(page, number=0):
    """Return the rows of one stack in the table, by label."""
    return {row.label: row for row in page.footprint.groups[number].rows}


def texts(row):
    """Return the numbers of a row."""
    return [cell.lines[0].text for cell in row.cells]


def changed(record, **members):
    """Return a record whose components have other members, given by a function of each."""
    parts = tuple(
        replace(part, **{name: of(part) for name, of in members.items()})
        for part in record.measurement.components
    )
    return replace(record, measurement=replace(record.measurement, components=parts))


def test_a_component_has_what_was_measured_of_it(make_run, make_record):
    """In seconds, MiB, and per cent of a core."""
    record = changed(
        make_record("primary"),
        ready_s=lambda _: 1.5,
        size=lambda _: 30 * 2**20,
        memory_idle=lambda _: 20 * 2**20,
        idle_cpu=lambda _: 0.0123,
        memory_peak=lambda _: 40 * 2**20,
    )
    rows = group(model.page(make_run(), [record]))
    assert texts(rows["redis"]) == ["1.50", "30.0", "20.0", "1.23", "40.0"]


def test_the_sum_has_the_slowest_time_and_leaves_out_the_model_server(make_run, make_record):
    """Six parts of the primary stack count, which start side by side."""
    record = changed(
        make_record("primary"),
        ready_s=lambda part: 9.0 if part.role == "llm" else 3.0 if part.name == "redis" else 1.0,
        memory_idle=lambda _: 2**20,
        idle_cpu=lambda _: 0.01,
    )
    row = texts(group(model.page(make_run(), [record]))["Sum"])
    assert (row[0], row[2], row[3]) == ("3.00", "6.00", "6.00")


def test_parts_that_run_from_the_same_files_count_once(make_run, make_record):
    """An app and its worker share an image."""
    record = changed(
        make_record("primary"),
        source=lambda part: "image x" if part.role in ("app", "worker") else part.name,
        size_of=lambda _: "image",
        size=lambda _: 2**20,
    )
    assert texts(group(model.page(make_run(), [record]))["Sum"])[1] == "5.00"


def test_a_library_has_no_process(make_run, make_record):
    """SQLite has neither a start nor memory of its own."""
    row = group(model.page(make_run(), [make_record("cost-optimized")]))["sqlite"]
    assert {cell.state for cell in row.cells} == {State.ABSENT}


def test_a_session_counts_once_however_many_trials_it_had(make_run, make_record):
    """Two scenarios in one session are one start; the peak is the greater one."""
    one = changed(make_record("primary", "chat"), memory_peak=lambda _: 2**20)
    other = changed(make_record("primary", "browse"), memory_peak=lambda _: 2 * 2**20)
    cells = group(model.page(make_run(), [one, other]))["redis"].cells
    assert (cells[0].lines[0].extent, cells[4].lines[0].text) == ("", "2.00")


def test_stand_ins_are_marked_and_explained(troubled):
    """In the name of the stack, of the part, and below the table."""
    page = model.page(*troubled)
    assert page.footprint.groups[2].title == "scalability*, durability process"
    assert "mongodb*" in group(page, 2)
    assert "mongodb is secantusdb 0.7 for MongoDB" in page.footprint.note


def test_the_most_that_was_held_at_once_is_said(example):
    """Of all that was up together."""
    note = model.page(*example).footprint.note.replace("\u00a0", " ")
    assert "held at most 734 MiB at one instant." in note


def test_a_component_that_stood_alone_has_no_sum(brokers):
    """It would be the same line again."""
    assert [len(g.rows) for g in model.page(*brokers).footprint.groups] == [1, 1]


def test_nothing_measured_has_no_table(make_run):
    """A run that was cut short."""
    assert model.page(make_run(), []).footprint is None
