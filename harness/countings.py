"""What is counted, not timed, of two sides: errors, operations, bytes and sizes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from harness.config import Count
from harness.records import Measurement, Record, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """One count of both sides: the median over their trials. `limit` is the growth allowed: a
    difference of shares for errors, a relative one else.
    """

    name: str
    scenario: str
    part: str
    baseline: float
    candidate: float
    limit: float

    @property
    def growth(self) -> float:
        """Return by how much the candidate has more."""
        if self.name == "errors":
            return self.candidate - self.baseline
        return self.candidate / self.baseline - 1 if self.baseline else 0.0

    @property
    def exceeded(self) -> bool:
        """Tell whether that is more than allowed."""
        return self.growth > self.limit


def countings(
    records: Sequence[Record], baseline: str, candidate: str, limits: Mapping[Count, float]
) -> tuple[Counting, ...]:
    """Return every count that both sides have and that has a limit."""
    sides = {name: _counted(records, name) for name in (baseline, candidate)}
    common = sorted(set(sides[baseline]) & set(sides[candidate]))
    allowed: dict[str, float] = dict(limits)
    return tuple(
        Counting(
            name=name,
            scenario=scenario,
            part=part,
            baseline=median(sides[baseline][name, scenario, part]),
            candidate=median(sides[candidate][name, scenario, part]),
            limit=allowed[name],
        )
        for name, scenario, part in common
        if name in allowed
    )


def _counted(records: Sequence[Record], stack: str) -> dict[tuple[str, str, str], list[float]]:
    found: dict[tuple[str, str, str], list[float]] = {}
    for record in records:
        if record.key.stack != stack or record.status is not Status.OK or not record.measurement:
            continue
        for name, part, value in _of(record.measurement):
            # A component is as large in one scenario as in another.
            scenario = "" if name == "size" else record.key.scenario
            found.setdefault((name, scenario, part), []).append(value)
    return found


def _of(m: Measurement) -> Iterator[tuple[str, str, float]]:
    """Yield the counts of one measurement: name, component or endpoint, value."""
    yield "errors", "", 1 - m.counts.answered / m.counts.scheduled if m.counts.scheduled else 1.0
    for use in m.components:
        if use.size:
            yield "size", use.name, float(use.size)
        if use.operations is not None and m.answered_all:
            yield "operations", use.name, use.operations / m.answered_all
    for endpoint in m.endpoints:
        if endpoint.counts.answered:
            yield "bytes", endpoint.name, endpoint.bytes / endpoint.counts.answered
