"""The live area: what it shows when, and what scrolls above it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from harness.progress import Progress
from harness.progress.display import animated
from harness.records import Record

Terminal = Callable[..., Console]
NUMBERS = "240/s, response p50 8.20 ms, p95 21.4 ms"


def output(progress: Progress) -> str:
    """Return all that was written to the terminal."""
    written: str = progress.console.file.getvalue()  # type: ignore[attr-defined]
    return written


def test_a_stage_counts_down(terminal: Terminal, screen: Any, now: Any) -> None:
    """Above it the whole run does; a stage that is late says by how much."""
    progress = Progress(expected_s=0.0, console=terminal(80), now=now)
    progress.begin(100.0, sessions=2)
    with progress:
        progress.stage("drive", "chat with 8 users, in turn on primary", 9.0)
        now.at = 4.0
        progress.display.refresh()
        early = screen(width=80).feed(output(progress)).lines
        now.at = 12.0
        progress.display.refresh()
        late = screen(width=80).feed(output(progress)).lines

    assert early == [
        "━" + "─" * 29 + "  4 %  0:04 elapsed, about 1:36 left",
        "drive, about 5 s left: chat with 8 users, in turn on primary",
    ]
    assert late[1] == "drive, 3 s longer than planned: chat with 8 users, in turn on primary"


def test_what_is_over_scrolls_above(
    terminal: Terminal, screen: Any, now: Any, trial: Callable[..., Record]
) -> None:
    """In the order in which it began, each line once, as without a terminal."""
    progress = Progress(expected_s=0.0, console=terminal(100), now=now)
    with progress:
        progress.begin(60.0, sessions=1)
        progress.stage("launch", "session 1 of 1: primary", 8.0)
        progress.stage("drive", "chat", 9.0)
        progress.trial(trial())
        progress.event("failed", "redis: gone")
        under_way = screen(width=100).feed(output(progress)).lines
        progress.stage("audit", "chat")
    ended = screen(width=100).feed(output(progress)).lines

    log = [
        "[0:00, 1:00 left] launch session 1 of 1: primary (about 8 s)",
        "[0:00, 1:00 left] drive chat (about 9 s)",
        f"[0:00, 1:00 left] measured primary on chat (8 users): {NUMBERS} (interim)",
        "[0:00, 1:00 left] failed redis: gone",
    ]
    whole = "".join(log)
    assert "".join(under_way).startswith(whole)
    assert "drive, about 9 s left: chat" in under_way
    assert "".join(ended).startswith(whole + "[0:00, 1:00 left] audit chat")


def test_the_area_is_never_taller_than_the_screen(
    terminal: Terminal, screen: Any, now: Any, trial: Callable[..., Record]
) -> None:
    """So that nothing of it scrolls away and stays behind."""
    progress = Progress(expected_s=60.0, console=terminal(60, 12), now=now)
    for scenario in "abcdefgh":
        progress.known(trial(scenario=scenario))
    with progress:
        progress.stage("drive", "chat", 9.0)
        shown = screen(width=60).feed(output(progress)).lines

    assert len(shown) <= 12
    assert shown[-1] == "6 earlier cases hidden: the screen has no room"


def test_the_words_of_others_are_no_markup(
    terminal: Terminal, screen: Any, now: Any, failing: Callable[..., Record]
) -> None:
    """Neither in the stage nor in the table."""
    progress = Progress(expected_s=60.0, console=terminal(), now=now)
    progress.known(failing("[/red][blink]x"))
    with progress:
        progress.stage("drive", "[bold]chat[/nothing]\x1b[2J")
        shown = screen().feed(output(progress)).lines

    assert shown[1] == "drive, for 0 s: [bold]chat[/nothing][U+001B][2J"
    assert shown[-1] == "  primary  failed: [/red][blink]x"


def test_a_new_run_begins_without_numbers(
    terminal: Terminal, screen: Any, now: Any, trial: Callable[..., Record]
) -> None:
    """Those of a pilot are not those of what it prepares."""
    progress = Progress(expected_s=0.0, console=terminal(), now=now)
    progress.known(trial())
    progress.begin(60.0, sessions=1)
    with progress:
        pass

    assert screen().feed(output(progress)).lines == []


@pytest.mark.parametrize(
    ("name", "value"), [("CI", "true"), ("TERM", "dumb"), ("TTY_INTERACTIVE", "0")]
)
def test_where_output_is_kept_nothing_moves(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """A terminal of a CI job, or one that cannot move its cursor, gets plain lines."""
    assert animated(terminal())
    monkeypatch.setenv(name, value)

    assert not animated(terminal())


def test_colours_that_are_forced_into_a_file_do_not_move(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """FORCE_COLOR asks for colours, not for a display."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    terminal()
    with (tmp_path / "log").open("w", encoding="utf-8") as file:
        assert not animated(Console(file=file))


def test_without_colours_the_display_stays(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, now: Any
) -> None:
    """NO_COLOR takes the colours away and nothing else."""
    monkeypatch.setenv("NO_COLOR", "1")
    progress = Progress(expected_s=60.0, console=terminal(), now=now)
    with progress:
        progress.stage("drive", "chat", 9.0)

    assert "about 9 s left" in output(progress)
    assert "\x1b[3" not in output(progress)
