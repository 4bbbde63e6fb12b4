"""What response time costs, and the times to the first token."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.records import Capacity, Doubt, Status
from reports.digest.cases import cases
from reports.draw import svg
from reports.figures.tokens import first_tokens
from reports.figures.trade_off import trade_off
from reports.terms.figure import Shape

SATURATED = Doubt(code="SATURATED_GENERATOR", detail="90% of its core")


@pytest.fixture
def measured(make_record):
    """Return a record with a p95 in seconds, and CPU seconds per answered request."""

    def make(stack, p95, cpu_s, session=1, **changes):
        record = make_record(stack, session=session)
        found = record.measurement
        first, *others = found.components
        used = replace(first, cpu_s=cpu_s * found.counts.answered)
        idle = [replace(one, cpu_s=0.0) for one in others]
        response = replace(found.response, p95=p95)
        changed = replace(found, response=response, components=(used, *idle))
        return replace(record, measurement=changed, **changes)

    return make


@pytest.fixture
def found(make_run):
    """Return the cases of records."""
    return lambda *records: cases(make_run(), records)


def plain(text):
    """Return text with ordinary spaces."""
    return text.replace("\u00a0", " ")


def test_a_spot_is_the_median_with_the_least_and_the_greatest_session(found, measured):
    """In the units of the axes."""
    runs = [measured("a", p95, cpu, n) for n, p95, cpu in
            ((1, 0.020, 0.0010), (2, 0.030, 0.0020), (3, 0.025, 0.0012))]  # fmt: skip
    (field,) = trade_off(found(*runs, measured("b", 0.1, 0.005))).fields
    spot = field.spots[0]
    assert (field.x_unit, field.y_unit) == ("ms", "ms")
    assert (spot.x, spot.y) == pytest.approx((1.2, 25))
    assert spot.x_range == pytest.approx((1, 2))
    assert spot.y_range == pytest.approx((20, 30))
    assert plain(spot.text) == "CPU 1.2 ms, p95 25.0 ms"


def test_the_front_holds_those_that_no_other_betters_in_both(found, measured):
    """Equals do not beat each other."""
    places = {"a": (0.01, 0.004), "b": (0.02, 0.002), "c": (0.02, 0.003), "d": (0.05, 0.001),
              "e": (0.05, 0.001), "f": (0.06, 0.009)}  # fmt: skip
    shown = trade_off(found(*(measured(name, *at) for name, at in places.items())))
    front = {spot.name for spot in shown.fields[0].spots if spot.front}
    assert front == {"a", "b", "d", "e"}
    assert "By the medians these are: a, b, d and e." in shown.takeaway
    yes = [row.label for row in shown.table.groups[0].rows if row.cells[2].lines[0].text == "yes"]
    assert yes == ["a", "b", "d", "e"]


def test_who_may_not_be_set_beside_others_is_left_out_with_the_reason(found, measured, make_record):
    """Stand-ins, what the load generator limited, and what was not measured."""
    limited = measured("limited", 0.001, 0.0001, doubts=(SATURATED,))
    failed = make_record("lost", status=Status.FAILED, reason="books differ")
    stand_in = make_record("scalability")
    good = (measured("a", 0.01, 0.004), measured("b", 0.02, 0.002))
    shown = trade_off(found(*good, limited, failed, stand_in))
    (field,) = shown.fields
    assert [spot.name for spot in field.spots] == ["a", "b"]
    assert field.left_out == (
        "Left out: limited (it is generator-limited: 90% of its core); lost (failed: books "
        "differ); scalability* (a stand-in says nothing about the product it stands for)."
    )
    assert field.left_out in svg(shown)


def test_fewer_than_two_stacks_make_no_figure(found, measured, make_record):
    """There is nothing to set beside it."""
    assert trade_off(found(measured("a", 0.01, 0.004), make_record("scalability"))) is None


def test_stacks_at_rates_of_their_own_are_not_set_side_by_side(found, measured, make_record):
    """Those of a search for the capacity; nor are their first tokens."""
    capacity = Capacity(low=1.0, high=2.0, slo_p95=0.25, slo_errors=0.001, probes=())
    records = [measured(name, 0.01, 0.004, capacity=capacity) for name in ("a", "b")]
    streams = [replace(make_record(name, "stream"), capacity=capacity) for name in ("a", "b")]
    assert trade_off(found(*records)) is None
    assert first_tokens(found(*streams)) is None


def test_first_tokens_reach_from_half_to_95_in_100(found, make_record):
    """Medians over sessions, in one unit, with a mark at the half."""
    records = [make_record("primary", "stream", n) for n in (1, 2, 3)]
    shown = first_tokens(found(*records))
    (one,) = shown.extents[0].extents
    tokens = [record.measurement.first_token for record in records]
    assert (shown.shape, shown.unit) == (Shape.EXTENTS, "ms")
    assert one.low == one.middle == pytest.approx(1e3 * sorted(t.p50 for t in tokens)[1])
    assert one.high == pytest.approx(1e3 * sorted(t.p95 for t in tokens)[1])
    assert one.text.startswith("p50 ")


def test_only_cases_that_stream_have_first_tokens(found, make_record):
    """None at all makes no figure."""
    chat, stream = make_record("primary"), make_record("primary", "stream")
    assert first_tokens(found(chat)) is None
    shown = first_tokens(found(chat, stream))
    assert [group.title.partition(",")[0] for group in shown.extents] == ["stream"]


def test_a_stack_that_did_not_stream_says_why(found, make_record):
    """It failed, or answered whole."""
    whole = make_record("whole", "stream")
    whole = replace(whole, measurement=replace(whole.measurement, first_token=None))
    failed = make_record("lost", "stream", status=Status.FAILED, reason="books differ")
    shown = first_tokens(found(make_record("primary", "stream"), whole, failed))
    notes = {one.name: one.note for one in shown.extents[0].extents if one.low is None}
    assert notes == {"lost": "failed: books differ", "whole": "nothing was streamed"}
