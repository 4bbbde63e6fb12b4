"""Sound measurements and records, to be broken one member at a time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from harness.records import (
    ComponentUse,
    Counts,
    EndpointResult,
    GeneratorHealth,
    Measurement,
    Moment,
    Record,
    Second,
    SliceLatency,
    SliceResult,
    Status,
    TrialKey,
)
from harness.records import Fault as FaultKind
from harness.stats.histogram import from_seconds, latency


def _counts(answered: int, **others: int) -> Counts:
    parts = {"failed": 0, "wrong": 0, "open": 0, "unsent": 0} | others
    sent = answered + parts["failed"] + parts["wrong"] + parts["open"]
    return Counts(scheduled=sent + parts["unsent"], sent=sent, answered=answered, **parts)


def _slice(number: int, duration_s: float, counts: Counts, cpu_s: float) -> SliceResult:
    held = SliceLatency(count=counts.scheduled, p50=0.011, p95=0.011)
    return SliceResult(
        index=number, block=number, start_s=number * 1.0, duration_s=duration_s, warmup=False,
        confirm=False, response=held, endpoints={"GET /me": held}, counts=counts,
        cpu_s={"app": cpu_s},
    )  # fmt: skip


def _measurement(answered: int = 1_200, slices: int = 8, **others: int) -> Measurement:
    """Return eight users' sound measurement: 10 ms answers in slices of equal length."""
    counts = _counts(answered, **others)
    service = latency(from_seconds(np.full(counts.sent, 0.010)))
    response = latency(from_seconds(np.full(counts.scheduled, 0.011)))
    loaded = max(counts.sent, 1) * 0.010 / 8
    share, rest = divmod(answered, slices)
    use = ComponentUse(
        name="app", role="app", version="1", source="path", stand_in="", size=9, size_of="file",
        ready_s=0.5, idle_cpu=0.0, cpu_s=1.0, memory_mean=100, memory_peak=200, memory_idle=50,
        written=0, operations=None, operations_of="",
    )  # fmt: skip
    endpoint = EndpointResult(
        name="GET /me",
        counts=counts,
        response=response,
        service=service,
        first_token=None,
        between_tokens=None,
        seconds=(
            Second(
                second=0, answered=answered, failed=counts.scheduled - answered,
                response=response.histogram, service=service.histogram,
            ),
        ),
        errors={"500 boom": counts.scheduled - answered} if counts.scheduled > answered else {},
        bytes=100 * answered,
    )  # fmt: skip
    return Measurement(
        counts=counts,
        loaded_s=loaded,
        throughput=answered / loaded,
        response=response,
        service=service,
        first_token=None,
        between_tokens=None,
        endpoints=(endpoint,),
        components=(use,),
        slices=tuple(
            _slice(
                n, loaded / slices,
                _counts(share + rest, **others) if n == 0 else _counts(share),
                cpu_s=1.0 / slices,
            )
            for n in range(slices)
        ),
        generator=GeneratorHealth(
            cpu_share=0.3, send_lag_p99=0.001, hub_lag_p99=0.001, achieved=1.0
        ),
        steady=True,
        warmup_s=2.0,
        answered_all=2 * answered,
        seconds=(
            Moment(
                second=0, answered=answered, failed=counts.scheduled - answered,
                p50=response.p50, p95=response.p95,
            ),
        ),
    )  # fmt: skip


@pytest.fixture
def measurement() -> Callable[..., Measurement]:
    """Return a builder of sound measurements: answered, slices, failed, wrong, open, unsent."""
    return _measurement


@pytest.fixture
def record() -> Callable[[Measurement | None], Record]:
    """Return a builder of ok records around a measurement."""

    def build(measured: Measurement | None) -> Record:
        return Record(
            key=TrialKey(session=1, scenario="chat", load="8 users", stack="primary"),
            status=Status.OK, fault=FaultKind.NONE, reason="", started_at="2026-01-01T00:00:00",
            model="closed", users=8, rate=0.0, tier="process", durability="on disk",
            verified="full", audited="books agree", doubts=(), measurement=measured,
        )  # fmt: skip

    return build
