"""What is counted, not timed, of two sides: errors, operations, bytes and sizes.

Counts need no statistics where both sides are asked the same. Some still move with what a session
happened to hold: a list is longer where more was written. So a count has grown only when it did in
nine sessions of ten, each compared with itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from statistics import median

from harness.config import Count
from harness.records import Measurement, Record, Status

SESSIONS_SHARE = 0.9
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """One count of both sides: the median over sessions. `limit` is the growth allowed, `beyond`
    the share of sessions in which there was more: a difference of shares for errors, relative else.
    """

    name: str
    scenario: str
    part: str
    baseline: float
    candidate: float
    limit: float
    beyond: float

    @property
    def growth(self) -> float:
        """Return by how much the candidate has more; infinite where the baseline had none."""
        return _growth(self.name, self.baseline, self.candidate)

    @property
    def exceeded(self) -> bool:
        """Tell whether that is more than allowed, and was so nearly always."""
        return self.growth > self.limit and self.beyond >= SESSIONS_SHARE


def countings(
    records: Sequence[Record], baseline: str, candidate: str, limits: Mapping[Count, float]
) -> tuple[Counting, ...]:
    """Return every count that both sides have in the same sessions and that has a limit."""
    allowed = {str(name): limit for name, limit in limits.items()}
    base, new = _counted(records, baseline), _counted(records, candidate)
    found = []
    for key in sorted(set(base) & set(new)):
        sessions = sorted(set(base[key]) & set(new[key]))
        if key[0] in allowed and sessions:
            pairs = [(base[key][number], new[key][number]) for number in sessions]
            found.append(_counting(key, pairs, allowed[key[0]]))
    return tuple(found)


def _counting(key: Key, pairs: Sequence[tuple[float, float]], limit: float) -> Counting:
    name, scenario, part = key
    return Counting(
        name=name,
        scenario=scenario,
        part=part,
        baseline=median(before for before, _ in pairs),
        candidate=median(after for _, after in pairs),
        limit=limit,
        beyond=sum(_growth(name, *pair) > limit for pair in pairs) / len(pairs),
    )


def _growth(name: str, before: float, after: float) -> float:
    if name == "errors":
        return after - before
    if not before:
        return inf if after else 0.0
    return after / before - 1


def _counted(records: Sequence[Record], stack: str) -> dict[Key, dict[int, float]]:
    """Return each count of a side by session."""
    found: dict[Key, dict[int, float]] = {}
    for record in records:
        if record.key.stack != stack or record.status is not Status.OK or not record.measurement:
            continue
        for name, part, value in _of(record.measurement):
            # A component is as large in one scenario as in another.
            scenario = "" if name == "size" else record.key.scenario
            found.setdefault((name, scenario, part), {})[record.key.session] = value
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
