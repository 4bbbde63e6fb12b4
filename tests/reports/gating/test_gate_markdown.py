"""The summary of a step on GitHub."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from harness.stats.verdict import Answer
from reports.gating.markdown import LIMIT_BYTES, escaped, step_summary


@pytest.fixture
def crowded(make_finding, make_judgement):
    """A judgement with more endpoints than anyone reads."""
    one = make_finding("p50", 12.4, 2.3, Answer.DIFFERENT, endpoint="sendMessage")
    many = (
        replace(one, metric=replace(one.metric, endpoint=f"получить {n:05d}")) for n in range(600)
    )
    return make_judgement(make_finding("p50", 9.8, 1.7, Answer.DIFFERENT), *many)


def test_the_summary_is_as_it_was(kind, golden):
    """The same as the text, as headings, tables and folded details."""
    name, judgement = kind
    golden(f"gate-{name}.md", step_summary(judgement))


def test_it_stays_within_what_github_takes(crowded):
    """A larger one would be refused as a whole."""
    assert len(step_summary(crowded).encode("utf-8")) <= LIMIT_BYTES == 1024 * 1024


@pytest.mark.parametrize("limit", [100, 1_000, 4_000, 50_001])
def test_it_stays_within_any_limit(limit, crowded):
    """Bytes count, not characters."""
    assert len(step_summary(crowded, limit).encode("utf-8")) <= limit


def test_what_was_left_out_is_counted(crowded):
    """Each row is shown or counted."""
    rows = re.compile(r"^(\| (?!metric|count).*\||- .*)$", re.MULTILINE)
    whole, cut = step_summary(crowded, 10**9), step_summary(crowded, 60_000)
    left = int(re.search(r"_([\d,]+) lines were left out", cut)[1].replace(",", ""))
    assert len(rows.findall(whole)) == len(rows.findall(cut)) + left


def test_what_is_cut_still_begins_with_the_verdict(crowded):
    """The verdict and its place are never left out."""
    assert "**worse: chat is 9.8 % slower" in step_summary(crowded, 4_000)


def test_a_table_that_is_cut_is_still_closed(crowded):
    """A fold that stayed open would swallow what follows."""
    cut = step_summary(crowded, len(step_summary(crowded).encode("utf-8")) - 5_000)
    assert "left out" in cut
    assert cut.count("<details>") == cut.count("</details>") > 0


def test_names_cannot_end_a_cell(judged):
    """Each row of a table has as many cells as its head."""
    lines = step_summary(judged("hostile")).splitlines()
    cells = [len(re.findall(r"(?<!\\)\|", line)) for line in lines if line.startswith("|")]
    assert set(cells) == {9, 7, 4}


def test_names_bring_no_markup_along(judged):
    """As Markdown is read, they are text: only what the summary itself marks up is markup."""
    parser = MarkdownIt("commonmark").enable("table")
    tags = set(re.findall(r"<(\w+)", parser.render(step_summary(judged("hostile")))))
    layout = {"h2", "h3", "p", "strong", "ul", "li", "details", "summary"}
    assert tags <= layout | {"table", "thead", "tbody", "tr", "th", "td"}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("<b>&amp;", r"\<b\>\&amp;"),
        ("`x` *y* _z_", r"\`x\` \*y\* \_z\_"),
        ("https://z.test www.z.test", r"https\://z.test www\.z.test"),
        ("one\n# two", r"one \# two"),
    ],
)
def test_markup_in_names_is_text(name, shown):
    """Neither tags, nor emphasis, nor links, nor headings come from a name."""
    assert escaped(name) == shown
