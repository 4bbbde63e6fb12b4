"""Which of several stacks are ahead, tied, or not to be told apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from harness.records import Record
from harness.standings import Standing, standings
from harness.stats.verdict import Answer
from reports.story.verdicts import enough, verdicts

Build = Callable[..., list[Record]]
STACKS = ("base", "base-again", "head")


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
