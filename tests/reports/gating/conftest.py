"""Judgements of every kind that a gate can come to, with the figures of real ones."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import pytest

from example_judgement import HOSTILE, finding, judgement
from harness.countings import Counting
from harness.gate import Failed, Finding, Judgement
from harness.records import Fault
from harness.stats.verdict import Answer
from harness.stats.warnings import Warn


def unchanged() -> Judgement:
    """Nothing is worse; one endpoint is too rare to be told."""
    return judgement(
        finding("throughput", 0.4),
        finding("p50", -0.6),
        finding("p50", 1.1, 4.8, Answer.UNDECIDED, endpoint="searchMessages", more=9),
        finding("p50", 0.2, endpoint="sendMessage"),
        finding("p95", 2.1, 5.2),
        finding("cpu", 0.3, 0.8),
        finding("cpu", 0.5, 0.9, component="api"),
        finding("cpu", -6.2, 1.1, Answer.DIFFERENT, component="postgresql"),
    )


def regression() -> Judgement:
    """The app takes a tenth more CPU, which one endpoint shows; its image grew as well."""
    grown = Counting(
        name="size",
        scenario="",
        part="api",
        baseline=132e6,
        candidate=162.4e6,
        limit=0.1,
        beyond=1.0,
    )
    lag = Warn.CHAINED_PAIRS.seen(
        "neighbouring pairs hang together: the lag-1 autocorrelation of their differences is 0.34 "
        "(limit 0.3)"
    )
    return judgement(
        finding("throughput", -8.9, 1.6, Answer.DIFFERENT),
        finding("p50", 9.8, 1.7, Answer.DIFFERENT),
        finding("p50", 12.4, 2.3, Answer.DIFFERENT, endpoint="sendMessage"),
        finding("p50", 1.2, 3.9, Answer.UNDECIDED, endpoint="listMessages", more=4),
        finding("p95", 8.2, 11.4, Answer.UNDECIDED, more=14, doubts=(lag,)),
        finding("cpu", 7.1, 0.9, Answer.DIFFERENT),
        finding("cpu", 10.2, 1.0, Answer.DIFFERENT, component="api"),
        finding("cpu", 0.2, 1.4, component="postgresql", doubts=(lag,)),
        counts=(grown,),
        faults=(
            Failed(
                fault=Fault.GENERATOR,
                reason="primary-again, session 7: send lag p99 was 14 ms",
                own=False,
                alone=False,
            ),
        ),
    )


def undecided() -> Judgement:
    """Too small to tell after the last look."""
    return judgement(
        finding("throughput", -3.1, 2.6, Answer.UNDECIDED, more=4),
        finding("p50", 2.9, 1.9),
        finding("p95", 6.1, 5.2, Answer.UNDECIDED, more=6),
        finding("cpu", 2.4, 0.8),
        sessions=24,
        look=3,
    )


def untrusted() -> Judgement:
    """The baseline alarms against itself."""
    alarm = (Warn.UNTRUSTED_AA.seen("the baseline differs from itself by +6.1%"),)
    return judgement(
        finding("throughput", 0.2),
        finding("p50", 0.9),
        finding("p95", 12.9, 5.2, Answer.UNTRUSTED, again=6.1, distrust=alarm),
        finding("cpu", 0.4, 0.8),
    )


def broken() -> Judgement:
    """The candidate answers wrongly, so that no comparison counts."""
    reason = "primary-head, session 1: sendMessage answered 200 with no text\nTraceback: …"
    launch = "primary, session 2: memcached: not found"
    return judgement(
        sessions=1,
        look=1,
        counts=(),
        faults=(
            Failed(fault=Fault.WRONG, reason=reason, own=True, alone=False),
            Failed(fault=Fault.LAUNCH, reason=launch, own=False, alone=False),
        ),
    )


def hostile() -> Judgement:
    """Names and reasons that would break out of a cell, a tag, a terminal or a schema."""
    return judgement(
        finding("p50", 9.8, 1.7, Answer.DIFFERENT, scenario=HOSTILE, endpoint=HOSTILE),
        finding("cpu", 10.2, 1.0, Answer.DIFFERENT, scenario=HOSTILE, component=HOSTILE),
        finding(
            "p95",
            1.0,
            5.0,
            Answer.UNTRUSTED,
            scenario=HOSTILE,
            distrust=(Warn.UNTRUSTED_AA.seen(HOSTILE),),
        ),
        counts=(
            Counting(
                name="size",
                scenario=HOSTILE,
                part=HOSTILE,
                baseline=1.0,
                candidate=2.0,
                limit=0.1,
                beyond=1.0,
            ),
        ),
        faults=(Failed(fault=Fault.DIED, reason=f"{HOSTILE}\n# {HOSTILE}", own=True, alone=False),),
    )


def unbounded() -> Judgement:
    """So few sessions that there is no interval."""
    one = finding("p50", 3.0, 1.7, Answer.UNDECIDED)
    few = replace(one.comparison, low=0.0, high=math.inf, lower=0.0, upper=math.inf, sessions=2)
    return judgement(replace(one, comparison=few), sessions=2, look=1)


KINDS: dict[str, Callable[[], Judgement]] = {
    kind.__name__: kind
    for kind in (unchanged, regression, undecided, untrusted, broken, hostile, unbounded)
}


@pytest.fixture(params=sorted(KINDS))
def kind(request: pytest.FixtureRequest) -> tuple[str, Judgement]:
    """Every kind of judgement by its name."""
    return request.param, KINDS[request.param]()


@pytest.fixture
def judged() -> Callable[[str], Judgement]:
    """Return the judgement of a kind."""
    return lambda name: KINDS[name]()


@pytest.fixture
def make_finding() -> Callable[..., Finding]:
    """Make a finding."""
    return finding


@pytest.fixture
def make_judgement() -> Callable[..., Judgement]:
    """Make a judgement."""
    return judgement
