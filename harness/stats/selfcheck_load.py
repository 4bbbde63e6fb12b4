"""Whether throughput, load and use can be true: Little's law, the rate asked for, parts of wholes.

Little's law (1961): requests in flight on average = their rate x their time. Users of a closed load
have one each in flight, or are kept by the generator, which is busy for its own share of the time.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from harness.records import Measurement
from harness.stats.selfcheck_latencies import RESOLUTION

LITTLE_MARGIN = 0.02  # the two sides share their data, so only rounding may differ
IDLE_MARGIN = 0.05
OFFERED_DEVIATIONS = 5  # a Poisson count is further from its mean once in 1.7 million
TICKS_S = 0.02  # ended processes are counted in ticks of 10 ms, at both ends of a slice


def contradictions(m: Measurement, *, model: str, users: int, rate: float) -> Iterator[str]:
    """Yield a sentence for each contradiction."""
    yield from _throughput(m)
    yield from _use(m)
    yield from _in_flight(m, users) if model == "closed" else _offered(m, rate)


def idle_users(m: Measurement, users: int) -> str:
    """Say so if users of a closed load had less in flight than they must have had; else empty.

    Besides those in flight there are on average at most share / (1 - share) users with a generator
    that is busy for `share` of the time (an open queue, which has more in it than a closed one),
    and a twentieth for noise. Failures may be followed by pauses, so only loads without are judged.
    """
    share = m.generator.cpu_share
    failed = m.counts.failed + m.counts.open
    if m.loaded_s <= 0 or failed or share >= 1:
        return ""
    least = users * (1 - IDLE_MARGIN) - min(users * share, share / (1 - share))
    found = _mean_in_flight(m)
    if found >= least:
        return ""
    return (
        f"{found:.2f} requests were in flight on average, "
        f"but {users} users with a generator busy for {share:.0%} keep at least {least:.2f} there"
    )


def _mean_in_flight(m: Measurement) -> float:
    return m.service.mean * m.service.count / m.loaded_s


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


def _use(m: Measurement) -> Iterator[str]:
    for use in m.components:
        if min(use.cpu_s, use.memory_mean, use.memory_peak, use.memory_idle, use.written) < 0:
            yield f"{use.name}: a resource is below zero"
        if use.memory_mean > use.memory_peak:
            yield f"{use.name}: mean memory {use.memory_mean} is above its peak {use.memory_peak}"
        inside = sum(one.cpu_s.get(use.name, 0.0) for one in m.slices if not one.warmup)
        if inside > use.cpu_s * (1 + RESOLUTION) + TICKS_S * (len(m.slices) + 1):
            yield f"{use.name}: CPU of its slices {inside:g} s is above its total {use.cpu_s:g} s"


def _in_flight(m: Measurement, users: int) -> Iterator[str]:
    """Check that no more requests were in flight on average than there are users."""
    if m.loaded_s <= 0:
        return
    found = _mean_in_flight(m)
    if found > users * (1 + LITTLE_MARGIN):
        yield (
            f"Little's law: {found:.2f} requests were in flight on average, "
            f"but there were {users} users, each with one at a time"
        )


def _offered(m: Measurement, rate: float) -> Iterator[str]:
    """Check that the schedule offered the rate asked for, within a Poisson count's scatter.

    A slice may have lasted longer than planned by the time that its last request waited to be sent,
    which is no longer than the longest response.
    """
    most = rate * m.loaded_s
    slices = sum(not one.warmup for one in m.slices)
    least = rate * max(0.0, m.loaded_s - slices * m.response.max)
    scattered = OFFERED_DEVIATIONS * math.sqrt(most) + slices
    if not least - scattered <= m.counts.scheduled <= most + scattered:
        yield (
            f"{m.counts.scheduled} requests were scheduled in {m.loaded_s:g} s, "
            f"but {rate:g}/s were asked for"
        )
