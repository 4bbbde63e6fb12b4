"""The figures of searches for a capacity: brackets, and latency over offered load."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.records import Capacity, Doubt, Probe, Status
from reports.digest.cases import cases
from reports.figures.brackets import brackets
from reports.figures.offered import offered
from reports.terms.figure import Shape

LOAD = "capacity, p95 within 250 ms"
BROKEN = "p95 0.400 s, over 0.25 s"


def probe(rate, p95, failed=""):
    """Return a probe of ten seconds."""
    return Probe(
        rate=rate, loaded_s=10.0, achieved=1.0, answered=int(10 * rate), p50=0.02, p95=p95,
        errors=0.0, cpu_s=0.005, failed=failed, limited="",
    )  # fmt: skip


CURVE = (probe(16.0, 0.09), probe(160.0, 0.2), probe(208.0, 1.9, BROKEN))


@pytest.fixture
def searched(make_record):
    """Return a record of a search that found a bracket."""

    def make(stack, low, high, session=1, scenario="chat", **changes):
        found = Capacity(
            low=low, high=high, slo_p95=0.25, slo_errors=0.001, probes=(), curve=CURVE,
        )  # fmt: skip
        record = make_record(stack, scenario, session, load=LOAD)
        return replace(record, model="open", rate=low, capacity=replace(found, **changes))

    return make


@pytest.fixture
def figure(make_run):
    """Return what a maker of figures makes of records."""

    def make(maker, *records, **changes):
        return maker(cases(make_run(**changes), records))

    return make


def first(found):
    """Return the figure of offered load of the first case."""
    return offered(found[0])


def plain(text):
    """Return text with ordinary spaces."""
    return text.replace("\u00a0", " ")


def texts(table):
    """Return a table's cells as text, row by row."""
    return [
        [row.label, *(plain(line.text) for cell in row.cells for line in cell.lines)]
        for group in table.groups
        for row in group.rows
    ]


def test_a_bracket_of_one_session_is_as_it_was_found(figure, searched):
    """From what was kept to what was not, without a mark."""
    shown = figure(brackets, searched("primary", 160.0, 168.0))
    (one,) = shown.extents[0].extents
    assert (shown.shape, shown.key, shown.unit) == (Shape.EXTENTS, "capacity", "/s")
    assert (one.low, one.high, one.middle, plain(one.text)) == (160, 168, None, "160 to 168 /s")


def test_brackets_of_several_sessions_are_joined(figure, searched):
    """The least that was kept, the greatest that was not, and the median of what was kept."""
    pairs = ((160.0, 168.0), (150.0, 157.0), (170.0, 178.0))
    shown = figure(brackets, *(searched("primary", *p, n) for n, p in enumerate(pairs, start=1)))
    (one,) = shown.extents[0].extents
    assert (one.low, one.high, one.middle) == (150, 178, 160)
    each = [*texts(shown.table)[0][2:5]]
    assert each == ["160 to 168", "150 to 157", "170 to 178"]


def test_one_session_without_an_end_leaves_the_bracket_open(figure, searched):
    """What the load generator ended is at least what it was."""
    limited = searched("primary", 170.0, None, 2, limited="it used 90% of its core")
    shown = figure(brackets, searched("primary", 160.0, 168.0), limited)
    (one,) = shown.extents[0].extents
    assert (one.low, one.high, plain(one.text)) == (160, None, "at least 160 /s")
    assert one.note == "it used 90% of its core"
    assert texts(shown.table)[0][-1] == "it used 90% of its core"


def test_a_stack_without_a_bracket_says_why(figure, searched, make_record):
    """It failed, was skipped, was not run, or was not searched."""
    failed = replace(
        searched("cost-optimized", 1.0, 2.0), status=Status.FAILED, reason="books differ"
    )
    skipped = make_record("aside", load=LOAD, status=Status.SKIPPED, reason="it lacks streams")
    records = (searched("primary", 160.0, 168.0), failed, skipped, make_record("other", load=LOAD))
    shown = figure(brackets, *records, make_record("zero", "stream"))
    notes = {one.name: one.note for one in shown.extents[0].extents}
    assert notes == {
        "aside": "skipped: it lacks streams",
        "cost-optimized": "failed: books differ",
        "other": "not searched",
        "primary": "",
        "zero": "not run: no trial was recorded",
    }


def test_the_takeaway_names_the_objective_and_who_bore_most(figure, searched):
    """In words."""
    records = [
        searched(stack, low, 1.05 * low, session)
        for session in (1, 2)
        for stack, low in (("primary", 160.0), ("cost-optimized", 200.0))
    ]
    said = plain(figure(brackets, *records).takeaway)
    assert said.startswith(
        "With p95 within 250 ms and errors at most 0.10 %, cost-optimized bore the most: "
        "200 to 210 /s."
    )


def test_brackets_that_touch_are_a_tie(figure, searched):
    """Also with one that has no upper end, and through others."""
    records = (
        searched("a", 100.0, 105.0), searched("b", 160.0, 168.0), searched("c", 165.0, 173.0),
        searched("d", 170.0, None),
    )  # fmt: skip
    said = plain(figure(brackets, *records).takeaway)
    tied = "the most was borne by b 160 to 168 /s, c 165 to 173 /s and d at least 170 /s"
    assert tied in said


