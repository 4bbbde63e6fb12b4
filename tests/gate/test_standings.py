"""Which of several stacks are ahead, tied, or not to be told apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import combinations, pairwise
from math import log

import numpy as np
import pytest

from harness.config import MARGINS
from harness.gate import SEED, rule_of
from harness.pairs import Metric, series
from harness.records import Record
from harness.standings import NAMES, Standing, standings
from harness.stats.comparison import Comparison, compare
from harness.stats.verdict import Answer, Verdict, judge_family
from reports.story.verdicts import enough, verdicts

Build = Callable[..., list[Record]]
STACKS = ("base", "base-again", "head")
SEEDS = range(5)


def _cpu(records: list[Record]) -> Standing:
    return next(s for s in standings(records, STACKS) if s.metric.name == "cpu")


def test_the_dearer_stack_is_in_a_tier_of_its_own(three_sides: Build) -> None:
    """Two alike before one that costs a fifth more."""
    found = _cpu(three_sides(14, app=1.3))

    assert len(found.tiers) == 2
    assert set(found.tiers[0]) == {"base", "base-again"}
    assert found.tiers[1] == ("head",)


def test_the_faster_stack_comes_first(three_sides: Build) -> None:
    """More throughput is better."""
    records = three_sides(14, time=0.7)
    found = next(s for s in standings(records, STACKS) if s.metric.name == "throughput")

    assert found.tiers[0] == ("head",)


def test_stacks_that_are_alike_share_a_tier(three_sides: Build) -> None:
    """And nobody is called different."""
    found = _cpu(three_sides(14))

    assert len(found.tiers) == 1
    assert not any(duel.told for duel in found.duels)


def test_two_sessions_tell_nothing(three_sides: Build) -> None:
    """Every duel stays open, and no verdict is printed."""
    records = three_sides(2, app=2.0)

    assert {d.verdict.answer for d in _cpu(records).duels} == {Answer.UNDECIDED}
    assert not enough(records)
    assert enough(three_sides(7))


def test_a_stack_that_must_not_be_ranked_is_in_no_duel(three_sides: Build) -> None:
    """What was killed on purpose stands beside nobody."""
    records = [replace(r, recovery_s=1.0) if r.key.stack == "head" else r for r in three_sides(8)]
    assert {name for tier in _cpu(records).tiers for name in tier} == {"base", "base-again"}


def test_the_sentences_name_who_is_ahead_by_how_much(three_sides: Build) -> None:
    """With the interval, and who is tied."""
    said = {
        fact.name: fact.text
        for fact in verdicts(
            standings(three_sides(20, app=1.3), STACKS), {"head": "the new one", "base": "the old"}
        )
    }
    text = said["Verdict on CPU per request"]

    assert "before the new one." in text
    assert "the new one has" in text
    assert "% more than" in text
    assert "tied" in text or "cannot be told apart yet" in text


def test_a_comparison_can_be_turned_around(three_sides: Build) -> None:
    """Twice is the same again."""
    one = _cpu(three_sides(8)).duels[0].comparison
    again = one.turned().turned()

    assert one.turned().ratio == pytest.approx(1 / one.ratio)
    assert (again.low, again.high, again.p) == pytest.approx((one.low, one.high, one.p))


@cache
def _many(one_side: Callable[..., Record], seed: int) -> tuple[list[Record], list[str]]:
    """Return a run of up to five stacks in two scenarios, some alike and some not; a few trials are
    missing.
    """
    random = np.random.default_rng(seed)
    stacks = [f"stack{n}" for n in range(random.integers(3, 6))]
    sessions = range(1, 1 + int(random.integers(7, 16)))
    records = []
    for number, scenario in enumerate(("browse", "chat")):
        for stack in stacks:
            factor = random.choice([1.0, 1.0, 1.04, 1.15, 1.5])
            for session in sessions:
                one = one_side(stack, session, seed=2 * seed + number, app=factor, time=factor)
                records.append(replace(one, key=replace(one.key, scenario=scenario)))
    return [record for record in records if random.random() < 0.97], stacks


@cache
def _found(one_side: Callable[..., Record], seed: int) -> tuple[Standing, ...]:
    return standings(*_many(one_side, seed))


Full = dict[tuple[Metric, str, str], tuple[Comparison, Verdict]]


def _fully(records: list[Record], stacks: list[str]) -> Full:
    """Compare every pair in full and return the verdicts, by metric and pair."""
    found: Full = {}
    for name in NAMES:
        rule = replace(rule_of(name, MARGINS[name]), asks="difference")
        compared = {
            (each.metric, one, other): compare(each.sessions, rule, seed=SEED)
            for one, other in combinations(stacks, 2)
            for each in series(records, one, other)
            if each.metric.name == name and not each.metric.part
        }
        verdicts = judge_family({str(key): told for key, told in compared.items()}, rule)
        found |= {key: (told, verdicts[str(key)]) for key, told in compared.items()}
    return found


def _tiers(metric: Metric, full: Full) -> tuple[tuple[str, ...], ...]:
    """Order the stacks by all their ratios; a tier ends where its best is told from the next."""
    mine = {(one, other): duel for (of, one, other), duel in full.items() if of == metric}
    cost: dict[str, float] = {}
    for (one, other), (comparison, _) in mine.items():
        ahead = (-1 if metric.higher_is_better else 1) * log(comparison.ratio)
        cost[one] = cost.get(one, 0.0) - ahead
        cost[other] = cost.get(other, 0.0) + ahead
    told = {frozenset(p) for p, (_, v) in mine.items() if v.answer is Answer.DIFFERENT}
    tiers: list[tuple[str, ...]] = []
    for stack in sorted(cost, key=lambda each: (cost[each], each)):
        if tiers and {tiers[-1][0], stack} not in told:
            tiers[-1] += (stack,)
        else:
            tiers.append((stack,))
    return tuple(tiers)


@pytest.mark.parametrize("seed", SEEDS)
def test_judging_only_what_matters_changes_no_verdict(
    one_side: Callable[..., Record], seed: int
) -> None:
    """Tiers, comparisons and verdicts are those of all pairs judged as one family."""
    records, stacks = _many(one_side, seed)
    full = _fully(records, stacks)
    found = _found(one_side, seed)

    assert {one.metric for one in found} == {metric for metric, _, _ in full}
    assert [one.tiers for one in found] == [_tiers(one.metric, full) for one in found]
    assert all(
        (duel.comparison, duel.verdict) == full[one.metric, duel.one, duel.other]
        for one in found
        for duel in one.duels
    )


def test_the_seeded_runs_hold_every_case(one_side: Callable[..., Record]) -> None:
    """Differences, ties and open cases; tiers alone, shared and many."""
    found = [one for seed in SEEDS for one in _found(one_side, seed)]
    answers = {duel.verdict.answer for one in found for duel in one.duels}

    assert {Answer.DIFFERENT, Answer.EQUIVALENT, Answer.UNDECIDED} == answers
    assert max(len(one.tiers) for one in found) >= 3
    assert {len(tier) for one in found for tier in one.tiers} >= {1, 2, 4}


def test_there_is_a_duel_for_all_that_sets_tiers_apart_or_ties_them(
    one_side: Callable[..., Record],
) -> None:
    """Of a tier's best with its others, and with the best of the next."""
    for seed in SEEDS:
        for one in _found(one_side, seed):
            best = [tier[0] for tier in one.tiers]
            told = [one.duel(*pair) for pair in pairwise(best)]
            ties = [one.duel(tier[0], other) for tier in one.tiers for other in tier[1:]]
            assert all(duel.told for duel in told)
            assert not any(duel.told for duel in ties)
