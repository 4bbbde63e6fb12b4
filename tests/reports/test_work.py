"""What an answered request takes of things that are counted: bytes and operations."""

from __future__ import annotations

from dataclasses import replace

from reports import model

TITLE = "For each answered request"


def rows(page):
    """Return the cells of the group by label."""
    (found,) = [g for g in page.sections[0].table.groups if g.title == TITLE]
    return {row.label: row.cells for row in found.rows}


def changed(record, name, **members):
    """Return the record with another use of a component."""
    m = record.measurement
    parts = tuple(replace(c, **members) if c.name == name else c for c in m.components)
    return replace(record, measurement=replace(m, components=parts))


def test_operations_are_divided_by_all_answers_the_warm_up_s_too(make_run, make_record):
    """300 transactions for 100 answers, of which half were measured."""
    record = changed(make_record("primary"), "postgresql", operations=300)
    record = replace(record, measurement=replace(record.measurement, answered_all=100))
    (line,) = rows(model.page(make_run(), [record]))["Database, operations"][0].lines
    assert (line.text, line.label) == ("3.00", "postgresql: transactions")


def test_bytes_are_those_of_an_answer(make_run, make_record):
    """As the builder made them."""
    (line,) = rows(model.page(make_run(), [make_record("primary")]))["Bytes of the answer"][0].lines
    assert line.text == "412"


def test_a_server_that_was_not_counted_has_its_reason(make_run, make_record):
    """Beside one that was."""
    late = changed(make_record("primary"), "postgresql", operations=None, operations_of="too late")
    page = model.page(make_run(), [late, make_record("scalability")])
    cells = rows(page)["Database, operations"]
    assert (cells[0].note, cells[1].lines[0].text) == ("too late", "4.00")


def test_roles_of_which_nothing_was_counted_have_no_row(make_run, make_record):
    """A gateway does not tell, nor does an app."""
    labels = set(rows(model.page(make_run(), [make_record("primary")])))
    assert labels == {"Bytes of the answer", "Database, operations", "Cache, operations"}
