"""The load generator's own process: `python -m harness.drive.worker FOLDER/job.json`.

One Locust environment holds the users of all stacks; their gates decide who may send when. Its
standard output has one line of JSON for each slice; its standard input takes such lines
({"skip": "stack", "reason": "..."}); the end of its input, SIGTERM and Ctrl-C end it, and what was
finished is written.
"""

from __future__ import annotations

import locust  # noqa: F401 - first: it replaces blocking calls of everything imported later

# isort: split
import json
import os
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from time import perf_counter

import gevent

from harness.drive.gates import ClosedGate, Gate, OpenGate
from harness.drive.job import Job, PlannedSlice
from harness.drive.population import populate, population, spawn
from harness.drive.recorder import Recorder
from harness.drive.results import Drive, Outcome
from harness.drive.slices import Control, SliceRunner
from harness.drive.watch import Watch, health
from harness.errors import BakeoffError


def main(path: Path) -> None:
    """Run the job in `path` and leave its results beside it."""
    job = Job.load(path)
    if job.cpus:
        os.sched_setaffinity(0, job.cpus)
    control, faults, watch = Control(), Counter[str](), Watch()
    recorder = Recorder(zero=perf_counter())
    gates = {target.stack: _gate(job) for target in job.targets}
    environment = populate(job, gates, recorder, faults)
    _listen(control)
    spawn(environment, job, faults)
    gevent.spawn(watch.beat)
    runner = SliceRunner(job=job, gates=gates, recorder=recorder, control=control, tell=_tell)
    try:
        runner.run()
    finally:
        if missing := job.users * len(job.targets) - population(environment):
            faults["users ended before the drive did"] += missing
        stacks = tuple(target.stack for target in job.targets)
        recorder.save(job.folder)
        Drive(
            folder=job.folder,
            stacks=stacks,
            endpoints=tuple(recorder.endpoints),
            errors=tuple(recorder.errors),
            slices=tuple(runner.times),
            skipped=control.skipped,
            stopped=control.stopped,
            steady={stack: runner.settled(stack) for stack in stacks},
            faults=faults,
            health=health(recorder, watch, runner.times, stacks),
        ).save()


def _gate(job: Job) -> Gate:
    return ClosedGate() if job.model == "closed" else OpenGate()


def _listen(control: Control) -> None:
    """Take orders from signals and from standard input."""
    for number in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(number, control.stop, f"ended by {number.name}")
    gevent.spawn(_orders, control)


def _orders(control: Control) -> None:
    pending = b""
    while chunk := gevent.os.tp_read(0, 4096):
        *lines, pending = (pending + chunk).split(b"\n")
        for line in lines:
            order = json.loads(line)
            control.skipped[order["skip"]] = order["reason"]
    control.stop("nobody waits for the results any more")


def _tell(planned: PlannedSlice, outcomes: Mapping[Outcome, int]) -> None:
    counts = {outcome.name.lower(): count for outcome, count in outcomes.items()}
    line = {"slice": planned.index, "stack": planned.stack, "warmup": planned.warmup, **counts}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except BakeoffError as fault:
        sys.stderr.write(f"{type(fault).__name__}: {fault}\n")
        sys.stderr.flush()
        os._exit(1)
    except BaseException:  # noqa: BLE001 - the parent quotes it; nothing may linger
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
    # Users still wait at their gates, and nothing of theirs is of use any more.
    sys.stdout.flush()
    os._exit(0)
