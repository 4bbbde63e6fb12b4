"""Drives written row by row, and real child processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from math import nan
from pathlib import Path

import numpy as np
import pytest

from harness.drive.results import GAPS, SAMPLES, UNSENT_ENDPOINT, Drive, Outcome, SliceTimes
from harness.measure.processes import members
from harness.measure.usage import Reading
from harness.records import GeneratorHealth

ENDPOINTS = (UNSENT_ENDPOINT, "GET /me", "POST /messages")
ERRORS = ("", "500 boom")


@dataclass(kw_only=True)
class Tape:
    """Builds the folder of a drive row by row, as the load generator would leave it."""

    folder: Path
    stacks: tuple[str, ...] = ("a", "b")
    rows: list[dict[str, float]] = field(default_factory=list)
    gaps: list[tuple[int, float]] = field(default_factory=list)
    slices: list[SliceTimes] = field(default_factory=list)

    def slice(
        self, stack: str, start: float, *, end: float | None = None, drained: float | None = None,
        warmup: bool = False, finished: bool = True, cpu: tuple[float, float] = (0.0, 0.0),
    ) -> int:  # fmt: skip
        """Add a slice of a second unless told otherwise; return its index."""
        until = start + 1.0 if end is None else end
        first, last = (Reading(cpu_s=c, memory=10, written=int(c * 1_000)) for c in cpu)
        self.slices.append(
            SliceTimes(
                index=len(self.slices), block=len(self.slices), stack=stack, warmup=warmup,
                confirm=False, seed=1, finished=finished,
                started_at="2026-01-01T00:00:00", start=start, end=until,
                drained=until if drained is None else drained, generator_cpu_s=0.1,
                at_start={"app": first}, at_end={"app": last}, at_drained={"app": last},
            )
        )  # fmt: skip
        return len(self.slices) - 1

    def request(self, slice_: int, due: float, took: float = nan, **others: float) -> int:
        """Add a request, answered `took` seconds after it was due and sent; return its row."""
        row = {
            "stack": self.stacks.index(self.slices[slice_].stack), "slice": slice_, "endpoint": 1,
            "outcome": Outcome.ANSWERED, "status": 200, "due": due, "sent": due, "first": nan,
            "end": due + took, "bytes": 10, "tokens": 0, "user": 0, "error": 0, "late": 0.0,
        }  # fmt: skip
        self.rows.append(row | others)
        return len(self.rows) - 1

    def save(self) -> Path:
        """Write the files; return the folder."""
        table = np.zeros(len(self.rows), SAMPLES)
        for name in SAMPLES.names or ():
            table[name] = [row[name] for row in self.rows]
        np.save(self.folder / "samples.npy", table)
        np.save(self.folder / "gaps.npy", np.array(self.gaps, GAPS))
        health = GeneratorHealth(cpu_share=0.2, send_lag_p99=0.001, hub_lag_p99=0.001, achieved=1)
        Drive(
            folder=self.folder, stacks=self.stacks, endpoints=ENDPOINTS, errors=ERRORS,
            slices=tuple(self.slices), skipped={}, stopped="", faults={},
            steady=dict.fromkeys(self.stacks, True),
            health=dict.fromkeys(self.stacks, health),
        ).save()  # fmt: skip
        return self.folder


@pytest.fixture
def tape(tmp_path: Path) -> Tape:
    """Return an empty tape."""
    return Tape(folder=tmp_path)


@pytest.fixture
def child() -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    """Return a starter of Python children, each leader of its own session; all are ended."""
    started: list[subprocess.Popen[str]] = []

    def start(code: str, command: Sequence[str] = (sys.executable, "-c")) -> subprocess.Popen[str]:
        started.append(
            subprocess.Popen(
                [*command, code], start_new_session=True, stdout=subprocess.PIPE, text=True
            )
        )
        return started[-1]

    yield start
    for pid in members(frozenset(process.pid for process in started)):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    for process in started:
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
