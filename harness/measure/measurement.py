"""Samples of one stack -> its Measurement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from harness.drive.results import UNSENT_ENDPOINT, Outcome, SliceTimes
from harness.measure.monitor import Memory
from harness.measure.samples import Rows, Samples, StackSamples, counts
from harness.measure.slicing import slice_result
from harness.measure.usage import Meter, Reading
from harness.records import (
    ComponentUse,
    EndpointResult,
    Latency,
    Measurement,
    Moment,
    Second,
)
from harness.stats.histogram import from_seconds, latency

WITHOUT_TEXT = {
    Outcome.FAILED: "failed",
    Outcome.WRONG: "wrong answer",
    Outcome.OPEN: "no answer when its slice had drained",
    Outcome.UNSENT: "due and never sent",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the launcher knows of a component; `meter` is None for one without processes."""

    name: str
    role: str
    version: str
    source: str
    stand_in: str
    size: int
    size_of: str
    ready_s: float
    idle_cpu: float
    memory_idle: int
    meter: Meter | None
    operations: int | None
    operations_of: str


def measurement(
    samples: Samples,
    stack: str,
    *,
    model: str,
    users: int,
    components: Sequence[Known],
    memory: Mapping[Meter, Memory],
) -> tuple[Measurement | None, tuple[str, ...]]:
    """Return the measurement of `stack` and what contradicts itself in its raw data.

    `model` is "closed" or "open", `users` as in the job, `memory` what a Monitor saw. The
    measurement is None when no measured slice was finished.
    """
    mine = samples.measured(stack)
    generator = samples.drive.health.get(stack)
    if not mine.slices or generator is None:
        return None, ()
    closed = users if model == "closed" else 0
    slices = tuple(slice_result(samples, mine, one, closed) for one in mine.slices)
    uses, unread = _components(components, mine.slices, memory)
    total, loaded_s = counts(mine.rows), sum(one.duration_s for one in slices)
    everything = np.ones(len(mine.rows), dtype=np.bool_)
    measured = Measurement(
        counts=total,
        loaded_s=loaded_s,
        throughput=total.answered / loaded_s,
        response=_latency(mine.response),
        service=_latency(mine.service),
        first_token=_streamed(mine.first_token),
        between_tokens=_streamed(_gaps(mine, everything)),
        endpoints=tuple(_endpoints(samples, mine)),
        components=uses,
        slices=slices,
        generator=generator,
        steady=samples.drive.steady.get(stack, False),
        warmup_s=sum(
            s.end - s.start for s in samples.drive.slices if s.warmup and s.stack == stack
        ),
        answered_all=sum(samples.acknowledged(stack).answered.values()),
        seconds=tuple(_moments(mine, samples.first_measured())),
    )
    return measured, mine.contradictions + unread


def _endpoints(samples: Samples, mine: StackSamples) -> Iterator[EndpointResult]:
    """Yield the results by endpoint; requests that were never sent come last, under their name."""
    present = np.unique(mine.rows["endpoint"]).tolist()
    answered = mine.rows["outcome"] == Outcome.ANSWERED
    names = samples.drive.endpoints
    for number in sorted(present, key=lambda n: (names[n] == UNSENT_ENDPOINT, names[n])):
        chosen = mine.rows["endpoint"] == number
        yield EndpointResult(
            name=names[number],
            counts=counts(mine.rows[chosen]),
            response=_latency(mine.response[chosen]),
            service=_latency(mine.service[chosen]),
            first_token=_streamed(mine.first_token[chosen]),
            between_tokens=_streamed(_gaps(mine, chosen)),
            seconds=tuple(_seconds(mine, chosen, samples.first_measured())),
            errors=_errors(mine.rows[chosen], samples.drive.errors),
            bytes=int(mine.rows["bytes"][chosen & answered].sum(dtype=np.int64)),
        )


def _seconds(mine: StackSamples, chosen: NDArray[np.bool_], origin: float) -> Iterator[Second]:
    """Yield the seconds of an endpoint."""
    for number, part in _by_second(mine, np.flatnonzero(chosen), origin):
        answered = _answered(mine, part)
        yield Second(
            second=number,
            answered=answered,
            failed=len(part) - answered,
            response=from_seconds(mine.response[part]).encode(),
            service=from_seconds(_known(mine.service[part])).encode(),
        )


