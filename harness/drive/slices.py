"""Runs the slices of a drive in their order: open a gate, wait, drain, shut, read the meters."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import perf_counter

import gevent
from gevent.event import Event

from harness.drive.gates import Gate
from harness.drive.job import Job, PlannedSlice
from harness.drive.recorder import Recorder
from harness.drive.results import Outcome, SliceTimes
from harness.drive.schedule import arrivals
from harness.errors import EnvironmentFault
from harness.measure.usage import Meter, Reading, read

Readings = Mapping[str, Reading | None]


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

    def run(self) -> None:
        """Run all slices that nobody asked to leave out, until the end or until stopped."""
        for planned in self.job.slices:
            if self.control.stopping.is_set():
                return
            if planned.stack not in self.control.skipped:
                first_row = len(self.recorder)
                self.times.append(self._slice(planned))
                self.tell(planned, self.recorder.outcomes(first_row))

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
        drained = self._drain(gate, end)
        self.recorder.unsent(self._number(planned), planned.index, gate.unsent(drained))
        cpu = time.process_time() - cpu
        zero = self.recorder.zero
        return SliceTimes(
            index=planned.index,
            stack=planned.stack,
            warmup=planned.warmup,
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

    def _drain(self, gate: Gate, end: float) -> float:
        """Wait for what is left, at most `drain_s`, then give it up; return when that was."""
        limit = end + self.job.drain_s
        while not gate.settled and perf_counter() < limit and not self.control.stopping.is_set():
            # The stop has no event in common with the gate, so look at it now and then.
            gate.quiet.wait(min(0.1, max(0.0, limit - perf_counter())))
        drained = perf_counter()
        gate.shut()
        gevent.sleep(0)
        return drained

    def _number(self, planned: PlannedSlice) -> int:
        return [target.stack for target in self.job.targets].index(planned.stack)

    def _moments(self, planned: PlannedSlice) -> list[float]:
        if self.job.model == "closed":
            return []
        return arrivals(
            self.job.arrivals,
            rate=self.job.rate,
            duration_s=planned.duration_s,
            seed=planned.seed,
        )


def readings(meters: tuple[Meter, ...]) -> Readings:
    """Read every meter by component; None where nothing is alive any more."""
    found: dict[str, Reading | None] = {}
    for meter in meters:
        try:
            found[meter.component] = read(meter)
        except EnvironmentFault:
            found[meter.component] = None
    return found
