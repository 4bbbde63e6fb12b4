"""The calibrations that are kept, and the one that speaks of the machine of a run."""

from __future__ import annotations

import json
from pathlib import Path

from harness.calibration import Calibration
from harness.errors import SchemaError
from harness.measure.host import MATTER, UNKNOWN
from harness.records import Run
from harness.serial import from_json

PATTERN = "calibration-*.json"


def read(path: Path) -> Calibration:
    """Return what `bakeoff calibrate` wrote; raises SchemaError naming the file."""
    try:
        return from_json(Calibration, json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, SchemaError) as error:
        raise SchemaError(f"{path} is no calibration that this bakeoff reads: {error}") from error


def matching(folder: Path, run: Run) -> Calibration | None:
    """Return the latest calibration in `folder` that was made where, and as, the run was; None
    without one. Files of another schema say nothing.
    """
    found = []
    for path in sorted(folder.glob(PATTERN)):
        try:
            one = read(path)
        except SchemaError:
            continue
        if one.launcher == run.launcher and all(_same(one, run, name) for name in MATTER):
            found.append(one)
    return max(found, key=lambda one: one.made_at, default=None)


def _same(one: Calibration, run: Run, name: str) -> bool:
    return one.facts.get(name, UNKNOWN) == run.facts.get(name, UNKNOWN)
