"""Time left: the plan's own estimate of what remains, scaled by how well it held until the last
stage was over. All times are seconds, moments are of one monotonic clock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

TRUST = 0.1
"""How much of the plan counts as having held at first, so that one stage does not set the pace."""

CLOCK_FROM_S = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What a plan expects in all, when it began, and how much of it was over at which moment."""

    expected_s: float
    began: float
    done_s: float = 0.0
    told_s: float = 0.0

    def after(self, planned_s: float, now: float) -> Pace:
        """Return the pace once these planned seconds are over too; never more than there were."""
        done = min(self.expected_s, self.done_s + planned_s)
        return replace(self, done_s=done, told_s=self.elapsed_s(now))

    def without(self, planned_s: float) -> Pace:
        """Return the pace of a plan from which this much is left out: it says nothing of speed."""
        return replace(self, expected_s=max(self.done_s, self.expected_s - planned_s))

    def elapsed_s(self, now: float) -> float:
        """Return the seconds since the plan began."""
        return now - self.began

    def left_s(self, now: float) -> float:
        """Estimate the seconds that remain; within a stage they only become fewer."""
        if self.done_s >= self.expected_s:
            return 0.0
        head_start = TRUST * self.expected_s
        scale = (self.told_s + head_start) / (self.done_s + head_start)
        since = self.elapsed_s(now) - self.told_s
        return max(0.0, (self.expected_s - self.done_s) * scale - since)

    def share(self, now: float) -> float:
        """Return the share of the whole time that is over."""
        elapsed, left = self.elapsed_s(now), self.left_s(now)
        return elapsed / (elapsed + left) if elapsed + left > 0 else 0.0


def clock(seconds: float) -> str:
    """Return a time as a clock shows it, such as 0:42, 12:05 or 1:02:05."""
    minutes, rest = divmod(max(0, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def span(seconds: float) -> str:
    """Return a short time in seconds, such as 9 s, and a longer one as a clock shows it."""
    return f"{seconds:.0f} s" if seconds < CLOCK_FROM_S else clock(seconds)
