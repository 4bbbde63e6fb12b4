"""Whether latencies can be true: against their own histograms, their parts, and each other.

A percentile and a mean are recomputed from the histogram stored beside them; histograms of parts
must add up to that of the whole, bucket by bucket.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from harness.records import EndpointResult, Latency, Measurement
from harness.stats.histogram import Histogram, decode, merge

RESOLUTION = 0.001
MICROSECOND = 1e-6
PERCENTILES = {"p50": 50, "p90": 90, "p95": 95, "p99": 99}
KINDS = ("response", "service", "first_token", "between_tokens")

Owner = Measurement | EndpointResult


def contradictions(m: Measurement) -> Iterator[str]:
    """Yield a sentence for each contradiction."""
    owners: list[tuple[str, Owner]] = [("all", m), *((e.name, e) for e in m.endpoints)]
    for name, owner in owners:
        yield from _counted(name, owner)
        for kind in KINDS:
            if (latency := _of(owner, kind)) is not None:
                yield from _recomputed(f"{name}: {_said(kind)}", latency)
        yield from _service_within_response(name, owner)
    yield from _merged(m)


def _counted(name: str, owner: Owner) -> Iterator[str]:
    """Check that each latency is of as many requests as belong in it."""
    expected = {"response": owner.counts.scheduled, "service": owner.counts.sent}
    for kind, count in expected.items():
        latency = _of(owner, kind)
        if latency is not None and latency.count != count:
            yield (
                f"{name}: {kind} holds {latency.count} values, but {count} requests belong in it"
            )
    if owner.first_token is not None and owner.first_token.count > owner.counts.sent:
        yield (
            f"{name}: {owner.first_token.count} first tokens, "
            f"but only {owner.counts.sent} were sent"
        )


def _recomputed(name: str, latency: Latency) -> Iterator[str]:
    """Compare what is stored with what its histogram says."""
    held = decode(latency.histogram)
    if held.count != latency.count:
        yield f"{name}: the histogram holds {held.count} values, the count says {latency.count}"
        return
    ascending = [getattr(latency, which) for which in PERCENTILES] + [latency.max]
    if ascending != sorted(ascending) or ascending[0] < 0:
        shown = ", ".join(f"{value:g}" for value in ascending)
        yield f"{name}: p50, p90, p95, p99 and maximum do not ascend: {shown}"
    shares = held.percentiles(tuple(PERCENTILES.values()))
    truth = dict(zip(PERCENTILES, shares, strict=True)) | {"mean": held.mean, "max": held.max}
    for which, value in truth.items():
        stored = getattr(latency, which)
        if abs(stored - value) > RESOLUTION * value + MICROSECOND:
            yield f"{name}: {which} is stored as {stored:g} s, its histogram says {value:g} s"


def _service_within_response(name: str, owner: Owner) -> Iterator[str]:
    """Compare percentiles, which is possible only where both hold the same requests."""
    if owner.counts.unsent:
        return
    for which in ("mean", *PERCENTILES, "max"):
        service, response = getattr(owner.service, which), getattr(owner.response, which)
        if service > response * (1 + RESOLUTION) + MICROSECOND:
            yield (
                f"{name}: {which} of service {service:g} s is above response {response:g} s, "
                "though response begins earlier"
            )


def _merged(m: Measurement) -> Iterator[str]:
    """Compare each total's histogram with those of its endpoints, and theirs with their seconds'.

    What was never sent has no service; its endpoint's histogram of that is empty.
    """
    for kind in KINDS:
        whole = _of(m, kind)
        parts = [latency for e in m.endpoints if (latency := _of(e, kind)) is not None]
        if not _same(whole, [part.histogram for part in parts]):
            yield f"all: {_said(kind)}: the endpoints' histograms do not add up to the total's"
    for endpoint in m.endpoints:
        for kind in ("response", "service"):
            texts = [getattr(second, kind) for second in endpoint.seconds]
            if not _same(_of(endpoint, kind), texts):
                yield f"{endpoint.name}: {kind}: the seconds' histograms do not add up to its own"


def _same(whole: Latency | None, parts: Sequence[str]) -> bool:
    total = decode(whole.histogram) if whole is not None else merge([])
    return _equal(total, merge(map(decode, parts)))


def _equal(one: Histogram, other: Histogram) -> bool:
    return np.array_equal(one.lows, other.lows) and np.array_equal(one.counts, other.counts)


def _of(owner: Owner, kind: str) -> Latency | None:
    found: Latency | None = getattr(owner, kind)
    return found


def _said(kind: str) -> str:
    return kind.replace("_", " ")
