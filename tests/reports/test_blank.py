"""The blank in a report: the generator's own ceiling, beside the numbers and not among them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.records import Fault, Status
from reports import model

PLAN = {"name": "quick", "blank": "blank", "blank_s": 1.0}


@pytest.fixture
def blank(make_record):
    """A trial of the blank: 10,000 requests/s at half of the generator's processor."""
    made = make_record("blank", "blank", tier="none")
    generator = replace(made.measurement.generator, cpu_share=0.5)
    faster = replace(made.measurement, throughput=10_000.0, generator=generator)
    return replace(made, measurement=faster)


def fact(page, name):
    """Return what the page says of where it ran, by name."""
    return {f.name: f.text.replace("\u00a0", " ") for f in page.environment}.get(name)


def test_the_blank_is_compared_with_nothing(make_run, make_record, blank):
    """No case, no column, no row of it."""
    page = model.page(make_run(plan=PLAN), [blank, make_record("primary")])
    assert (page.title, len(page.sections)) == ("primary measured", 1)
    assert [head.text for head in page.sections[0].table.heads] == ["primary"]
    assert all("blank" not in group.title for group in page.footprint.groups)


def test_the_page_says_what_the_generator_reached(make_run, make_record, blank):
    """Requests, service times, and the processor time that each request took: 50 microseconds."""
    page = model.page(make_run(plan=PLAN), [blank, make_record("primary")])
    text = fact(page, "Load generator's own ceiling")
    assert text.startswith("10,000 requests/s against a server that does nothing")
    assert "at 50.0 µs of its own processor time per request; medians over 1 session" in text


def test_the_page_says_how_near_each_stack_came(make_run, make_record, blank):
    """By its fastest case."""
    slow, fast = make_record("primary", "chat"), make_record("primary", "browse")
    fast = replace(fast, measurement=replace(fast.measurement, throughput=2_500.0))
    slow = replace(slow, measurement=replace(slow.measurement, throughput=100.0))
    page = model.page(make_run(plan=PLAN), [blank, slow, fast])
    assert fact(page, "Most that a stack took of it") == "primary 25.0 % (browse, 8 users)"


def test_a_blank_that_failed_has_its_reason(make_run, make_record):
    """There is no ceiling to be near to."""
    failed = make_record(
        "blank", "blank", status=Status.FAILED, fault=Fault.LAUNCH, reason="no port"
    )
    page = model.page(make_run(plan=PLAN), [failed, make_record("primary")])
    assert fact(page, "Load generator's own ceiling") == "not measured: no port"
    assert fact(page, "Most that a stack took of it") is None


def test_a_plan_without_a_blank_is_told(make_run, make_record):
    """So that nobody takes it for measured."""
    page = model.page(make_run(plan=PLAN | {"blank_s": 0.0}), [make_record("primary")])
    assert "the plan leaves it out" in fact(page, "Load generator's own ceiling")


def test_a_blank_that_was_asked_for_by_name_is_the_case(make_run, blank):
    """There is nothing else to show."""
    page = model.page(make_run(plan=PLAN), [blank])
    assert (page.title, len(page.sections)) == ("blank measured", 1)
