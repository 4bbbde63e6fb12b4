"""The interim numbers on terminals of all sizes."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from harness.progress.interim import Case, Row
from harness.progress.table import lines

TITLE = "Interim numbers, not a result: sessions so far 2 of 8"


def row(name: str = "primary", **changes: str | int | bool) -> Row:
    """Return a row of two sessions."""
    told: dict[str, str | int | bool] = {
        "sessions": 2, "rate": "240", "p50": "8.20 ms", "p95": "21.4 ms", "cpu": "3.10 ms",
        "errors": "0 %", "doubts": 1,
    }  # fmt: skip
    return Row(name=name, **(told | changes))  # type: ignore[arg-type]


def case(name: str, changed: int, *rows: Row) -> Case:
    """Return a case, of one row if none is given."""
    return Case(name=name, rows=rows or (row(),), changed=changed)


def shown(*cases: Case, width: int = 100, height: int = 30) -> list[str]:
    """Return the table as texts."""
    return [line.plain for line in lines(cases, TITLE, width=width, height=height)]


CHAT = case(
    "chat, 8 users",
    1,
    row(),
    row("sqlite", sessions=1, trouble="failed in session 2: [red]the store is gone[/red]"),
    Row(name="scalability", sessions=0, trouble="failed: mongodb: not found"),
)
WIDE = """
  stack        sessions  requests/s  response p50      p95  CPU/request  errors  doubts
chat, 8 users
  primary             2         240       8.20 ms  21.4 ms      3.10 ms     0 %       1
  sqlite              1         240       8.20 ms  21.4 ms      3.10 ms     0 %       1
    failed in session 2: [red]the store is gone[/red]
  scalability  failed: mongodb: not found"""
NARROW = """
  stack        n  1/s      p50      p95      CPU  err.  ?
chat, 8 users
  primary      2  240  8.20 ms  21.4 ms  3.10 ms   0 %  1
  sqlite       1  240  8.20 ms  21.4 ms  3.10 ms   0 %  1
    failed in session 2: [red]the store is gone[/red]
  scalability  failed: mongodb: not found"""


@pytest.mark.parametrize(("width", "expected"), [(100, WIDE), (60, NARROW)])
def test_numbers_stand_below_each_other(width: int, expected: str) -> None:
    """A failure has a line, or the place of the numbers; a narrow terminal has shorter words."""
    assert "\n".join(shown(CHAT, width=width)) == TITLE + expected


@pytest.mark.parametrize(("width", "words"), [(100, "generator-limited"), (60, "limited")])
def test_a_limit_of_the_generator_stands_for_the_number(width: int, words: str) -> None:
    """What it could not exceed is no property of the stack."""
    found = shown(case("chat", 1, row(limited=True)), width=width)[-1]

    assert found.split() == [
        "primary",
        "2",
        words,
        "8.20",
        "ms",
        "21.4",
        "ms",
        "3.10",
        "ms",
        "0",
        "%",
        "1",
    ]


def test_a_column_has_full_words_where_there_is_room_for_some() -> None:
    """Those come first that nobody would guess."""
    heads = shown(CHAT, width=75)[1].split()

    assert heads == ["stack", "n", "requests/s", "p50", "p95", "CPU", "errors", "doubts"]


@pytest.mark.parametrize("width", [1, 12, 30, 40, 60, 80, 100, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    """Whatever does not fit is left out or cut with a mark."""
    assert max(cell_len(line) for line in shown(CHAT, width=width)) <= width


def test_of_columns_that_do_not_fit_the_last_are_left_out() -> None:
    """Sessions and requests per second are the last to go."""
    heads = [shown(CHAT, width=width)[1].split() for width in (44, 22)]

    assert heads == [["stack", "n", "1/s", "p50", "p95"], ["stack", "n", "1/s"]]


def test_of_too_many_cases_the_latest_are_shown() -> None:
    """In the usual order, and it says how many are not."""
    found = [case(f"case {n}", changed) for n, changed in enumerate((1, 9, 3, 8, 5))]

    assert shown(*found, height=8) == [
        TITLE,
        "  stack    sessions  requests/s  response p50      p95  CPU/request  errors  doubts",
        "case 1",
        "  primary         2         240       8.20 ms  21.4 ms      3.10 ms     0 %       1",
        "case 3",
        "  primary         2         240       8.20 ms  21.4 ms      3.10 ms     0 %       1",
        "3 earlier cases hidden: the screen has no room",
    ]


def test_of_a_case_that_is_too_tall_the_first_rows_are_shown() -> None:
    """And it says how many rows are not."""
    tall = case("queue, 8 users", 2, *(row(f"broker-{n}") for n in range(9)))
    found = shown(case("chat, 8 users", 1), tall, height=6)

    assert [line.split("  ")[0] or line.split()[0] for line in found[2:]] == [
        "queue, 8 users",
        "broker-0",
        "broker-1",
        "7 rows and 1 earlier case hidden: the screen has no room",
    ]


@pytest.mark.parametrize("height", range(12))
def test_the_table_is_never_taller_than_it_may_be(height: int) -> None:
    """A screen without room for one row has no table."""
    found = shown(CHAT, case("browse, 8 users", 2), height=height)

    assert len(found) <= height
    assert bool(found) == (height >= 5)


def test_without_trials_there_is_no_table() -> None:
    """Heads without numbers tell nothing."""
    assert shown() == []
