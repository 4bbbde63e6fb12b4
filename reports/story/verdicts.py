"""What can be told between stacks, in sentences: who is ahead by how much, who is tied, and where
nobody can tell yet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from harness.records import Record
from harness.standings import Duel, Standing
from harness.stats.ranks import fewest_sessions
from harness.stats.verdict import Answer
from reports.gating.change import interval, size
from reports.terms.page import Fact
from reports.terms.text import counted, isolated, listed

ALPHA = 0.01
SAID = {"throughput": "requests per second", "p95": "response p95", "cpu": "CPU per request"}


def enough(records: Sequence[Record]) -> bool:
    """Tell whether there are sessions enough for a verdict at all."""
    return len({record.key.session for record in records}) >= fewest_sessions(ALPHA)


def verdicts(found: Sequence[Standing], titles: Mapping[str, str]) -> list[Fact]:
    """Return a fact for each standing: the tiers, what sets them apart, and what is open."""
    return [
        Fact(name=f"Verdict on {SAID[one.metric.name]}", text=_text(one, titles)) for one in found
    ]


def _text(standing: Standing, titles: Mapping[str, str]) -> str:
    tiers = [listed([_title(name, titles) for name in tier]) for tier in standing.tiers]
    said = [f"{' before '.join(tiers)}."] if len(tiers) > 1 else []
    leaders = [tier[0] for tier in standing.tiers]
    for better, worse in pairwise(leaders):
        if duel := standing.duel(better, worse):
            said.append(_lead(standing, duel, worse, titles))
    ties = ((tier[0], other) for tier in standing.tiers for other in tier[1:])
    said += [_tie(duel, titles) for pair in ties if (duel := standing.duel(*pair))]
    return " ".join(said)


def _lead(standing: Standing, duel: Duel, worse: str, titles: Mapping[str, str]) -> str:
    """Say how far apart two tiers are, seen from the worse one."""
    better = duel.one if duel.other == worse else duel.other
    seen = duel.comparison if duel.other == worse else duel.comparison.turned()
    more = "less" if standing.metric.higher_is_better else "more"
    return (
        f"{_title(worse, titles)} has {size(seen)} {more} than {_title(better, titles)} "
        f"({interval(seen)})."
    )


def _tie(duel: Duel, titles: Mapping[str, str]) -> str:
    both = f"{_title(duel.one, titles)} and {_title(duel.other, titles)}"
    if duel.verdict.answer is Answer.EQUIVALENT:
        return f"{both} are tied ({interval(duel.comparison)})."
    more = duel.verdict.more_sessions
    wanted = f"about {counted(more, 'more session')} would" if more else "no likely number would"
    return f"{both} cannot be told apart yet ({wanted} settle it)."


def _title(name: str, titles: Mapping[str, str]) -> str:
    return titles.get(name, isolated(name))
