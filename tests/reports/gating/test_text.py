"""What a gate says on a terminal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.stats.verdict import Answer
from reports.gating.text import text


def test_the_text_is_as_it_was(kind, golden):
    """Verdict, place, tables, method and doubts, for every kind of judgement."""
    name, judgement = kind
    golden(f"gate-{name}.txt", text(judgement))


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("unchanged", "no worse: none of 4 comparisons"),
        ("regression", "worse: chat is 9.8 % slower at p50 (95 % interval +8.1 to +11.5 %"),
        ("undecided", "cannot tell yet: 6 more sessions would settle p95 of chat"),
        ("untrusted", "untrusted: the baseline differs from itself by +6.1% in p95 of chat"),
        ("broken", "broken: the candidate broke the contract in 1 trial: wrong, primary-head"),
    ],
)
def test_the_first_line_is_the_verdict(name, begins, judged):
    """Who reads no further has the answer."""
    assert text(judged(name)).startswith(begins)


def test_a_regression_names_endpoint_and_component_at_once(judged):
    """They stand in the second line."""
    assert text(judged("regression")).splitlines()[1] == (
        "where: endpoint sendMessage (p50 +12.4 %); component api (CPU per request +10.2 %)"
    )


def test_a_regression_of_no_part_says_so(make_finding, make_judgement):
    """The reader is not left to search for a part."""
    shown = text(make_judgement(make_finding("p95", 14.0, 1.9, Answer.DIFFERENT)))
    assert shown.splitlines()[1] == "where: no endpoint and no component is worse by itself"


def test_a_count_alone_is_a_regression(make_finding, make_judgement, judged):
    """Its growth and its limit are the verdict."""
    grown = judged("regression").counts
    shown = text(make_judgement(make_finding("p50", 0.2), counts=grown))
    assert shown.splitlines()[0] == "worse: size of api grew by 23 % (limit 10 %)"


def test_a_count_that_grew_from_none_says_so(make_finding, make_judgement, judged):
    """There is no share of nothing."""
    grown = [replace(one, baseline=0.0) for one in judged("regression").counts]
    shown = text(make_judgement(make_finding("p50", 0.2), counts=tuple(grown)))
    assert shown.splitlines()[0] == "worse: size of api grew from none (limit 10 %)"


def test_nothing_measured_is_told_with_its_reason(make_judgement, judged):
    """An environment that failed is no verdict on the candidate."""
    faults = judged("broken").faults[1:]
    shown = text(make_judgement(counts=(), faults=faults))
    assert shown.startswith("not measured: nothing could be compared, 1 trial failed: launch,")


def test_a_scenario_under_two_loads_is_told_with_its_load(make_finding, make_judgement):
    """Otherwise one could not tell which of them is worse."""
    worse = make_finding("p50", 9.8, 1.7, Answer.DIFFERENT)
    other = make_finding("p50", 0.1)
    heavy = replace(other, metric=replace(other.metric, load="64 users"))
    assert text(make_judgement(worse, heavy)).startswith("worse: chat at 8 users is 9.8 % slower")


def test_what_cannot_be_settled_promises_no_number(judged):
    """More than 200 sessions are not counted out."""
    assert text(judged("unbounded")).startswith(
        "cannot tell yet: over 200 more sessions would be needed for p50 of chat"
    )


def test_untrusted_comparisons_are_told_beside_undecided_ones(make_finding, make_judgement, judged):
    """More sessions would not make the gate pass."""
    (untrusted,) = judged("untrusted").open
    undecided = make_finding("throughput", -3.1, 2.6, Answer.UNDECIDED, more=4)
    shown = text(make_judgement(undecided, untrusted))
    assert shown.startswith(
        "cannot tell yet: 4 more sessions would settle throughput of chat; 1 more is untrusted"
    )


def test_no_control_character_reaches_the_terminal(judged):
    """A name cannot clear the screen or turn the writing round."""
    shown = text(judged("hostile"))
    assert [c for c in shown if not (c.isprintable() or c == "\n")] == []
