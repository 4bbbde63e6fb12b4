"""A stack that lies is caught: the primary stack's real app with a defect put in front of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from harness.commands.conformance import conformance
from harness.contract import ProcessSpec, Stack
from harness.errors import EnvironmentFault
from harness.records import Fault, Record, Status
from harness.run import exit_code
from harness.stats.summary import unranked
from reports import build
from stacks.primary.app import App

pytestmark = pytest.mark.e2e
SABOTAGE = Path(__file__).parent / "sabotage"
LOADED = 48  # as many messages as the scenario loads before it starts
CarryOut = Callable[..., tuple[Record, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SabotagedApp(App):
    """The primary stack's app, started by the saboteur."""

    mode: str
    after: int

    def process(self, links: Mapping[str, str]) -> ProcessSpec:
        """Start the saboteur instead of the app; everything else is the real thing."""
        spec = App.process(self, links)
        return replace(
            spec,
            command=("python3", "-m", "sabotaged", self.mode, str(self.after)),
            env={**spec.env, "PYTHONPATH": f"{SABOTAGE}:{self.backend}"},
        )


def sabotaged(stack: Stack, mode: str, after: int) -> Stack:
    """Return the primary stack with a defect that shows after so many messages (or requests)."""
    parts = tuple(
        SabotagedApp(mode=mode, after=after) if part.name == "app" else part
        for part in stack.components
    )
    return replace(stack, components=parts)


def only(records: tuple[Record, ...]) -> Record:
    """Return the one record of a run of one trial."""
    assert len(records) == 1
    return records[0]


def test_the_same_run_without_a_defect_is_fine(primary: Stack, carry_out: CarryOut) -> None:
    """What the other tests catch is the defect and nothing else."""
    record = only(carry_out(primary))

    assert (Status.OK, "") == (record.status, record.reason)
    assert record.audited


def test_an_app_that_answers_wrongly_is_caught(primary: Stack, carry_out: CarryOut) -> None:
    """A quarter of the answers hold another text: checks under load see it."""
    record = only(carry_out(sabotaged(primary, "wrong", LOADED)))

    assert (Status.FAILED, Fault.WRONG) == (record.status, record.fault)
    assert unranked(record)


def test_the_conformance_suite_catches_wrong_answers_before_any_load(
    primary: Stack, carry_out: CarryOut
) -> None:
    """With the suite in front, nothing is measured at all."""
    record = only(carry_out(sabotaged(primary, "fail", 0), check=conformance))

    assert (Status.FAILED, Fault.VERIFY) == (record.status, record.fault)
    assert record.measurement is None


def test_a_suite_that_cannot_be_run_fails_its_stack_and_not_the_run(
    cost_optimized: Stack, carry_out: CarryOut
) -> None:
    """A stack that hangs the suite is down with the reason; the run ends in order."""

    def hangs(_url: str, _full: bool) -> str:  # noqa: FBT001 - the pipeline's own signature
        raise EnvironmentFault("the suite did not end")

    record = only(carry_out(cost_optimized, check=hangs))

    assert (Fault.VERIFY, "the suite did not end") == (record.fault, record.reason)


def test_a_message_acknowledged_and_not_stored_is_caught(
    primary: Stack, carry_out: CarryOut
) -> None:
    """The books hold fewer messages than clients were told."""
    record = only(carry_out(sabotaged(primary, "forget", 0)))

    assert (Status.FAILED, Fault.AUDIT) == (record.status, record.fault)
    assert "messages" in record.reason


def test_a_cache_that_answers_everything_is_caught(primary: Stack, carry_out: CarryOut) -> None:
    """The model is never asked, everything is stored: but nobody had asked that before."""
    record = only(carry_out(sabotaged(primary, "cache", 0)))

    assert (Status.FAILED, Fault.WRONG) == (record.status, record.fault)
    assert "answered by a cache, though nobody had asked that before" in record.reason


def test_a_message_stored_twice_is_caught(primary: Stack, carry_out: CarryOut) -> None:
    """The books hold more messages than clients were told."""
    record = only(carry_out(sabotaged(primary, "twice", LOADED)))

    assert (Status.FAILED, Fault.AUDIT) == (record.status, record.fault)
    assert "messages" in record.reason


def test_an_app_that_fails_a_fifth_of_requests_gets_no_throughput(
    primary: Stack, carry_out: CarryOut, store: object
) -> None:
    """Errors are never throughput: the page has the reason and no rate."""
    record = only(carry_out(sabotaged(primary, "fail", 250), scenario="browse"))

    assert (Status.FAILED, Fault.ERRORS) == (record.status, record.fault)
    assert exit_code((record,)) == 5
    assert record.measurement is not None
    page = build(store.run("test"), (record,))  # type: ignore[attr-defined] - a Store
    assert f"{record.measurement.throughput:.0f} /s" not in page
