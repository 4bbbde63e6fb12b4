"""Whole runs in a test: a small plan, real stacks, a results database of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from harness.config import Load, Plan
from harness.contract import Stack
from harness.launch.processes import Processes
from harness.progress import Progress
from harness.records import SCHEMA, Record, Run
from harness.registry import scenarios, stacks
from harness.run import Setting, run
from harness.session import Conformance
from harness.store import Store

SMALL = Plan(
    name="test",
    verify="smoke",
    load=Load(users=4, slices=2, slice_s=1.0, warmup_s=0.5, drain_s=3.0, request_timeout_s=3.0),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A results database of this test's own."""
    with Store.open(f"sqlite:///{tmp_path / 'results.db'}") as opened:
        yield opened


@pytest.fixture
def small() -> Plan:
    """A plan of some seconds."""
    return SMALL


@pytest.fixture
def carry_out(store: Store, tmp_path: Path) -> Callable[..., tuple[Record, ...]]:
    """Return a function that runs a plan and returns its records."""

    def carry_out(
        *found: Stack,
        scenario: str = "chat",
        plan: Plan = SMALL,
        check: Conformance = lambda _url, _full: "not checked",
        progress: Progress | None = None,
    ) -> tuple[Record, ...]:
        begun = Run(
            id="test",
            started_at=datetime.now(UTC).isoformat(timespec="seconds"),
            finished_at="",
            schema=SCHEMA,
            version="0",
            launcher="processes",
            plan={},
            facts={},
            fingerprint="",
            llm_capacity=0.0,
        )
        setting = Setting(
            stacks={stack.name: stack for stack in found},
            scenarios={scenario: scenarios()[scenario]},
            launcher=Processes(),
            conformance=check,
            store=store,
            scratch=tmp_path,
            progress=progress or Progress(expected_s=60.0),
        )
        store.begin(begun)
        run(plan, setting, begun)
        return store.records("test")

    return carry_out


@pytest.fixture
def primary() -> Stack:
    """The primary stack as registered."""
    return stacks()["primary"]


@pytest.fixture
def cost_optimized() -> Stack:
    """The cost-optimized stack as registered."""
    return stacks()["cost-optimized"]


@pytest.fixture
def engine() -> None:
    """Skip where there is no engine or no test image."""
    from harness.launch.engine import obstacle  # noqa: PLC0415 - loads the engine's library
    from harness.launch.images import present  # noqa: PLC0415

    if fault := obstacle():
        pytest.skip(f"{fault.partition(';')[0]}; start one with: sudo sh .ci/engine.sh")
    if present("bakeoff-test/python:1") is None:
        pytest.skip("no test images; make them with: sudo sh tests/images/build.sh")
