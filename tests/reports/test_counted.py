"""Components that stood alone: what the audit counted, and how they came back after a kill."""

from __future__ import annotations

import pytest

from reports import model


def rows(page, title):
    """Return the cells of a group of the first table, by label, as text."""
    (found,) = [g for g in page.sections[0].table.groups if g.title == title]
    return {row.label: [c.lines[0].text for c in row.cells] for row in found.rows}


def said(page, name):
    """Return the sentence of that name."""
    (text,) = [f.text for f in page.sections[0].sentences if f.name == name]
    return text.replace("\u00a0", " ")


def test_amounts_add_up_over_sessions(brokers):
    """Two sessions with four lost messages each; the columns are kafka and rabbitmq."""
    found = rows(model.page(*brokers), "What the audit counted")
    assert found["Lost"] == ["8", "0"]
    assert found["Duplicates"] == ["6", "6"]


def test_the_time_to_come_back_has_its_range(brokers):
    """In the table and in the sentences, with what was lost."""
    page = model.page(*brokers)
    assert rows(page, "What the audit counted")["Back after being killed"] == ["6.0", "3.8"]
    assert said(page, "Back after being killed").startswith("kafka* 6.0 (4.0 to 8.0) s; rabbitmq")
    assert said(page, "Lost") == "kafka* 8; rabbitmq 0."


def test_each_trial_lists_what_was_counted(brokers):
    """In the cell of the audit."""
    last = model.page(*brokers).sections[0].sessions.groups[0].rows[0].cells[-1]
    assert [line.text for line in last.lines][1:] == [
        *("2,000 acknowledged", "1,996 delivered", "3 duplicates", "4 lost"),
        "back 4.00 s after being killed",
    ]


def test_hits_and_misses_become_a_share(make_run, make_record):
    """Over all sessions."""
    counted = ({"hits": 90, "misses": 10}, {"hits": 80, "misses": 20})
    records = [make_record("kafka", "queue", n, counted=c) for n, c in enumerate(counted, start=1)]
    found = rows(model.page(make_run(), records), "What the audit counted")
    assert found["Hit share"] == ["85.0\u00a0%"]


def test_a_level_is_no_amount(make_run, make_record):
    """Thousandths, of which the median over sessions is shown."""
    records = [
        make_record("kafka", "queue", n, counted={"ndcg_milli": 800 + 10 * n}) for n in (1, 2, 3)
    ]
    assert rows(model.page(make_run(), records), "What the audit counted")["Ndcg"] == ["0.820"]


def test_stacks_have_no_such_rows(make_run, make_record):
    """Their audit compares the books with what clients were told; its sentence is in the trial."""
    record = make_record("primary", counted={"messages": 12})
    page = model.page(make_run(), [record])
    with pytest.raises(ValueError, match="not enough values"):
        rows(page, "What the audit counted")
    assert len(page.sections[0].sessions.groups[0].rows[0].cells[-1].lines) == 1


def test_components_are_called_components(brokers):
    """And a stand-in among them is marked as one."""
    page = model.page(*brokers)
    assert page.subjects == "Components"
    assert page.sections[0].table.heads[0].note == "stand-in"
    assert said(page, "Stand-in").startswith("kafka* is another broker 3.9 for Kafka, so")


def test_use_is_one_row_for_a_component(brokers):
    """A sum of one part and its role would say the same twice."""
    assert list(rows(model.page(*brokers), "Memory, peak")) == ["The component"]


def test_components_and_stacks_keep_to_their_own_scenarios(make_run, make_record):
    """Nobody asks why a broker did not chat."""
    records = [make_record("primary", "chat"), make_record("kafka", "queue")]
    page = model.page(make_run(), records)
    assert [[h.text for h in s.table.heads] for s in page.sections] == [["primary"], ["kafka*"]]
    assert page.subjects == "Stacks and components"
