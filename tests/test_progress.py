"""What a run tells while it runs."""

from __future__ import annotations

import io

import pytest
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


def test_time_left_runs_down_between_stages(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stage under way takes from what is left; nothing is added for being late."""
    clock = iter([0.0, 50.0, 60.0, 75.0, 1000.0])
    monkeypatch.setattr("harness.progress.time.monotonic", lambda: next(clock))
    progress = narrator(100.0)
    progress.begin(100.0)
    progress.advance(50.0)

    assert [progress.left_s for _ in range(3)] == [40.0, 25.0, 0.0]


def test_a_first_stage_that_was_quick_does_not_set_the_pace(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A tenth of the plan counts as having held before it."""
    clock = iter([0.0, 1.0, 1.0])
    monkeypatch.setattr("harness.progress.time.monotonic", lambda: next(clock))
    progress = narrator(1000.0)
    progress.begin(1000.0)
    progress.advance(10.0)

    assert progress.left_s > 900.0


def test_more_than_planned_is_never_over() -> None:
    """Time left does not become negative."""
    progress = narrator(10.0)
    progress.advance(99.0)

    assert progress.left_s == 0.0


def test_a_quiet_run_says_nothing() -> None:
    """With quiet set, no line is written."""
    progress = Progress(expected_s=1.0, quiet=True, console=Console(file=io.StringIO()))

    assert told(progress, ("drive", "x")) == []
