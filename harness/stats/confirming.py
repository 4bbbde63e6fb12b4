"""Whether the longer slices at the end of a session contradict the short ones.

What one slice leaves behind (a checkpoint, a collection of garbage) may be paid for in the slice of
another. Long slices pay for it themselves, so the difference of both estimates shows it.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.records import Doubt
from harness.stats.comparison import session_estimates
from harness.stats.ranks import hodges_lehmann, signed_rank_interval
from harness.stats.warnings import Warn

CONFIDENCE = 0.99
MATTERS = 0.05
"""Smaller differences between short and long slices are left alone (log-ratio)."""


def contradiction(
    short: Sequence[Sequence[float]], long: Sequence[Sequence[float]]
) -> tuple[Doubt, ...]:
    """Return a doubt when sessions' long slices say otherwise than their short ones, at 99 %
    confidence and by more than 5 %; empty when not, or when not all sessions have both.
    """
    if not long or len(short) != len(long):
        return ()
    differences = session_estimates(long) - session_estimates(short)
    low, high = signed_rank_interval(differences, CONFIDENCE)
    middle = hodges_lehmann(differences)
    if low <= 0 <= high or abs(middle) < MATTERS:
        return ()
    told = f"slices of seconds say {middle:+.1%} more than the short ones do"
    return (Warn.SLICE_LENGTH.seen(told),)
