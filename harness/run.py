"""The pipeline as one function: plan, launch, verify, drive, measure, audit, summarise, store.

A session is a fresh launch of every stack under comparison. Within it each round drives one scenario
on all stacks, in alternating slices. Every trial is stored as soon as it is judged; one that fails
is stored as failed, its stack is launched anew, and the run goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from harness.config import Plan
from harness.contract import Scenario, Stack
from harness.launch import Launcher
from harness.plan import Round, Schedule, schedule
from harness.progress import Progress
from harness.records import Fault, Record, Run, Status
from harness.session import Conformance, Session
from harness.store import Store
from harness.trial import race, unmeasured

WRONG = {Fault.VERIFY, Fault.WRONG, Fault.AUDIT, Fault.ERRORS, Fault.CONTRADICTION}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Everything a run needs besides the plan: what to compare, and the means."""

    stacks: Mapping[str, Stack]
    scenarios: Mapping[str, Scenario]
    launcher: Launcher
    conformance: Conformance
    store: Store
    scratch: Path


def run(plan: Plan, setting: Setting, started: Run, progress: Progress) -> Run:
    """Carry out the plan; return the finished run. What `started` already holds is not run again."""
    layout = schedule(plan, setting.stacks, setting.scenarios)
    setting.store.begin(replace(started, skips={**started.skips, **layout.skips}))
    finished = setting.store.finished_keys(started.id)
    capacity = started.llm_capacity
    for number in range(1, layout.sessions + 1):
        rounds = _left(layout, number, finished)
        if not rounds:
            progress.advance(sum(r.expected_s for r in layout.of_session(number)))
            continue
        session = Session(plan=plan, stacks=setting.stacks, launcher=setting.launcher, progress=progress)
        with session:
            session.launch(number)
            session.verify(setting.conformance, full=plan.verify == "full" and number == 1)
            capacity = capacity or session.llm_capacity()
            for one in rounds:
                for record in _raced(one, session, setting, plan, capacity, progress):
                    setting.store.add(started.id, record)
                    progress.trial(record)
                progress.advance(one.expected_s)
                session.mend()
    now = datetime.now(UTC).isoformat(timespec="seconds")
    done = replace(started, skips={**started.skips, **layout.skips}, finished_at=now, llm_capacity=capacity)
    setting.store.finish(done)
    return done


def exit_code(records: tuple[Record, ...]) -> int:
    """Return 0 when every trial is well, 5 when a stack broke the contract, 3 when one could not run."""
    faults = {record.fault for record in records if record.status is Status.FAILED}
    return 0 if not faults else 5 if faults & WRONG else 3


def _left(layout: Schedule, session: int, finished: set[object]) -> tuple[Round, ...]:
    """Return what a session still has to run, each round with the stacks that have no record yet."""
    left = (
        replace(one, stacks=tuple(k.stack for k in one.keys() if k not in finished))
        for one in layout.of_session(session)
    )
    return tuple(one for one in left if one.stacks)


def _raced(
    one: Round, session: Session, setting: Setting, plan: Plan, capacity: float, progress: Progress
) -> list[Record]:
    down = {stack: session.down[stack] for stack in one.stacks if stack in session.down}
    up = replace(one, stacks=tuple(s for s in one.stacks if s not in down))
    failed = [unmeasured(one, session.stacks[s], fault, reason) for s, (fault, reason) in down.items()]
    if not up.stacks:
        return failed
    scenario = setting.scenarios[one.scenario]
    return failed + race(up, scenario, session, plan, setting.scratch, capacity, progress)
