"""The measurement of a drive that was written row by row."""

from __future__ import annotations

from harness.measure.measurement import Known, measurement
from harness.measure.monitor import Memory
from harness.measure.samples import Samples
from harness.measure.usage import Meter

NAN = float("nan")
METER = Meter(component="app", kind="processes", ref="1")
APP = Known(
    name="app", role="app", version="1", source="path", stand_in="", size=3, size_of="file",
    ready_s=0.1, idle_cpu=0.01, memory_idle=5, meter=METER, operations=None,
    operations_of="",
)  # fmt: skip
EMBEDDED = Known(
    name="sqlite", role="database", version="3", source="library", stand_in="", size=0,
    size_of="", ready_s=0.0, idle_cpu=0.0, memory_idle=0, meter=None, operations=None,
    operations_of="",
)  # fmt: skip
MEMORY = {METER: Memory(mean=7, peak=9, samples=3)}


def measure(tape, model="closed", users=1, components=(APP,)):
    """Return the measurement of stack a and what contradicts itself in its samples."""
    return measurement(
        Samples.read(tape.save()), "a",
        model=model, users=users, components=components, memory=MEMORY,
    )  # fmt: skip
