"""Measurements of known numbers with real histograms, the same on every call."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence

from harness.records import (
    ComponentUse,
    Counts,
    EndpointResult,
    GeneratorHealth,
    Latency,
    Measurement,
    Moment,
    Second,
    SliceLatency,
    SliceResult,
    TrialKey,
)
from harness.stats import histogram
from harness.stats.histogram import Histogram

SECONDS = 6
DONE = {"database": 4, "cache": 2}
OF = {"database": "transactions", "cache": "commands on data"}
PARTS = {
    "primary": (
        ("nginx", "gateway", "1.22.1", "", 0.04, 9),
        ("api", "app", "1.0.0", "", 0.62, 118),
        ("postgresql", "database", "15.9", "", 0.31, 74),
        ("redis", "cache", "7.0.15", "", 0.05, 11),
        ("rabbitmq", "queue", "3.10.8", "", 0.12, 96),
        ("worker", "worker", "1.0.0", "", 0.08, 61),
        ("llm", "llm", "1.0.0", "", 0.11, 40),
    ),
    "cost-optimized": (
        ("api", "app", "1.0.0", "", 0.48, 132),
        ("sqlite", "database", "3.40.1", "", 0.02, 0),
        ("memcached", "cache", "1.6.18", "", 0.03, 66),
        ("llm", "llm", "1.0.0", "", 0.11, 40),
    ),
    "scalability": (
        ("api", "app", "1.0.0", "", 0.9, 210),
        ("mongodb", "database", "0.7", "secantusdb 0.7 for MongoDB", 0.7, 88),
        ("llm", "llm", "1.0.0", "", 0.11, 40),
    ),
    "rabbitmq": (("rabbitmq", "queue", "3.10.8", "", 0.12, 96),),
    "kafka": (("kafka", "queue", "3.9.0", "another broker 3.9 for Kafka", 0.07, 480),),
}
ENDPOINTS = {
    "chat": ("createConversation", "sendMessage", "listMessages"),
    "browse": ("listConversations", "searchMessages"),
    "stream": ("sendMessage",),
    "queue": ("publish", "take"),
}
MIDDLE = {"primary": 0.0082, "cost-optimized": 0.0065, "scalability": 0.0121}


def values(rng: random.Random, count: int, middle: float) -> list[float]:
    """Latencies around `middle` seconds with a long tail."""
    return [rng.lognormvariate(math.log(middle), 0.35) for _ in range(count)]


def merged(parts: Sequence[Histogram]) -> Latency:
    """Return the latency over all the values of several histograms."""
    return histogram.latency(histogram.merge(parts))


def counts_of(answered: int, failed: int = 0) -> Counts:
    """Return counts in which everything was sent and got some answer."""
    due = answered + failed
    return Counts(
        scheduled=due, sent=due, answered=answered, failed=failed, wrong=0, open=0, unsent=0
    )


def endpoint(
    rng: random.Random, name: str, middle: float, *, streams: bool, failed: int
) -> EndpointResult:
    """One endpoint over some seconds of load."""
    each = [histogram.from_seconds(values(rng, 180, middle)) for _ in range(SECONDS)]
    service = merged(each)
    tokens = histogram.latency(histogram.from_seconds(values(rng, 400, middle / 6)))
    return EndpointResult(
        name=name,
        counts=counts_of(180 * SECONDS - failed, failed),
        response=service,
        service=service,
        first_token=tokens if streams else None,
        between_tokens=tokens if streams else None,
        seconds=tuple(
            Second(
                second=2 * n,
                answered=180,
                failed=0,
                response=h.encode(),
                service=h.encode(),
            )
            for n, h in enumerate(each)
        ),
        errors={"HTTP 503": failed} if failed else {},
        bytes=(180 * SECONDS - failed) * 412,
    )


def moments(endpoints: Sequence[EndpointResult]) -> Iterator[Moment]:
    """Yield the seconds of a stack: those of its endpoints, which all have the same, merged."""
    for parts in zip(*(endpoint.seconds for endpoint in endpoints), strict=True):
        merged = histogram.merge(histogram.decode(part.response) for part in parts)
        p50, p95 = merged.percentiles((50, 95))
        yield Moment(
            second=parts[0].second,
            answered=sum(part.answered for part in parts),
            failed=sum(part.failed for part in parts),
            p50=p50,
            p95=p95,
        )


def use(
    part: tuple[str, str, str, str, float, int], answered: int, rng: random.Random
) -> ComponentUse:
    """Return what a component used for that many answers."""
    name, role, version, stand_in, cpu_ms, memory = part
    noise = rng.uniform(0.95, 1.05)
    return ComponentUse(
        name=name,
        role=role,
        version=version,
        source=f"Debian package {name} {version}",
        stand_in=stand_in,
        size=0 if name == "sqlite" else (20 + memory) * 2**20,
        size_of="a part of the app" if name == "sqlite" else f"the installed package {name}",
        ready_s=0.0 if name == "sqlite" else 0.4 * noise,
        idle_cpu=0.0 if name == "sqlite" else 0.004 * noise,
        cpu_s=cpu_ms / 1000 * answered * noise,
        memory_mean=int(memory * 2**20 * 0.9),
        memory_peak=int(memory * 2**20 * noise),
        memory_idle=int(memory * 2**20 * 0.6),
        written=3 * 2**20,
        operations=DONE[role] * answered if role in DONE else None,
        operations_of=OF.get(role, ""),
    )


def measurement(key: TrialKey, failed: int = 0) -> Measurement:
    """Return what a trial measured, seeded by its key."""
    rng = random.Random(repr(key))
    middle = MIDDLE.get(key.stack, 0.01) * rng.uniform(0.97, 1.03)
    names = ENDPOINTS.get(key.scenario, ("sendMessage",))
    streams = key.scenario == "stream"
    found = tuple(
        endpoint(rng, name, middle * (1 + n / 2), streams=streams, failed=failed if not n else 0)
        for n, name in enumerate(names)
    )
    answered = sum(e.counts.answered for e in found)
    service = histogram.merged_latency(e.service for e in found)
    tokens = histogram.merged_latency(e.first_token for e in found if e.first_token)
    loaded = 6 * middle / 0.008
    counts = counts_of(answered, failed)
    return Measurement(
        counts=counts,
        loaded_s=loaded,
        throughput=answered / loaded,
        response=service,
        service=service,
        first_token=tokens if streams else None,
        between_tokens=tokens if streams else None,
        endpoints=found,
        components=tuple(use(p, answered, rng) for p in PARTS.get(key.stack, PARTS["primary"])),
        slices=(
            SliceResult(
                index=0,
                block=0,
                confirm=False,
                response=SliceLatency(count=answered, p50=middle, p95=middle * 2),
                endpoints={},
                start_s=0.0,
                duration_s=loaded,
                warmup=False,
                counts=counts,
                cpu_s={"api": 1.0},
            ),
        ),
        generator=GeneratorHealth(
            cpu_share=0.41, send_lag_p99=0.0004, hub_lag_p99=0.0011, achieved=1.0
        ),
        steady=True,
        warmup_s=2.0,
        answered_all=answered,
        seconds=tuple(moments(found)),
    )
