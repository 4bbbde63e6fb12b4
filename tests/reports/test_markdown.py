"""The short summary."""

from __future__ import annotations

import reports
from harness.records import Status


def test_the_summary_is_as_it_was(troubled, golden):
    """Sentences, the main rows, doubts and reasons."""
    golden("summary.md", reports.summary(*troubled))


def test_markup_in_names_is_text(make_run, make_record):
    """A name neither ends its cell nor makes a link or markup."""
    text = reports.summary(make_run(), [make_record("a|b<i>[x](y)")])
    assert r"a\|b\<i\>\[x\](y)" in text


def test_a_reason_of_many_lines_stays_in_its_line(make_run, make_record):
    """A log's lines do not become headings."""
    record = make_record("primary", status=Status.SKIPPED, reason="one\n# two")
    assert "\n# two" not in reports.summary(make_run(), [record])


def test_what_was_lost_is_in_the_summary(brokers):
    """And how long a broker was away."""
    text = reports.summary(*brokers)
    assert "Lost: kafka* 8; rabbitmq 0." in text.replace(r"\*", "*")
    assert "Back after being killed: kafka* 6.0" in text.replace(r"\*", "*")
