"""Figures of every shape as SVG: what is readable, and what must not happen with odd values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest

from reports.draw import svg as draw
from reports.draw.labels import NORMAL, SMALL, Box, Label, fitted, placed, width, wrapped
from reports.terms.figure import (
    Curve,
    Extent,
    ExtentGroup,
    Field,
    Figure,
    Knee,
    Panel,
    Shape,
    Spot,
)

SMALL_ROLES = {"tick", "small"}
BOLD_ROLES = {"label", "sum", "aim"}
NAMES = ("primary", "cost-optimized", "developer-experience", "scalability*", "fifth", "sixth")
HOSTILE = '"><script>alert(1)</script>&\u202e' + "漢字" * 30


def figure(shape: Shape, **members) -> Figure:
    """Return a figure with the members that its shape needs."""
    members = {"key": "f", "title": "Title", "takeaway": "Said.", **members}
    return Figure(shape=shape, **members)


def extents(*pairs, names=NAMES, text="180 to 189 /s", marked=True) -> Figure:
    """Return extents from pairs of low and high, in two groups; the mark is at the lower end."""
    found = tuple(
        Extent(
            name=name, slot=n, low=low, high=high, middle=low if marked else None, text=text,
            note=names[0],
        )
        for n, (name, (low, high)) in enumerate(zip(names, pairs, strict=False))
    )  # fmt: skip
    groups = (ExtentGroup(title=names[0], extents=found),) * 2
    return figure(Shape.EXTENTS, extents=groups, unit="/s")


def offered(*curves, limit=0.25, names=NAMES) -> Figure:
    """Return curves over offered load, each with a knee at its last point but one."""
    known = tuple(
        Curve(name=name, slot=n, points=points)
        for n, (name, points) in enumerate(zip(names, curves, strict=False))
    )
    at = [(curve.slot, *curve.points[max(len(curve.points) - 2, 0)]) for curve in known]
    knees = tuple(Knee(slot=slot, x=x, y=y, text="160 to 167 /s") for slot, x, y in at)
    panel = Panel(
        title=names[0], curves=known, knees=knees, limit=limit,
        limit_text="objective: p95 within 250 ms",
    )  # fmt: skip
    return figure(Shape.OFFERED, panels=(panel,))


def field(*places, names=NAMES, left_out="") -> Field:
    """Return a field of spots whose sessions differ by a tenth."""
    spots = tuple(
        Spot(
            name=name, slot=n, x=x, y=y, x_range=(0.9 * x, 1.1 * x), y_range=(0.9 * y, 1.1 * y),
            front=not n, text=f"CPU {x:g} ms, p95 {y:g} ms",
        )
        for n, (name, (x, y)) in enumerate(zip(names, places, strict=False))
    )  # fmt: skip
    return Field(
        title=names[0], x_title="CPU", y_title="p95", x_unit="ms", y_unit="ms", spots=spots,
        left_out=left_out,
    )  # fmt: skip


def trade_off(*fields) -> Figure:
    """Return a trade-off of fields."""
    return figure(Shape.TRADE_OFF, fields=fields)


def percentiles(number: int, names=NAMES) -> Figure:
    """Return as many panels, the later the slower."""
    panels = tuple(
        Panel(
            title=f"{names[0]} {n}",
            curves=(Curve(name=names[0], slot=0, points=((50.0, 0.01 + n), (99.0, 0.1 + n))),),
        )
        for n in range(number)
    )
    return figure(Shape.PERCENTILES, panels=panels)


RISING = tuple((16.0 * n, 0.01 * n**2) for n in range(1, 8))
STEEP = ((10.0, 0.02), (20.0, 0.1), (26.0, 4.0))
CROWD = [tuple((x * (1 + n / 50), y * (1 + n / 50)) for x, y in RISING) for n in range(6)]
NEAR = [(1.0 + n / 100, 10.0 + n / 10) for n in range(6)]
BRACKETS = ((180.0, 189.0), (240.0, 252.0), (255.0, None), (None, None), (1.0, 1.05), (0.0, 0.0))
PLAIN = {
    "extents": extents(*BRACKETS),
    "log-extents": extents((1.0, 2.0), (900.0, 1000.0), (1100.0, None)),
    "offered": offered(RISING, STEEP, *CROWD[:2]),
    "crowd": offered(*CROWD),
    "trade-off": trade_off(field((1.0, 10.0), (2.0, 8.0), (30.0, 90.0), left_out="Left " * 60)),
    "near": trade_off(field(*NEAR)),
    "fields": trade_off(field(*NEAR[:4]), field((1.0, 10.0), (2.0, 8.0)), field(*NEAR)),
    "percentiles": percentiles(5),
}
ODD = {
    "one point": offered(((16.0, 0.25),)),
    "equal values": offered(((16.0, 0.25), (16.0, 0.25))),
    "zero": offered(((0.0, 0.0), (16.0, 0.0))),
    "no curve": offered(),
    "no limit": offered(RISING, limit=None),
    "no extent": extents((None, None)),
    "zeros": extents((0.0, 0.0), (0.0, 0.0)),
    "equal extents": extents((5.0, 5.0), (5.0, 5.0)),
    "open at zero": extents((0.0, None)),
    "spots at zero": trade_off(field((0.0, 0.0), (0.0, 0.0))),
    "equal spots": trade_off(field((1.0, 1.0), (1.0, 1.0))),
    "one spot": trade_off(field((1.0, 1.0))),
}
NAMED = (HOSTILE, f"{HOSTILE}2", "عربي" * 9)
FOREIGN = {
    "foreign extents": extents((1.0, 2.0), (None, None), (3.0, None), names=NAMED, text=HOSTILE),
    "foreign offered": offered(RISING, STEEP, names=NAMED),
    "foreign trade-off": trade_off(field((1.0, 9.0), (2.0, 8.0), names=NAMED, left_out=HOSTILE)),
    "foreign percentiles": percentiles(3, names=NAMED),
}
EVERY = PLAIN | ODD | FOREIGN
each = pytest.mark.parametrize("shown", EVERY.values(), ids=EVERY.keys())


def root_of(shown: Figure) -> ET.Element:
    """Return the parsed drawing."""
    return ET.fromstring(draw(shown))  # noqa: S314 - our own text


def text_boxes(root: ET.Element) -> list[tuple[str, Box]]:
    """Return the words of a drawing with where they are."""
    found = []
    for said in root.iter("text"):
        role = said.get("class", "")
        size = SMALL if role in SMALL_ROLES else NORMAL
        wide = width(said.text or "", size, bold=role in BOLD_ROLES)
        x, y = float(said.get("x")), float(said.get("y"))
        left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[said.get("text-anchor", "start")]
        box = Box(left=left, top=y - 0.7 * size, right=left + wide, bottom=y + 0.2 * size)
        found.append((said.text or "", box))
    return found


def corners(root: ET.Element) -> list[tuple[float, float]]:
    """Return every point that is drawn."""
    found = [
        tuple(map(float, pair.split(",")))
        for name in ("polyline", "polygon")
        for shape in root.iter(name)
        for pair in shape.get("points").split()
    ]
    for one in root.iter("line"):
        found += [(float(one.get(f"x{n}")), float(one.get(f"y{n}"))) for n in (1, 2)]
    for one in root.iter("rect"):
        x, y, wide, high = (float(one.get(key)) for key in ("x", "y", "width", "height"))
        found += [(x, y), (x + wide, y + high)]
    for one in root.iter("circle"):
        x, y, reach = (float(one.get(key)) for key in ("cx", "cy", "r"))
        found += [(x - reach, y - reach), (x + reach, y + reach)]
    for one in root.iter("path"):
        found += around(one.get("d"))
    return found


def around(steps: str) -> Iterator[tuple[float, float]]:
    """Yield the points of a path whose steps are relative, after the first of each part; an arc
    counts as the line to its end.
    """
    x = y = 0.0
    for kind, said in re.findall(r"([Mmlaz])([^Mmlaz]*)", steps):
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", said)]
        size = 7 if kind == "a" else 2
        for place in range(0, len(numbers), size):
            dx, dy = numbers[place : place + size][-2:]
            x, y = (dx, dy) if kind == "M" else (x + dx, y + dy)
            yield x, y


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
    for said, box in text_boxes(root):
        inside = Box(left=-0.5, top=0.0, right=wide + 0.5, bottom=high)
        assert inside.holds(box), said
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


def said(shown: Figure) -> set[str]:
    """Return the words in a drawing."""
    return {text for text, _ in text_boxes(root_of(shown))}


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
