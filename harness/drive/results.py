"""What a drive leaves in its folder, and how to read it back. Plain data, no Locust.

    job.json      what was to be done
    samples.npy   one row for each scheduled request (SAMPLES)
    gaps.npy      one row for each pause between two tokens of a stream (GAPS)
    drive.json    the rest: a Drive
    worker.log    what the load generator said

Times are seconds since the drive began, on one monotonic clock, with microseconds of resolution.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

import numpy as np

from harness.measure.usage import Reading
from harness.records import GeneratorHealth
from harness.serial import from_json, to_json

UNSENT_ENDPOINT = "(unsent)"


class Outcome(IntEnum):
    """How a scheduled request ended.

    FAILED: a server error (5xx, 408, 429), a broken connection or the time-out. WRONG: an answer
    that does not fit the contract or the question. OPEN: sent, and not answered when its slice had
    drained. UNSENT: due, and not sent by then. All but ANSWERED are failures.
    """

    ANSWERED = 0
    FAILED = 1
    WRONG = 2
    OPEN = 3
    UNSENT = 4


COLUMNS = (
    ("stack", "u2"),  # index into Drive.stacks
    ("slice", "u4"),  # SliceTimes.index
    ("user", "u4"),  # number of the user within its stack
    ("due", "f8"),
    ("sent", "f8"),  # nan for unsent
    ("late", "f4"),  # the generator's own delay: from when it could have sent to when it did
    # From here on known only at the end.
    ("endpoint", "u2"),  # index into Drive.endpoints; an unsent request is of UNSENT_ENDPOINT
    ("outcome", "u1"),
    ("status", "u2"),  # 0 where no answer came
    ("first", "f8"),  # first byte, or first token of a stream; nan where none came
    ("end", "f8"),  # nan for open and unsent: their age runs to SliceTimes.drained
    ("bytes", "u4"),
    ("tokens", "u4"),  # token events of a stream
    ("error", "u2"),  # index into Drive.errors; 0 is none
)
SAMPLES = np.dtype(list(COLUMNS))
GAPS = np.dtype([("sample", "u4"), ("gap", "f4")])  # row of samples.npy; seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceTimes:
    """A slice as it was. `end` is the end of its planned time, `drained` when nothing was left.

    `finished` is False for a slice that was cut short; it is not to be measured. The readings are
    by component, None where it could not be read. `generator_cpu_s` runs from start to drained.
    """

    index: int
    block: int
    stack: str
    warmup: bool
    confirm: bool
    seed: int
    finished: bool
    started_at: str
    start: float
    end: float
    drained: float
    generator_cpu_s: float
    at_start: Mapping[str, Reading | None]
    at_end: Mapping[str, Reading | None]
    at_drained: Mapping[str, Reading | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drive:
    """What a drive yielded.

    `skipped` holds the stacks whose further slices were left out, with the reason; `stopped` says
    why the whole drive ended early, or is empty. `steady` tells of each stack whether its CPU per
    request had settled in the warm-up. `faults` are errors inside users, by text, with
    their number: the generator's own, not the stack's. `health` is by stack, over finished slices
    that were measured. `errors` are texts; the empty one comes first.
    """

    folder: Path
    stacks: tuple[str, ...]
    endpoints: tuple[str, ...]
    errors: tuple[str, ...]
    slices: tuple[SliceTimes, ...]
    skipped: Mapping[str, str]
    stopped: str
    steady: Mapping[str, bool]
    faults: Mapping[str, int]
    health: Mapping[str, GeneratorHealth]

    @property
    def samples(self) -> Path:
        """Where the samples are."""
        return self.folder / "samples.npy"

    @property
    def gaps(self) -> Path:
        """Where the pauses between tokens are."""
        return self.folder / "gaps.npy"

    @property
    def log(self) -> Path:
        """Where the load generator's log is."""
        return self.folder / "worker.log"

    def read_samples(self) -> np.ndarray[Any, np.dtype[Any]]:
        """Return all samples, of dtype SAMPLES."""
        loaded: np.ndarray[Any, np.dtype[Any]] = np.load(self.samples)
        return loaded

    def save(self) -> None:
        """Write drive.json."""
        path = self.folder / "drive.json"
        path.write_text(json.dumps(to_json(self)), "utf-8")


def read_drive(folder: Path) -> Drive:
    """Return what a drive left in `folder`; raises FileNotFoundError when it left nothing."""
    return from_json(Drive, json.loads((folder / "drive.json").read_text("utf-8")))
