"""What to doubt about the sessions of a comparison; nothing is dropped for it.

The limits are those at which sessions measured on a busy two-core machine misled.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from harness.records import Doubt
from harness.stats.comparison import session_estimates
from harness.stats.ranks import hodges_lehmann
from harness.stats.spread import expected_spread, lag_one, robust_spread
from harness.stats.warnings import Warn

PAIR_SPREAD_MOST = 0.2
AUTOCORRELATION_MOST = 0.3
SPREADS_AWAY_MOST = 5.0
SPREAD_OVER_EXPECTED_MOST = 2.0
FEWEST_SESSIONS = 5  # below, robust spreads of sessions say nothing
FEWEST_PAIRS = 5


def diagnose(
    sessions: Sequence[Sequence[float]], numbers: Sequence[int] | None = None
) -> tuple[Doubt, ...]:
    """Return what is doubtful; empty when nothing is.

    `sessions` hold paired log-ratios in time order; `numbers` are the sessions' own, 1, 2, ...
    without them.
    """
    enough = [blocks for blocks in sessions if len(blocks) >= FEWEST_PAIRS]
    return (
        *(_pairs(enough) if enough else ()),
        *(
            _sessions(sessions, numbers or range(1, len(sessions) + 1))
            if len(sessions) >= FEWEST_SESSIONS
            else ()
        ),
    )


def _pairs(sessions: Sequence[Sequence[float]]) -> Iterator[Doubt]:
    spread = float(np.median([robust_spread(blocks) for blocks in sessions]))
    if spread > PAIR_SPREAD_MOST:
        yield Warn.SCATTERED_PAIRS.seen(
            f"pairs scatter by {spread:.0%} within a session (limit {PAIR_SPREAD_MOST:.0%})"
        )
    lag = float(np.mean([lag_one(blocks) for blocks in sessions]))
    if lag > AUTOCORRELATION_MOST:
        yield Warn.CHAINED_PAIRS.seen(
            "neighbouring pairs hang together: the lag-1 autocorrelation of their differences is "
            f"{lag:.2f} (limit {AUTOCORRELATION_MOST:g})"
        )


def _sessions(sessions: Sequence[Sequence[float]], numbers: Sequence[int]) -> Iterator[Doubt]:
    estimates = session_estimates(sessions)
    centre, spread = hodges_lehmann(estimates), robust_spread(estimates)
    for number, estimate in zip(numbers, estimates, strict=True):
        if abs(estimate - centre) > SPREADS_AWAY_MOST * spread > 0:
            yield Warn.ODD_SESSION.seen(
                f"session {number} is off: {math.expm1(estimate):+.0%} where all together say "
                f"{math.expm1(centre):+.1%} and scatter by {spread:.1%}; it was kept"
            )
    pairs = float(np.median([len(blocks) for blocks in sessions]))
    within = float(np.median([robust_spread(blocks) for blocks in sessions]))
    expected = expected_spread(within, pairs)
    if spread > SPREAD_OVER_EXPECTED_MOST * expected > 0:
        yield Warn.SCATTERED_SESSIONS.seen(
            f"sessions scatter by {spread:.1%}, {spread / expected:.1f} times what their pairs "
            f"explain (limit {SPREAD_OVER_EXPECTED_MOST:g}): each start is different"
        )
