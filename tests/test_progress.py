"""What a run tells while it runs, where there is no terminal: plain lines."""

from __future__ import annotations

import io

from rich.console import Console

from harness.progress import Progress


def narrator(expected_s: float) -> Progress:
    """Return a progress that writes to memory, at a moment that stands still."""
    console = Console(file=io.StringIO(), width=40)
    return Progress(expected_s=expected_s, console=console, now=lambda: 0.0)


def said(progress: Progress) -> list[str]:
    """Return the lines that were printed."""
    return progress.console.file.getvalue().splitlines()  # type: ignore[attr-defined]


def test_each_stage_is_one_plain_line() -> None:
    """However long it is, and whatever marks it holds."""
    progress = narrator(60.0)
    long = "x" * 100 + " [bold]not a mark[/bold]"
    progress.stage("drive", long)

    assert said(progress) == [f"[0:00, 1:00 left] drive {long}"]


def test_a_stage_that_takes_a_while_says_how_long() -> None:
    """By the plan; one of a moment does not."""
    progress = narrator(60.0)
    progress.stage("drive", "chat", 9.0)
    progress.stage("prepare", "chat", 2.0)

    assert said(progress) == [
        "[0:00, 1:00 left] drive chat (about 9 s)",
        "[0:00, 1:00 left] prepare chat",
    ]


def test_what_is_not_planned_has_no_time_left() -> None:
    """Fetching what stacks need takes as long as it takes."""
    progress = narrator(0.0)
    progress.stage("launch", "looking for everything that primary needs")

    assert said(progress) == ["[0:00] launch looking for everything that primary needs"]


def test_foreign_words_cannot_command_the_terminal() -> None:
    """Codes that a server's log holds are written out."""
    progress = narrator(60.0)
    progress.event("failed", "primary: \x1b[2Jgone\nsecond line")

    assert said(progress) == ["[0:00, 1:00 left] failed primary: [U+001B][2Jgone", "second line"]


def test_without_a_terminal_nothing_waits_or_changes() -> None:
    """Within the display, too, each line is printed at once and holds no codes."""
    progress = narrator(60.0)
    with progress:
        progress.stage("drive", "chat", 9.0)
        before = said(progress)

    assert before == said(progress) == ["[0:00, 1:00 left] drive chat (about 9 s)"]


def test_a_quiet_run_says_nothing() -> None:
    """With quiet set, no line is written."""
    progress = Progress(expected_s=1.0, quiet=True, console=Console(file=io.StringIO()))
    with progress:
        progress.stage("drive", "x")
        progress.event("failed", "x")

    assert said(progress) == []
