"""The folded tables of a case: by endpoint, errors by text, and session by session."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

from harness.records import EndpointResult, Latency, Measurement, Record, Status
from harness.stats.summary import generator_limited
from reports.digest.cases import Case, Trials
from reports.digest.cells import (
    Value,
    common_unit,
    missing,
    number,
    over_sessions,
    spread_cell,
    words,
)
from reports.digest.counted import counted_lines
from reports.digest.outcomes import LIMITED, errors_of
from reports.digest.uses import cpu_per_request, total
from reports.tables.said_once import said_once
from reports.terms.numbers import MILLISECOND, PER_SECOND, Unit, figure, share
from reports.terms.page import Cell, Group, Head, Line, Row, State, Table
from reports.terms.text import joined, shortened

Pick = Callable[[EndpointResult], Latency | None]
COLUMNS: tuple[tuple[str, str, Pick], ...] = (
    ("Response p50", "p50", lambda e: e.response),
    ("Response p95", "p95", lambda e: e.response),
    ("Response p99", "p99", lambda e: e.response),
    ("Service p50", "p50", lambda e: e.service),
    ("Service p95", "p95", lambda e: e.service),
    ("Service p99", "p99", lambda e: e.service),
    ("First token p50", "p50", lambda e: e.first_token),
    ("First token p95", "p95", lambda e: e.first_token),
    ("Between tokens p95", "p95", lambda e: e.between_tokens),
)
KINDS = 12


def endpoints(case: Case) -> Table | None:
    """Return requests, errors and latencies by endpoint and stack; None without measurements."""
    names = _endpoint_names(case)
    if not names:
        return None
    used = [c for c in COLUMNS if any(_has(t, name, c) for t in case.measured for name in names)]
    values = [_of(name, which, pick) for name in names for _, which, pick in used]
    unit = common_unit(case.measured, values)
    first = (Head(text="Due"), Head(text="Errors"))
    return Table(
        caption=f"By endpoint: {case.title}, {case.load}",
        corner="Endpoint and stack",
        heads=(*first, *(Head(text=text, unit=unit.sign) for text, _, _ in used)),
        groups=tuple(_endpoint_group(case, name, used, unit) for name in names),
        note=joined(
            "Counts are sums over sessions; times are medians over sessions with their range.",
            case.footnote,
        ),
    )


def errors(case: Case) -> Table | None:
    """Return error texts with their counts, failed trials included; None when there are none."""
    groups = list[Group]()
    for name in _endpoint_names(case, every=True):
        rows = tuple(row for trials in case.trials for row in _error_rows(trials, name))
        if rows:
            groups.append(Group(title=name, rows=rows))
    if not groups:
        return None
    return Table(
        caption=f"Errors by endpoint: {case.title}, {case.load}",
        corner="Stack",
        heads=(Head(text="Error"), Head(text="Times")),
        groups=tuple(groups),
        note=joined("Failed trials are included.", case.footnote),
    )


def sessions(case: Case) -> Table:
    """Return one row for each trial; a failed one has its reason and no throughput."""
    numbers = sorted({record.key.session for record in case.records})
    whole = Table(
        caption=f"Session by session: {case.title}, {case.load}",
        corner="Stack",
        heads=SESSION_HEADS,
        groups=tuple(
            Group(
                title=f"Session {session}",
                rows=tuple(
                    _session_row(t, record)
                    for t in case.trials
                    for record in t.records
                    if record.key.session == session
                ),
            )
            for session in numbers
        ),
        note=case.footnote,
    )
    return said_once(whole)


def _endpoint_names(case: Case, *, every: bool = False) -> list[str]:
    found = case.records if every else [r for r in case.records if r.status is Status.OK]
    return sorted({e.name for r in found if r.measurement for e in r.measurement.endpoints})


def _endpoint(measurement: Measurement, name: str) -> EndpointResult | None:
    return next((e for e in measurement.endpoints if e.name == name), None)


def _of(name: str, which: str, pick: Pick) -> Value:
    def value(measurement: Measurement) -> float | None:
        endpoint = _endpoint(measurement, name)
        latency = pick(endpoint) if endpoint else None
        return float(getattr(latency, which)) if latency and latency.count else None

    return value


def _has(trials: Trials, name: str, column: tuple[str, str, Pick]) -> bool:
    _, which, pick = column
    return over_sessions(trials, _of(name, which, pick)) is not None


def _endpoint_group(
    case: Case, name: str, used: Sequence[tuple[str, str, Pick]], unit: Unit
) -> Group:
    rows = list[Row]()
    for trials in case.measured:
        found = [e for m in trials.measured if (e := _endpoint(m, name))]
        due = sum(e.counts.scheduled for e in found)
        wrong = sum(errors_of(e.counts) for e in found)
        cells = [number(f"{due:,}"), number(share(wrong, due), f"{wrong:,}" if wrong else "")]
        cells += [
            spread_cell(over_sessions(trials, _of(name, which, pick)), unit, "not measured")
            for _, which, pick in used
        ]
        rows.append(Row(label=trials.title, slot=trials.slot, cells=tuple(cells)))
    return Group(title=name, rows=tuple(rows))


def _error_rows(trials: Trials, name: str) -> list[Row]:
    found = Counter[str]()
    for record in trials.records:
        endpoint = _endpoint(record.measurement, name) if record.measurement else None
        found.update(endpoint.errors if endpoint else {})
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    pairs = ordered[:KINDS]
    if left := ordered[KINDS:]:
        pairs.append((f"{len(left)} further kinds", sum(times for _, times in left)))
    return [
        Row(label=trials.title, slot=trials.slot, cells=(words(text), number(f"{times:,}")))
        for text, times in pairs
    ]


SESSION_HEADS = (
    Head(text="Outcome"),
    Head(text="Answered", unit="1/s"),
    Head(text="Response p50", unit="ms"),
    Head(text="Response p95", unit="ms"),
    Head(text="Response p99", unit="ms"),
    Head(text="CPU per request", unit="ms"),
    Head(text="Errors"),
    Head(text="Generator's CPU"),
    Head(text="Late sends p99", unit="ms"),
    Head(text="Sent of due"),
    Head(text="Verified"),
    Head(text="Audited"),
)


def _session_row(trials: Trials, record: Record) -> Row:
    outcome = _outcome(record)
    measurement = record.measurement
    checks = (words(record.verified or "not checked"), _audited(trials, record))
    if measurement is None:
        cells = [missing("no measurement")] * (len(SESSION_HEADS) - 1 - len(checks))
    else:
        limited = record.status is Status.OK and bool(generator_limited(record))
        cells = _session_numbers(measurement, failed=record.status is not Status.OK)
        cells[0] = words(LIMITED) if limited else cells[0]
    return Row(label=trials.title, slot=trials.slot, cells=(outcome, *cells, *checks))


def _audited(trials: Trials, record: Record) -> Cell:
    """Return what the audit said, and for a component that stood alone all that it counted."""
    lines = (Line(text=record.audited or "not checked"),)
    return Cell(lines=lines + (counted_lines(record) if trials.alone else ()), prose=True)


def _outcome(record: Record) -> Cell:
    if record.status is Status.OK:
        return words("measured")
    state = State.FAILED if record.status is Status.FAILED else State.SKIPPED
    stage = f" ({record.fault.value})" if record.fault.value else ""
    text = f"{record.status.value}{stage}: {shortened(record.reason)}"
    return Cell(lines=(Line(text=text),), state=state, prose=True)


def _session_numbers(measurement: Measurement, *, failed: bool) -> list[Cell]:
    """Return the numbers of a trial; of a failed one only its errors and the generator's health."""
    counts, health = measurement.counts, measurement.generator
    wrong = errors_of(counts)
    last = [
        number(share(wrong, counts.scheduled), f"{wrong:,}" if wrong else ""),
        number(share(health.cpu_share, 1)),
        number(figure(health.send_lag_p99, MILLISECOND)),
        number(share(counts.sent, counts.scheduled)),
    ]
    if failed:
        return [missing("failed")] * 5 + last
    response = measurement.response
    cpu = partial(total, cpu_per_request)(measurement)
    return [
        number(figure(measurement.throughput, PER_SECOND)),
        *(
            number(figure(value, MILLISECOND)) if response.count else missing("nothing to measure")
            for value in (response.p50, response.p95, response.p99)
        ),
        missing("nothing was answered") if cpu is None else number(figure(cpu, MILLISECOND)),
        *last,
    ]
