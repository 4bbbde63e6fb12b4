"""How much time is left of a run."""

from __future__ import annotations

import pytest

from harness.progress.pace import Pace, clock, span


def test_time_left_shrinks_as_planned_seconds_are_over() -> None:
    """A run that is half done, as fast as planned, has half of its plan left."""
    pace = Pace(expected_s=100.0, began=0.0)

    assert pace.left_s(0.0) == 100.0
    assert pace.after(50.0, now=50.0).left_s(50.0) == 50.0


def test_time_left_runs_down_within_a_stage() -> None:
    """A stage under way takes from what is left; nothing is added for being late."""
    pace = Pace(expected_s=100.0, began=0.0).after(50.0, now=50.0)

    assert [pace.left_s(now) for now in (60.0, 75.0, 1000.0)] == [40.0, 25.0, 0.0]


def test_a_run_that_is_slower_than_planned_has_more_left() -> None:
    """What took twice its time makes nearly twice as much of the rest."""
    pace = Pace(expected_s=100.0, began=0.0).after(50.0, now=100.0)

    assert pace.left_s(100.0) == pytest.approx(50.0 * 110 / 60)


def test_a_first_stage_that_was_quick_does_not_set_the_pace() -> None:
    """A tenth of the plan counts as having held before it."""
    pace = Pace(expected_s=1000.0, began=0.0).after(10.0, now=1.0)

    assert pace.left_s(1.0) > 900.0


def test_what_is_there_already_is_no_speed() -> None:
    """A run that is resumed at its half has half of its plan left."""
    pace = Pace(expected_s=100.0, began=0.0).without(50.0)

    assert pace.left_s(0.0) == 50.0


def test_more_than_planned_is_never_over() -> None:
    """Time left does not become negative, nor the share more than all."""
    pace = Pace(expected_s=10.0, began=0.0).after(99.0, now=5.0)

    assert (pace.left_s(5.0), pace.share(5.0)) == (0.0, 1.0)


def test_the_share_is_of_the_time_and_not_of_the_plan() -> None:
    """So that the bar is at its middle when half of the time is over."""
    pace = Pace(expected_s=100.0, began=0.0).after(25.0, now=50.0)
    left = pace.left_s(50.0)

    assert pace.share(50.0) == pytest.approx(50.0 / (50.0 + left))
    assert Pace(expected_s=0.0, began=0.0).share(0.0) == 0.0


def test_times_are_told_as_people_read_them() -> None:
    """Seconds for a moment, else minutes, else hours."""
    assert [span(9.2), span(99.0), span(150.0)] == ["9 s", "99 s", "2:30"]
    assert [clock(s) for s in (-1.0, 42.0, 725.0, 3725.0)] == ["0:00", "0:42", "12:05", "1:02:05"]
