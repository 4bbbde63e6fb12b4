"""Samples: what a drive left behind, one stack at a time, checked and counted.

Latencies of one row, in seconds. Response runs from the due moment, service from the moment of
sending, first token from the due moment too; all to the answer's end, or to the moment at which
its slice had drained where none came (its age, a lower bound). A request sent a little before it
was due, as timers may do, counts from its sending.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.drive.job import Job
from harness.drive.results import Drive, Outcome, SliceTimes, read_drive
from harness.errors import EnvironmentFault
from harness.measure.rawcheck import impossible, overspent, unscheduled
from harness.records import Counts

Rows = np.ndarray[Any, np.dtype[Any]]
SERVER_ERROR = 500
REQUEST_TIMEOUT = 408
CLIENT_ERROR = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What clients were told over all slices of a stack, warm-up included: requests by endpoint.

    `unsure` were sent and may or may not have been carried out: no answer, a server error, or an
    answer that claims success and is wrong.
    """

    answered: Mapping[str, int]
    unsure: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class StackSamples:
    """The measured requests of one stack with their latencies; row n of all arrays is one request.

    `service` is nan for unsent requests, `first_token` nan where nothing was streamed. `gaps` are
    the pauses between tokens, `gap_rows` the rows that they belong to.
    """

    rows: Rows
    response: NDArray[np.float64]
    service: NDArray[np.float64]
    first_token: NDArray[np.float64]
    gaps: NDArray[np.float64]
    gap_rows: NDArray[np.int64]
    slices: tuple[SliceTimes, ...]
    contradictions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """All rows of a drive and what they refer to; `job` is what was to be done, None where nobody
    left it.
    """

    drive: Drive
    rows: Rows
    gaps: Rows
    job: Job | None = None

    @classmethod
    def read(cls, drive: Drive | Path) -> Samples:
        """Read a drive's files; raises EnvironmentFault when it left none or they do not fit."""
        folder = drive if isinstance(drive, Path) else drive.folder
        try:
            found = read_drive(folder) if isinstance(drive, Path) else drive
            return cls(
                drive=found,
                rows=np.load(found.samples),
                gaps=np.load(found.gaps),
                job=Job.load(path) if (path := folder / "job.json").exists() else None,
            )
        except (OSError, ValueError) as e:
            raise EnvironmentFault(
                f"the load generator left no readable samples in {folder} ({e}); "
                f"see {folder / 'worker.log'}"
            ) from e

    def acknowledged(self, stack: str) -> Told:
        """Return what clients were told by `stack`, over every slice, measured or not."""
        rows = self.rows[self.rows["stack"] == self.drive.stacks.index(stack)]
        outcome, status = rows["outcome"], rows["status"]
        claimed = (outcome == Outcome.WRONG) & (status < CLIENT_ERROR)
        broken = (status == 0) | (status >= SERVER_ERROR) | (status == REQUEST_TIMEOUT)
        unsure = claimed | (outcome == Outcome.OPEN) | ((outcome == Outcome.FAILED) & broken)
        return Told(
            answered=self._by_endpoint(rows[outcome == Outcome.ANSWERED]),
            unsure=self._by_endpoint(rows[unsure]),
        )

    def measured(self, stack: str) -> StackSamples:
        """Return the requests of a stack's measured slices: finished and not of the warm-up."""
        slices = tuple(
            s for s in self.drive.slices if s.stack == stack and s.finished and not s.warmup
        )
        here = self.rows["stack"] == self.drive.stacks.index(stack)
        chosen = here & np.isin(self.rows["slice"], [s.index for s in slices])
        rows = self.rows[chosen]
        ended, began = _ended(rows, slices), np.fmin(rows["due"], rows["sent"])
        place = np.cumsum(chosen) - 1
        gaps = self.gaps[chosen[self.gaps["sample"]]]
        streamed = rows["tokens"] > 0
        return StackSamples(
            rows=rows,
            response=np.maximum(ended - began, 0.0),
            service=np.maximum(ended - rows["sent"], 0.0),
            first_token=np.where(streamed, np.maximum(rows["first"] - began, 0.0), np.nan),
            gaps=np.maximum(gaps["gap"].astype(np.float64), 0.0),
            gap_rows=place[gaps["sample"]].astype(np.int64),
            slices=slices,
            contradictions=(
                *impossible(rows),
                *(unscheduled(rows, slices, self.job) if self.job else ()),
                *overspent(slices),
            ),
        )

    def first_measured(self) -> float:
        """Return when the first measured slice of any stack began, in seconds of the drive."""
        measured = (s.start for s in self.drive.slices if s.finished and not s.warmup)
        return min(measured, default=0.0)

    def _by_endpoint(self, rows: Rows) -> dict[str, int]:
        counts = np.bincount(rows["endpoint"], minlength=len(self.drive.endpoints)).tolist()
        return {n: c for n, c in zip(self.drive.endpoints, counts, strict=True) if c}


def counts(rows: Rows) -> Counts:
    """Count rows by outcome."""
    by_outcome = np.bincount(rows["outcome"], minlength=len(Outcome)).tolist()
    unsent = by_outcome[Outcome.UNSENT]
    return Counts(
        scheduled=len(rows),
        sent=len(rows) - unsent,
        answered=by_outcome[Outcome.ANSWERED],
        failed=by_outcome[Outcome.FAILED],
        wrong=by_outcome[Outcome.WRONG],
        open=by_outcome[Outcome.OPEN],
        unsent=unsent,
    )


def _ended(rows: Rows, slices: tuple[SliceTimes, ...]) -> NDArray[np.float64]:
    """Return the end of each row, or when its slice had drained where it has none."""
    drained = np.zeros(max((s.index for s in slices), default=0) + 1)
    for one in slices:
        drained[one.index] = one.drained
    return np.where(np.isnan(rows["end"]), drained[rows["slice"]], rows["end"])
