"""Looks fixed in advance."""

from __future__ import annotations

import pytest

from harness.errors import UsageError
from harness.stats.comparison import Rule
from harness.stats.looks import Looks


@pytest.mark.parametrize("sessions", [(12,), (12, 24), (12, 18, 24)])
def test_the_looks_share_what_is_allowed(sessions):
    """All chances together are those of one look."""
    looks = Looks(sessions=sessions)
    rules = [looks.rule(Rule(better="lower"), look) for look in range(1, len(sessions) + 1)]
    assert sum(rule.alpha for rule in rules) == pytest.approx(0.01)
    assert sum(rule.alpha_equivalent for rule in rules) == pytest.approx(0.05)


def test_the_first_look_may_use_half():
    """Few sessions limit how small a chance can get."""
    assert Looks().shares == (0.5, 0.25, 0.25)


@pytest.mark.parametrize(("first", "hypotheses"), [(8, 1), (12, 20), (13, 40), (14, 80)])
def test_families_that_the_first_look_can_serve(first, hypotheses):
    """The floor of the test, times the family, is within half of 1 %."""
    assert Looks(sessions=(first, 20, 24), hypotheses=hypotheses).sessions[0] == first
    with pytest.raises(UsageError, match=f"look 1 at {first - 1} sessions can find nothing"):
        Looks(sessions=(first - 1, 20, 24), hypotheses=hypotheses)


def test_a_look_that_can_find_nothing_says_what_it_needs():
    """In numbers of this plan."""
    with pytest.raises(UsageError) as refused:
        Looks(sessions=(10, 18), hypotheses=40)
    assert str(refused.value) == (
        "look 1 at 10 sessions can find nothing: its share of alpha is 0.50%, and the smallest "
        "chance that 10 sessions can show is 3.91% among 40 compared; it needs at least 13 sessions"
    )


@pytest.mark.parametrize("sessions", [(), (8, 10, 12, 14), (12, 12), (18, 12), (0, 12)])
def test_looks_ascend_and_are_few(sessions):
    """One to three."""
    with pytest.raises(UsageError, match="looks"):
        Looks(sessions=sessions)


def test_a_look_without_an_interval_is_refused() -> None:
    """Five sessions bound nothing with 95 %, whatever alpha is allowed."""
    with pytest.raises(UsageError, match="interval needs at least 6 sessions"):
        Looks(sessions=(5,), alpha=0.2)
    assert Looks(sessions=(6,), alpha=0.2).shares == (1.0,)
