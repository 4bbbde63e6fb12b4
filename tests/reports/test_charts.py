"""Charts as SVG."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from reports import model
from reports.draw import svg as draw
from reports.draw.pieces import dashed, log_ticks, marker, ticks
from reports.html import render as html
from reports.terms.figure import Shape

TEMPLATES = Path(html.__file__).parent / "templates"


def drawn(page) -> list[str]:
    """Return every chart of a page."""
    seconds = [section.seconds for section in page.sections if section.seconds]
    every = "".join(draw(figure) for figure in (*page.charts, *seconds))
    return re.findall(r"<svg.*?</svg>", every, re.DOTALL)


def test_charts_are_well_formed_and_say_what_they_show(example, troubled):
    """An XML parser reads them; each is an image with title and description."""
    for run, records in (example, troubled):
        for text in drawn(model.page(run, records)):
            root = ET.fromstring(text)  # noqa: S314 - our own text
            assert root.get("role") == "img"
            assert [child.tag for child in root[:2]] == ["title", "desc"]
            assert root.get("aria-labelledby").split() == [child.get("id") for child in root[:2]]


def test_hostile_names_are_text_in_charts(make_run, make_record):
    """A name with markup makes no element."""
    records = [make_record("<script>x</script>&\u202e"), make_record('"><a>', '"><b>')]
    for text in drawn(model.page(make_run(), records)):
        root = ET.fromstring(text)  # noqa: S314 - our own text
        assert {e.tag for e in root.iter()} <= {
            *("svg", "title", "desc", "text", "line"),
            *("polyline", "polygon", "circle", "rect", "path"),
        }


def test_nothing_is_drawn_outside(example):
    """Every coordinate lies within the view box."""
    for text in drawn(model.page(*example)):
        root = ET.fromstring(text)  # noqa: S314 - our own text
        width, height = map(float, root.get("viewBox").split()[2:])
        for line in root.iter("polyline"):
            for pair in line.get("points").split():
                x, y = map(float, pair.split(","))
                assert 0 <= x <= width
                assert 0 <= y <= height


def test_a_failed_stack_has_a_word_in_place_of_its_bar(troubled):
    """A missing bar is not a bar of zero."""
    bars = [f for f in model.page(*troubled).charts if f.shape is Shape.BARS]
    assert len(bars) == 2
    assert all(">failed</text>" in draw(figure) for figure in bars)


def test_stacks_differ_by_more_than_colour():
    """The first thirty-six stacks have thirty-six combinations of colour, and mark or dash."""
    looks = {(marker(0, 0, n), dashed(n)) for n in range(36)}
    assert len(looks) == 36


@pytest.mark.parametrize("greatest", [0.0, 1e-9, 0.7, 1.0, 99.0, 12345.0])
def test_ticks_begin_at_zero_and_enclose_the_greatest(greatest):
    """A linear axis is never cut."""
    found = ticks(greatest)
    assert found[0] == 0
    assert found[-1] >= greatest * (1 - 1e-9)
    assert 2 <= len(found) <= 12


@pytest.mark.parametrize(("low", "high"), [(1e-3, 1e-3), (3e-3, 4e-2), (1e-6, 5e3), (0.9, 1.0)])
def test_logarithmic_ticks_enclose_the_range(low, high):
    """No point lies beyond the axis."""
    found = log_ticks(low, high)
    assert found[0] <= low * (1 + 1e-9)
    assert found[-1] >= high * (1 - 1e-9)
    assert len(found) >= 2


def themes() -> list[dict[str, str]]:
    """Return the colours of the light and of the dark theme."""
    style = "".join((TEMPLATES / name).read_text("utf-8") for name in ("style.css", "media.css"))
    blocks = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    light = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", blocks[0]))
    return [light | dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block)) for block in blocks]


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, by WCAG 2.2's definition."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", themes(), ids=["light", "dark", "print"])
def test_colours_have_contrast(colours):
    """Text has 4.5 to 1 on both grounds, lines and bars 3 to 1."""
    for ground in ("paper", "wash"):
        for text in ("ink", "soft", "link", "alarm"):
            assert contrast(colours[text], colours[ground]) >= 4.5
    for slot in range(6):
        assert contrast(colours[f"c{slot}"], colours["paper"]) >= 3
    assert contrast(colours["strong"], colours["paper"]) >= 3
