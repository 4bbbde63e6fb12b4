"""Which earlier session a calibration that is resumed goes by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from harness.commands.beginning import asked
from harness.commands.measuring import Bench
from harness.config import Plan
from harness.errors import UsageError
from harness.launch.processes import Processes
from harness.progress import Progress
from harness.records import SCHEMA, Record, Run
from harness.registry import stacks
from harness.store import Store
from harness.subjects import selected

STACK = stacks()["cost-optimized"]
SIDES = {STACK.name: STACK}
PILOT = Plan(name="pilot", stacks=(STACK.name,), blank_s=0.0)
WHOLE = PILOT.model_copy(update={"sessions": 9})


def began(name: str, plan: Plan, hour: int, *, finished: bool) -> Run:
    """Return a run of a plan that began at an hour, and lasted none."""
    at = f"2026-01-01T{hour:02d}:00:00+00:00"
    return Run(
        id=name, started_at=at, finished_at=at if finished else "", schema=SCHEMA, version="0",
        launcher="processes", plan=asked(plan, SIDES), facts={}, fingerprint="", llm_capacity=0.0,
    )  # fmt: skip


def kept(store: Store, *runs: Run) -> Bench:
    """Return a bench whose store has these runs."""
    for one in runs:
        store.begin(replace(one, finished_at=""))
        if one.finished_at:
            store.finish(one)
    return Bench(
        store=store,
        launcher=Processes(),
        selection=selected(PILOT),
        beside={},
        progress=Progress(expected_s=0.0, quiet=True),
    )


def test_a_resumed_calibration_goes_by_its_own_pilot(
    tmp_path: Path, three_sides: Callable[..., list[Record]]
) -> None:
    """Not by one that was measured later, for sides with another burden."""
    mine, others = (
        replace(r, key=replace(r.key, session=n)) for n, r in enumerate(three_sides(1)[:2])
    )
    with Store.open(f"sqlite:///{tmp_path / 'results.db'}") as store:
        bench = kept(
            store,
            began("pilot", PILOT, 10, finished=True),
            began("whole", WHOLE, 11, finished=False),
            began("later", PILOT, 12, finished=True),
        )
        store.add("pilot", mine)
        store.add("later", others)
        interrupted = bench.unfinished(WHOLE, SIDES)

        assert interrupted.id == "whole"
        assert bench.measured(PILOT, SIDES, before=interrupted) == (mine,)


def test_without_a_pilot_there_is_nothing_to_resume(tmp_path: Path) -> None:
    """And it says what to do."""
    with Store.open(f"sqlite:///{tmp_path / 'results.db'}") as store:
        bench = kept(store, began("whole", WHOLE, 11, finished=False))

        with pytest.raises(UsageError, match="holds no such pilot; drop --resume"):
            bench.measured(PILOT, SIDES, before=bench.unfinished(WHOLE, SIDES))
