"""One stack whose capacity is searched: what is known of it, and the record that comes of it."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field, replace

from harness.contract import Role
from harness.drive.results import Outcome
from harness.entries import Entry
from harness.measure.monitor import Monitored
from harness.measure.probes import probe
from harness.measure.samples import Samples, Told
from harness.plan import Round
from harness.records import Capacity, Fault, Probe, Record, Status
from harness.session import Session
from harness.stats.capacity import Objective, Search, Step
from harness.stats.warnings import Warn
from harness.trial import judged_record, summarise

START_SHARE = 0.75


@dataclass(slots=True, kw_only=True)
class Candidate:
    """A stack under search. `kept` has the samples of the rates that kept the objective,
    `recovery_s` is inf when the stack was not seen to recover, None when nobody looked.
    """

    stack: str
    entry: Entry
    objective: Objective
    search: Search | None = None
    answered: Counter[str] = field(default_factory=Counter)
    unsure: Counter[str] = field(default_factory=Counter)
    kept: dict[float, tuple[Samples, Monitored | None]] = field(default_factory=dict)
    curve: tuple[Probe, ...] = ()
    recovery_s: float | None = None
    steady: bool = False
    warmup_s: float = 0.0

    @property
    def well(self) -> bool:
        """Whether nothing has gone wrong so far."""
        return self.entry.fault is Fault.NONE

    @property
    def told(self) -> Told:
        """What clients were told in all drives together."""
        return Told(answered=self.answered, unsure=self.unsure)

    def note(self, samples: Samples) -> None:
        """Add up what clients were told in a drive, and note what went wrong in it."""
        told, mine = samples.acknowledged(self.stack), samples.measured(self.stack)
        self.answered.update(told.answered)
        self.unsure.update(told.unsure)
        wrong = mine.rows[mine.rows["outcome"] == Outcome.WRONG]
        if died := self.entry.placed.fault():
            self.entry.fail(Fault.DIED, died)
        if samples.drive.faults:
            said = "; ".join(f"{text} ({n})" for text, n in samples.drive.faults.items())
            self.entry.fail(Fault.GENERATOR, f"users failed in themselves: {said}")
        if len(wrong):
            text = samples.drive.errors[int(wrong["error"][0])]
            what = f"{len(wrong)} answers did not fit the contract, such as: {text}"
            self.entry.fail(Fault.WRONG, what)
        if mine.contradictions:
            self.entry.fail(Fault.CONTRADICTION, "; ".join(mine.contradictions))

    def looked(self, samples: Samples, least: float) -> None:
        """Guess the capacity from what users who wait got; no rate below `least` is probed."""
        mine = samples.measured(self.stack)
        answered = int((mine.rows["outcome"] == Outcome.ANSWERED).sum())
        if not answered:
            self.entry.fail(Fault.ERRORS, "users who wait for their answers got none at all")
            return
        loaded_s = sum(one.end - one.start for one in mine.slices)
        self.search = Search(start=START_SHARE * answered / loaded_s, least=least)
        self.steady = samples.drive.steady.get(self.stack, False)
        warmups = (s for s in samples.drive.slices if s.warmup and s.stack == self.stack)
        self.warmup_s = sum(one.end - one.start for one in warmups)

    def next(self) -> Step | None:
        """Return the next probe, None when the search is over."""
        return self.search.step() if self.search and self.well else None

    def probed(self, step: Step, samples: Samples, seen: Monitored | None) -> Probe:
        """Take what a probe showed."""
        found = self.judged(samples, step.rate)
        if self.search and self.well:
            self.search.take(found, thorough=step.thorough)
        if not found.failed:
            self.kept[step.rate] = (samples, seen)
        return found

    def judged(self, samples: Samples, rate: float, block: int | None = None) -> Probe:
        """Return what all measured slices show, or those of one block."""
        parts = self.entry.placed.components.values()
        return probe(
            samples,
            self.stack,
            rate=rate,
            objective=self.objective,
            unmetered=frozenset(p.component.name for p in parts if p.component.role is Role.LLM),
            block=block,
        )

    def summarise(self, one: Round, session: Session) -> None:
        """Measure the trial at the highest rate that kept the objective; without one it failed."""
        search = self.search
        if search is None or not search.low:
            limited, last = (search.limited, search.probes[-1]) if search else ("", None)
            said = f"; at {last.rate:.2f}/s {last.failed}" if last else ""
            self.entry.fail(
                Fault.GENERATOR if limited else Fault.OBJECTIVE,
                f"no rate kept the objective{said}{f' ({limited})' if limited else ''}",
            )
            return
        samples, seen = self.kept[search.low]
        drive = replace(samples.drive, steady={**samples.drive.steady, self.stack: self.steady})
        load = one.load.model_copy(update={"model": "open", "rate": search.low})
        at_low = replace(one, load=load)
        summarise(at_low, self.entry, session, replace(samples, drive=drive), seen)
        if self.entry.measurement:
            self.entry.measurement = replace(self.entry.measurement, warmup_s=self.warmup_s)
        if search.limited:
            self.entry.doubts.append(Warn.GENERATOR_LIMITED.seen(search.limited))
        if not search.narrow:
            self.entry.doubts.append(Warn.WIDE_BRACKET.seen(f"{len(search.probes)} probes"))

    def record(self, one: Round, session: Session, began: str) -> Record:
        """Return the record, with the capacity where one was found."""
        record = judged_record(one, self.stack, self.entry, session, began)
        search = self.search
        if search is None or record.status is not Status.OK:
            return record
        recovery_s = self.recovery_s
        found = Capacity(
            low=search.low,
            high=search.high,
            slo_p95=self.objective.p95_s,
            slo_errors=self.objective.errors,
            limited=search.limited,
            probes=tuple(search.probes),
            curve=self.curve,
            recovered=None if recovery_s is None else math.isfinite(recovery_s),
            recovery_s=recovery_s if recovery_s is not None and math.isfinite(recovery_s) else None,
        )
        return replace(record, rate=search.low, capacity=found)
