"""Runs that reports are made of, and what those are compared with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from example_run import record, run
from harness.records import (
    Doubt,
    Fault,
    Record,
    Run,
    Status,
)

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def make_run() -> Callable[..., Run]:
    """Make a run."""
    return run


@pytest.fixture
def make_record() -> Callable[..., Record]:
    """Make a record."""
    return record


@pytest.fixture(scope="session")
def example() -> tuple[Run, tuple[Record, ...]]:
    """Two stacks, three scenarios, two sessions: the size that most first reports have."""
    few = Doubt(code="FEW_SESSIONS", detail="2 sessions")
    records = tuple(
        record(stack, scenario, session, doubts=(few,))
        for session in (1, 2)
        for scenario in ("chat", "browse", "stream")
        for stack in ("primary", "cost-optimized")
    )
    return run(), records


@pytest.fixture(scope="session")
def troubled() -> tuple[Run, tuple[Record, ...]]:
    """Three stacks in one scenario: one with errors, a stand-in that failed once, one skipped."""
    few = Doubt(code="FEW_REQUESTS", detail="p99 from 540 requests")
    stand_in = Doubt(code="STAND_IN", detail="mongodb is secantusdb 0.7")
    records = (
        record("primary", session=1, failed=7, doubts=(few, Doubt(code="ERRORS", detail="0.22 %"))),
        record("primary", session=2),
        record("scalability", session=1, doubts=(stand_in,)),
        record(
            "scalability",
            session=2,
            status=Status.FAILED,
            fault=Fault.AUDIT,
            reason="the store holds 12 messages fewer than clients were told",
            doubts=(stand_in,),
        ),
        record(
            "cost-optimized",
            session=1,
            status=Status.FAILED,
            fault=Fault.LAUNCH,
            reason="memcached: not found",
        ),
        record(
            "cost-optimized", session=2, status=Status.SKIPPED, reason="its launch failed before"
        ),
    )
    return run(skips={"scalability on stream": "the stack declares that it lacks: stream"}), records


@pytest.fixture(scope="session")
def brokers() -> tuple[Run, tuple[Record, ...]]:
    """Two components that stood alone and were killed once, one of them a stand-in."""
    counted = {"acknowledged": 2_000, "delivered": 1_996, "duplicates": 3, "lost": 4}
    records = tuple(
        record(
            stack,
            "queue",
            session,
            counted=counted if stack == "kafka" else {**counted, "lost": 0},
            recovery_s=seconds * session,
            load="8 users, killed once",
        )
        for session in (1, 2)
        for stack, seconds in (("rabbitmq", 2.5), ("kafka", 4.0))
    )
    return run(titles={"rabbitmq": "rabbitmq", "kafka": "kafka", "queue": "Queue"}), records


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compare text with a golden file; on a mismatch the actual text is written beside it."""

    def compare(name: str, actual: str) -> None:
        path = GOLDEN / name
        beside = path.with_name(f"{name}.actual")
        expected = path.read_text("utf-8") if path.exists() else ""
        if expected == actual:
            beside.unlink(missing_ok=True)
            return
        beside.write_text(actual, "utf-8")
        pytest.fail(
            f"{name} differs: compare it with {beside.name} beside it, and replace it if right"
        )

    return compare