def test_one_search_is_said_to_be_one(figure, searched):
    """Its order may be chance."""
    shown = figure(brackets, searched("a", 100.0, 105.0), searched("b", 160.0, 168.0))
    assert "b bore the most: 160 to 168 /s (from one search only)." in plain(shown.takeaway)


def test_a_stack_with_another_product_is_shown_and_not_set_beside_others(figure, searched):
    """The same holds for stand-ins."""
    doubt = Doubt(code="OTHER_PRODUCT", detail="redis calls itself valkey")
    odd = replace(searched("odd", 900.0, 945.0), doubts=(doubt,))
    shown = figure(brackets, odd, searched("scalability", 800.0, 840.0), searched("a", 1.0, 2.0))
    assert len(shown.extents[0].extents) == 3
    assert "a bore 1.00 to 2.00" in plain(shown.takeaway)
    assert "odd (redis calls itself valkey); scalability* (a stand-in says" in shown.takeaway
    assert "mongodb is secantusdb" in shown.takeaway


def test_each_case_that_was_searched_is_a_group(figure, searched, make_record):
    """Others are none."""
    records = (searched("a", 1.0, 2.0), searched("a", 3.0, 4.0, scenario="browse"))
    shown = figure(brackets, *records, make_record("a"))
    assert [group.title.partition(",")[0] for group in shown.extents] == ["browse", "chat"]
    assert "browse: with p95" in plain(shown.takeaway)


def test_without_a_search_there_is_no_figure(figure, searched, make_record):
    """Nor with none that ended well."""
    failed = replace(searched("a", 1.0, 2.0), status=Status.FAILED, reason="books differ")
    for record in (make_record("a"), failed):
        assert figure(brackets, record) is None
        assert figure(first, record) is None


def test_a_curve_has_the_points_that_were_measured_and_the_objective(figure, searched):
    """Past the objective too."""
    shown = figure(first, searched("primary", 160.0, 168.0))
    (panel,) = shown.panels
    assert shown.shape is Shape.OFFERED
    assert panel.curves[0].points == ((16.0, 0.09), (160.0, 0.2), (208.0, 1.9))
    assert (panel.limit, plain(panel.limit_text)) == (0.25, "objective: p95 within 250 ms")
    assert [row[-1] for row in texts(shown.table)] == ["kept", "kept", BROKEN]


def test_a_knee_is_where_the_search_ended(figure, searched):
    """On the curve, with the bracket in words."""
    (panel,) = figure(first, searched("primary", 160.0, 168.0)).panels
    (knee,) = panel.knees
    assert (knee.x, knee.y, plain(knee.text)) == (160, 0.2, "160 to 168 /s")


def test_a_knee_between_points_lies_on_the_line_between_them(figure, searched):
    """On logarithmic axes: halfway of 10 and 1000 is 100."""
    curve = (probe(1.0, 0.5), probe(10.0, 0.01), probe(1000.0, 1.0), probe(2000.0, 9.0))
    (panel,) = figure(first, searched("primary", 100.0, 105.0, curve=curve)).panels
    assert panel.knees[0].y == pytest.approx(0.1)


def test_a_curve_that_does_not_reach_the_capacity_has_no_knee(figure, searched):
    """Nothing is drawn beyond what was measured."""
    (panel,) = figure(first, searched("primary", 500.0, 525.0)).panels
    assert panel.knees == ()


def test_without_a_curve_the_probes_are_drawn(figure, searched):
    """In the order of their rates; of a rate that was probed again the last."""
    probes = (probe(200.0, 0.9, BROKEN), probe(160.0, 0.3, BROKEN), probe(160.0, 0.2))
    shown = figure(first, searched("primary", 160.0, 200.0, curve=(), probes=probes))
    assert shown.panels[0].curves[0].points == ((160.0, 0.2), (200.0, 0.9))


def test_the_first_session_with_a_curve_is_drawn(figure, searched):
    """With the bracket that it found."""
    without = searched("primary", 150.0, 157.0, curve=(), probes=(probe(150.0, 0.2),))
    shown = figure(first, without, searched("primary", 160.0, 168.0, 2))
    assert shown.panels[0].curves[0].points[0] == (16.0, 0.09)
    assert plain(shown.panels[0].knees[0].text) == "160 to 168 /s"


def test_points_without_a_place_on_logarithmic_axes_are_left_out(figure, searched):
    """Those of loads that got no answer at all."""
    curve = (probe(0.0, 0.1), probe(10.0, float("nan")), probe(20.0, 0.0), *CURVE[1:])
    (panel,) = figure(first, searched("primary", 160.0, 168.0, curve=curve)).panels
    assert panel.curves[0].points == ((160.0, 0.2), (208.0, 1.9))


def test_stacks_without_a_curve_are_told(figure, searched):
    """With the reason."""
    failed = replace(searched("b", 1.0, 2.0), status=Status.FAILED, reason="books differ")
    said = plain(figure(first, searched("a", 160.0, 168.0), failed).takeaway)
    assert "Not drawn: b (failed: books differ)." in said
    assert "(p95 within 250 ms and errors at most 0.10 %)" in said
    assert "a 160 to 168 /s" in said
