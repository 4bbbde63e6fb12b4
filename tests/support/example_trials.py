"""A run and records of trials for the tests of the results database."""

from __future__ import annotations

from dataclasses import replace

from harness.records import (
    SCHEMA,
    Counts,
    EndpointResult,
    Fault,
    GeneratorHealth,
    Measurement,
    Moment,
    Record,
    Run,
    Second,
    Status,
    TrialKey,
)
from harness.stats.histogram import from_seconds, latency

PLAN = {"name": "quick", "loads": {"chat": [{"users": 8}]}}
PASSWORD = "hunter2-is-secret"
RUN = Run(
    id="r1", started_at="2026-01-01T10:00:00", finished_at="", schema=SCHEMA, version="0.1.0",
    launcher="processes", plan=PLAN, facts={"cpu": "x"}, fingerprint="f", llm_capacity=0.0,
)  # fmt: skip
TIMES = latency(from_seconds([0.1, 0.2]))
COUNTS = Counts(scheduled=2, sent=2, answered=2, failed=0, wrong=0, open=0, unsent=0)


def endpoint(name, *numbers):
    """Return what came back from an endpoint, in the seconds of these numbers."""
    held = TIMES.histogram
    return EndpointResult(
        name=name, counts=COUNTS, response=TIMES, service=TIMES, first_token=None,
        between_tokens=None, errors={}, bytes=9,
        seconds=tuple(
            Second(second=n, answered=1, failed=0, response=held, service=held) for n in numbers
        ),
    )  # fmt: skip


MEASURED = Measurement(
    counts=COUNTS, loaded_s=1.0, throughput=2.0, response=TIMES, service=TIMES, first_token=None,
    between_tokens=None, endpoints=(endpoint("list", 0, 1), endpoint("send", 3)), components=(),
    slices=(), seconds=(Moment(second=0, answered=2, failed=0, p50=0.1, p95=0.2),),
    generator=GeneratorHealth(cpu_share=0.1, send_lag_p99=0.0, hub_lag_p99=0.0, achieved=1.0),
    steady=True, warmup_s=1.0, answered_all=2,
)  # fmt: skip


def record(session=1, stack="a", status=Status.OK):
    """Return a record of one trial; only an ok one was measured."""
    return Record(
        key=TrialKey(session=session, scenario="chat", load="8 users", stack=stack),
        status=status, fault=Fault.NONE if status is Status.OK else Fault.LAUNCH, reason="",
        started_at="2026-01-01T10:00:00", model="closed", users=8, rate=0.0, tier="process",
        durability="disk", verified="", audited="", doubts=(),
        measurement=MEASURED if status is Status.OK else None,
    )  # fmt: skip


def bare(one):
    """Return the record without the seconds of its endpoints."""
    measured = one.measurement
    endpoints = tuple(replace(each, seconds=()) for each in measured.endpoints)
    return replace(one, measurement=replace(measured, endpoints=endpoints))
