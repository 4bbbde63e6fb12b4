"""Figures of every shape as SVG: what is readable, and what must not happen with odd values."""

from __future__ import annotations

from itertools import combinations
from xml.etree import ElementTree as ET

import pytest

from drawn import corners, root_of, said, text_boxes
from example_figures import (
    EVERY,
    FOREIGN,
    NAMES,
    PLAIN,
    STEEP,
    extents,
    field,
    offered,
    percentiles,
    trade_off,
)
from reports.draw import svg as draw
from reports.draw.labels import Box, Label, fitted, placed, width, wrapped

each = pytest.mark.parametrize("shown", EVERY.values(), ids=EVERY.keys())


@each
def test_nothing_is_outside_and_everything_is_a_number(shown):
    """Shapes and words lie within the view box, whatever the values and names are."""
    root = root_of(shown)
    wide, high = map(float, root.get("viewBox").split()[2:])
    assert wide == 720
    assert high > 0
    for x, y in corners(root):
        assert 0 <= x <= wide
        assert 0 <= y <= high
    for text, box in text_boxes(root):
        inside = Box(left=-0.5, top=0.0, right=wide + 0.5, bottom=high)
        assert inside.holds(box), text
    assert "nan" not in draw(shown)
    assert "inf" not in draw(shown).replace("alert", "")


@pytest.mark.parametrize("shown", (PLAIN | FOREIGN).values(), ids=(PLAIN | FOREIGN).keys())
def test_no_words_hide_others(shown):
    """Labels are moved until they can be read."""
    for (one, box), (other, beside) in combinations(text_boxes(root_of(shown)), 2):
        assert not box.meets(beside), (one, other)


@each
def test_a_drawing_is_an_image_with_a_title_and_no_foreign_elements(shown):
    """What a name contains is text."""
    root = root_of(shown)
    assert root.get("role") == "img"
    assert [child.tag for child in root[:2]] == ["title", "desc"]
    shapes = {"line", "path", "polyline", "polygon", "circle", "rect"}
    assert {element.tag for element in root.iter()} <= {"svg", "title", "desc", "text"} | shapes


def test_every_stack_is_named_beside_its_curve_and_its_ring_says_the_rate():
    """So that neither colour nor legend is needed."""
    words = said(PLAIN["offered"])
    assert {*NAMES[:4], "objective: p95 within 250 ms", "160 to 167 /s"} <= words
    rings = root_of(PLAIN["offered"]).findall("circle[@class='ring c1']")
    assert len(rings) == 1


def test_the_objective_is_a_line_across_at_its_height():
    """Points past it lie above it."""
    root = root_of(offered(STEEP, limit=0.1))
    (limit,) = root.findall("line[@class='limit']")
    points = root.find("polyline[@class='line c0 d0']").get("points").split()
    assert limit.get("y1") == limit.get("y2") == points[1].partition(",")[2]


def test_a_bracket_without_an_end_points_on():
    """It has one tick at its lower end and a head, and a closed one two ticks; in both groups."""
    root = root_of(extents((5.0, 9.0), (5.0, None), marked=False))
    ends = [len(root.findall(f"line[@class='end c{n}']")) for n in (0, 1)]
    heads = [len(root.findall(f"polygon[@class='extent c{n}']")) for n in (0, 1)]
    assert ends == [4, 2]
    assert heads == [0, 2]


def test_a_mark_stands_in_for_the_tick_of_its_end():
    """Else one would hide the other."""
    root = root_of(extents((5.0, 9.0)))
    assert len(root.findall("line[@class='end c0']")) == 2


def test_a_stack_without_an_extent_says_why():
    """There is no bar of nothing."""
    root = root_of(extents((None, None), names=("failed: no server",)))
    assert "failed: no server" in {text for text, _ in text_boxes(root)}
    assert root.findall("rect") == []


def test_words_beside_bars_fit_whatever_their_length():
    """The scale gives way to them."""
    long = "180 to 189 /s in all sessions"
    assert long in said(extents((180.0, 189.0), text=long))


def test_values_far_apart_are_on_a_logarithmic_axis_that_says_so():
    """And begin at zero else."""
    assert "logarithmic" in said(PLAIN["log-extents"])
    assert "0" in said(extents((5.0, 9.0)))
    axes = said(trade_off(field((1.0, 5.0), (30.0, 9.0))))
    assert {"CPU, ms (logarithmic)", "p95, ms"} <= axes


def test_the_front_goes_down_in_steps_from_the_top_to_the_right():
    """It turns at each spot of the front."""
    spots = field((1.0, 9.0), (2.0, 8.0)).spots
    root = root_of(trade_off(field((1.0, 9.0), (2.0, 8.0))))
    (front,) = root.findall("polyline[@class='front']")
    steps = [tuple(map(float, pair.split(","))) for pair in front.get("points").split()]
    assert [spot.front for spot in spots] == [True, False]
    assert len(steps) == 3
    assert steps[0][0] == steps[1][0]
    assert steps[1][1] == steps[2][1]


def test_ranges_are_lines_in_both_directions():
    """One with caps for each axis."""
    root = root_of(trade_off(field((1.0, 9.0))))
    assert len(root.findall("line[@class='whisker c0']")) == 6


def test_more_than_two_panels_stand_in_two_columns_on_the_same_axes():
    """So that curves can be compared across panels."""
    root = root_of(percentiles(3))
    labels = [box.left for text, box in text_boxes(root) if text == "Percentile"]
    ticks = [text for text, _ in text_boxes(root) if text.endswith("s") and text[0].isdigit()]
    assert len({round(left) for left in labels}) == 2
    assert len(ticks) == 3 * len(set(ticks))


def test_one_panel_has_the_whole_width():
    """And two stand one below the other."""
    for number in (1, 2):
        root = root_of(percentiles(number))
        labels = [box.left for text, box in text_boxes(root) if text == "Percentile"]
        assert len({round(left) for left in labels}) == 1


def test_labels_of_one_place_all_find_room():
    """Each goes where none is yet; those far away have a line."""
    labels = [Label(x=100.0, y=100.0, text=f"stack number {n}") for n in range(8)]
    within = Box(left=0.0, top=0.0, right=400.0, bottom=200.0)
    parts = placed(labels, within, [])
    root = ET.fromstring(f"<svg>{''.join(parts)}</svg>")  # noqa: S314 - our own text
    boxes = [box for _, box in text_boxes(root)]
    assert len(boxes) == 8
    assert not any(one.meets(other) for one, other in combinations(boxes, 2))
    assert root.find("line[@class='leader']") is not None


@pytest.mark.parametrize("text", ["short", "a much longer text than fits", "漢字" * 20, ""])
def test_a_text_is_cut_to_its_room(text):
    """With a mark, and only if it must be."""
    cut = fitted(text, 90.0)
    assert width(cut) <= 90
    assert (cut == text) == (width(text) <= 90)


def test_a_text_is_wrapped_by_words_and_its_rest_is_cut():
    """No line is too long, and there are no more than wanted."""
    lines = wrapped("one two three four five six seven eight", 80.0, 2)
    assert len(lines) == 2
    assert lines[0] == "one two"
    assert lines[1].endswith("…")
    assert all(width(line) <= 80 for line in lines)
