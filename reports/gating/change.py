"""Ratios of candidate to baseline as changes in per cent, with no digit finer than the interval."""

from __future__ import annotations

import math

from harness.stats.comparison import Comparison

FINEST = -1
NO_INTERVAL = "too few sessions for an interval"


def place(comparison: Comparison) -> int:
    """Return the power of ten of the last digit in per cent that makes sense: one below the first
    of the interval's width, at finest a tenth; 0 where there is no interval.
    """
    width = 100 * (comparison.high - comparison.low)
    if not bounded(comparison) or width <= 0:
        return 0
    return max(FINEST, math.floor(math.log10(width)) - 1)


def bounded(comparison: Comparison) -> bool:
    """Tell whether the sessions were enough for an interval."""
    return comparison.low > 0 and math.isfinite(comparison.high)


def change(comparison: Comparison) -> str:
    """Return the change with its sign, such as "+9.8 %"."""
    return signed(comparison.ratio - 1, place(comparison))


def interval(comparison: Comparison) -> str:
    """Return the 95 % interval of the change, such as "+8.1 to +11.5 %"."""
    if not bounded(comparison):
        return NO_INTERVAL
    last = place(comparison)
    low = signed(comparison.low - 1, last).removesuffix(" %")
    return f"{low} to {signed(comparison.high - 1, last)}"


def size(comparison: Comparison) -> str:
    """Return how large the change is, without its direction, such as "9.8 %"."""
    return unsigned(abs(comparison.ratio - 1), place(comparison))


def signed(share: float, last: int) -> str:
    """Return a share in per cent with its sign; what rounds to zero has none."""
    text = unsigned(abs(share), last)
    if not float(text.removesuffix(" %").replace(",", "")):
        return text
    return f"{'+' if share > 0 else '-'}{text}"


def unsigned(share: float, last: int) -> str:
    """Return a share in per cent, rounded to the digit 10**last."""
    return f"{round(100 * share, -last):,.{max(0, -last)}f} %"


def margin(share: float) -> str:
    """Return a limit in per cent as it was set, such as "5 %" or "0.1 %"."""
    return f"{100 * share:g} %"
