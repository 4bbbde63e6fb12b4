"""One slice of load on one stack -> its SliceResult.

The time for which a slice loaded its stack is what throughput is divided by. Closed: the mean over
users of the time until each one's last answer, at least the planned time, because users finish
their last request after the planned end and nobody then sends another; the expected number of
answers by then is exactly that time over the mean cycle (Wald's identity), whereas dividing by the
planned time would count up to one answer per user too many. Open: until the last sending, which is
after the planned end only when a backlog was worked off.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from harness.drive.results import SliceTimes
from harness.measure.samples import Rows, Samples, StackSamples, counts
from harness.records import SliceLatency, SliceResult


def slice_result(samples: Samples, mine: StackSamples, one: SliceTimes, users: int) -> SliceResult:
    """Return the result of one slice; `users` is 0 for the open model."""
    here = mine.rows["slice"] == one.index
    rows, response, names = mine.rows[here], mine.response[here], samples.drive.endpoints
    cpu = {
        name: max(0.0, later.cpu_s - earlier.cpu_s)
        for name, later in one.at_drained.items()
        if later is not None and (earlier := one.at_start.get(name)) is not None
    }
    return SliceResult(
        index=one.index,
        block=one.block,
        start_s=one.start,
        duration_s=_closed_s(rows, one, users) if users else _open_s(rows, one),
        warmup=one.warmup,
        confirm=one.confirm,
        counts=counts(rows),
        cpu_s=cpu,
        response=_slice_latency(response),
        endpoints={
            names[number]: _slice_latency(response[rows["endpoint"] == number])
            for number in np.unique(rows["endpoint"]).tolist()
        },
    )


def _slice_latency(values: NDArray[np.float64]) -> SliceLatency:
    if not len(values):
        return SliceLatency(count=0, p50=0.0, p95=0.0)
    p50, p95 = np.percentile(values, (50, 95), method="inverted_cdf").tolist()
    return SliceLatency(count=len(values), p50=p50, p95=p95)


def _closed_s(rows: Rows, one: SliceTimes, users: int) -> float:
    """Return the mean over users of the time until their last answer, at least the planned time."""
    ends = np.where(np.isnan(rows["end"]), one.drained, rows["end"])
    places = np.unique(rows["user"], return_inverse=True)[1]
    last = np.full(int(places.max(initial=-1)) + 1, one.end)
    np.maximum.at(last, places, ends)
    return one.end - one.start + float((last - one.end).sum()) / max(users, len(last))


def _open_s(rows: Rows, one: SliceTimes) -> float:
    """Return the time until the last sending, at least the planned time."""
    return float(np.fmax.reduce(rows["sent"], initial=one.end)) - one.start
