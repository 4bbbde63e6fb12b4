"""Whether the numbers of a measurement can all be true at once.

Each check yields a sentence for what contradicts itself; a measurement with any is not valid.
Here are the counts and the slices; latencies, load and use have modules of their own. Tolerances
cover the histogram's resolution (0.1 % + 1 microsecond) and nothing else, unless stated.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from itertools import pairwise

from harness.records import Counts, EndpointResult, Measurement, SliceResult
from harness.stats import selfcheck_latencies, selfcheck_load

CLOCK_S = 1e-3  # slices follow each other within microseconds; a repeated one overlaps by all of it


def contradictions(
    measurement: Measurement, *, model: str, users: int, rate: float
) -> tuple[str, ...]:
    """Return a sentence for each contradiction; empty when there is none.

    `model`, `users` and `rate` are the trial's, as in its Record.
    """
    return (
        *_counts(measurement),
        *_slices([one for one in measurement.slices if not one.warmup]),
        *selfcheck_latencies.contradictions(measurement),
        *selfcheck_load.contradictions(measurement, model=model, users=users, rate=rate),
    )


def _counts(m: Measurement) -> Iterator[str]:
    yield from _one_count("all", m.counts)
    for endpoint in m.endpoints:
        yield from _one_count(endpoint.name, endpoint.counts)
        yield from _endpoint(endpoint)
    measured = [one for one in m.slices if not one.warmup]
    parts = {
        "endpoints": [endpoint.counts for endpoint in m.endpoints],
        "measured slices": [one.counts for one in measured],
    }
    for what, counted in parts.items():
        for member in fields(Counts):
            total = getattr(m.counts, member.name)
            if (added := sum(getattr(c, member.name) for c in counted)) != total:
                yield f"{member.name}: the {what} add up to {added}, the total is {total}"
    yield from _moments(m)
    for endpoint in m.endpoints:
        found = [one.endpoints[endpoint.name] for one in measured if endpoint.name in one.endpoints]
        if (held := sum(each.count for each in found)) != endpoint.counts.scheduled:
            yield (
                f"{endpoint.name}: the measured slices hold {held} requests, "
                f"the total {endpoint.counts.scheduled}"
            )


def _one_count(name: str, c: Counts) -> Iterator[str]:
    if c.scheduled != c.sent + c.unsent:
        yield f"{name}: scheduled {c.scheduled} is not sent {c.sent} + unsent {c.unsent}"
    if c.sent != c.answered + c.failed + c.wrong + c.open:
        yield (
            f"{name}: sent {c.sent} is not answered {c.answered} + failed {c.failed} "
            f"+ wrong {c.wrong} + open {c.open}"
        )
    if min(getattr(c, member.name) for member in fields(Counts)) < 0:
        yield f"{name}: a count is below zero"


def _endpoint(endpoint: EndpointResult) -> Iterator[str]:
    """Compare an endpoint's total with its seconds and with the errors that are listed for it."""
    counts = endpoint.counts
    answered = sum(second.answered for second in endpoint.seconds)
    failed = sum(second.failed for second in endpoint.seconds)
    if (answered, answered + failed) != (counts.answered, counts.scheduled):
        yield (
            f"{endpoint.name}: the seconds hold {answered} answered of {answered + failed}, "
            f"the total {counts.answered} of {counts.scheduled}"
        )
    listed = sum(endpoint.errors.values())
    if listed != counts.scheduled - counts.answered:
        yield (
            f"{endpoint.name}: {listed} errors are listed, but {counts.answered} of "
            f"{counts.scheduled} were answered"
        )


def _moments(m: Measurement) -> Iterator[str]:
    """Compare the seconds of the whole stack with its total."""
    answered = sum(moment.answered for moment in m.seconds)
    failed = sum(moment.failed for moment in m.seconds)
    if (answered, answered + failed) != (m.counts.answered, m.counts.scheduled):
        yield (
            f"all: the seconds hold {answered} answered of {answered + failed}, "
            f"the total {m.counts.answered} of {m.counts.scheduled}"
        )
    for moment in m.seconds:
        if not 0 <= moment.p50 <= moment.p95:
            yield f"second {moment.second}: p50 {moment.p50:g} s is above p95 or below zero"


def _slices(measured: Sequence[SliceResult]) -> Iterator[str]:
    """Check that every measured slice is there once, between the first and the last of its kind,
    and holds what it counts.
    """
    for kind in (False, True):
        alike = [one for one in measured if one.confirm is kind]
        for earlier, later in pairwise(alike):
            if later.block != earlier.block + 1:
                yield f"a slice of block {earlier.block} is followed by one of block {later.block}"
    for earlier, later in pairwise(measured):
        over = earlier.start_s + earlier.duration_s
        if later.index <= earlier.index or later.start_s < over - CLOCK_S:
            yield (
                f"slice {later.index} began after {later.start_s:g} s, "
                f"slice {earlier.index} ended after {over:g} s"
            )
    for one in measured:
        if one.response.count != one.counts.scheduled:
            yield (
                f"slice {one.index}: its latency is of {one.response.count} requests, "
                f"but {one.counts.scheduled} were due"
            )
        if not 0 <= one.response.p50 <= one.response.p95:
            yield f"slice {one.index}: p50 {one.response.p50:g} s is above p95 or below zero"
