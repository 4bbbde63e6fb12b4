"""One round: prepare, drive, audit and summarise one scenario on all stacks; a Record for each.

What goes wrong on one stack is that stack's record; it never touches the others.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

from harness.audit import Books, audited
from harness.crashes import Crashes
from harness.drive import drive
from harness.drive.job import Job, Target
from harness.entries import Entry, prepare, tally
from harness.errors import BakeoffError
from harness.launch import Placed
from harness.measure.measurement import Known, measurement
from harness.measure.monitor import Monitor, Monitored
from harness.measure.samples import Samples, Told
from harness.operations import NOT_TOLD
from harness.plan import PREPARE_S, Round, cpus
from harness.records import Fault, Record, Status
from harness.registry import Work
from harness.session import Session
from harness.stats.summary import doubts, judged
from harness.stats.warnings import SESSIONS_LEAST, Warn

HEADROOM = 2.0  # of the model server and of the load generator, over the stack


def race(one: Round, scenario: Work, session: Session) -> list[Record]:
    """Run one round on stacks that are up and return a record for each of them."""
    began = now()
    entries = {stack: Entry(placed=session.up[stack]) for stack in one.stacks}
    preparing_s = PREPARE_S * len(entries)
    session.progress.stage("prepare", f"{one.scenario} on {', '.join(entries)}", preparing_s)
    prepare(entries.values(), scenario, one.seed)
    able = {stack: entry for stack, entry in entries.items() if entry.fault is Fault.NONE}
    if able:
        what = f"{one.scenario} with {one.load.title}, in turn on {', '.join(able)}"
        tally(able.values(), patient=_patient(one, session))
        session.progress.stage("drive", what, driving_s(one, able))
        _drive(one, scenario, able, session)
    return [judged_record(one, stack, entry, session, began) for stack, entry in entries.items()]


def driving_s(one: Round, able: Collection[str]) -> float:
    """Return about how many seconds the drive of a round takes on these stacks."""
    return replace(one, stacks=tuple(able)).expected_s - PREPARE_S * len(able)


def _patient(one: Round, session: Session) -> bool:
    """Tell whether servers that tell late what they did are to be waited for."""
    return session.plan.late_counts and one.session == 1


def unmeasured(one: Round, stack: str, session: Session) -> Record:
    """Return the record of a trial whose stack is down, with what brought it down."""
    fault, reason = session.down[stack]
    return _base(one, stack, session, began=now(), fault=fault, reason=reason)


def skipped(one: Round, stack: str, session: Session, reason: str) -> Record:
    """Return the record of a trial that was not tried, with the reason."""
    base = _base(one, stack, session, began=now(), fault=Fault.NONE, reason=reason)
    return replace(base, status=Status.SKIPPED)


def _drive(one: Round, scenario: Work, able: Mapping[str, Entry], session: Session) -> None:
    """Load the stacks in turn, then judge each: alive, measured, its books in order."""
    job = job_of(one, scenario, able, session)
    meters = [meter for placed in session.up.values() for meter in placed.meters]
    try:
        placed = {stack: entry.placed for stack, entry in able.items()}
        with (
            Monitor(meters=meters) as monitor,
            Crashes(job=job, placed=placed, after_s=one.load.kill_after_s) as crashes,
        ):
            drive(job, alive=lambda s: able[s].placed.fault(), progress=crashes.progress)
        if not one.load.kill_after_s:  # a server that was killed counts anew
            tally(able.values(), patient=_patient(one, session))
        samples = Samples.read(job.folder)
    except BakeoffError as error:
        for entry in able.values():
            entry.fail(Fault.GENERATOR, str(error))
        return
    session.memory_peak = max(session.memory_peak, monitor.seen.together if monitor.seen else 0)
    for stack, entry in able.items():
        entry.recovery_s = crashes.again_s.get(stack)
        if died := crashes.failed.get(stack) or entry.placed.fault():
            entry.fail(Fault.DIED, died)
        summarise(one, entry, session, samples, monitor.seen)
        if entry.fault is Fault.NONE:
            audit(entry, scenario, samples.acknowledged(stack))
    if samples.drive.faults:
        for entry in able.values():
            said = "; ".join(f"{text} ({n})" for text, n in samples.drive.faults.items())
            entry.fail(Fault.GENERATOR, f"users failed in themselves: {said}")


def job_of(one: Round, scenario: Work, able: Mapping[str, Entry], session: Session) -> Job:
    """Return the drive of a round on the stacks that are able."""
    load = one.load
    return Job(
        scenario=one.scenario,
        locustfile=scenario.locustfile,
        targets=tuple(
            Target(stack=s, url=e.placed.url, data=e.data, meters=e.placed.meters)
            for s, e in able.items()
        ),
        slices=one.slices(tuple(able)),
        warmup_s=load.warmup_s,
        adapt=load.adapt,
        model="closed" if load.model == "closed" else "open",
        users=load.users,
        rate=load.rate,
        request_timeout_s=load.request_timeout_s,
        drain_s=load.drain_s,
        seed=one.seed,
        cpus=cpus(session.plan).generator,
        folder=session.scratch / f"{one.session}-{one.scenario}-{one.seed}",
    )


def summarise(
    one: Round, entry: Entry, session: Session, samples: Samples, seen: Monitored | None
) -> None:
    """Turn samples into the measurement and doubts of an entry."""
    stack = entry.placed.stack.name
    found, raw = measurement(
        samples,
        stack,
        model=one.load.model,
        users=one.load.users,
        components=[_known(entry, name, session) for name in entry.placed.components],
        memory=seen.memory if seen else {},
    )
    entry.measurement = found
    if found is None:
        skipped = samples.drive.skipped.get(stack, samples.drive.stopped)
        entry.fail(Fault.GENERATOR, f"no measured slice was finished: {skipped or 'see the log'}")
        return
    load = one.load
    entry.doubts += doubts(
        found,
        model=load.model,
        users=load.users,
        rate=load.rate,
        host=seen.host if seen else None,
        raw=raw,
        settle_s=load.settle_s,
    )


def audit(entry: Entry, scenario: Work, told: Told) -> None:
    """Compare the stack's books with what its clients were told."""
    if entry.before is None:
        return
    books = Books(before=entry.before, answered=told.answered, unsure=told.unsure)
    try:
        result = audited(entry.placed, scenario, entry.data, books)
    except BakeoffError as error:
        entry.fail(Fault.DIED, str(error))
        return
    entry.audited, entry.counted = result.text, result.counted
    entry.doubts += result.doubts
    if result.contradictions:
        entry.fail(Fault.AUDIT, "; ".join(result.contradictions))


