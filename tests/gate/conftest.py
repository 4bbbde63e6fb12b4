"""Records of sides whose true ratio is known, with the scatter that was seen on a busy machine."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pytest

from harness.records import (
    ComponentUse,
    Counts,
    EndpointResult,
    Fault,
    GeneratorHealth,
    Latency,
    Measurement,
    Record,
    SliceLatency,
    SliceResult,
    Status,
    TrialKey,
)

BLOCKS, CONFIRMS = 16, 1
OPERATIONS = {"list": 0.004, "send": 0.020}
PAIR, SESSION = 0.10, 0.02
EMPTY = Latency(count=0, mean=0.0, p50=0.0, p90=0.0, p95=0.0, p99=0.0, max=0.0, histogram="")
Factors = Mapping[str, float]


def _counts(answered: int) -> Counts:
    return Counts(
        scheduled=answered, sent=answered, answered=answered, failed=0, wrong=0, open=0, unsent=0
    )


def _slice(rng: np.random.Generator, block: int, at: float, factors: Factors) -> SliceResult:
    """Return a slice in which everything takes `at` times what it should, noise apart."""
    noise = at * math.exp(rng.normal(0, PAIR / math.sqrt(2)))
    confirm = block >= BLOCKS
    app = noise * factors.get("app", 1.0)
    number = {"list": int(rng.integers(8, 16)), "send": int(rng.integers(4, 9))}
    requests = sum(number.values())
    cost = sum(number[name] * OPERATIONS[name] for name in number)
    took = {
        n: OPERATIONS[n] * 2 * noise * factors.get(n, 1.0) * factors.get("app", 1.0) for n in number
    }
    longer = factors.get("long", 1.0) if confirm else 1.0
    return SliceResult(
        index=block, block=block, start_s=float(block), warmup=False, confirm=confirm,
        duration_s=cost * noise * factors.get("time", 1.0) * longer,
        counts=_counts(requests),
        cpu_s={"app": cost * 0.7 * app * longer, "db": cost * 0.3 * noise * longer, "llm": 0.5},
        response=SliceLatency(count=requests, p50=took["list"], p95=took["send"]),
        endpoints={
            name: SliceLatency(count=number[name], p50=took[name], p95=took[name] * 2)
            for name in number
        },
    )  # fmt: skip


def _use(name: str, role: str, cpu_s: float, size: int) -> ComponentUse:
    return ComponentUse(
        name=name, role=role, version="1", source="path", stand_in="", size=size, size_of="file",
        ready_s=1.0, idle_cpu=0.0, cpu_s=cpu_s, memory_mean=1, memory_peak=1, memory_idle=1,
        written=0, operations=None, operations_of="",
    )  # fmt: skip


def _endpoint(name: str) -> EndpointResult:
    return EndpointResult(
        name=name, counts=_counts(100), response=EMPTY, service=EMPTY, first_token=None,
        between_tokens=None, seconds=(), errors={}, bytes=20_000,
    )  # fmt: skip


def side(stack: str, session: int, *, seed: int = 0, size: int = 1_000, **factors: float) -> Record:
    """Return one trial of a side; factors: app, time, list, send, long, and start for this session
    as a whole.
    """
    rng = np.random.default_rng([seed, session, *stack.encode()])
    at = math.exp(rng.normal(0, SESSION / math.sqrt(2))) * factors.get("start", 1.0)
    slices = tuple(_slice(rng, block, at, factors) for block in range(BLOCKS + CONFIRMS))
    answered = sum(s.counts.answered for s in slices)
    loaded = sum(s.duration_s for s in slices)
    spent = {n: sum(s.cpu_s[n] for s in slices) for n in ("app", "db", "llm")}
    return Record(
        key=TrialKey(session=session, scenario="chat", load="8 users", stack=stack),
        status=Status.OK, fault=Fault.NONE, reason="", started_at="2026-01-01T00:00:00",
        model="closed", users=8, rate=0.0, tier="process", durability="on disk", verified="full",
        audited="books agree", doubts=(),
        measurement=Measurement(
            counts=_counts(answered), loaded_s=loaded, throughput=answered / loaded, response=EMPTY,
            service=EMPTY, first_token=None, between_tokens=None,
            endpoints=(_endpoint("list"), _endpoint("send")),
            components=(
                _use("app", "app", spent["app"], size), _use("db", "database", spent["db"], 500),
                _use("llm", "llm", spent["llm"], 100),
            ),
            slices=slices,
            generator=GeneratorHealth(
                cpu_share=0.2, send_lag_p99=0.001, hub_lag_p99=0.001, achieved=1.0
            ),
            steady=True, warmup_s=5.0, answered_all=answered, seconds=(),
        ),
    )  # fmt: skip


def failed(record: Record, fault: Fault) -> Record:
    """Return the trial as one that failed."""
    return replace(record, status=Status.FAILED, fault=fault, reason="boom", measurement=None)


@pytest.fixture
def three_sides() -> Callable[..., list[Record]]:
    """Return a builder of whole runs: sessions, seed, and the candidate's factors."""

    def build(
        sessions: int, *, seed: int = 0, again: float = 1.0, **factors: float
    ) -> list[Record]:
        return [
            record
            for n in range(1, sessions + 1)
            for record in (
                side("base", n, seed=seed),
                side("base-again", n, seed=seed, app=again, time=again),
                side("head", n, seed=seed, **factors),
            )
        ]

    return build


@pytest.fixture
def one_side() -> Callable[..., Record]:
    """Return a builder of one trial: stack, session, seed, and factors."""
    return side


@pytest.fixture
def failing() -> Callable[[Record, Fault], Record]:
    """Return what turns a trial into one that failed."""
    return failed
