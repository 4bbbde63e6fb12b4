"""The generator under suspicion: how late its event loop runs and how busy it is, per stack."""

from __future__ import annotations

import time
from array import array
from dataclasses import dataclass, field
from typing import Any

import gevent
import numpy as np

from harness.drive.recorder import Recorder
from harness.drive.results import Outcome, SliceTimes
from harness.records import GeneratorHealth

BEAT_S = 0.02


@dataclass(slots=True, kw_only=True)
class Watch:
    """A heartbeat in the event loop: when each beat came, and by how many seconds it was late."""

    at: Any = field(default_factory=lambda: array("d"))
    late: Any = field(default_factory=lambda: array("d"))

    def beat(self) -> None:
        """Beat for ever; to be run as a greenlet."""
        while True:
            due = time.perf_counter() + BEAT_S
            gevent.sleep(BEAT_S)
            now = time.perf_counter()
            self.at.append(now)
            self.late.append(now - due)


def health(
    recorder: Recorder, watch: Watch, slices: list[SliceTimes], stacks: tuple[str, ...]
) -> dict[str, GeneratorHealth]:
    """Judge each stack's measured slices that were finished; a stack without any has no entry.

    `achieved` is sent over scheduled. `send_lag_p99` is the generator's own delay alone: a request
    that found no room because the stack was slow is not counted as late from its due moment but
    from the moment that there was room.
    """
    samples = recorder.samples()
    beats, late = np.array(watch.at) - recorder.zero, np.array(watch.late)
    found = {}
    for number, stack in enumerate(stacks):
        mine = [s for s in slices if s.stack == stack and s.finished and not s.warmup]
        if not mine:
            continue
        rows = samples[
            (samples["stack"] == number) & np.isin(samples["slice"], [s.index for s in mine])
        ]
        sent = rows[rows["outcome"] != Outcome.UNSENT]
        during = np.zeros(len(beats), bool)
        for one in mine:
            during |= (beats >= one.start) & (beats <= one.drained)
        found[stack] = GeneratorHealth(
            cpu_share=sum(s.generator_cpu_s for s in mine) / sum(s.drained - s.start for s in mine),
            send_lag_p99=_p99(sent["late"]),
            hub_lag_p99=_p99(late[during]),
            achieved=len(sent) / len(rows) if len(rows) else 1.0,
        )
    return found


def _p99(values: Any) -> float:
    return float(np.percentile(values, 99)) if len(values) else 0.0
