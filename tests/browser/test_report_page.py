"""The pages in a real browser: inert, accessible, usable by keyboard, and whole on any medium."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Visit = Callable[..., Any]
EVERY = ("full", "empty", "failed", "index", "compare", "history")
A4_WITHIN = {"width": 703, "height": 1032}  # 186 mm wide at 96 pixels an inch
BEYOND = """() => {
  for (const item of document.querySelectorAll("details")) item.open = true;
  const edge = document.documentElement.clientWidth + 0.5;
  return [...document.querySelectorAll("body *")]
    .filter(item => !item.closest(".scroll, .skip, pre, .unseen, .textures"))
    .filter(item => item.getBoundingClientRect().right > edge)
    .map(item => item.outerHTML.slice(0, 90));
}"""
UNFOLD = "() => { for (const item of document.querySelectorAll('details')) item.open = true; }"
CUT = """() => {
  const edge = document.documentElement.clientWidth + 0.5;
  return [...document.querySelectorAll("th, td, svg.chart, pre, p, li, dd")]
    .filter(item => item.checkVisibility() && item.getBoundingClientRect().right > edge)
    .map(item => item.outerHTML.slice(0, 90));
}"""


@pytest.mark.parametrize("name", EVERY)
def test_a_page_asks_for_nothing_and_runs_without_a_fault(visit: Visit, name: str) -> None:
    """Only the file itself is loaded, and neither policy nor script complains."""
    page = visit(name)
    assert [url for url in page.asked if not url.startswith("file:")] == []
    assert len(page.asked) == 1
    assert page.faults == []


def test_hostile_text_does_nothing(visit: Visit) -> None:
    """It is on the page as text; no element came of it."""
    page = visit("failed")
    assert page.title().endswith("bakeoff")
    assert page.locator("img").count() == 0
    assert "onerror=alert(1)" in page.locator("main").inner_text()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", EVERY)
def test_axe_finds_nothing(visit: Visit, name: str, theme: str) -> None:
    """With everything unfolded, in either theme."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - needs a browser

    page = visit(name, color_scheme=theme)
    page.evaluate(
        "() => document.querySelectorAll('details').forEach(item => { item.open = true })"
    )
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:120]) for one in found] == []


@pytest.mark.parametrize("width", [320, 800, 1920])
@pytest.mark.parametrize("name", EVERY)
def test_nothing_overflows(visit: Visit, name: str, width: int) -> None:
    """Only the regions made for it scroll sideways."""
    page = visit(name, viewport={"width": width, "height": 900})
    assert page.evaluate(BEYOND) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_scripts_all_is_there(visit: Visit) -> None:
    """Tables, charts and the CSV; controls that need a script are not shown."""
    page = visit("full", java_script_enabled=False)
    assert page.locator("table.board").is_visible()
    assert page.locator("#charts svg.chart").count() >= 6
    assert page.locator("#charts svg.chart").first.is_visible()
    assert not page.locator("#filters").is_visible()
    assert not page.locator("#save").is_visible()
    assert page.locator("a[download]").get_attribute("href").startswith("data:text/csv")


def test_columns_are_sorted_by_keyboard(visit: Visit) -> None:
    """Enter sorts up, then down, then as it was; the address says how."""
    page = visit("full")
    head = page.locator("table.board th").filter(has_text="Response p95")
    rows = page.locator("table.board tbody").first.locator("tr:not(.group) th")
    before = rows.all_inner_texts()
    head.locator("button").focus()
    page.keyboard.press("Enter")
    up = rows.all_inner_texts()
    assert head.get_attribute("aria-sort") == "ascending"
    assert "sort=" in page.url
    page.keyboard.press("Enter")
    assert (head.get_attribute("aria-sort"), rows.all_inner_texts()) == ("descending", up[::-1])
    page.keyboard.press("Enter")
    assert rows.all_inner_texts() == before


def test_what_is_left_out_is_in_the_address(visit: Visit) -> None:
    """Space leaves a stack out; whoever opens that address sees the same; a button restores it."""
    page = visit("full")
    page.locator("#filters input[name=stack]").first.focus()
    page.keyboard.press("Space")
    shown = page.locator("table.board tbody").first.locator("tr[data-slot]:visible")
    assert shown.count() == 3
    again = visit("full", at=page.url.partition("#")[1] + page.url.partition("#")[2])
    rows = again.locator("table.board tbody").first.locator("tr[data-slot]:visible")
    assert rows.count() == 3
    assert not again.locator("#filters input[name=stack]").first.is_checked()
    again.locator("#filters button").focus()
    again.keyboard.press("Enter")
    assert rows.count() == 4


def test_a_link_opens_what_it_points_into(visit: Visit) -> None:
    """Also when a view is in the address."""
    page = visit("full", at="#hide=1&at=method")
    assert page.locator("#method").evaluate("item => item.open")


def test_every_control_takes_the_focus_and_shows_it(visit: Visit) -> None:
    """Tab comes by all of them in the order of the page, and each has an outline then."""
    page = visit("full")
    wanted = page.locator(
        "a[href]:visible, button:visible, summary:visible, input:visible, [tabindex='0']:visible"
    ).count()
    seen = 0
    for _ in range(wanted):
        page.keyboard.press("Tab")
        style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        seen += style != "none"
    assert seen == wanted


def test_series_over_time_are_zoomed_by_keyboard(visit: Visit) -> None:
    """Arrows say the values, plus zooms, Escape shows all again."""
    page = visit("full")
    page.locator("#over-time > summary").click()
    plot = page.locator("#over-time .zoom .uplot").first
    plot.focus()
    page.keyboard.press("ArrowRight")
    assert "second 2" in page.locator("#over-time .zoom [aria-live]").first.inner_text()
    page.keyboard.press("+")
    page.keyboard.press("Escape")
    assert page.faults == []


@pytest.mark.parametrize("name", ["full", "failed", "compare", "history"])
def test_nothing_is_cut_in_print(visit: Visit, name: str) -> None:
    """On A4 every cell and chart ends before the edge of the paper, and nothing stays folded."""
    page = visit(name, viewport=A4_WITHIN)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(CUT) == []
    assert page.locator("details:not([open])").count() == 0


def test_the_pdf_has_all_of_it(visit: Visit) -> None:
    """Chromium prints it to more than one page."""
    printed = visit("full").pdf(format="A4", print_background=True)
    assert printed.startswith(b"%PDF-")
    assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") > 3


def test_the_data_is_saved_as_a_file(visit: Visit) -> None:
    """The button hands out the JSON that is inside the page."""
    page = visit("full")
    page.locator("#data > summary").click()
    with page.expect_download() as download:
        page.locator("#save").click()
    assert download.value.suggested_filename == "bakeoff-20261123-0530-quick.json"
