"""The pipeline as one function: plan, launch, verify, drive, measure, audit, summarise, store.

A session is a fresh launch of every stack under comparison. Within it each round drives one
scenario on all stacks, in alternating slices. Every trial is stored as soon as it is judged; one
that fails is stored as failed, its stack is launched anew, and the run goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import psutil

from harness.capacity import at_share, capacities
from harness.companies import companies, parts
from harness.config import Plan
from harness.contract import Stack
from harness.launch import Launcher
from harness.plan import Round, Schedule, schedule
from harness.progress import Progress
from harness.records import Record, Run, Status
from harness.registry import Work
from harness.session import Conformance, Idle, Session
from harness.store import Store
from harness.trial import race, skipped, unmeasured


def all_of_them(_session: int) -> bool:
    """Have every session of the plan run."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Everything a run needs besides the plan: what to compare, and the means.

    `enough` is asked after each session, by its number; once it says so the rest is left out.
    `idle` fills in the first session and serves the others.
    """

    stacks: Mapping[str, Stack]
    scenarios: Mapping[str, Work]
    launcher: Launcher
    conformance: Conformance
    store: Store
    scratch: Path
    progress: Progress
    enough: Callable[[int], bool] = all_of_them
    idle: Idle = field(default_factory=Idle)


def run(plan: Plan, setting: Setting, run_: Run) -> Run:
    """Carry out the plan and return the finished run; trials that are stored already are kept.

    A round of which any trial is missing or failed is run again as a whole, since its stacks are
    compared with each other.
    """
    layout = schedule(plan, setting.stacks, setting.scenarios)
    among = companies(plan, setting.stacks, psutil.virtual_memory().available)
    if len(among) > 1:
        setting.progress.event("plan", "memory is short, or so it was asked: one stack at a time")
    finished = setting.store.finished_keys(run_.id)
    for record in setting.store.records(run_.id) if finished else ():
        setting.progress.known(record)
    for number in range(1, layout.sessions + 1):
        rounds = layout.of_session(number)
        left = [one for one in rounds if not finished.issuperset(one.keys())]
        if left:  # the blank is of the session in which the others run
            left = [one for one in rounds if one in left or one.scenario == plan.blank]
        setting.progress.spare(_spared(layout, rounds, left))
        for part in parts(left, among) if left else ():
            run_ = _session(number, part, plan, setting, run_, apart=len(among) > 1)
        if setting.enough(number):
            break
    done = replace(run_, finished_at=datetime.now(UTC).isoformat(timespec="seconds"))
    setting.store.finish(done)
    return done


def exit_code(records: tuple[Record, ...]) -> int:
    """Return 0 when every trial is well, 5 when a stack broke the contract, else 3."""
    faults = {record.fault for record in records if record.status is Status.FAILED}
    return 0 if not faults else 5 if any(fault.breach for fault in faults) else 3


def _spared(layout: Schedule, rounds: Sequence[Round], left: Sequence[Round]) -> float:
    """Return the planned seconds of a session's rounds that are stored already; where all are, of
    its launch too.
    """
    kept = sum(one.expected_s for one in rounds if one not in left)
    if left:
        return kept
    loads = sum(one.expected_s for one in layout.rounds)
    return kept + (layout.expected_s - loads) / layout.sessions


def _session(
    number: int, rounds: Sequence[Round], plan: Plan, setting: Setting, run_: Run, *, apart: bool
) -> Run:
    """Run one session's rounds, storing each trial as it ends; return the run with its ceiling
    and the most memory that was ever held at once. `apart`: not all stacks are up for them.
    """
    needed = {stack for one in rounds for stack in one.stacks}
    session = Session(
        plan=plan,
        stacks={name: stack for name, stack in setting.stacks.items() if name in needed},
        apart=apart,
        launcher=setting.launcher,
        progress=setting.progress,
        scratch=setting.scratch,
        llm_ceiling=run_.llm_capacity,
        idle=setting.idle,
    )
    with session:
        session.launch(number)
        session.verify(setting.conformance, full=plan.verify == "full" and number == 1)
        session.weigh()
        for one in rounds:
            for record in _raced(one, session, setting, run_.id):
                setting.store.add(run_.id, record, again=True)
                session.note(record)
                setting.progress.trial(record)
            setting.progress.advance(one.expected_s)
            session.mend()
    peak = max(run_.memory_peak, session.memory_peak)
    return replace(run_, llm_capacity=session.llm_ceiling, memory_peak=peak)


def _raced(one: Round, session: Session, setting: Setting, run_id: str) -> list[Record]:
    """Return a record for each stack of the round: unmeasured where it is down, skipped where its
    rate is a share of a capacity that nobody found.
    """
    up = tuple(stack for stack in one.stacks if stack not in session.down)
    failed = [unmeasured(one, stack, session) for stack in one.stacks if stack in session.down]
    if not up:
        return failed
    one, scenario = replace(one, stacks=up), setting.scenarios[one.scenario]
    if one.load.model == "capacity":
        return failed + capacities(one, scenario, session)
    rated = at_share(one, setting.store.records(run_id)) if one.load.of_capacity else one
    if rated is None:
        return failed + [skipped(one, stack, session, "no capacity was found") for stack in up]
    return failed + race(rated, scenario, session)
