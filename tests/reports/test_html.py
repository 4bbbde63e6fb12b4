"""The page as a file: self-contained, inert, and well made."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise
from urllib.parse import unquote

import pytest

import reports
from harness.records import Doubt, Fault, Status

EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
TURNED = "a\u202eb\x00\ud800"
VOID = {"meta", "link", "img", "br", "input", "hr"}


class Outline(HTMLParser):
    """Collect tags, attributes, headings and text by element, and check that elements close."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: dict[str, list[str]] = {}
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        """Note the tag."""
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        """Note an SVG element that closes itself."""
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        """Check that it closes what was opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data):
        """Keep the text by its element."""
        if self.open:
            self.text.setdefault(self.open[-1], []).append(data)

    def of(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of all elements of a kind."""
        return [attributes for name, attributes in self.tags if name == tag]


def run_data(text: str) -> dict[str, object]:
    """Return the data inside a page."""
    inside = text.partition('<script type="application/json" id="run-data">')[2]
    return json.loads(inside.partition("</script>")[0])


@pytest.fixture(scope="session")
def page(example) -> str:
    """Return the page of two stacks, three scenarios and two sessions."""
    return reports.build(*example)


@pytest.fixture
def hostile(make_run, make_record) -> str:
    """Return a page in which every foreign text is an attack."""
    records = [
        make_record(f"s{EVIL}", failed=3, doubts=(Doubt(code="ERRORS", detail=EVIL + TURNED),)),
        make_record("t", status=Status.FAILED, fault=Fault.DIED, reason=EVIL + TURNED),
    ]
    return reports.build(
        make_run(facts={EVIL: EVIL}, titles={"t": TURNED, "chat": EVIL}, launcher=EVIL), records
    )


def test_elements_close_in_order(page, hostile):
    """The markup is well formed, also around hostile text."""
    assert Outline(page).open == []
    assert Outline(hostile).open == []


def test_the_policy_comes_first_and_forbids_all_loading(page):
    """Nothing but the charset stands before it."""
    first, second = Outline(page).of("meta")[:2]
    assert "charset" in first
    assert second["http-equiv"] == "Content-Security-Policy"
    assert second["content"].startswith("default-src 'none'; ")
    assert "unsafe" not in second["content"]


def test_the_policy_names_style_and_script_by_hash(page):
    """The hashes are those of the texts in the page."""
    outline = Outline(page)
    policy = outline.of("meta")[1]["content"]
    style, script = outline.text["style"][0], outline.text["script"][-1]
    for text in (style, script):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy


def test_nothing_refers_to_anything_outside(page, hostile):
    """Links lead into the page or carry their data; no style of an element's own, no handlers."""
    for text in (page, hostile):
        outline = Outline(text)
        for _, attributes in outline.tags:
            for name, value in attributes.items():
                if name in {"href", "src", "xlink:href"}:
                    assert value.startswith(("#", "data:text/csv;"))
                assert name != "style"
                assert not name.startswith("on")
        assert "@import" not in text
        assert not re.search(r"url\((?!#)", text)


def test_hostile_text_makes_no_element(hostile):
    """There are scripts of ours only, data and code, and no image."""
    outline = Outline(hostile)
    scripts = outline.of("script")
    assert {s.get("type", "code") for s in scripts} == {"application/json", "code"}
    assert [s for s in scripts if "type" not in s] == [scripts[-1]]
    assert outline.of("img") == []


def test_hostile_text_is_shown(hostile):
    """Nothing is dropped: it is there as text, with unseen characters written out."""
    assert "&lt;/script&gt;&lt;script&gt;alert(1)" in hostile
    assert "a[U+202E]b[U+0000][U+D800]" in hostile
    assert not set("\u202e\x00") & set(hostile)


def test_the_page_can_be_encoded(hostile):
    """Lone surrogates do not stop it from being written."""
    hostile.encode("utf-8")


def test_the_data_can_be_read_back(example, page):
    """The JSON has a row for every trial."""
    data = run_data(page)
    assert len(data["trials"]["rows"]) == len(example[1])


def test_hostile_data_stays_data(hostile):
    """The JSON cannot end its own element."""
    assert run_data(hostile)["run"]["launcher"] == EVIL


def test_the_table_of_trials_is_a_link(page, example):
    """It works without a script and has a line per trial."""
    link = next(a for a in Outline(page).of("a") if a.get("download"))
    text = unquote(link["href"].partition(",")[2])
    assert len(text.splitlines()) == 1 + len(example[1])


def test_a_page_is_small(page):
    """Two stacks, three scenarios, two sessions fit in 400 KB."""
    assert len(page.encode()) <= 400_000


def test_headings_descend_by_one(page):
    """One h1, and no level is left out."""
    levels = [int(tag[1]) for tag, _ in Outline(page).tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_ids_are_unique_and_links_arrive(page, troubled):
    """Every link within the page has its target."""
    for text in (page, reports.build(*troubled)):
        outline = Outline(text)
        ids = Counter(a["id"] for _, a in outline.tags if "id" in a)
        assert set(ids.values()) == {1}
        assert {a["href"][1:] for a in outline.of("a") if a["href"].startswith("#")} <= set(ids)


def test_tables_have_captions_and_scopes(page):
    """Each head says what it heads."""
    outline = Outline(page)
    assert len(outline.of("caption")) == len(outline.of("table"))
    assert {a.get("scope") for a in outline.of("th")} == {"col", "row", "rowgroup"}


def test_what_scrolls_can_be_reached_by_keyboard(page):
    """Scrolling regions take the focus and have a name."""
    regions = [a for a in Outline(page).of("div") if a.get("class", "").startswith("scroll")]
    assert regions
    assert all(a["tabindex"] == "0" and a["role"] == "region" and a["aria-label"] for a in regions)


def test_a_page_without_records_is_a_page(make_run):
    """An interrupted run still has its environment."""
    text = reports.build(make_run(), [])
    assert "Nothing was measured" in text
    assert "3f9a1c" in text
