"""Gate against stored results: the ratios of a stack to the blank, then and now.

Numbers of another hour are not comparable on a shared machine; ratios to a server that never
changes, measured in the same session, nearly are. Nothing is paired and the baseline was not
measured beside itself: instead its own sessions, every other one, are held against the rest.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from harness.config import Gate
from harness.countings import countings
from harness.gate import Finding, Judgement, Sides, failures, family, measured_sessions, rule_of
from harness.pairs import MODEL, Metric
from harness.records import Measurement, Record, Status
from harness.reservations import reservations
from harness.stats.looks import Looks
from harness.stats.unpaired import compare_groups

Ratios = Mapping[Metric, Mapping[int, float]]


def stored_judgement(
    before: Sequence[Record],
    after: Sequence[Record],
    *,
    stack: str,
    blank: str,
    gate: Gate,
    look: int,
) -> Judgement:
    """Judge the stack's records `after` by those `before`, each by the blank of its session."""
    sides = Sides(baseline=f"{stack}-stored", again=f"{stack}-stored-other-half", candidate=stack)
    looks = Looks(sessions=gate.looks, alpha=gate.alpha)
    was, now = ratios(before, stack, blank), ratios(after, stack, blank)
    stored = [
        replace(r, key=replace(r.key, stack=sides.baseline)) for r in before if r.key.stack == stack
    ]
    both = [*stored, *(r for r in after if r.key.stack == stack)]
    findings = list[Finding]()
    for name, margin in gate.margins.items():
        rule = looks.rule(rule_of(name, margin), look)
        mine = [metric for metric in was if metric in now and metric.name == name]
        compared = {m: compare_groups(_values(was[m]), _values(now[m]), rule) for m in mine}
        halves = {m: (_values(was[m], odd=True), _values(was[m], odd=False)) for m in mine}
        again = {m: compare_groups(*pair, rule) for m, pair in halves.items() if all(pair)}
        said = {m: reservations(both, (sides.baseline, stack), m) for m in mine}
        findings += family(compared, again, rule, said)
    return Judgement(
        sides=sides,
        sessions=measured_sessions(after, stack),
        look=look,
        looks=len(gate.looks),
        findings=tuple(findings),
        counts=countings(both, sides.baseline, stack, gate.counts),
        faults=tuple(failures(both, sides)),
    )


def _values(sessions: Mapping[int, float], *, odd: bool | None = None) -> list[float]:
    """Return the sessions' values in order: all, or every other one."""
    chosen = [sessions[number] for number in sorted(sessions)]
    return chosen if odd is None else chosen[0 if odd else 1 :: 2]


def ratios(records: Sequence[Record], stack: str, blank: str) -> Ratios:
    """Return the logarithm of each figure over the blank's, by session."""
    ok = [r for r in records if r.status is Status.OK and r.measurement]
    blanks = {r.key.session: r.measurement for r in ok if r.key.stack == blank}
    found: dict[Metric, dict[int, float]] = {}
    for record in ok:
        reference = blanks.get(record.key.session)
        if record.key.stack != stack or reference is None or record.measurement is None:
            continue
        whole = {
            name: value
            for name, component, endpoint, value in _figures(reference)
            if not component and not endpoint
        }
        for name, component, endpoint, value in _figures(record.measurement):
            if name == "throughput" and record.model != "closed":
                continue
            metric = Metric(
                scenario=record.key.scenario,
                load=record.key.load,
                name=name,
                component=component,
                endpoint=endpoint,
            )
            if value > 0 and whole[name] > 0:
                found.setdefault(metric, {})[record.key.session] = math.log(value / whole[name])
    return found


def _figures(m: Measurement) -> Iterator[tuple[str, str, str, float]]:
    """Yield the figures of a measurement: name, component, endpoint, value."""
    own = [use for use in m.components if use.role != MODEL]
    answered = max(1, m.counts.answered)
    yield "throughput", "", "", m.throughput
    yield "p50", "", "", m.response.p50
    yield "p95", "", "", m.response.p95
    yield "cpu", "", "", sum(use.cpu_s for use in own) / answered
    for use in own:
        yield "cpu", use.name, "", use.cpu_s / answered
    for endpoint in m.endpoints:
        yield "p50", "", endpoint.name, endpoint.response.p50
