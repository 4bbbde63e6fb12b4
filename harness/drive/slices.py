"""Runs the slices of a drive in their order: open a gate, wait, drain, shut, read the meters.

A stack that has settled is not warmed up further, and the slices that follow may be stretched.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import perf_counter

import gevent
from gevent.event import Event

from harness.drive.gates import Gate
from harness.drive.job import Job, PlannedSlice, Stage
from harness.drive.pacing import Window, slice_s, steady, stretched
from harness.drive.recorder import Recorder
from harness.drive.results import Outcome, SliceTimes
from harness.drive.schedule import arrivals
from harness.errors import EnvironmentFault
from harness.measure.usage import Meter, Reading, read

Readings = Mapping[str, Reading | None]
REST_S, REST_SHARE = 0.25, 0.2


@dataclass(slots=True, kw_only=True)
class Control:
    """What the outside asked for meanwhile: stacks to leave out, and the end of it all."""

    skipped: dict[str, str] = field(default_factory=dict)
    stopped: str = ""
    stopping: Event = field(default_factory=Event)

    def stop(self, reason: str) -> None:
        """End the drive; the slice under way is cut short."""
        if not self.stopping.is_set():
            self.stopped = reason
            self.stopping.set()


@dataclass(slots=True, kw_only=True)
class SliceRunner:
    """Runs slices one after the other; `times` grows by one for each that was run."""

    job: Job
    gates: Mapping[str, Gate]
    recorder: Recorder
    control: Control
    tell: Callable[[PlannedSlice, Mapping[Outcome, int]], None]
    times: list[SliceTimes] = field(default_factory=list)
    windows: dict[str, list[Window]] = field(default_factory=lambda: defaultdict(list))

    def run(self) -> None:
        """Run all slices that nobody asked to leave out, until the end or until stopped."""
        warmups = [planned for planned in self.job.slices if planned.warmup]
        for planned in warmups:
            if not self._warm(planned.stack):
                self._run_one(planned)
        for planned in self._paced([p for p in self.job.slices if not p.warmup]):
            self._run_one(planned)

    def settled(self, stack: str) -> bool:
        """Tell whether a stack's CPU per request was steady at the end of its warm-up."""
        return steady(self.windows[stack])

    def _warm(self, stack: str) -> bool:
        """Tell whether a stack has had its least warm-up and has settled."""
        so_far = sum(window.duration_s for window in self.windows[stack])
        return so_far >= self.job.warmup_s and self.settled(stack)

    def _paced(self, planned: list[PlannedSlice]) -> Sequence[PlannedSlice]:
        last = [windows[-1] for windows in self.windows.values() if windows]
        if not self.job.adapt or not last:
            return planned
        return stretched(planned, slice_s(planned[0].duration_s, last))

    def _run_one(self, planned: PlannedSlice) -> None:
        if self.control.stopping.is_set() or planned.stack in self.control.skipped:
            return
        first_row = len(self.recorder)
        times = self._slice(planned)
        self.times.append(times)
        outcomes = self.recorder.outcomes(first_row)
        if planned.warmup:
            self.windows[planned.stack].append(self._window(times, first_row, outcomes))
        self.tell(planned, outcomes)

    def _window(self, times: SliceTimes, first_row: int, outcomes: Mapping[Outcome, int]) -> Window:
        pairs = [(times.at_start[name], last) for name, last in times.at_drained.items()]
        known = [last.cpu_s - first.cpu_s for first, last in pairs if first and last]
        return Window(
            cpu_s=sum(known) if known and len(known) == len(pairs) else None,
            answered=outcomes[Outcome.ANSWERED],
            p99=self.recorder.service_p99(first_row),
            duration_s=times.end - times.start,
        )

    def _slice(self, planned: PlannedSlice) -> SliceTimes:
        meters = self.job.targets[self._number(planned)].meters
        gate, moments = self.gates[planned.stack], self._moments(planned)
        at_start, started_at = readings(meters), datetime.now(UTC).isoformat()
        cpu = time.process_time()
        gate.open(planned.index, planned.duration_s, moments)
        start, end = gate.start, gate.end
        self.control.stopping.wait(max(0.0, end - perf_counter()))
        # In a thread, so that answers still on their way are not noticed late for it.
        at_end = gevent.get_hub().threadpool.apply(readings, (meters,))
        drained, given_up = self._drain(gate, end)
        self.recorder.unsent(self._number(planned), planned.index, gate.unsent(drained))
        cpu = time.process_time() - cpu
        if given_up:
            self._rest(meters)
        zero = self.recorder.zero
        return SliceTimes(
            index=planned.index,
            block=planned.block,
            stack=planned.stack,
            warmup=planned.warmup,
            confirm=planned.confirm,
            seed=planned.seed,
            finished=not self.control.stopping.is_set(),
            started_at=started_at,
            start=start - zero,
            end=min(end, drained) - zero,
            drained=drained - zero,
            generator_cpu_s=cpu,
            at_start=at_start,
            at_end=at_end,
            at_drained=readings(meters),
        )

    def _drain(self, gate: Gate, end: float) -> tuple[float, bool]:
        """Wait for what is left, at most `drain_s`, then give it up; return when that was, and
        whether anything was given up.
        """
        limit = end + self.job.drain_s
        while not gate.settled and perf_counter() < limit and not self.control.stopping.is_set():
            # The stop has no event in common with the gate, so look at it now and then.
            gate.quiet.wait(min(0.1, max(0.0, limit - perf_counter())))
        drained, given_up = perf_counter(), not gate.settled
        gate.shut()
        gevent.sleep(0)
        return drained, given_up

    def _rest(self, meters: tuple[Meter, ...]) -> None:
        """Wait, at most `drain_s`, until a stack is done with requests that were given up, which
        would weigh on the slices of others.
        """
        limit = perf_counter() + self.job.drain_s
        while meters and perf_counter() < limit and not self.control.stopping.is_set():
            before = _cpu_s(readings(meters))
            self.control.stopping.wait(REST_S)
            if _cpu_s(readings(meters)) - before < REST_SHARE * REST_S:
                return

    def _number(self, planned: PlannedSlice) -> int:
        return [target.stack for target in self.job.targets].index(planned.stack)

    def _moments(self, planned: PlannedSlice) -> list[float]:
        if self.job.model == "closed":
            return []
        alone = Stage(duration_s=planned.duration_s, rate=self.job.rate)
        moments, before = list[float](), 0.0
        for number, stage in enumerate(planned.stages or (alone,)):
            due = arrivals(
                self.job.arrivals,
                rate=stage.rate,
                duration_s=stage.duration_s,
                seed=planned.seed + number,
            )
            moments += [before + moment for moment in due]
            before += stage.duration_s
        return moments


def readings(meters: tuple[Meter, ...]) -> Readings:
    """Read every meter by component; None where nothing is alive any more."""
    found: dict[str, Reading | None] = {}
    for meter in meters:
        try:
            found[meter.component] = read(meter)
        except EnvironmentFault:
            found[meter.component] = None
    return found


def _cpu_s(found: Readings) -> float:
    return sum(reading.cpu_s for reading in found.values() if reading is not None)
