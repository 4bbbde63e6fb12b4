"""The highest rate that keeps an objective: gallop from a guess, then bisect.

Rates grow (or shrink) from the guess by f, f^2, f^4, ... until one keeps the objective and another
does not (doubling of the exponent; Bentley and Yao, 1976). f is the tolerance to the eighth, so
that halving the logarithm of the bracket ends at exactly 1.05 after three, four or five steps. A
guess that is off by up to 1.5 takes five probes, by 3 seven, by 15 nine; one more may be needed to
confirm an end.

Probes far from the edge are short and may err: in a short overload the queue has not grown yet.
Near the edge they are thorough. An end of the final bracket that rests on a short probe is probed
again, and the thorough verdict replaces the short one, whichever it says. A verdict is that of all
trials of a probe together, never of the best.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from harness.records import Probe

TOLERANCE = 1.05
FAR = TOLERANCE**8
NEAR = TOLERANCE**2
THOROUGH_WITHIN = 1.25
MOST_PROBES = 10
SLACK = 1e-9
ACHIEVED_LEAST = 0.99


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """What a rate must keep: p95 of response in seconds, and the share of requests without a right
    answer. One such request alone is never too many.
    """

    p95_s: float
    errors: float

    def broken(self, *, p95: float, scheduled: int, unanswered: int, achieved: float) -> str:
        """Say what was not kept, empty when all was; `achieved` is the share sent in time."""
        said = list[str]()
        if not scheduled:
            return "nothing was due"
        if p95 > self.p95_s:
            said.append(f"p95 {p95:.3f} s, over {self.p95_s:g} s")
        if unanswered > max(1.0, self.errors * scheduled):
            said.append(f"{unanswered / scheduled:.2%} without a right answer")
        if achieved < ACHIEVED_LEAST:
            said.append(f"{achieved:.1%} sent in time")
        return "; ".join(said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The next probe: its rate per second, and whether it is to be thorough."""

    rate: float
    thorough: bool


@dataclass(slots=True, kw_only=True)
class Search:
    """The search for one stack's capacity: ask for `step`, probe, `take`, until there is none.

    No rate below `least` is probed: there would be too few requests for a percentile.
    """

    start: float
    least: float = 0.0
    tolerance: float = TOLERANCE
    most: int = MOST_PROBES
    probes: list[Probe] = field(default_factory=list)
    verdicts: dict[float, tuple[Probe, bool]] = field(default_factory=dict)
    gallops: int = 0

    @property
    def low(self) -> float:
        """The highest rate that kept the objective below all that did not; 0.0 for none."""
        limit = self._broken_least()
        kept = (rate for rate, (probe, _) in self.verdicts.items() if not probe.failed)
        return max((rate for rate in kept if rate < limit), default=0.0)

    @property
    def high(self) -> float | None:
        """The lowest rate that did not keep it; None for none, or where the generator was why."""
        limit = self._broken_least()
        return None if math.isinf(limit) or self.verdicts[limit][0].limited else limit

    @property
    def limited(self) -> str:
        """Why the generator, not the stack, set the limit; empty when it did not."""
        limit = self._broken_least()
        return "" if math.isinf(limit) else self.verdicts[limit][0].limited

    @property
    def narrow(self) -> bool:
        """Whether the bracket is as narrow as was wanted."""
        return self.low > 0 and self._broken_least() <= self.low * self.tolerance * (1 + SLACK)

    def step(self) -> Step | None:
        """Return what to probe next, None when there is nothing more to find out."""
        low, high = self.low, self._broken_least()
        if len(self.probes) >= self.most or high <= self.least:
            return None
        if not self.verdicts:
            return Step(rate=max(self.start, self.least), thorough=False)
        if math.isinf(high):
            return self._gallop(low, lambda rate, factor: rate * factor)
        if not low:
            return self._gallop(high, lambda rate, factor: rate / factor)
        if self.narrow:
            return next(self._unconfirmed(low, high), None)
        return self._bisected(low, high)

    def take(self, probe: Probe, *, thorough: bool) -> None:
        """Note what a probe showed; it replaces what an earlier one of the same rate did."""
        self.probes.append(probe)
        self.verdicts[probe.rate] = (probe, thorough)
        found = self.low and not math.isinf(self._broken_least())
        self.gallops = 0 if found else self.gallops + 1

    def _broken_least(self) -> float:
        broken = (rate for rate, (probe, _) in self.verdicts.items() if probe.failed)
        return min(broken, default=math.inf)

    def _gallop(self, end: float, away: Callable[[float, float], float]) -> Step:
        """Go on from the only known end; one known thoroughly was thought to be near the edge."""
        near = self.verdicts[end][1]
        factor = (NEAR if near else FAR) ** (2 ** (self.gallops - 1))
        return Step(rate=max(away(end, factor), self.least), thorough=near)

    def _bisected(self, low: float, high: float) -> Step:
        """Halve the bracket, or stay near the end that a thorough probe has just moved."""
        middle = math.sqrt(low * high)
        edges = (self._thorough(low), self._thorough(high))
        if edges == (False, True):
            middle = max(middle, high / NEAR)
        elif edges == (True, False):
            middle = min(middle, low * NEAR)
        return Step(rate=middle, thorough=any(edges) or high / low <= THOROUGH_WITHIN)

    def _unconfirmed(self, low: float, high: float) -> Iterator[Step]:
        for end in (low, high):
            if not self._thorough(end):
                yield Step(rate=end, thorough=True)

    def _thorough(self, rate: float) -> bool:
        return self.verdicts[rate][1]
