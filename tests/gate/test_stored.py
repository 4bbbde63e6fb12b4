"""What a gate makes of stored results, by their ratios to the blank."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from harness.config import Gate
from harness.gate import Judgement
from harness.records import Record
from harness.stats.verdict import Answer
from harness.stored import stored_judgement

Build = Callable[..., list[Record]]
GATE = Gate.model_validate({"looks": (24,), "margins": {"throughput": 0.05, "cpu": 0.05}})


def _run(three_sides: Build, *, seed: int, sessions: int = 24, **factors: float) -> list[Record]:
    """Return a run of the stack, called head, beside a blank that never changes."""
    return [
        replace(r, key=replace(r.key, stack="blank")) if r.key.stack == "base" else r
        for r in three_sides(sessions, seed=seed, **factors)
        if r.key.stack in ("base", "head")
    ]


def _judged(before: list[Record], after: list[Record]) -> Judgement:
    return stored_judgement(before, after, stack="head", blank="blank", gate=GATE, look=1)


def test_the_same_is_no_worse(three_sides: Build) -> None:
    """Two runs of one stack settle the gate: exit 0."""
    found = _judged(_run(three_sides, seed=1), _run(three_sides, seed=2))

    assert found.exit_code == 0
    assert found.sessions == 24


def test_a_slower_machine_is_no_regression(three_sides: Build) -> None:
    """Where everything takes half as long again, so does the blank."""
    slow = _run(three_sides, seed=2)
    after = [replace(r, measurement=_slower(r)) for r in slow]

    assert _judged(_run(three_sides, seed=1), after).regressions == ()


def _slower(record: Record) -> object:
    measured = record.measurement
    assert measured is not None
    uses = tuple(replace(use, cpu_s=use.cpu_s * 1.5) for use in measured.components)
    return replace(measured, throughput=measured.throughput / 1.5, components=uses)


def test_a_fifth_more_is_found(three_sides: Build) -> None:
    """The app's CPU over the blank's: exit 1."""
    found = _judged(_run(three_sides, seed=1), _run(three_sides, seed=2, app=1.2))

    assert found.exit_code == 1
    assert ("cpu", "app") in {(f.metric.name, f.metric.component) for f in found.regressions}


def test_a_baseline_whose_halves_differ_is_not_believed(three_sides: Build) -> None:
    """Every other stored session half as slow again: exit 4."""
    calm, mad = _run(three_sides, seed=1), _run(three_sides, seed=3, app=1.5)
    mixed = [r for r in calm if r.key.session % 2] + [r for r in mad if not r.key.session % 2]
    found = _judged(mixed, _run(three_sides, seed=2))
    app = next(f for f in found.findings if f.metric.component == "app")

    assert app.verdict.answer in (Answer.UNTRUSTED, Answer.UNDECIDED)
    assert app.distrust
    assert found.exit_code == 4


def test_without_a_blank_there_is_nothing_to_compare(three_sides: Build) -> None:
    """Sessions in which the blank is missing are left out: exit 3."""
    bare = [r for r in _run(three_sides, seed=1) if r.key.stack == "head"]

    assert _judged(bare, _run(three_sides, seed=2)).exit_code == 3
