"""What `bakeoff history` knows: trends of ratios over runs. Frozen, JSON-ready.

A ratio is a figure of a stack over that of the blank in the same session (harness/stored.py): it
moves much less than the figure itself when the machine is slower that day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harness.pairs import Metric

LEAST_RUNS = 10
DOUBTFUL_FROM = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Which component ran: its version, and where it came from."""

    version: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A run's ratio: the median over its sessions, the least and the greatest.

    `revision` is that of the sources where the run knows it, else empty; `parts` are the stack's
    components by name.
    """

    run: str
    started_at: str
    revision: str
    parts: Mapping[str, Part]
    middle: float
    low: float
    high: float
    sessions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change point: from `run`, the value number `index` (from 0), on the level is another.

    `before` and `after` are the mean ratios of the `runs_before` and `runs_after` up to the
    neighbouring change points, `size` is after / before - 1, `pvalue` that of a t-test of the two.
    `parts` are the components that differ from those of the run before, as (then, now); None for
    one that was not there.
    """

    index: int
    run: str
    started_at: str
    revision: str
    before: float
    after: float
    runs_before: int
    runs_after: int
    size: float
    pvalue: float
    parts: Mapping[str, tuple[Part | None, Part | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """One metric's ratios in order of time, and its change points where they were `searched`.

    `persistence` is how much neighbouring runs hang together, apart from the change points: the
    lag-1 autocorrelation; above 0.3 change points are `doubtful`.
    """

    metric: Metric
    values: tuple[Value, ...]
    searched: bool = False
    changes: tuple[Change, ...] = ()
    persistence: float = 0.0

    @property
    def doubtful(self) -> bool:
        """Tell whether its change points may be chance: neighbours hang together."""
        return self.persistence > DOUBTFUL_FROM

    @property
    def ratios(self) -> tuple[float, ...]:
        """Return one ratio for each run."""
        return tuple(value.middle for value in self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A run that is not part of a trend, and every reason."""

    run: str
    started_at: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StackHistory:
    """The trends of a stack over the runs that are comparable with the newest one of it.

    `runs` are their ids in order of time; empty when no run of it was measured beside a blank.
    `limited` are those with trials whose speed was the load generator's, of which only CPU counts.
    """

    stack: str
    runs: tuple[str, ...]
    limited: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    trends: tuple[Trend, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The histories of stacks. `unsearched` says why no change points were looked for at all;
    empty when they were.
    """

    stacks: tuple[StackHistory, ...]
    unsearched: str = ""
