"""Interim numbers: what the trials so far told, a row for each stack of a case.

Of a record only some numbers are kept, so that memory grows with sessions and not with requests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from harness.records import Measurement, Record, Status
from harness.stats.summary import generator_limited
from harness.stats.warnings import Severity, severity
from reports.digest.uses import cpu_per_request, total
from reports.terms.numbers import PER_SECOND, middle_text, share, spread, time_unit
from reports.terms.text import counted, isolated


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What one trial gave: requests/s (of a search, the highest rate that was kept), whether the
    generator set that limit, seconds of latency and of CPU per request, how many of the scheduled
    requests had no right answer, and the codes of its doubts.
    """

    rate: float
    limited: bool
    p50: float
    p95: float
    cpu_s: float | None
    wrong: int
    scheduled: int
    doubts: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Without:
    """A trial that gave no numbers: how it ended and why, in the words of who said it."""

    status: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One stack of a case, as texts: its name, medians over the sessions that gave numbers (all
    empty without any), and what is to be said of the sessions that gave none.
    """

    name: str
    sessions: int
    limited: bool = False
    rate: str = ""
    p50: str = ""
    p95: str = ""
    cpu: str = ""
    errors: str = ""
    doubts: int = 0
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A scenario under a load; `changed` is greatest for the case of the latest trial."""

    name: str
    rows: tuple[Row, ...]
    changed: int


@dataclass(slots=True, kw_only=True)
class Interim:
    """All that was told so far, by case, stack and session."""

    told: dict[tuple[str, str], dict[str, dict[int, Numbers | Without]]] = field(
        default_factory=dict
    )
    cases: dict[tuple[str, str], Case] = field(default_factory=dict)
    sessions: set[int] = field(default_factory=set)
    changes: int = 0

    def note(self, record: Record) -> None:
        """Keep what a trial told; a trial that was run again replaces what it told before."""
        key = record.key
        self.changes += 1
        self.sessions.add(key.session)
        stacks = self.told.setdefault((key.scenario, key.load), {})
        stacks.setdefault(key.stack, {})[key.session] = _numbers(record)
        self.cases[key.scenario, key.load] = Case(
            name=f"{isolated(key.scenario)}, {isolated(key.load)}",
            rows=tuple(_row(stack, sessions) for stack, sessions in stacks.items()),
            changed=self.changes,
        )


def _numbers(record: Record) -> Numbers | Without:
    found = record.measurement
    if record.status is not Status.OK or found is None:
        status = record.status.value if record.status is not Status.OK else "no numbers"
        return Without(status=status, reason=isolated(record.reason, LONGEST_REASON))
    return Numbers(
        rate=record.capacity.low if record.capacity else found.throughput,
        limited=bool(generator_limited(record) or (record.capacity and record.capacity.limited)),
        p50=found.response.p50,
        p95=found.response.p95,
        cpu_s=total(cpu_per_request, found),
        wrong=_wrong(found),
        scheduled=found.counts.scheduled,
        doubts=frozenset(d.code for d in record.doubts if severity(d) >= Severity.DOUBT),
    )


def _wrong(found: Measurement) -> int:
    return found.counts.scheduled - found.counts.answered


LONGEST_REASON = 300


def _row(stack: str, sessions: Mapping[int, Numbers | Without]) -> Row:
    good = [one for one in sessions.values() if isinstance(one, Numbers)]
    bad = {number: one for number, one in sessions.items() if isinstance(one, Without)}
    name, trouble = isolated(stack), _trouble(bad, alone=not good)
    if not good:
        return Row(name=name, sessions=0, trouble=trouble)
    rates = spread([one.rate for one in good])
    return Row(
        name=name,
        sessions=len(good),
        limited=any(one.limited for one in good),
        rate=middle_text(rates, PER_SECOND) if rates else "",
        p50=_time(good, lambda one: one.p50),
        p95=_time(good, lambda one: one.p95),
        cpu=_time(good, lambda one: one.cpu_s),
        errors=share(sum(one.wrong for one in good), sum(one.scheduled for one in good)),
        doubts=len(frozenset[str]().union(*(one.doubts for one in good))),
        trouble=trouble,
    )


def _time(good: Iterable[Numbers], value: Callable[[Numbers], float | None]) -> str:
    over = spread([seconds for one in good if (seconds := value(one)) is not None])
    if over is None:
        return "none"
    unit = time_unit([over.middle])
    return f"{middle_text(over, unit)} {unit.sign}"


def _trouble(bad: Mapping[int, Without], *, alone: bool) -> str:
    """Say how the latest trial without numbers ended; which ones there were, beside others."""
    if not bad:
        return ""
    last = bad[max(bad)]
    which = f"session {max(bad)}" if len(bad) == 1 else counted(len(bad), "session")
    where = "" if alone and len(bad) == 1 else f" in {which}"
    return f"{last.status}{where}: {last.reason}"
