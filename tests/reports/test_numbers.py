"""Numbers for people: units and honest digits."""

from __future__ import annotations

import math

import pytest

from reports.terms.numbers import (
    MEBIBYTE,
    MILLISECOND,
    PER_SECOND,
    SECOND,
    duration,
    figure,
    middle_text,
    range_text,
    share,
    spread,
    time_unit,
)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0.00085, "850 µs"),
        (0.0123456, "12.3 ms"),
        (0.9996, "1.00 s"),
        (0.0009996, "1.00 ms"),
        (61.0, "61.0 s"),
        (0.0, "0 µs"),
    ],
)
def test_a_duration_has_three_digits_and_the_unit_that_suits_it(seconds, expected):
    """Rounding up to the next unit changes the unit."""
    assert duration(seconds).replace("\u00a0", " ") == expected


def test_sizes_are_mebibytes():
    """Bytes are divided by 2**20."""
    assert figure(300 * 2**20, MEBIBYTE) == "300"


def test_a_wide_range_takes_digits_away():
    """A range of hundreds leaves no ones."""
    over = spread([640.0, 812.0, 990.0])
    assert (middle_text(over, PER_SECOND), range_text(over, PER_SECOND)) == ("810", "640 to 990")


def test_a_narrow_range_adds_no_digits():
    """Three significant digits are the most that a histogram holds."""
    over = spread([12.34561, 12.34562])
    assert middle_text(over, SECOND) == "12.3"


def test_one_session_has_no_range():
    """A single value is not shown as a range of nothing."""
    assert range_text(spread([1.0]), SECOND) == ""


def test_what_is_too_small_to_show_does_not_become_zero():
    """A cell that is limited to hundredths says that there was something."""
    assert figure(0.000002, MILLISECOND, finest=-2) == "< 0.01"


def test_values_that_are_not_finite_are_left_out():
    """A session without a number does not spoil the others."""
    assert spread([math.nan, 2.0]).sessions == 1
    assert spread([math.nan]) is None


def test_the_unit_follows_the_greatest():
    """A row has one unit."""
    assert time_unit([0.0002, 0.03]) is MILLISECOND


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (0, 100, "0 %"),
        (100, 100, "100 %"),
        (1, 1_000_000, "< 0.01 %"),
        (999_999, 1_000_000, "> 99.99 %"),
        (7, 1000, "0.70 %"),
        (123, 1000, "12.3 %"),
        (0, 0, "no share"),
    ],
)
def test_a_share_says_none_and_all_only_when_it_is_so(part, whole, expected):
    """Rounding never hides an error or invents a full score."""
    assert share(part, whole).replace("\u00a0", " ") == expected
