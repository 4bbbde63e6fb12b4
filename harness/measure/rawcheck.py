"""What cannot be true of a drive's rows: by themselves, by the seeded schedule, by the clock.

Everything later is computed from these rows, so a lie here would be told consistently.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.drive.job import Job, PlannedSlice, Stage
from harness.drive.results import Outcome, SliceTimes
from harness.drive.schedule import arrivals

Rows = np.ndarray[Any, np.dtype[Any]]
EARLY_S = 0.002
DUE_WITHIN_S = 1e-5
READING_S = 0.25  # how long before its slice the first reading may be
CLOCK_DIGITS = 9  # a clock of many hours as a float is not exact beyond
SERVER_ERROR = 500
BUSY = (408, 429)


def impossible(rows: Rows) -> tuple[str, ...]:
    """Say what cannot be true of these rows; nan compares as false, so it contradicts nothing."""
    outcome, ended = rows["outcome"], ~np.isnan(rows["end"])
    closed = np.isin(outcome, [Outcome.ANSWERED, Outcome.FAILED, Outcome.WRONG])
    late_first = (rows["first"] > rows["end"]) | (rows["first"] < rows["sent"])
    checks = {
        "were sent before they were due": rows["sent"] < rows["due"] - EARLY_S,
        "ended before they were sent": rows["end"] < rows["sent"],
        "had their first byte outside the time between sending and end": late_first,
        "have an outcome without an end, or an end without an outcome": closed != ended,
        "are unsent with a moment of sending, or sent without one": (
            (outcome == Outcome.UNSENT) != np.isnan(rows["sent"])
        ),
        "have an outcome that is none": outcome > max(Outcome),
        "count as answered, with a status that says the server could not": _false_success(rows),
        "count as answered, without a status where others have one": _no_status(rows),
    }
    found = ((int(np.count_nonzero(wrong)), what) for what, wrong in checks.items())
    return tuple(f"{number} requests {what}" for number, what in found if number)


def unscheduled(rows: Rows, slices: Sequence[SliceTimes], job: Job) -> tuple[str, ...]:
    """Say which finished slices of an open load do not hold exactly what their seed has due."""
    if job.model != "open":
        return ()
    planned = {one.index: one for one in job.slices}
    due, where = rows["due"], rows["slice"]
    found = list[str]()
    for one in slices:
        moments = np.sort(due[where == one.index]) - one.start
        expected = _moments(job, one, planned[one.index])
        if len(moments) != len(expected):
            found.append(
                f"slice {one.index} holds {len(moments)} requests, "
                f"but by its seed {len(expected)} were due"
            )
        elif len(moments) and np.abs(moments - expected).max() > DUE_WITHIN_S:
            found.append(f"slice {one.index} has requests due at other moments than its seed says")
    return tuple(found)


def overspent(slices: Sequence[SliceTimes]) -> tuple[str, ...]:
    """Say in which slices the components used more processor time than this machine has."""
    processors = os.cpu_count() or 1
    found = list[str]()
    for one in slices:
        pairs = [(one.at_start.get(name), last) for name, last in one.at_end.items()]
        used = sum(last.cpu_s - first.cpu_s for first, last in pairs if first and last)
        most = processors * (one.drained - one.start + READING_S)
        if used > most:
            found.append(
                f"slice {one.index}: {used:g} s of CPU were used, "
                f"but {processors} processors had {most:g} s at most"
            )
    return tuple(found)


def _false_success(rows: Rows) -> NDArray[np.bool_]:
    """Find the rows answered with what the harness takes for a server's failure everywhere."""
    status = rows["status"]
    fault = (status >= SERVER_ERROR) | np.isin(status, BUSY)
    false: NDArray[np.bool_] = fault & (rows["outcome"] == Outcome.ANSWERED)
    return false


def _no_status(rows: Rows) -> NDArray[np.bool_]:
    """Find the rows answered without a status; protocols other than HTTP never have one."""
    answered, none = rows["outcome"] == Outcome.ANSWERED, rows["status"] == 0
    speaking = np.unique(rows["endpoint"][answered & ~none])
    silent: NDArray[np.bool_] = answered & none & np.isin(rows["endpoint"], speaking)
    return silent


def _moments(job: Job, one: SliceTimes, planned: PlannedSlice) -> NDArray[np.float64]:
    """Return when requests of a slice were due, in seconds since its start."""
    alone = Stage(duration_s=round(one.end - one.start, CLOCK_DIGITS), rate=job.rate)
    return np.array(list(_staged(job, planned.stages or (alone,), one.seed)))


def _staged(job: Job, stages: Sequence[Stage], seed: int) -> Iterator[float]:
    before = 0.0
    for number, stage in enumerate(stages):
        moments = arrivals(
            job.arrivals, rate=stage.rate, duration_s=stage.duration_s, seed=seed + number
        )
        yield from (before + moment for moment in moments)
        before += stage.duration_s
