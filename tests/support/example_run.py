"""A run with records of known numbers and real histograms, the same on every call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from example_measurement import measurement
from harness.records import (
    SCHEMA,
    Doubt,
    Fault,
    Record,
    Run,
    Status,
    TrialKey,
)


def record(
    stack: str,
    scenario: str = "chat",
    session: int = 1,
    *,
    status: Status = Status.OK,
    reason: str = "",
    fault: Fault = Fault.NONE,
    failed: int = 0,
    doubts: Sequence[Doubt] = (),
    load: str = "8 users",
    tier: str = "process",
    counted: Mapping[str, int] | None = None,
    recovery_s: float | None = None,
) -> Record:
    """One trial."""
    key = TrialKey(session=session, scenario=scenario, load=load, stack=stack)
    return Record(
        key=key,
        status=status,
        fault=fault,
        reason=reason,
        started_at="2026-11-23T05:31:00+00:00",
        model="closed",
        users=8,
        rate=0.0,
        tier=tier,
        durability="survives the process being killed",
        verified="31 checks",
        audited="messages, users and usage events agree",
        doubts=tuple(doubts),
        measurement=None if status is Status.SKIPPED else measurement(key, failed),
        counted=counted or {},
        recovery_s=recovery_s,
    )


def run(**changes: object) -> Run:
    """Make a run, with members replaced as told."""
    members: dict[str, object] = {
        "id": "20261123-0530-quick",
        "started_at": "2026-11-23T05:30:00+00:00",
        "finished_at": "2026-11-23T05:42:30+00:00",
        "schema": SCHEMA,
        "version": "0.1.0",
        "launcher": "processes",
        "plan": {"name": "quick", "sessions": 2, "seed": 1, "load": {"users": 8}},
        "facts": {"cpu": "2 cores", "kernel": "6.1", "memory": "8 GiB"},
        "fingerprint": "3f9a1c",
        "llm_capacity": 2400.0,
        "memory_peak": 734 * 2**20,
        "titles": {
            "primary": "Primary",
            "cost-optimized": "Cost optimised",
            "scalability": "Scalability",
            "chat": "Chat",
            "browse": "Browse",
            "stream": "Streamed chat",
        },
        "skips": {},
    }
    return Run(**(members | changes))  # type: ignore[arg-type]
