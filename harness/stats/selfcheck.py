"""Whether the numbers of a measurement can all be true at once.

Each check yields a sentence for what contradicts itself; a measurement with any is not valid.
Tolerances cover the histogram's resolution (0.1 % + 1 microsecond) and nothing else, unless stated.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import fields

from harness.records import Counts, EndpointResult, Latency, Measurement
from harness.stats.histogram import decode

RESOLUTION = 0.001
MICROSECOND = 1e-6
LITTLE_MARGIN = 0.02  # the two sides share their data, so only rounding may differ
OFFERED_DEVIATIONS = 5  # a Poisson count is further from its mean once in 1.7 million


def contradictions(
    measurement: Measurement, *, model: str, users: int, rate: float
) -> tuple[str, ...]:
    """Return a sentence for each contradiction; empty when there is none.

    `model`, `users` and `rate` are the trial's, as in its Record.
    """
    return (
        *_counts(measurement),
        *_latencies(measurement),
        *_service_within_response(measurement),
        *_throughput(measurement),
        *_resources(measurement),
        *(_little(measurement, users) if model == "closed" else _offered(measurement, rate)),
    )


def _counts(m: Measurement) -> Iterator[str]:
    yield from _one_count("all", m.counts)
    for endpoint in m.endpoints:
        yield from _one_count(endpoint.name, endpoint.counts)
        answered = sum(second.answered for second in endpoint.seconds)
        failed = sum(second.failed for second in endpoint.seconds)
        if (answered, answered + failed) != (endpoint.counts.answered, endpoint.counts.scheduled):
            yield (
                f"{endpoint.name}: the seconds hold {answered} answered of {answered + failed}, "
                f"the total {endpoint.counts.answered} of {endpoint.counts.scheduled}"
            )
    parts = {
        "endpoints": [endpoint.counts for endpoint in m.endpoints],
        "measured slices": [one.counts for one in m.slices if not one.warmup],
    }
    for what, counted in parts.items():
        for member in fields(Counts):
            total = getattr(m.counts, member.name)
            if (added := sum(getattr(c, member.name) for c in counted)) != total:
                yield f"{member.name}: the {what} add up to {added}, the total is {total}"


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


def _owners(m: Measurement) -> list[tuple[str, Measurement | EndpointResult]]:
    return [("all", m), *((endpoint.name, endpoint) for endpoint in m.endpoints)]


def _latencies(m: Measurement) -> Iterator[str]:
    for name, owner in _owners(m):
        yield from _one_latency(f"{name}: response", owner.response, owner.counts.scheduled)
        yield from _one_latency(f"{name}: service", owner.service, owner.counts.sent)
        if owner.first_token is not None:
            count = owner.first_token.count
            yield from _one_latency(f"{name}: first token", owner.first_token, count)
            if count > owner.counts.sent:
                yield f"{name}: {count} first tokens, but only {owner.counts.sent} were sent"
        if owner.between_tokens is not None:
            count = owner.between_tokens.count
            yield from _one_latency(f"{name}: between tokens", owner.between_tokens, count)


def _one_latency(name: str, latency: Latency, count: int) -> Iterator[str]:
    if latency.count != count:
        yield f"{name} holds {latency.count} values, but {count} requests belong in it"
    ascending = (latency.p50, latency.p90, latency.p95, latency.p99, latency.max)
    if list(ascending) != sorted(ascending) or ascending[0] < 0:
        shown = ", ".join(f"{value:g}" for value in ascending)
        yield f"{name}: p50, p90, p95, p99 and maximum do not ascend: {shown}"
    if latency.mean > latency.max + MICROSECOND:
        yield f"{name}: the mean {latency.mean:g} s is above the maximum {latency.max:g} s"
    held = decode(latency.histogram).count
    if held != latency.count:
        yield f"{name}: the histogram holds {held} values, the count says {latency.count}"


def _service_within_response(m: Measurement) -> Iterator[str]:
    """Compare percentiles, which is possible only where both hold the same requests."""
    for name, owner in _owners(m):
        if owner.counts.unsent:
            continue
        for member in ("mean", "p50", "p90", "p95", "p99", "max"):
            service, response = getattr(owner.service, member), getattr(owner.response, member)
            if service > response * (1 + RESOLUTION) + MICROSECOND:
                yield (
                    f"{name}: {member} of service {service:g} s is above response {response:g} s, "
                    "though response begins earlier"
                )


def _throughput(m: Measurement) -> Iterator[str]:
    slices_s = sum(one.duration_s for one in m.slices if not one.warmup)
    if not math.isclose(m.loaded_s, slices_s, rel_tol=1e-6):
        yield f"loaded for {m.loaded_s:g} s, but the measured slices add up to {slices_s:g} s"
    if m.loaded_s <= 0:
        yield f"loaded for {m.loaded_s:g} s"
    elif not math.isclose(m.throughput, m.counts.answered / m.loaded_s, rel_tol=1e-6):
        yield (
            f"throughput {m.throughput:g}/s is not answered {m.counts.answered} "
            f"/ loaded {m.loaded_s:g} s"
        )


def _resources(m: Measurement) -> Iterator[str]:
    for use in m.components:
        if min(use.cpu_s, use.memory_mean, use.memory_peak, use.memory_idle, use.written) < 0:
            yield f"{use.name}: a resource is below zero"
        if use.memory_mean > use.memory_peak:
            yield f"{use.name}: mean memory {use.memory_mean} is above its peak {use.memory_peak}"
        # Ended processes are counted in ticks of 10 ms, so each slice may be off by that much.
        inside = sum(one.cpu_s.get(use.name, 0.0) for one in m.slices if not one.warmup)
        if inside > use.cpu_s * (1 + RESOLUTION) + 0.02 * (len(m.slices) + 1):
            yield f"{use.name}: CPU of its slices {inside:g} s is above its total {use.cpu_s:g} s"


def _little(m: Measurement, users: int) -> Iterator[str]:
    """Check Little's law: no more requests in flight on average than there are users."""
    if m.loaded_s <= 0:
        return
    in_flight = m.service.mean * m.service.count / m.loaded_s
    if in_flight > users * (1 + LITTLE_MARGIN):
        yield (
            f"Little's law: {in_flight:.2f} requests were in flight on average, "
            f"but there were {users} users, each with one at a time"
        )


def _offered(m: Measurement, rate: float) -> Iterator[str]:
    """Check that the schedule offered the rate asked for, within a Poisson count's scatter."""
    planned_s = m.loaded_s
    expected = rate * planned_s
    if m.counts.scheduled > expected + OFFERED_DEVIATIONS * math.sqrt(expected) + len(m.slices):
        yield (
            f"{m.counts.scheduled} requests were scheduled in {planned_s:g} s, "
            f"but {rate:g}/s were asked for"
        )
