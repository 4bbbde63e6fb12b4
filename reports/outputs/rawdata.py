"""The numbers behind the page, for programs: JSON for the run, CSV with a row per trial."""

from __future__ import annotations

import base64
import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial

from harness.records import EndpointResult, Latency, Record, Run
from harness.stats.summary import generator_limited
from harness.stats.warnings import Warn, gravest
from reports.digest.outcomes import errors_of
from reports.digest.uses import MODEL_SERVER, cpu_per_request, total

UNSAFE = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}
FORMULA = ("=", "+", "-", "@", "\t", "\r")
PERCENTILES = ("p50", "p95", "p99")
LATENCIES = ("response", "service", "first_token", "between_tokens")
COLUMNS = (
    *("session", "scenario", "load", "stack", "status", "fault", "reason", "model", "users"),
    *("rate", "tier", "due", "sent", "answered", "failed", "wrong", "open", "unsent", "errors"),
    "throughput_per_s",
    *(f"{name}_{which}_s" for name in LATENCIES for which in PERCENTILES),
    *("cpu_s_per_answer", "memory_peak_bytes", "counted", "recovery_s", "doubts", "severity"),
    *("capacity_low_per_s", "capacity_high_per_s"),
)


def as_json(run: Run, records: Sequence[Record]) -> str:
    """Return run and records as JSON that is safe inside a script element.

    Histograms of single endpoints and the seconds are left out to keep the page small: their
    `histogram` is empty and `seconds` has no items. `bakeoff export` writes everything.
    """
    seen = {doubt.code for record in records for doubt in record.doubts}
    doubts = {
        warn.name: {"severity": warn.severity.label, "meaning": warn.meaning}
        for warn in Warn
        if warn.name in seen
    }
    records_ = [asdict(_slim(record)) for record in records]
    whole = {"run": asdict(run), "doubts": doubts, "records": records_}
    text = json.dumps(_finite(whole), separators=(",", ":"), ensure_ascii=True)
    return text.translate(UNSAFE)


def as_csv(records: Sequence[Record]) -> str:
    """Return one line per trial. A failed trial has no throughput and no latencies, a
    generator-limited one has no throughput.
    """
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for record in records:
        writer.writerow({name: _inert(value) for name, value in _line(record).items()})
    return out.getvalue()


def data_uri(kind: str, text: str) -> str:
    """Return `text` as a link target that needs no file and no network."""
    encoded = base64.b64encode(text.encode("utf-8", "backslashreplace")).decode("ascii")
    return f"data:{kind};charset=utf-8;base64,{encoded}"


def _finite(value: object) -> object:
    """Return `value` with null for numbers that JSON does not have."""
    if isinstance(value, Mapping):
        return {name: _finite(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _slim(record: Record) -> Record:
    if record.measurement is None:
        return record
    endpoints = tuple(_slim_endpoint(endpoint) for endpoint in record.measurement.endpoints)
    return replace(record, measurement=replace(record.measurement, endpoints=endpoints))


def _slim_endpoint(endpoint: EndpointResult) -> EndpointResult:
    bare = partial(replace, histogram="")
    return replace(
        endpoint,
        response=bare(endpoint.response),
        service=bare(endpoint.service),
        first_token=endpoint.first_token and bare(endpoint.first_token),
        between_tokens=endpoint.between_tokens and bare(endpoint.between_tokens),
        seconds=(),
    )


def _line(record: Record) -> dict[str, object]:
    """Return what a line says of a trial, by column."""
    line: dict[str, object] = {
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
        "recovery_s": "" if record.recovery_s is None else record.recovery_s,
        "doubts": " ".join(doubt.code for doubt in record.doubts),
        "severity": grave.label if (grave := gravest(record.doubts)) else "",
    }
    if (found := record.capacity) and record.status.value == "ok":
        line["capacity_low_per_s"] = found.low
        line["capacity_high_per_s"] = "" if found.high is None else found.high
    measurement = record.measurement
    if measurement is None:
        return line
    counts = measurement.counts
    line |= {
        "due": counts.scheduled,
        "sent": counts.sent,
        "answered": counts.answered,
        "failed": counts.failed,
        "wrong": counts.wrong,
        "open": counts.open,
        "unsent": counts.unsent,
        "errors": errors_of(counts),
    }
    return line | (_speeds(record) if record.status.value == "ok" else {})


def _speeds(record: Record) -> dict[str, object]:
    measurement = record.measurement
    if measurement is None:
        return {}
    peaks = [c.memory_peak for c in measurement.components if c.role != MODEL_SERVER]
    cpu = total(cpu_per_request, measurement)
    found: dict[str, object] = {
        "throughput_per_s": "" if generator_limited(record) else measurement.throughput,
        "cpu_s_per_answer": "" if cpu is None else cpu,
        "memory_peak_bytes": sum(peaks),
    }
    for name in LATENCIES:
        latency: Latency | None = getattr(measurement, name)
        if latency and latency.count:
            for which in PERCENTILES:
                found[f"{name}_{which}_s"] = getattr(latency, which)
    return found


def _inert(value: object) -> object:
    """Return text that a spreadsheet will not run as a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
