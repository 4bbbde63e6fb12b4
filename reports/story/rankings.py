"""Who is ahead by one measure: tiers, the best first, on what basis, and how far apart.

With sessions enough for a verdict the tiers are those of the standings. With fewer, stacks whose
ranges over sessions touch share a tier, and that only indicates. One session orders nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from harness.standings import Duel, Standing
from harness.stats.verdict import Answer
from reports.digest.cases import Case, Trials
from reports.digest.cells import over_sessions
from reports.digest.measures import Measure, bracket
from reports.gating.change import interval
from reports.story.touching import touching
from reports.terms.numbers import SPACE, Spread
from reports.terms.text import counted, listed

Tiers = tuple[tuple[Trials, ...], ...]
ENDINGS = {1: "st", 2: "nd", 3: "rd"}


class Basis(StrEnum):
    """What a ranking rests on."""

    VERDICT = "verdict"
    RANGES = "ranges"
    BRACKETS = "brackets"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Stacks by one measure in one case. `tiers` hold the ranked ones; with nothing to rank by all
    are in one. `standing` is what the verdicts come from.
    """

    case: Case
    tiers: Tiers
    basis: Basis
    standing: Standing | None = None

    @property
    def first(self) -> tuple[Trials, ...]:
        """Return the stacks of the best tier."""
        return self.tiers[0] if self.tiers else ()

    def place(self, stack: str) -> str:
        """Return the place of a stack, such as "1st, tied"; empty where nothing can be told."""
        number = sum(len(tier) for tier in self.tiers)
        for above, tier in enumerate(self.tiers):
            if number > 1 and any(t.stack == stack for t in tier) and self.told:
                return f"{ordinal(above + 1)}{', tied' if len(tier) > 1 else ''}"
        return ""

    @property
    def told(self) -> bool:
        """Tell whether anything can be said of who is ahead, if only that it indicates."""
        return self.basis is not Basis.NOTHING

    def apart(self) -> str:
        """Say how the next tier differs from the first; empty when there is no other tier."""
        if len(self.tiers) < 2 or self.standing is None:  # noqa: PLR2004 - a first and a next
            return ""
        best, after = self.tiers[0][0], self.tiers[1][0]
        duel = self.standing.duel(best.stack, after.stack)
        return f"{after.title} {_change(duel, after.stack)}" if duel else ""

    def ties(self) -> str:
        """Say of those that share the first tier how sure that is; empty where one is alone."""
        if len(self.first) < 2 or self.standing is None:  # noqa: PLR2004 - two can tie
            return ""
        best, *others = self.first
        alike: dict[str, list[str]] = {}
        for trials in others:
            if duel := self.standing.duel(best.stack, trials.stack):
                alike.setdefault(_tie(trials, duel), []).append(trials.title)
        return " ".join(f"{listed(titles)} {said}." for said, titles in alike.items())


def by_standing(case: Case, standing: Standing) -> Ranking:
    """Return the ranking that verdicts give."""
    by_name = {trials.stack: trials for trials in case.trials}
    tiers = (tuple(by_name[name] for name in tier if name in by_name) for tier in standing.tiers)
    return Ranking(
        case=case,
        tiers=tuple(tier for tier in tiers if tier),
        basis=Basis.VERDICT,
        standing=standing,
    )


def by_ranges(case: Case, measure: Measure) -> Ranking:
    """Return the ranking that the ranges over sessions show."""
    found = [
        (trials, over)
        for trials in case.measured
        if not trials.unranked(timed=measure.speed)
        and (over := over_sessions(trials, measure.value))
    ]
    alone = any(over.sessions == 1 for _, over in found)
    tiers = _tiers(found, best_last=measure.higher_is_better)
    if alone and len(found) > 1:
        return Ranking(case=case, tiers=(sum(tiers, ()),), basis=Basis.NOTHING)
    return Ranking(case=case, tiers=tiers, basis=Basis.RANGES)


def by_brackets(case: Case) -> Ranking:
    """Return the ranking by capacity: brackets that touch are a tie."""
    found = [
        (trials, over)
        for trials in case.trials
        if not trials.unranked(timed=False) and (over := bracket(trials))
    ]
    return Ranking(case=case, tiers=_tiers(found, best_last=True), basis=Basis.BRACKETS)


def ordinal(number: int) -> str:
    """Return "1st", "2nd", "3rd", "4th" and so on."""
    teen = number % 100 in range(11, 14)
    return f"{number}{'th' if teen else ENDINGS.get(number % 10, 'th')}"


def _tiers(found: Sequence[tuple[Trials, Spread]], *, best_last: bool) -> Tiers:
    groups = touching(found, lambda pair: pair[1])
    ordered = reversed(groups) if best_last else groups
    return tuple(tuple(trials for trials, _ in group) for group in ordered)


def _change(duel: Duel, of: str) -> str:
    """Return the change from the first to another, with its interval."""
    seen = duel.comparison if duel.other == of else duel.comparison.turned()
    return interval(seen).replace(" ", SPACE)


def _tie(trials: Trials, duel: Duel) -> str:
    """Say how another of the first tier stands to its best."""
    if duel.verdict.answer is Answer.EQUIVALENT:
        return f"within the margin ({_change(duel, trials.stack)})"
    more = duel.verdict.more_sessions
    settle = f"about {counted(more, 'more session')} would" if more else "no likely number would"
    return f"not to be told apart yet ({settle} settle it)"


def names(tier: Sequence[Trials]) -> str:
    """Return the titles of a tier as a phrase."""
    return listed([trials.title for trials in tier])
