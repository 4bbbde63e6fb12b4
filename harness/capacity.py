"""One round that searches the capacity of all stacks: probes in turn, each at its own rate.

The searches advance in step, so that all stacks meet the same neighbours' noise. The books cover
all drives of a round together. What goes wrong on one stack ends its own search only.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from harness.candidates import Candidate
from harness.drive import drive
from harness.drive.job import PlannedSlice
from harness.entries import Entry, prepare
from harness.errors import BakeoffError
from harness.measure.monitor import Monitor, Monitored
from harness.measure.probes import recovery
from harness.measure.samples import Samples
from harness.plan import PREPARE_S, Round
from harness.probing import CURVE, FIRST_BLOCK, TRIALS, curve_slices, probe_slices
from harness.records import Fault, Probe, Record
from harness.registry import Work
from harness.session import Session
from harness.stats.capacity import Objective, Step
from harness.stats.warnings import Warn
from harness.trial import audit, job_of, now

CLOSED_USERS = 16
LEAST_REQUESTS = 20
LOOK_SLICES, LOOK_S = 2, 1.0
ROOM = 2.0
DISTURBED, MOST_AGAIN = 0.2, 3


def capacities(one: Round, scenario: Work, session: Session) -> list[Record]:
    """Search the capacity of stacks that are up and return a record for each of them."""
    began = now()
    objective = Objective(p95_s=one.load.slo_p95_s, errors=one.load.slo_errors)
    candidates = {
        stack: Candidate(stack=stack, entry=Entry(placed=session.up[stack]), objective=objective)
        for stack in one.stacks
    }
    planned_s = PREPARE_S * len(candidates)
    session.progress.stage("prepare", f"{one.scenario} on {', '.join(candidates)}", planned_s)
    prepare([c.entry for c in candidates.values()], scenario, one.seed)
    hunt = Hunt(one=one, scenario=scenario, session=session, candidates=candidates)
    try:
        hunt.run()
    except BakeoffError as error:
        for candidate in candidates.values():
            candidate.entry.fail(Fault.GENERATOR, str(error))
    return [candidate.record(one, session, began) for candidate in candidates.values()]


def at_share(one: Round, records: Sequence[Record]) -> Round | None:
    """Return the round with its rate: the wanted share of the lowest capacity that the first
    session with any found for its scenario, so that all sessions have the same. None without one.
    """
    found = [
        (record.key.session, record.capacity.low)
        for record in records
        if record.capacity and record.key.scenario == one.scenario
    ]
    if not found:
        return None
    lowest = min(low for session, low in found if session == min(found)[0])
    rate = one.load.of_capacity * lowest
    return replace(one, load=one.load.model_copy(update={"rate": rate}))


@dataclass(slots=True, kw_only=True)
class Hunt:
    """The searches of one round. `drives` counts them; each has a seed and a folder of its own.

    A thorough probe that other work disturbed is repeated, whatever it showed, until `again` is
    used up; `disturbed` has what other work took in all drives that were kept nevertheless.
    """

    one: Round
    scenario: Work
    session: Session
    candidates: Mapping[str, Candidate]
    drives: int = 0
    again: int = MOST_AGAIN
    disturbed: list[float] = field(default_factory=list)

    def run(self) -> None:
        """Search all capacities, look past them, and check the books."""
        self._look()
        while steps := self._steps():
            self._probe(steps)
        if self.one.load.curve:
            self._curve()
        for candidate in self._well().values():
            candidate.summarise(self.one, self.session)
            if candidate.well:
                audit(candidate.entry, self.scenario, candidate.told)
            if self.disturbed:
                what = f"other work had up to {max(self.disturbed):.0%} of the processors in"
                doubt = Warn.NOISY_HOST.seen(
                    f"{what} {len(self.disturbed)} of {self.drives} drives"
                )
                candidate.entry.doubts.append(doubt)

    def _well(self) -> dict[str, Candidate]:
        return {stack: found for stack, found in self.candidates.items() if found.well}

    def _steps(self) -> dict[str, Step]:
        pairs = ((stack, candidate.next()) for stack, candidate in self.candidates.items())
        return {stack: step for stack, step in pairs if step is not None}

    def _look(self) -> None:
        """Warm up with users who wait; what they get guesses the capacity."""
        if not (stacks := tuple(self._well())):
            return
        changes = {
            "model": "closed",
            "users": min(CLOSED_USERS, self.one.load.users),
            "slices": LOOK_SLICES,
            "slice_s": LOOK_S,
            "adapt": False,
            "confirms": 0,
        }
        look = replace(self.one, load=self.one.load.model_copy(update=changes))
        slices = look.slices(stacks)
        self._begin("drive", f"a first look at {', '.join(stacks)}", slices)
        samples, _ = self._drive(look, slices)
        for candidate in self._well().values():
            candidate.looked(samples, LEAST_REQUESTS / (TRIALS * self.one.load.probe_s))

    def _probe(self, steps: Mapping[str, Step]) -> None:
        slices = probe_slices(steps, probe_s=self.one.load.probe_s, seed=self._seed)
        thorough = any(step.thorough for step in steps.values())
        rates = ", ".join(f"{stack} at {step.rate:.1f}/s" for stack, step in steps.items())
        self._begin("drive", f"{'a longer look' if thorough else 'a look'} at {rates}", slices)
        samples, seen = self._open(slices, repeat=thorough)
        for stack, step in steps.items():
            self._say(stack, self.candidates[stack].probed(step, samples, seen))

    def _curve(self) -> None:
        """Measure the points of the curve, and how long an overload is felt."""
        searches = {stack: c.search for stack, c in self._well().items() if c.search}
        lows = {stack: search.low for stack, search in searches.items() if search.low}
        if not lows:
            return
        beyond = frozenset(stack for stack in lows if not searches[stack].limited)
        probe_s = self.one.load.probe_s
        slices = curve_slices(lows, probe_s=probe_s, seed=self._seed, beyond=beyond)
        self._begin("curve", f"latency over offered load on {', '.join(lows)}", slices)
        samples, _ = self._open(slices, repeat=False)
        for stack, low in lows.items():
            candidate, mine = self.candidates[stack], samples.measured(stack)
            blocks = {one.block for one in mine.slices}
            candidate.curve = tuple(
                candidate.judged(samples, low * share, block)
                for block, share in enumerate(CURVE, FIRST_BLOCK)
                if block in blocks
            )
            for point in candidate.curve:
                self._say(stack, point)
            if (last := FIRST_BLOCK + len(CURVE)) in blocks:
                candidate.recovery_s = recovery(
                    mine, block=last, after_s=probe_s, objective=candidate.objective
                )

    def _say(self, stack: str, found: Probe) -> None:
        verdict = f"not kept: {found.failed}" if found.failed else "kept"
        limited = f" (generator: {found.limited})" if found.limited else ""
        text = f"{stack} at {found.rate:.1f}/s, p95 {found.p95 * 1e3:.0f} ms: {verdict}{limited}"
        self.session.progress.event("probe", text)

    def _begin(self, stage: str, text: str, slices: Sequence[PlannedSlice]) -> None:
        """Say that a drive begins, and how long its slices take."""
        self.session.progress.stage(stage, text, sum(one.duration_s for one in slices))

    @property
    def _seed(self) -> int:
        return self.one.seed + self.drives

    def _open(
        self, slices: Sequence[PlannedSlice], *, repeat: bool
    ) -> tuple[Samples, Monitored | None]:
        """Drive open load with room for all that may be in flight within twice the objective."""
        rate = max(stage.rate for one in slices for stage in one.stages)
        users = max(self.one.load.users, math.ceil(ROOM * rate * self.one.load.slo_p95_s))
        changes = {"model": "open", "users": users, "rate": rate, "warmup_s": 0.0, "adapt": False}
        one = replace(self.one, load=self.one.load.model_copy(update=changes))
        while True:
            samples, seen = self._drive(one, slices)
            taken = seen.host.elsewhere + seen.host.steal if seen else 0.0
            if taken <= DISTURBED:
                return samples, seen
            if not repeat or not self.again or not self._well():
                self.disturbed.append(taken)
                return samples, seen
            self.again -= 1
            text = f"the last load, in which other work had {taken:.0%} of the processors"
            self._begin("again", text, slices)

    def _drive(
        self, one: Round, slices: Sequence[PlannedSlice]
    ) -> tuple[Samples, Monitored | None]:
        """Drive the slices; every stack in them notes what it told and what went wrong."""
        mine = {planned.stack: self.candidates[planned.stack] for planned in slices}
        able = {stack: candidate.entry for stack, candidate in mine.items()}
        job = replace(
            job_of(one, self.scenario, able, self.session),
            slices=tuple(slices),
            arrivals="uniform",
            seed=self._seed,
            folder=self.session.scratch / f"{one.session}-{one.scenario}-{one.seed}-{self.drives}",
        )
        self.drives += 1
        up = self.session.up.values()
        with Monitor(meters=[meter for placed in up for meter in placed.meters]) as monitor:
            drive(job, alive=lambda stack: able[stack].placed.fault())
        samples = Samples.read(job.folder)
        held = monitor.seen.together if monitor.seen else 0
        self.session.memory_peak = max(self.session.memory_peak, held)
        for candidate in mine.values():
            candidate.note(samples)
        return samples, monitor.seen
