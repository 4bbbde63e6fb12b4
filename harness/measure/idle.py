"""What components burn while nobody asks them for anything."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress

from harness.errors import EnvironmentFault
from harness.measure.usage import Meter, read


def idle_shares(meters: Mapping[str, Meter], seconds: float) -> dict[str, float]:
    """Return each meter's share of one core over the same quiet window, by name.

    What cannot be read, because it died, has none.
    """
    before = _read(meters)
    if meters:
        time.sleep(seconds)
    after = _read(meters)
    return {
        name: max(0.0, used - before[name][1]) / (now - before[name][0])
        for name, (now, used) in after.items()
        if name in before
    }


def _read(meters: Mapping[str, Meter]) -> dict[str, tuple[float, float]]:
    """Return for each meter when it was read, and its CPU seconds so far."""
    found = {}
    for name, meter in meters.items():
        with suppress(EnvironmentFault):
            found[name] = (time.perf_counter(), read(meter).cpu_s)
    return found