def _known(entry: Entry, name: str, session: Session) -> Known:
    placed, done = entry.placed, entry.operations.get(name, NOT_TOLD)
    part = placed.components[name]
    return Known(
        name=name,
        role=part.component.role,
        version=part.version or _version_now(part),
        source=part.source,
        stand_in=part.stand_in,
        size=part.size,
        size_of=part.size_of,
        ready_s=part.ready_s,
        idle_cpu=session.idle.cpu.get(f"{placed.stack.name}/{name}", 0.0),
        memory_idle=session.idle.memory.get(f"{placed.stack.name}/{name}", 0),
        meter=part.meter,
        operations=done.count,
        operations_of=done.of,
    )


def _version_now(part: Placed) -> str:
    """Ask an embedded component that nobody had used when it was placed."""
    with closing(part.connect()) as client:
        return client.version()


def judged_record(one: Round, stack: str, entry: Entry, session: Session, began: str) -> Record:
    """Return the record of a trial that is over, failed where its numbers speak against it."""
    base = _base(one, stack, session, began=began, fault=entry.fault, reason=entry.reason)
    found = entry.measurement
    extra = [Warn.SHARED_CORES.seen("")] if cpus(session.plan).shared else []
    if session.apart:
        extra.append(Warn.APART.seen(""))
    if session.plan.sessions < SESSIONS_LEAST:
        extra.append(Warn.FEW_SESSIONS.seen(f"{session.plan.sessions} planned"))
    asks = session.stacks[stack].capabilities  # a lone component never asks a model
    if found is not None and asks and session.llm_ceiling < HEADROOM * found.throughput:
        what = f"at most {session.llm_ceiling:.0f}/s, the stack served {found.throughput:.0f}/s"
        extra.append(Warn.LLM_HEADROOM.seen(what))
    if found is not None and asks and 0 < session.blank_rate < HEADROOM * found.throughput:
        what = f"the blank {session.blank_rate:.0f}/s, the stack {found.throughput:.0f}/s"
        extra.append(Warn.NEAR_BLANK.seen(what))
    whole = replace(
        base,
        audited=entry.audited,
        counted=entry.counted,
        recovery_s=entry.recovery_s,
        doubts=(*entry.doubts, *extra),
        measurement=found,
    )
    return judged(whole, faults_injected=bool(one.load.kill_after_s))


def _base(
    one: Round, stack: str, session: Session, *, began: str, fault: Fault, reason: str
) -> Record:
    return Record(
        key=one.key(stack),
        status=Status.FAILED if fault else Status.OK,
        fault=fault,
        reason=reason,
        started_at=began,
        model="closed" if one.load.model == "closed" else "open",
        users=one.load.users,
        rate=one.load.rate,
        tier=session.tier(stack),
        durability=session.stacks[stack].durability,
        verified=session.verified.get(stack, ""),
        audited="",
        doubts=(),
        measurement=None,
    )


def now() -> str:
    """Return this moment as a record says it."""
    return datetime.now(UTC).isoformat(timespec="seconds")
