"""What a run tells while it runs."""

from __future__ import annotations

import io

from rich.console import Console

from harness.progress import Progress


def told(progress: Progress, *stages: tuple[str, str]) -> list[str]:
    """Return the lines that these stages print without a terminal."""
    for name, text in stages:
        progress.stage(name, text)
    return progress.console.file.getvalue().splitlines()  # type: ignore[attr-defined]


def narrator(expected_s: float) -> Progress:
    """Return a progress that writes to memory."""
    return Progress(expected_s=expected_s, console=Console(file=io.StringIO(), width=40))


def test_each_stage_is_one_plain_line() -> None:
    """However long it is, and whatever marks it holds."""
    long = "x" * 100 + " [bold]not a mark[/bold]"

    (line,) = told(narrator(60.0), ("drive", long))
    assert line.endswith(f"drive {long}")


def test_time_left_shrinks_as_planned_seconds_are_over() -> None:
    """A run that is half done has half of its plan left."""
    progress = narrator(100.0)
    before = progress.left_s
    progress.advance(50.0)

    assert progress.left_s < before


def test_more_than_planned_is_never_over() -> None:
    """Time left does not become negative."""
    progress = narrator(10.0)
    progress.advance(99.0)

    assert progress.left_s == 0.0


def test_a_quiet_run_says_nothing() -> None:
    """With quiet set, no line is written."""
    progress = Progress(expected_s=1.0, quiet=True, console=Console(file=io.StringIO()))

    assert told(progress, ("drive", "x")) == []
