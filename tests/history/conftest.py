"""Runs of one small stack beside the blank, with ratios that are known."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from harness.history.digest import Digest, digest
from harness.history.trend import History
from harness.history.trends import Wanted, stack_history
from harness.records import (
    SCHEMA,
    ComponentUse,
    Counts,
    EndpointResult,
    Fault,
    GeneratorHealth,
    Latency,
    Measurement,
    Record,
    Run,
    Status,
    TrialKey,
)

ROOT = Path(__file__).resolve().parents[2]
SESSIONS, NOISE = 3, 0.02
FACTS = {"cpu": "x", "kernel": "6.1"}
PLAN = {"blank": "blank", "seed": 1, "stacks": ["primary"], "sessions": SESSIONS}
ANSWERED = 100


def _counts(answered: int) -> Counts:
    return Counts(
        scheduled=answered, sent=answered, answered=answered, failed=0, wrong=0, open=0, unsent=0
    )


def _latency(seconds: float) -> Latency:
    return Latency(
        count=ANSWERED, mean=seconds, p50=seconds, p90=seconds, p95=2 * seconds, p99=3 * seconds,
        max=4 * seconds, histogram="",
    )  # fmt: skip


def _use(name: str, role: str, cpu_s: float, version: str, stand_in: str = "") -> ComponentUse:
    return ComponentUse(
        name=name, role=role, version=version, source=f"image {name}:{version}", stand_in=stand_in,
        size=1, size_of="file", ready_s=1.0, idle_cpu=0.0, cpu_s=cpu_s, memory_mean=1,
        memory_peak=1, memory_idle=1, written=0, operations=None, operations_of="",
    )  # fmt: skip


def trial(
    stack: str, session: int, took: float, components: tuple[ComponentUse, ...], scenario: str
) -> Record:
    """Return an ok trial in which a request took that many seconds, and the components' CPU."""
    spent = _latency(took)
    endpoint = EndpointResult(
        name="list", counts=_counts(ANSWERED), response=spent, service=spent, first_token=None,
        between_tokens=None, seconds=(), errors={}, bytes=1,
    )  # fmt: skip
    return Record(
        key=TrialKey(session=session, scenario=scenario, load="8 users", stack=stack),
        status=Status.OK, fault=Fault.NONE, reason="", started_at="2026-01-01T00:00:00+00:00",
        model="closed", users=8, rate=0.0, tier="process", durability="", verified="", audited="",
        doubts=(),
        measurement=Measurement(
            counts=_counts(ANSWERED), loaded_s=10.0, throughput=8 / took, response=spent,
            service=spent, first_token=None, between_tokens=None, endpoints=(endpoint,),
            components=components, slices=(),
            generator=GeneratorHealth(
                cpu_share=0.2, send_lag_p99=0.001, hub_lag_p99=0.001, achieved=1.0
            ),
            steady=True, warmup_s=1.0, answered_all=ANSWERED, seconds=(),
        ),
    )  # fmt: skip


def run(number: int, **differs: object) -> Run:
    """Return the run of day `number` (from 1), with what differs from the usual one."""
    return replace(
        Run(
            id=f"run-{number:02d}", started_at=f"2026-01-{number:02d}T00:00:00+00:00",
            finished_at=f"2026-01-{number:02d}T01:00:00+00:00", schema=SCHEMA, version="0.1.0",
            launcher="processes", plan=PLAN, facts=FACTS, fingerprint="", llm_capacity=0.0,
        ),
        **differs,
    )  # fmt: skip


def records(
    number: int, *, app: float = 1.0, version: str = "1", stand_in: str = "", blank: str = "1.22"
) -> tuple[Record, ...]:
    """Return a run's trials: 20 times the blank's time and CPU, the app's part `app` times that."""
    rng = np.random.default_rng([7, number])
    found = list[Record]()
    for session in range(1, SESSIONS + 1):
        day = float(np.exp(rng.normal(0, 0.3)))  # the machine is slow on some days: all of it
        off = day * float(np.exp(rng.normal(0, NOISE)))
        own = _use("nginx", "gateway", 0.01 * day, blank)
        found.append(trial("blank", session, 0.0005 * day, (own,), "blank"))
        parts = (
            _use("api", "app", 0.14 * off * app, version),
            _use("db", "database", 0.06 * off, "15.9", stand_in),
        )
        found.append(trial("primary", session, 0.010 * off * app, parts, "chat"))
    return tuple(found)


@pytest.fixture
def make_run() -> Callable[..., Run]:
    """Return the builder of a run without records."""
    return run


@pytest.fixture
def make_records() -> Callable[..., tuple[Record, ...]]:
    """Return the builder of a run's records."""
    return records


@pytest.fixture
def make_digest() -> Callable[..., Digest]:
    """Return a builder of digests: the run's number, what differs in it, and in its records."""

    def build(number: int, differs: Mapping[str, object] | None = None, **how: object) -> Digest:
        return digest(run(number, **(differs or {})), records(number, **how))

    return build


@pytest.fixture
def make_history(make_digest: Callable[..., Digest]) -> Callable[..., History]:
    """Return a builder of histories: `before` runs, then `after` with a slower app."""

    def build(before: int, after: int = 0, *, app: float = 1.1) -> History:
        digests = [
            *(make_digest(n) for n in range(1, before + 1)),
            *(make_digest(before + n, app=app, version="2") for n in range(1, after + 1)),
        ]
        return History(stacks=(stack_history(digests, "primary", Wanted()),))

    return build


@pytest.fixture
def bakeoff(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs `bakeoff history` in a folder of its own."""

    def call(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "harness", "history", *arguments],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert "Traceback" not in done.stderr + done.stdout, done.stderr
        return done

    return call
