"""What the page says of records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from harness.records import Doubt, Fault, Status
from reports import model
from reports.terms.page import Cell, Fact, Page, Row, State, Table


def rows(table: Table) -> dict[str, Row]:
    """Return the rows by group and label."""
    return {f"{group.title}/{row.label}": row for group in table.groups for row in group.rows}


def facts(found: Sequence[Fact]) -> str:
    """Return facts as lines."""
    return "\n".join(f"{fact.name}: {fact.text}" for fact in found)


def answers(page: Page) -> str:
    """Return the answers as lines."""
    lines = list[str]()
    for answer in page.answers:
        lines.append(f"{answer.question} {answer.head} [{answer.link}] {answer.note}".strip())
        lines += [f"- {f.told}: {f.where}: {f.who}: {f.says}" for f in answer.findings]
    return "\n".join(lines)


def cell_text(cell: Cell) -> str:
    """Return everything that a cell holds."""
    lines = (f"{x.mark} {x.text} [{x.extent}] {x.label} {x.tag}" for x in cell.lines)
    return " ".join(f"{' + '.join(lines)} {cell.note} {''.join(cell.marks)} {cell.place}".split())


def table_text(table: Table) -> str:
    """Return a table as lines with bars between the cells."""
    heads = (f"{h.text} {h.unit} {h.note}".strip() for h in table.heads)
    lines = [f"{table.caption} ({table.note})", " | ".join([table.corner, *heads])]
    for group in table.groups:
        lines.append(f"-- {group.title} {group.note}".strip())
        lines += [
            " | ".join([f"{r.label} {r.unit}".strip(), *map(cell_text, r.cells)])
            for r in group.rows
        ]
    return "\n".join(lines)


def said(page: Page) -> str:
    """Return the sentences of the first section."""
    return "\n".join(f"{f.name}: {f.text}" for f in page.sections[0].sentences).replace(
        "\u00a0", " "
    )


def test_the_model_is_as_it_was(troubled, golden):
    """Sentences, results, details and reasons, without the points of curves."""
    page = model.page(*troubled)
    (section,) = page.sections
    (curve,) = (figure for figure in page.charts if figure.key == "percentiles")
    tables = (section.table, curve.table, section.endpoints, section.errors)
    blocks = [page.title, facts(page.asked), page.caveat, answers(page), table_text(page.board)]
    blocks += [facts(section.sentences)]
    blocks += [table_text(t) for t in (*tables, section.sessions, page.footprint, page.components)]
    blocks += [facts(page.durability), facts(page.not_run), facts(page.environment)]
    golden("model.txt", "\n\n".join(blocks).replace("\u00a0", " ") + "\n")


def test_a_failed_stack_has_its_reason_and_no_number(make_run, make_record):
    """Errors are never throughput, although the failed trial has a measurement."""
    failed = make_record("primary", status=Status.FAILED, fault=Fault.AUDIT, reason="books differ")
    page = model.page(make_run(), [failed])
    cell = rows(page.sections[0].table)["Throughput/Answered requests"].cells[0]
    assert (cell.state, cell.lines[0].text, cell.note) == (State.FAILED, "failed", "books differ")


def test_a_failed_session_is_not_in_the_median(troubled):
    """The stack with one good and one failed session shows the good one, and says so."""
    page = model.page(*troubled)
    table = page.sections[0].table
    assert rows(table)["/Sessions"].cells[2].lines[0].text.startswith("1 of 2 sessions measured: ")
    assert rows(table)["Throughput/Answered requests"].cells[2].lines[0].extent == ""


def test_a_failed_session_shows_errors_but_no_throughput(troubled):
    """In the table of sessions too."""
    page = model.page(*troubled)
    row = page.sections[0].sessions.groups[1].rows[2]
    assert row.cells[0].lines[0].text.startswith("failed (audit): the store holds")
    assert {cell.state for cell in row.cells[1:6]} == {State.MISSING}


def test_a_skipped_stack_has_its_reason(make_run, make_record):
    """Skipped is another word than failed."""
    page = model.page(
        make_run(), [make_record("primary", status=Status.SKIPPED, reason="lacks it")]
    )
    cell = rows(page.sections[0].table)["Throughput/Answered requests"].cells[0]
    assert (cell.state, cell.note) == (State.SKIPPED, "lacks it")


def test_a_declared_skip_gives_the_reason_for_an_empty_column(make_run, make_record):
    """A stack without trials in one case says what the plan said about it."""
    run = make_run(skips={"scalability on stream": "the stack lacks: stream"})
    records = [make_record("primary", "stream"), make_record("scalability", "chat")]
    section = next(s for s in model.page(run, records).sections if s.title == "stream")
    assert (
        rows(section.table)["/Sessions"].cells[1].lines[0].text
        == "not run: the stack lacks: stream"
    )


def test_nothing_measured_is_said(make_run):
    """A run without records has a page."""
    page = model.page(make_run(), [])
    assert (page.title, page.sections, page.charts) == ("Nothing was measured", (), ())


def test_few_sessions_only_indicate(example):
    """The first sentence says what the page cannot."""
    assert model.page(*example).caveat.startswith("This indicates only, it does not decide")


def test_ranges_that_touch_show_no_difference(make_run, make_record):
    """The same numbers under two names are not ranked."""
    one = [make_record("primary", session=n) for n in (1, 2)]
    other = [replace(r, key=replace(r.key, stack="twin")) for r in one]
    text = said(model.page(make_run(), one + other))
    assert "overlap, so these sessions show none." in text
    assert "do not overlap" not in text


def test_ranges_apart_come_with_the_odds_of_chance(example):
    """With two sessions each, a third of all orders keep two equal stacks apart."""
    text = said(model.page(*example))
    assert "do not overlap. Between equal stacks chance alone does that once in 3 times." in text


def test_one_session_cannot_be_told_from_noise(make_run, make_record):
    """No range, no difference."""
    page = model.page(make_run(), [make_record("primary"), make_record("cost-optimized")])
    assert "one session gives no range, so noise may be all of it" in said(page)


def test_a_stand_in_is_named_wherever_numbers_are(troubled):
    """In the head, in the rows, in the bars, in a sentence, and below the table."""
    page = model.page(*troubled)
    section = page.sections[0]
    bars = next(figure for figure in page.charts if figure.key == "cpu")
    database = rows(section.table)["Memory, peak/Database"].cells[2].lines[0]
    names = [s.name for g in bars.groups for b in g.bars for s in b.segments]
    assert section.table.heads[2].note == "with a stand-in"
    assert database.tag == "stand-in"
    assert "mongodb (stand-in)" in names
    assert "mongodb in scalability* is secantusdb 0.7 for MongoDB" in said(page)
    assert section.table.heads[2].text == "scalability*"
    assert "scalability: mongodb is secantusdb 0.7 for MongoDB." in section.table.note


def test_a_doubt_marks_the_numbers_it_touches(troubled):
    """Few requests touch p99 and not p50."""
    table = rows(model.page(*troubled).sections[0].table)
    assert table["Response time/p99"].cells[1].marks == ("a",)
    assert table["Response time/p50"].cells[1].marks == ()


def test_every_doubt_is_explained(troubled):
    """Each letter has a meaning and a place."""
    found = {w.label: w.seen[0].detail for w in model.page(*troubled).warnings}
    assert found == {
        "few requests": "p99 from 540 requests",
        "errors": "0.22 %",
        "stand in": "mongodb is secantusdb 0.7",
    }


def test_a_doubt_of_another_version_is_shown(make_run, make_record):
    """Old pages do not lose new doubts."""
    record = make_record("primary", doubts=(Doubt(code="UNHEARD_OF", detail="x"),))
    (caution,) = model.page(make_run(), [record]).warnings
    assert "does not know" in caution.meaning


def test_the_model_server_is_in_no_sum(make_run, make_record):
    """Its row is there, below the sum of the others."""
    record = make_record("primary")
    parts = [c for c in record.measurement.components if c.role != "llm"]
    answered = record.measurement.counts.answered
    expected = sum(c.cpu_s for c in parts) / answered * 1000
    table = rows(model.page(make_run(), [record]).sections[0].table)
    shown = table["CPU time per answered request/Sum"].cells[0].lines[0].text
    assert shown == f"{expected:.2f}"
    assert "CPU time per answered request/Model server" in table


def test_a_curve_ends_where_the_requests_do(make_run, make_record):
    """3,240 requests reach p99.6 with ten beyond, not p99.9."""
    figure = model.page(make_run(), [make_record("primary")]).charts[0]
    last, _ = figure.panels[0].curves[0].points[-1]
    assert 99.6 < last < 99.7
    assert figure.table.groups[0].rows[5].cells[0].note == "too few requests"


def test_token_times_are_rows_only_where_something_was_streamed(example):
    """The chat table has none, the stream table has three."""
    chat, stream = (rows(model.page(*example).sections[n].table) for n in (1, 2))
    assert "Time to first token/p50" not in chat
    assert "Time to first token/p50" in stream


def test_colours_follow_the_names(example):
    """The same stack has the same place whatever the order of the records."""
    run, records = example
    orders = [model.page(run, r).sections[0].table.heads for r in (records, records[::-1])]
    assert orders[0] == orders[1]


def test_a_stand_in_is_not_compared(make_run, make_record):
    """However far it is from the others, no difference is stated of it."""
    stacks = ("primary", "cost-optimized", "scalability")
    records = [make_record(stack, session=n) for n in (1, 2) for stack in stacks]
    text = said(model.page(make_run(), records))
    (difference,) = [line for line in text.splitlines() if line.startswith("Difference")]
    assert "once in 3 times" in difference
    assert "Not compared: scalability*, because" in text


def test_tiers_are_never_in_one_table(make_run, make_record):
    """The same load at two tiers makes two sections, and each says its tier."""
    records = [make_record("primary", tier="process"), make_record("scalability", tier="machine")]
    sections = model.page(make_run(), records).sections
    loads = ["8 users, durability machine", "8 users, durability process"]
    assert [section.load for section in sections] == loads
    for section in sections:
        assert section.table.caption.endswith(section.load)
        assert (
            sum("measured" in c.lines[0].text for c in section.table.groups[0].rows[0].cells) == 1
        )


def test_a_tier_that_nobody_knows_is_said(make_run, make_record):
    """As with stacks that were attached."""
    page = model.page(make_run(), [make_record("primary", tier="")])
    assert page.sections[0].load == "8 users, durability not known"
    assert "Durability: not known of what was attached" in facts(page.asked)