def _moments(mine: StackSamples, origin: float) -> Iterator[Moment]:
    """Yield the seconds of the whole stack."""
    for number, part in _by_second(mine, np.arange(len(mine.rows)), origin):
        answered = _answered(mine, part)
        p50, p95 = from_seconds(mine.response[part]).percentiles((50, 95))
        yield Moment(
            second=number, answered=answered, failed=len(part) - answered, p50=p50, p95=p95
        )


def _by_second(
    mine: StackSamples, places: NDArray[np.intp], origin: float
) -> Iterator[tuple[int, NDArray[np.intp]]]:
    """Yield the seconds since `origin` in which requests were due, and which of `places` were due
    in each.
    """
    if not len(places):
        return
    since = np.maximum(mine.rows["due"][places] - origin, 0.0)
    second = since.astype(np.int64)
    order = np.argsort(second, kind="stable")
    numbers, firsts = np.unique(second[order], return_index=True)
    yield from zip(numbers.tolist(), np.split(places[order], firsts[1:]), strict=True)


def _answered(mine: StackSamples, part: NDArray[np.intp]) -> int:
    return int(np.count_nonzero(mine.rows["outcome"][part] == Outcome.ANSWERED))


def _errors(rows: Rows, texts: Sequence[str]) -> dict[str, int]:
    """Count what is not answered by its text, the most frequent first."""
    found: dict[str, int] = {}
    failed = rows[rows["outcome"] != Outcome.ANSWERED][["outcome", "error"]]
    for (outcome, error), number in zip(*np.unique(failed, return_counts=True), strict=True):
        text = texts[error] or WITHOUT_TEXT.get(Outcome(outcome), "failed")
        found[text] = found.get(text, 0) + int(number)
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def _components(
    components: Sequence[Known], slices: Sequence[SliceTimes], memory: Mapping[Meter, Memory]
) -> tuple[tuple[ComponentUse, ...], tuple[str, ...]]:
    """Return what components used from first to last slice, and which could not be read."""
    uses, unread = [], []
    for known in components:
        starts = [s.at_start.get(known.name) for s in slices]
        ends = [s.at_drained.get(known.name) for s in slices]
        first, last = _first(starts), _first(reversed(ends))
        if known.meter is not None and (first is None or last is None):
            unread.append(f"what {known.name} used could not be read")
        held = memory.get(known.meter) if known.meter is not None else None
        uses.append(
            ComponentUse(
                name=known.name,
                role=known.role,
                version=known.version,
                source=known.source,
                stand_in=known.stand_in,
                size=known.size,
                size_of=known.size_of,
                ready_s=known.ready_s,
                idle_cpu=known.idle_cpu,
                cpu_s=_cpu(slices, starts, ends, idle=known.idle_cpu),
                memory_mean=held.mean if held else 0,
                memory_peak=held.peak if held else 0,
                memory_idle=known.memory_idle,
                written=max(0, last.written - first.written) if first and last else 0,
                operations=known.operations,
                operations_of=known.operations_of,
            )
        )
    return tuple(uses), tuple(unread)


def _cpu(
    slices: Sequence[SliceTimes],
    starts: Sequence[Reading | None],
    ends: Sequence[Reading | None],
    *,
    idle: float,
) -> float:
    """Return the CPU seconds of a component's load: all in its own slices, and between them what
    exceeds its idle share, which is work that its load left behind.
    """
    read = [
        (one, start.cpu_s, end.cpu_s)
        for one, start, end in zip(slices, starts, ends, strict=True)
        if start is not None and end is not None
    ]
    own = sum(max(0.0, end - start) for _, start, end in read)
    between = (
        max(0.0, start - end - idle * max(0.0, later.start - earlier.drained))
        for (earlier, _, end), (later, start, _) in pairwise(read)
    )
    return own + sum(between)


def _first(readings: Iterable[Reading | None]) -> Reading | None:
    return next((reading for reading in readings if reading is not None), None)


def _gaps(mine: StackSamples, chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
    return mine.gaps[chosen[mine.gap_rows]]


def _known(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return values[~np.isnan(values)]


def _latency(values: NDArray[np.float64]) -> Latency:
    return latency(from_seconds(_known(values)))


def _streamed(values: NDArray[np.float64]) -> Latency | None:
    known = _known(values)
    return _latency(known) if len(known) else None
