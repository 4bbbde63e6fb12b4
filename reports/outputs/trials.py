"""Records -> one line per trial, with columns that keep their names and kinds.

A failed trial has counts, but no throughput and no latencies; a generator-limited one has no
throughput. What a trial has not is None.
"""

from __future__ import annotations

from harness.records import Counts, Latency, Measurement, Record, Status
from harness.stats.summary import generator_limited
from harness.stats.warnings import gravest
from reports.digest.outcomes import errors_of
from reports.digest.uses import cpu_per_request, memory_peak, total

PERCENTILES = ("p50", "p95", "p99")
LATENCIES = ("response", "service", "first_token", "between_tokens")
COLUMNS: dict[str, type] = {
    "session": int,
    **dict.fromkeys(("scenario", "load", "stack", "status", "fault", "reason", "model"), str),
    "users": int,
    "rate": float,
    "tier": str,
    **dict.fromkeys(("due", "sent", "answered", "failed", "wrong", "open", "unsent"), int),
    "errors": int,
    "throughput_per_s": float,
    **{f"{name}_{which}_s": float for name in LATENCIES for which in PERCENTILES},
    "cpu_s_per_answer": float,
    "memory_peak_bytes": int,
    "counted": str,
    "recovery_s": float,
    "doubts": str,
    "severity": str,
    "capacity_low_per_s": float,
    "capacity_high_per_s": float,
}
"""The columns in order, with the kind of what they hold."""


def line(record: Record) -> dict[str, object]:
    """Return what a line says of a trial, by column."""
    measured = record.measurement
    good = record.status is Status.OK
    held: dict[str, object] = dict.fromkeys(COLUMNS)
    held |= _identity(record)
    if measured:
        held |= _counts(measured.counts)
    if measured and good:
        held |= _uses(measured) | _latencies(measured)
        held["throughput_per_s"] = None if generator_limited(record) else measured.throughput
    if record.capacity and good:
        held["capacity_low_per_s"] = record.capacity.low
        held["capacity_high_per_s"] = record.capacity.high
    return held


def _identity(record: Record) -> dict[str, object]:
    grave = gravest(record.doubts)
    return {
        "session": record.key.session,
        "scenario": record.key.scenario,
        "load": record.key.load,
        "stack": record.key.stack,
        "status": record.status.value,
        "fault": record.fault.value,
        "reason": record.reason,
        "model": record.model,
        "users": record.users,
        "rate": record.rate,
        "tier": record.tier,
        "counted": " ".join(f"{kind}={number}" for kind, number in record.counted.items()),
        "recovery_s": record.recovery_s,
        "doubts": " ".join(doubt.code for doubt in record.doubts),
        "severity": grave.label if grave else "",
    }


def _counts(counts: Counts) -> dict[str, object]:
    return {
        "due": counts.scheduled,
        "sent": counts.sent,
        "answered": counts.answered,
        "failed": counts.failed,
        "wrong": counts.wrong,
        "open": counts.open,
        "unsent": counts.unsent,
        "errors": errors_of(counts),
    }


def _uses(measured: Measurement) -> dict[str, object]:
    return {
        "cpu_s_per_answer": total(cpu_per_request, measured),
        "memory_peak_bytes": total(memory_peak, measured),
    }


def _latencies(measured: Measurement) -> dict[str, object]:
    found = dict[str, object]()
    for name in LATENCIES:
        latency: Latency | None = getattr(measured, name)
        if latency and latency.count:
            found |= {f"{name}_{which}_s": getattr(latency, which) for which in PERCENTILES}
    return found
