"""When a growing number of sessions may be judged: at most three looks, fixed before the first.

Whoever tests again after each session until something shows will find something. The chances
allowed are split over the looks in advance (Bonferroni over looks): half at the first, where most
verdicts fall and where few sessions limit how small a chance can get, the rest evenly.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from harness.errors import UsageError
from harness.stats.comparison import CONFIDENCE, Rule
from harness.stats.ranks import fewest_sessions

MOST_LOOKS = 3
FEWEST_FOR_INTERVAL = fewest_sessions((1 - CONFIDENCE) / 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """The numbers of sessions at which to judge, and the chances allowed over all looks together.

    `hypotheses` is the size of the largest family. Raise UsageError for looks at which nothing
    could be called different, whatever was measured.
    """

    sessions: tuple[int, ...] = (12, 18, 24)
    alpha: float = 0.01
    alpha_equivalent: float = 0.05
    hypotheses: int = 1

    def __post_init__(self) -> None:
        """Refuse looks that do not ascend, are too many, or come too early."""
        shown = ", ".join(str(number) for number in self.sessions)
        if not 1 <= len(self.sessions) <= MOST_LOOKS:
            raise UsageError(
                f"{len(self.sessions)} looks ({shown}); one to {MOST_LOOKS} are allowed"
            )
        if list(self.sessions) != sorted(set(self.sessions)) or self.sessions[0] < 1:
            raise UsageError(f"the looks ({shown}) must ascend, in sessions from 1")
        for look, (number, share) in enumerate(zip(self.sessions, self.shares, strict=True), 1):
            alpha = self.alpha * share
            if number < FEWEST_FOR_INTERVAL:
                raise UsageError(
                    f"look {look} at {number} sessions can find nothing: a {CONFIDENCE:.0%} "
                    f"interval needs at least {FEWEST_FOR_INTERVAL} sessions"
                )
            if number < (fewest := fewest_sessions(alpha, self.hypotheses)):
                raise UsageError(
                    f"look {look} at {number} sessions can find nothing: its share of alpha is "
                    f"{alpha:.2%}, and the smallest chance that {number} sessions can show is "
                    f"{self.hypotheses * 0.5**number:.2%} among {self.hypotheses} compared; it "
                    f"needs at least {fewest} sessions"
                )

    @property
    def shares(self) -> tuple[float, ...]:
        """Return the share of the chances allowed that each look may use up."""
        later = len(self.sessions) - 1
        return (0.5, *[0.5 / later] * later) if later else (1.0,)

    def rule(self, rule: Rule, look: int) -> Rule:
        """Return the rule with what this look, counted from 1, may use up; its own is ignored."""
        share = self.shares[look - 1]
        return replace(
            rule, alpha=self.alpha * share, alpha_equivalent=self.alpha_equivalent * share
        )
