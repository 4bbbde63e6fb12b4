"""What has a number and must not be set beside others: each says why."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from harness.records import SliceLatency, SliceResult
from harness.stats.warnings import Warn
from reports import model
from reports.digest.doubts import TOUCHES, Kind
from reports.outputs.as_csv import trials_csv
from reports.outputs.as_json import as_json
from reports.terms.page import State

BUSY = Warn.SATURATED_GENERATOR.seen("74% of its core (limit 60%)")


def said(page):
    """Return the sentences of the first section by name; those of one name are joined."""
    found = {}
    for fact in page.sections[0].sentences:
        found[fact.name] = f"{found.get(fact.name, '')} {fact.text}".strip().replace("\u00a0", " ")
    return found


def cells(page, group):
    """Return the cells of the first row of a group of the first table."""
    (found,) = [g for g in page.sections[0].table.groups if g.title == group]
    return found.rows[0].cells


@pytest.fixture
def limited(make_run, make_record):
    """A page on two stacks, the generator at its limit with one of them in one of two sessions."""
    records = [
        make_record(stack, session=n, doubts=(BUSY,) if (stack, n) == ("primary", 2) else ())
        for n in (1, 2)
        for stack in ("primary", "cost-optimized")
    ]
    return model.page(make_run(), records), records


def test_the_generators_limit_is_no_throughput_of_a_stack(limited):
    """The cell has the reason and a bound instead of a number."""
    fine, cell = cells(limited[0], "Throughput")
    assert fine.state is State.VALUE
    assert [line.text for line in cell.lines] == ["generator-limited"]
    assert cell.note.startswith("at least ")
    assert cell.note.endswith("in 1 of 2 sessions; 74% of its core (limit 60%)")


def test_the_generators_limit_is_not_ranked(limited):
    """The sentences say so; what a generator cannot spoil is compared."""
    found = said(limited[0])
    rate = found["Answered requests per second"]
    assert "primary generator-limited (in 1 of 2 sessions; 74% of its core" in rate
    assert found["Not compared"] == (
        "primary, because the load generator set the limit of throughput and response time."
    )
    assert "CPU time" in found["Difference"]
    assert "answered requests" not in found["Difference"]
    assert "response p95" not in found["Difference"]


def test_the_generators_limit_is_in_no_list_of_numbers(limited):
    """Session by session, and in the file for programs."""
    page, records = limited
    table = page.sections[0].sessions
    answered = [head.text for head in table.heads].index("Answered")
    assert table.groups[1].rows[1].cells[answered].lines[0].text == "generator-limited"
    lines = list(csv.DictReader(io.StringIO(trials_csv(records))))
    shown = {(x["stack"], x["session"]): (x["throughput_per_s"], x["severity"]) for x in lines}
    assert shown["primary", "2"] == ("", "doubt")
    assert float(shown["primary", "1"][0]) > 0


def test_what_was_killed_on_purpose_is_not_ranked(brokers):
    """How long each was away is told instead."""
    found = said(model.page(*brokers))
    assert "Difference" not in found
    assert found["Not compared"] == (
        "kafka* and rabbitmq, because what is killed on purpose is away for a part of the time."
    )
    assert "Back after being killed" in found


def test_a_trial_that_is_missing_is_told(make_run, make_record):
    """Whoever leaves out a bad session has it listed."""
    records = [make_record("primary", session=n) for n in (1, 3)]
    told = {fact.name: fact.text for fact in model.page(make_run(), records).not_run}
    assert told["Not in the record"].endswith("no record of session 2")


def test_a_block_that_one_stack_lacks_is_told(make_run, make_record):
    """Slices of a round are the same for all."""
    held = SliceLatency(count=0, p50=0, p95=0)
    whole = make_record("primary", session=1)
    two = tuple(
        SliceResult(
            index=n, block=n, start_s=n, duration_s=1, warmup=False, confirm=False,
            counts=replace(whole.measurement.counts), cpu_s={}, response=held, endpoints={},
        )
        for n in (0, 1)
    )  # fmt: skip
    other = make_record("cost-optimized", session=1)
    records = [
        replace(whole, measurement=replace(whole.measurement, slices=two)),
        replace(other, measurement=replace(other.measurement, slices=two[:1])),
    ]
    told = [fact.text for fact in model.page(make_run(), records).not_run]
    assert any("cost-optimized" in text and "no slice of block 1" in text for text in told)


def test_every_doubt_says_how_grave_it_is_on_the_page_and_in_the_files(limited, make_run):
    """By the enumeration's own word."""
    page, records = limited
    assert [(w.label, w.severity) for w in page.warnings] == [("saturated generator", "doubt")]
    text = as_json(make_run(), records)
    assert '"SATURATED_GENERATOR":{"severity":"doubt"' in text


@pytest.mark.parametrize("warn", Warn, ids=lambda warn: warn.name)
def test_every_doubt_has_a_meaning_and_knows_what_it_touches(warn):
    """Only those about the whole comparison, or the books, mark no number."""
    whole = {
        "FEW_SESSIONS", "STAND_IN", "BOOKS_UNSETTLED", "AUDIT_LATE", "SCATTERED_PAIRS",
        "CHAINED_PAIRS", "SCATTERED_SESSIONS", "ODD_SESSION",
    }  # fmt: skip
    assert warn.meaning.endswith(".")
    assert (warn.name in TOUCHES) != (warn.name in whole)
    assert TOUCHES.get(warn.name, frozenset()) <= frozenset(Kind)
