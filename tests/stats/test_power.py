"""False alarms and power, by resampling sessions that were measured."""

from __future__ import annotations

import math
import time
from dataclasses import replace

import numpy as np
import pytest

from harness.errors import UsageError
from harness.stats.comparison import Rule, compare
from harness.stats.looks import Looks
from harness.stats.power import Hypothesis, independent, resampled, resampled_gate
from harness.stats.verdict import Answer, judge

LOWER = Rule(better="lower")
FINE = Rule(better="lower", margin=0.025)


def measured(number=60, *, change=0.0, wild=True, seed=1):
    """Return sessions like those of a busy two-core machine: pairs scatter by 14 %, starts by
    3 %, and one in 60 is off by 75 %.
    """
    random = np.random.default_rng(seed)
    middle = math.log1p(change) + random.normal(0, 0.03, (number, 1))
    if wild:
        middle[::60] += math.log(1.75)
    return middle + random.normal(0, 0.14, (number, 16))


@pytest.mark.parametrize("rule", [LOWER, FINE], ids=["margin 5 %", "margin 2.5 %"])
@pytest.mark.parametrize("number", [8, 10, 12, 16, 20])
def test_equal_sides_alarm_at_most_once_in_a_hundred(rule, number):
    """In either direction, whatever the number of sessions."""
    shares = resampled(measured(), number, rule, seed=2, flip=True)
    assert max(shares.worse, shares.better) <= 0.01


def test_the_margin_nearly_rules_alarms_out():
    """Chance alone seldom yields 5 %."""
    assert resampled(measured(), 12, LOWER, seed=2, flip=True).worse <= 0.001


@pytest.mark.parametrize("number", [10, 12])
def test_ten_percent_is_found(number):
    """With at least 95 % power."""
    assert resampled(measured(600, change=0.1), number, LOWER, seed=2).worse >= 0.95


def test_five_percent_is_found_with_half_the_margin():
    """With at least 80 % power in 20 sessions."""
    assert resampled(measured(600, change=0.05), 20, FINE, seed=2).worse >= 0.8


def test_a_change_of_the_margin_is_seldom_called_equivalent():
    """At most 5 %."""
    shares = resampled(measured(600, change=0.05, wild=False), 12, LOWER, seed=3)
    assert shares.equivalent <= 0.06


def test_it_comes_to_what_full_verdicts_come_to():
    """One by one, with the bootstrap, over fresh sessions."""
    answers = [
        judge(compare(measured(10, change=0.07, wild=False, seed=n), LOWER, seed=n), LOWER)
        for n in range(200)
    ]
    one_by_one = np.mean([one.regression for one in answers])
    shares = resampled(measured(4_000, change=0.07, wild=False), 10, LOWER, seed=2)
    assert shares.worse == pytest.approx(one_by_one, abs=0.1)


def test_shares_add_up():
    """Each draw ends in one way."""
    s = resampled(measured(change=0.03), 10, LOWER, seed=2)
    assert s.worse + s.better + s.equivalent + s.undecided == pytest.approx(1)
    assert s.sessions == 10


def test_the_same_seed_gives_the_same_shares():
    """A calibration can be made again."""
    assert resampled(measured(), 10, LOWER, seed=5) == resampled(measured(), 10, LOWER, seed=5)


def test_turning_the_metric_turns_the_shares():
    """More latency is worse, more throughput better."""
    slow, fast = (
        resampled(measured(change=0.1), 10, Rule(better=better), seed=5)
        for better in ("lower", "higher")
    )
    assert (slow.worse, slow.better) == (fast.better, fast.worse)


def test_a_number_that_can_find_nothing_is_refused():
    """Rather than a power of zero."""
    with pytest.raises(UsageError, match="at least 7 sessions"):
        resampled(measured(), 6, LOWER, seed=1)


def gate(changes, rule=LOWER):
    """Return a family of endpoints that share their starts."""
    return [
        Hypothesis(sessions=measured(change=change, seed=at), rule=rule, family="p50")
        for at, change in enumerate(changes)
    ]


def test_a_whole_gate_of_equal_sides_hardly_alarms():
    """20 endpoints, three looks: at most 1 %."""
    shares = resampled_gate(gate([0] * 20), Looks(hypotheses=20), seed=3, draws=1_000, flip=True)
    assert shares.worse <= 0.01


def test_a_whole_gate_finds_the_one_slow_endpoint():
    """Among ten, by the last look."""
    shares = resampled_gate(gate([0] * 9 + [0.12]), Looks(hypotheses=10), seed=3, draws=500)
    assert shares.worse >= 0.9


def test_a_family_pays_for_its_size():
    """20 endpoints that differ by chance alone alarm often alone, and seldom as one family."""
    together = gate([0] * 20, Rule(better="lower", margin=0.001))
    apart = [replace(one, family=str(at)) for at, one in enumerate(together)]
    shares = [
        resampled_gate(hypotheses, Looks(hypotheses=20), seed=3, draws=1_000, flip=True).worse
        for hypotheses in (together, apart)
    ]
    assert shares[0] <= 0.01
    assert shares[1] > 0.05


def test_a_gate_stops_once_it_knows():
    """Few need the last look."""
    shares = resampled_gate(gate([0.15]), Looks(), seed=3, draws=1_000)
    assert 12 <= shares.sessions < 13


def test_sessions_of_a_gate_belong_together():
    """An endpoint that misses a session cannot be drawn with the others."""
    whole, short = gate([0, 0])
    short = Hypothesis(sessions=short.sessions[1:], rule=LOWER, family="p50")
    with pytest.raises(UsageError, match=r"share their sessions; these have \[59, 60\]"):
        resampled_gate([whole, short], Looks(), seed=1)


def test_independent_verdicts_use_each_session_once():
    """60 sessions are six tens in time order; none of equal sides alarms."""
    verdicts = independent(measured(), 10, LOWER, seed=1)
    assert len(verdicts) == 6
    assert Answer.DIFFERENT not in {one.answer for one in verdicts}
    assert len(independent(measured(), 8, LOWER, seed=1)) == 7


def test_four_thousand_draws_take_seconds_at_most():
    """Ten sessions each."""
    began = time.perf_counter()
    resampled(measured(), 10, LOWER, seed=1)
    assert time.perf_counter() - began < 3
