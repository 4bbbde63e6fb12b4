"""Changes in per cent, with the digits that they can bear."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from harness.stats.verdict import Answer
from reports.gating import change


@pytest.mark.parametrize(
    ("percent", "half", "shown", "interval"),
    [
        (9.81, 1.72, "+9.8 %", "+8.1 to +11.5 %"),
        (9.83, 17.2, "+10 %", "-7 to +27 %"),
        (9.83, 0.04, "+9.8 %", "+9.8 to +9.9 %"),
        (97.3, 61.0, "+100 %", "+40 to +160 %"),
        (-0.04, 1.2, "0.0 %", "-1.2 to +1.2 %"),
    ],
)
def test_no_digit_is_finer_than_the_interval(percent, half, shown, interval, make_finding):
    """One below the first of the interval's width, and never finer than a tenth."""
    compared = make_finding("p50", percent, half).comparison
    assert (change.change(compared), change.interval(compared)) == (shown, interval)


def test_without_an_interval_it_says_so(make_finding):
    """Zero and infinity are not shown as numbers."""
    compared = make_finding("p50", 3.0, 1.0, Answer.UNDECIDED).comparison
    wide = replace(compared, low=0.0, high=math.inf)
    assert change.interval(wide) == "too few sessions for an interval"
