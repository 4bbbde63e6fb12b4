"""Drives of one small target, and what a trial would say of them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from harness.drive.job import Job
from harness.measure.measurement import measurement
from harness.measure.samples import Samples
from harness.records import (
    Doubt,
    Fault,
    Measurement,
    Record,
    Status,
    TrialKey,
)
from harness.stats.summary import doubts, judged

TARGET = Path(__file__).parents[1] / "drive/target.py"
STACK = "target"
LOCUSTFILE = """
from locust import task
from harness.drive.users import StackUser

class Visitor(StackUser):
    def prepare_alone(self):
        return {"visits": [["/", 200]]}

    @task
    def visit(self):
        path, status = self.rng.choice(self.data["visits"])
        self.http.request("visit", "GET", path, status=status)
"""
Serve = Callable[..., subprocess.Popen[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What a drive of one target left behind, and how it was loaded."""

    job: Job

    def measured(self) -> tuple[Measurement, tuple[Doubt, ...]]:
        """Return the measurement and all doubts about it, as a trial would have them."""
        samples = Samples.read(self.job.folder)
        found, raw = measurement(
            samples,
            STACK,
            model=self.job.model,
            users=self.job.users,
            components=(),
            memory={},
        )
        assert found is not None
        trial: dict[str, Any] = {"users": self.job.users, "rate": self.job.rate, "raw": raw}
        return found, doubts(found, model=self.job.model, **trial)

    def record(self) -> Record:
        """Return the record of the trial, judged."""
        found, seen = self.measured()
        load = f"{self.job.users} users"
        whole = Record(
            key=TrialKey(session=1, scenario="test", load=load, stack=STACK), status=Status.OK,
            fault=Fault.NONE, reason="", started_at="", model=self.job.model, users=self.job.users,
            rate=self.job.rate, tier="process", durability="", verified="", audited="", doubts=seen,
            measurement=found,
        )  # fmt: skip
        return judged(whole)

    def rewrite(self, change: Callable[[np.ndarray[Any, Any]], np.ndarray[Any, Any]]) -> None:
        """Change the rows that the generator left."""
        path = self.job.folder / "samples.npy"
        np.save(path, change(np.load(path)))


def codes(seen: tuple[Doubt, ...], *, calm: bool = False) -> set[str]:
    """Return which doubts there are, without those that a short drive has anyway, or on a machine
    that is busy with other things (unless it is `calm`).
    """
    busy = set[str]() if calm else {"SATURATED_GENERATOR"}
    return {doubt.code for doubt in seen} - {"FEW_REQUESTS", "ERRORS"} - busy


def said(seen: tuple[Doubt, ...], code: str) -> str:
    """Return what the doubts of one kind say."""
    return "; ".join(doubt.detail for doubt in seen if doubt.code == code)
