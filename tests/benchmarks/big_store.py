"""Stores of any number of requests: 4 stacks, 8 scenarios, some sessions, seeded figures.

To encode histograms takes longest, so what endpoints took is drawn for a few sessions and comes
again in the later ones; all else is drawn for each trial. By hand:

    python tests/benchmarks/big_store.py sqlite:///FILE REQUESTS SESSIONS
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from harness.figures import (
    ComponentUse,
    Counts,
    EndpointResult,
    GeneratorHealth,
    Measurement,
    Moment,
    Second,
    SliceLatency,
    SliceResult,
)
from harness.records import SCHEMA, Fault, Record, Run, Status, TrialKey
from harness.stats import histogram
from harness.store import Store

STACKS = ("cost-optimized", "developer-experience", "primary", "scalability")
SCENARIOS = ("browse", "chat", "cold", "ingest", "reload", "search", "stream", "writes")
ENDPOINTS = tuple(f"operation{n}" for n in range(8))
PARTS = tuple((f"part{n}", role) for n, role in enumerate(("gateway", "app", "database", "cache")))
SECONDS, SLICES = 9, 18
DRAWN = 2


def make(store: Store, requests: int, sessions: int = 5, run_id: str = "big") -> Run:
    """Store a run of that many requests in all and return it."""
    run = Run(
        id=run_id,
        started_at="2026-11-23T05:30:00+00:00",
        finished_at="2026-11-23T07:42:30+00:00",
        schema=SCHEMA,
        version="0.1.0",
        launcher="processes",
        plan={"name": "full", "sessions": sessions},
        facts={"cpu": "2 cores"},
        fingerprint="3f9a1c",
        llm_capacity=2400.0,
    )
    store.begin(run)
    random = np.random.default_rng(1)
    each = requests // (len(STACKS) * len(SCENARIOS) * sessions * len(ENDPOINTS))
    drawn = dict[tuple[int, str, str], tuple[EndpointResult, ...]]()
    for session in range(1, sessions + 1):
        for scenario in SCENARIOS:
            for place, stack in enumerate(STACKS):
                middle, again = 0.004 * (1 + place / 10), (session % DRAWN, scenario, stack)
                if again not in drawn:
                    drawn[again] = tuple(_endpoint(n, middle, each, random) for n in ENDPOINTS)
                key = TrialKey(session=session, scenario=scenario, load="8 users", stack=stack)
                store.add(run.id, _record(key, middle, drawn[again], random))
    store.finish(run)
    return run


def _counts(number: int) -> Counts:
    return Counts(
        scheduled=number, sent=number, answered=number, failed=0, wrong=0, open=0, unsent=0
    )


def _endpoint(name: str, middle: float, number: int, random: np.random.Generator) -> EndpointResult:
    parts = [
        histogram.from_seconds(random.lognormal(np.log(middle), 0.5, size=number // SECONDS))
        for _ in range(SECONDS)
    ]
    whole = histogram.latency(histogram.merge(parts))
    texts = [part.encode() for part in parts]
    seconds = tuple(
        Second(second=n, answered=part.count, failed=0, response=text, service=text)
        for n, (part, text) in enumerate(zip(parts, texts, strict=True))
    )
    return EndpointResult(
        name=name,
        counts=_counts(whole.count),
        response=whole,
        service=whole,
        first_token=whole,
        between_tokens=None,
        seconds=seconds,
        errors={},
        bytes=400 * number,
    )


def _moments(endpoints: Sequence[EndpointResult]) -> Iterator[Moment]:
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


def _record(
    key: TrialKey, middle: float, found: tuple[EndpointResult, ...], random: np.random.Generator
) -> Record:
    answered = sum(e.counts.answered for e in found)
    whole = histogram.merged_latency(e.response for e in found)
    own = {name: 0.0005 * answered * float(random.lognormal(0, 0.05)) for name, _ in PARTS}
    measured = Measurement(
        counts=_counts(answered),
        loaded_s=9.0,
        throughput=answered / 9,
        response=whole,
        service=whole,
        first_token=whole,
        between_tokens=None,
        endpoints=found,
        components=tuple(
            ComponentUse(
                name=name,
                role=role,
                version="1.0",
                source="package",
                stand_in="",
                size=2**24,
                size_of="package",
                ready_s=0.4,
                idle_cpu=0.01,
                cpu_s=own[name],
                memory_mean=2**26,
                memory_peak=2**26,
                memory_idle=2**25,
                written=2**20,
                operations=answered,
                operations_of="things",
            )
            for name, role in PARTS
        ),
        slices=tuple(_slice(n, middle, answered // SLICES, own, random) for n in range(SLICES)),
        generator=GeneratorHealth(
            cpu_share=0.4, send_lag_p99=0.0004, hub_lag_p99=0.001, achieved=1.0
        ),
        steady=True,
        warmup_s=5.0,
        answered_all=answered,
        seconds=tuple(_moments(found)),
    )
    return Record(
        key=key,
        status=Status.OK,
        fault=Fault.NONE,
        reason="",
        started_at="2026-11-23T05:31:00+00:00",
        model="closed",
        users=8,
        rate=0.0,
        tier="process",
        durability="survives the process being killed",
        verified="31 checks",
        audited="agrees",
        doubts=(),
        measurement=measured,
    )


def _slice(
    n: int, middle: float, number: int, own: dict[str, float], random: np.random.Generator
) -> SliceResult:
    noise = float(random.lognormal(0, 0.05))
    latency = SliceLatency(count=number, p50=middle * noise, p95=2.3 * middle * noise)
    return SliceResult(
        index=n,
        block=n,
        start_s=float(n),
        duration_s=0.5,
        warmup=False,
        confirm=False,
        counts=_counts(number),
        cpu_s={name: s / SLICES * noise for name, s in own.items()},
        response=latency,
        endpoints={e: replace(latency, count=number // len(ENDPOINTS)) for e in ENDPOINTS},
    )


if __name__ == "__main__":
    with Store.open(sys.argv[1]) as opened:
        make(opened, int(sys.argv[2]), int(sys.argv[3]))
