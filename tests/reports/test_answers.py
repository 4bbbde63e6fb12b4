"""The answers of the first screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from harness.pairs import Metric
from harness.records import Capacity, Fault, Probe, Status
from harness.standings import Duel, Standing
from harness.stats.comparison import Comparison
from harness.stats.verdict import Answer as Came
from harness.stats.verdict import Verdict
from reports import model
from reports.digest.cases import cases
from reports.story.answers import answers
from reports.terms.page import Answer, Told


def duel(one: str, other: str, came: Came, ratio: float, more: int | None = None) -> Duel:
    """Return a duel of 10 sessions that came to something."""
    return Duel(
        one=one,
        other=other,
        comparison=Comparison(
            sessions=10, pairs=180, ratio=ratio, low=ratio - 0.02, high=ratio + 0.03,
            lower=ratio - 0.02, upper=ratio + 0.02, p=0.001, p_better=0.999, spread=0.02,
            pair_spread=0.1, autocorrelation=0.0, ratios=(ratio,) * 10,
        ),
        verdict=Verdict(answer=came, direction="worse", p=0.001, more_sessions=more),
    )  # fmt: skip


def standing(tiers: Sequence[tuple[str, ...]], duels: Sequence[Duel]) -> Standing:
    """Return a standing on CPU in the chat of 8 users."""
    metric = Metric(scenario="chat", load="8 users", name="cpu")
    return Standing(metric=metric, tiers=tuple(tiers), duels=tuple(duels))


@pytest.fixture
def asked(make_run, make_record):
    """Ask about the CPU of three stacks, given a standing."""

    def ask(stood: Standing) -> Answer:
        stacks = ("primary", "cost-optimized", "other")
        records = [make_record(stack, session=n) for n in (1, 2) for stack in stacks]
        found = answers(cases(make_run(), records), (stood,), {})
        return next(answer for answer in found if answer.key == "cpu")

    return ask


def test_who_is_ahead_comes_with_the_next_and_the_interval(asked):
    """A verdict says by how much."""
    apart = duel("primary", "other", Came.DIFFERENT, 1.38)
    answer = asked(standing([("primary",), ("other",)], [apart]))
    (found,) = answer.findings
    assert (answer.head, found.told) == ("primary", Told.DECIDED)
    assert "Next: other +36.0\u00a0to\u00a0+41.0\u00a0%." in found.says


def test_equals_are_tied_by_name(asked):
    """Within the margin is an answer of its own."""
    tie = duel("primary", "other", Came.EQUIVALENT, 1.0)
    answer = asked(standing([("primary", "other")], [tie]))
    assert answer.head == "primary and other tie"
    assert answer.findings[0].told is Told.TIED
    assert "other within the margin (-2.0\u00a0to\u00a0+3.0" in answer.findings[0].says


def test_what_cannot_be_told_says_what_would_settle_it(asked):
    """Undecided is no tie."""
    unknown = duel("primary", "other", Came.UNDECIDED, 1.02, more=7)
    answer = asked(standing([("primary", "other")], [unknown]))
    assert answer.head == "Cannot tell yet"
    assert answer.findings[0].told is Told.OPEN
    assert "other not to be told apart yet (about 7 more sessions" in answer.findings[0].says


def test_few_sessions_only_indicate(example):
    """Ranges apart are no verdict, and say so."""
    found = {answer.key: answer for answer in model.page(*example).answers}
    assert {one.told for one in found["p95"].findings} == {Told.INDICATED}
    assert found["p95"].head == "cost-optimized in 3 of 3 cases"


def test_one_session_orders_nothing(make_run, make_record):
    """However far its numbers are apart."""
    records = [make_record("primary"), make_record("cost-optimized")]
    found = {answer.key: answer for answer in model.page(make_run(), records).answers}
    assert found["cpu"].head == "Cannot tell yet"
    assert "One session orders nothing" in found["cpu"].findings[0].says


def search(record, low: float, high: float | None):
    """Return the record of a search that ended between two rates."""
    probe = Probe(
        rate=low, loaded_s=9.0, achieved=1.0, answered=900, p50=0.02, p95=0.2, errors=0.0,
        cpu_s=0.004, failed="", limited="",
    )  # fmt: skip
    found = Capacity(low=low, high=high, slo_p95=0.25, slo_errors=0.001, probes=(probe,))
    key = replace(record.key, load="capacity")
    return replace(record, key=key, model="open", rate=low, capacity=found)


@pytest.mark.parametrize(
    ("bracket", "head", "told"),
    [
        ((300.0, 315.0), "other", Told.INDICATED),
        ((205.0, 215.0), "other and primary", Told.OPEN),
        ((300.0, None), "other", Told.INDICATED),
    ],
)
def test_capacities_tie_where_their_brackets_touch(make_run, make_record, bracket, head, told):
    """The highest bracket that stands alone is ahead, from one search each."""
    records = [
        search(make_record("primary"), 200.0, 210.0),
        search(make_record("other"), *bracket),
    ]
    page = model.page(make_run(), records)
    (found,) = page.answers[0].findings
    assert page.answers[0].key == "capacity"
    assert set(found.who.split(" and ")) == set(head.split(" and "))
    assert found.told is told
    assert page.answers[0].note.startswith("Objective: p95 within 250")


def test_what_failed_is_an_answer(make_run, make_record):
    """With stage and reason."""
    failed = make_record("primary", status=Status.FAILED, fault=Fault.AUDIT, reason="books differ")
    found = {answer.key: answer for answer in model.page(make_run(), [failed]).answers}
    assert found["failed"].head == "1 of 1 trial"
    assert found["failed"].findings[0].says == "1 of 1 session (audit): books differ"


def test_that_nothing_failed_is_an_answer_too(example):
    """An empty list would leave the question open."""
    found = {answer.key: answer for answer in model.page(*example).answers}
    assert (found["failed"].head, found["failed"].findings) == ("Nothing", ())


def test_what_was_killed_is_told(brokers):
    """How long each was away, and what was lost or came twice."""
    found = {answer.key: answer for answer in model.page(*brokers).answers}
    names = [one.who for one in found["killed"].findings]
    assert names == ["Back after being killed", "Lost", "Duplicates"]
