"""What a gate makes of records whose truth is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from harness.config import Gate
from harness.errors import UsageError
from harness.gate import Judgement, Sides, judgement
from harness.records import Fault, Measurement, Record
from harness.stats.verdict import Answer
from harness.stats.warnings import Warn

Build = Callable[..., list[Record]]
SIDES = Sides(baseline="base", again="base-again", candidate="head")
GATE = Gate(looks=(12,))


def _judged(records: list[Record], gate: Gate = GATE) -> Judgement:
    return judgement(records, SIDES, gate, 1)


def test_no_change_is_no_worse(three_sides: Build) -> None:
    """Twelve sessions of the same thing settle the gate: exit code 0."""
    found = _judged(three_sides(12))

    assert found.exit_code == 0
    assert found.settled
    assert found.regressions == ()


def test_a_tenth_more_is_found_and_named(three_sides: Build) -> None:
    """The component that became slower is among the regressions, the database is not: exit 1."""
    found = _judged(three_sides(12, app=1.1))
    named = {(f.metric.name, f.metric.part) for f in found.regressions}

    assert found.exit_code == 1
    assert ("cpu", "app") in named
    assert ("cpu", "db") not in named


def test_a_slower_endpoint_is_named(three_sides: Build) -> None:
    """One operation that takes a quarter longer is told by name."""
    found = _judged(three_sides(12, send=1.25))

    assert ("p50", "send") in {(f.metric.name, f.metric.part) for f in found.regressions}


def test_a_restless_component_keeps_nothing_open(three_sides: Build) -> None:
    """A broker whose own work comes and goes is not shown to be unchanged, and need not be."""
    rng = np.random.default_rng(5)

    def restless(record: Record) -> Record:
        found = record.measurement
        assert found is not None
        slices = tuple(
            replace(s, cpu_s={**s.cpu_s, "db": s.cpu_s["db"] * rng.lognormal(0, 1)})
            for s in found.slices
        )
        return replace(record, measurement=replace(found, slices=slices))

    found = _judged([restless(record) for record in three_sides(12)])
    answers = {f.metric.component: f.verdict.answer for f in found.findings}

    assert answers["db"] is Answer.UNDECIDED
    assert "db" not in {f.metric.component for f in found.open}


def test_faster_is_no_regression(three_sides: Build) -> None:
    """A fifth less is good news: exit 0."""
    assert _judged(three_sides(12, app=0.8)).exit_code == 0


def test_between_nothing_and_the_margin_nobody_can_tell(three_sides: Build) -> None:
    """About as much as the margin stays open, with the number of sessions that might settle it."""
    found = _judged(three_sides(12, app=1.04))
    more = [f.verdict.more_sessions for f in found.open]

    assert found.exit_code == 4
    assert not found.settled
    assert any(number is None or number > 0 for number in more)


def test_a_baseline_that_differs_from_itself_is_not_believed(three_sides: Build) -> None:
    """An A/A alarm makes the verdicts of its metric untrusted: exit 4."""
    found = _judged(three_sides(12, again=1.3))
    app = next(f for f in found.findings if (f.metric.name, f.metric.part) == ("cpu", "app"))

    assert app.verdict.answer is Answer.UNTRUSTED
    assert "differs from itself" in app.distrust[0].detail
    assert found.exit_code == 4


def test_long_slices_that_say_otherwise_are_heard(three_sides: Build) -> None:
    """What the short slices hide is not called equal."""
    found = _judged(three_sides(12, long=1.4))
    cpu = next(f for f in found.findings if (f.metric.name, f.metric.part) == ("cpu", ""))

    assert [d.code for d in cpu.distrust] == ["SLICE_LENGTH"]


def test_one_mad_session_does_not_alarm(three_sides: Build) -> None:
    """A start that is three quarters slower, once in twelve, changes no verdict."""
    sane = three_sides(12)
    mad = [r for r in three_sides(12, app=1.75, time=1.75) if r.key.session == 7]
    mixed = [r for r in sane if (r.key.session, r.key.stack) != (7, "head")]

    found = _judged(mixed + [r for r in mad if r.key.stack == "head"])

    assert found.regressions == ()


def test_a_contract_broken_by_the_candidate_is_told_first(
    three_sides: Build, failing: Callable[[Record, Fault], Record]
) -> None:
    """A wrong answer of the head is exit 5, whatever its speed."""
    records = three_sides(12, app=1.5)
    records[-1] = failing(records[-1], Fault.WRONG)

    assert _judged(records).exit_code == 5


def test_a_baseline_that_failed_is_not_the_candidates_fault(
    three_sides: Build, failing: Callable[[Record, Fault], Record]
) -> None:
    """With no baseline nothing can be compared: exit 3."""
    records = [failing(r, Fault.LAUNCH) if r.key.stack == "base" else r for r in three_sides(12)]
    assert _judged(records).exit_code == 3


def test_a_candidate_that_falls_where_the_baseline_stands_is_broken(
    three_sides: Build, failing: Callable[[Record, Fault], Record]
) -> None:
    """A head that dies under the load that the base bears is exit 5."""
    records = three_sides(12)
    records[-1] = failing(records[-1], Fault.DIED)

    assert _judged(records).exit_code == 5


def test_a_larger_image_fails_without_statistics(three_sides: Build) -> None:
    """A fifth more bytes of the app is beyond the tenth that is allowed: exit 1."""
    found = _judged(three_sides(12, size=1_200))

    assert [(c.name, c.part) for c in found.exceeded] == [("size", "app")]
    assert found.exit_code == 1


def test_too_few_sessions_are_refused(three_sides: Build) -> None:
    """A look at which nothing could ever be found is an error in the plan."""
    with pytest.raises(UsageError, match="can find nothing"):
        _judged(three_sides(3), Gate(looks=(3,)))


def test_a_metric_without_a_margin_does_not_gate(three_sides: Build) -> None:
    """Only what the plan gives a margin is judged."""
    found = _judged(three_sides(12, app=1.5), replace_margins(cpu=0.05))

    assert {f.metric.name for f in found.findings} == {"cpu"}


def replace_margins(**margins: float) -> Gate:
    """Return the gate with these margins alone."""
    return Gate.model_validate({"looks": (12,), "margins": margins})


@pytest.mark.parametrize("seed", range(5))
def test_nothing_is_found_where_nothing_is(three_sides: Build, seed: int) -> None:
    """Runs of the same thing with other noise raise no alarm."""
    assert _judged(three_sides(12, seed=seed)).regressions == ()


def test_sessions_are_counted_by_the_candidate(three_sides: Build) -> None:
    """A run that was cut short tells how many sessions it has."""
    found = _judged([replace(r) for r in three_sides(12) if r.key.session <= 10])

    assert found.sessions == 10


def _doubted(records: list[Record], sessions: int) -> list[Record]:
    busy = Warn.SATURATED_GENERATOR.seen("90% of its core")
    return [replace(r, doubts=(busy,)) if r.key.session <= sessions else r for r in records]


def test_a_saturated_generator_makes_no_tie(three_sides: Build) -> None:
    """What it timed is not believed, CPU time is: exit 4, not 0."""
    found = _judged(_doubted(three_sides(12), 3))
    answers = {f.metric.name: f.verdict.answer for f in found.findings if not f.metric.part}

    assert found.exit_code == 4
    assert answers["throughput"] is Answer.UNTRUSTED
    assert answers["cpu"] is Answer.EQUIVALENT


def test_one_busy_session_of_twelve_is_borne(three_sides: Build) -> None:
    """It is in its record, and changes no verdict."""
    assert _judged(_doubted(three_sides(12), 1)).exit_code == 0


def test_a_stand_in_is_named_as_one(three_sides: Build) -> None:
    """A component's verdict says what really ran."""
    records = [replace(r, measurement=_stood_in(r)) for r in three_sides(12)]
    found = _judged(records)
    database = next(f for f in found.findings if f.metric.component == "db")
    app = next(f for f in found.findings if f.metric.component == "app")

    assert any("secantusdb 0.7 for MongoDB" in d.detail for d in database.doubts)
    assert not any("secantusdb" in d.detail for d in app.doubts)


def _stood_in(record: Record) -> Measurement:
    measured = record.measurement
    assert measured is not None
    uses = tuple(
        replace(u, stand_in="secantusdb 0.7 for MongoDB") if u.name == "db" else u
        for u in measured.components
    )
    return replace(measured, components=uses)


def test_only_sessions_that_were_measured_are_counted(
    three_sides: Build, failing: Callable[[Record, Fault], Record]
) -> None:
    """Two sessions in which the candidate was not measured are not claimed."""
    records = [
        failing(r, Fault.GENERATOR) if r.key.session > 10 and r.key.stack == "head" else r
        for r in three_sides(12)
    ]
    assert _judged(records).sessions == 10
