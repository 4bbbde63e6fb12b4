"""What the blank says: the load generator's own ceiling, and how far below it the stacks stayed.

The blank is a trivial server that is measured along with the stacks and never compared with them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from harness.records import Measurement, Record, Run, Status
from reports.digest.cases import stacks_of
from reports.terms.numbers import PER_SECOND as RATE
from reports.terms.numbers import SPACE, duration, figure, share, spread
from reports.terms.page import Fact
from reports.terms.text import counted, isolated, shortened

CEILING, BELOW = "Load generator's own ceiling", "Most that a stack took of it"


def parted(run: Run, records: Sequence[Record]) -> tuple[tuple[Record, ...], tuple[Record, ...]]:
    """Return the trials that are compared, and those of the blank; one that was asked for by name
    and is all there is, is no blank.
    """
    name = run.plan.get("blank")
    blank = tuple(record for record in records if record.key.stack == name)
    others = tuple(record for record in records if record.key.stack != name)
    return (others, blank) if others else (blank, ())


def ceiling(run: Run, compared: Sequence[Record], blank: Sequence[Record]) -> tuple[Fact, ...]:
    """Return what the generator reached against the blank, and the stacks' greatest shares of it.

    Only one fact, with the reason, where it was not measured.
    """
    found = _good(blank)
    if not found:
        return (Fact(name=CEILING, text=_why_not(run, blank)),)
    each = _median(found, lambda m: m.generator.cpu_share / m.throughput if m.throughput else 0.0)
    served = _median(found, lambda m: m.throughput)
    p50, p99 = (_median(found, get) for get in (lambda m: m.service.p50, lambda m: m.service.p99))
    text = (
        f"{figure(served, RATE)} requests/s against a server that does nothing, with a service "
        f"time of {duration(p50)} (p50) and {duration(p99)} (p99), at {duration(each)} of its own "
        f"processor time per request; medians over {counted(len(found), 'session')}"
    )
    return (Fact(name=CEILING, text=text), *_below(compared, served))


def _below(compared: Sequence[Record], served: float) -> tuple[Fact, ...]:
    said = list[str]()
    for stack in stacks_of(compared):
        rates = {
            m.throughput: record.key
            for record in compared
            if record.key.stack == stack and (m := _measured(record))
        }
        if rates and served:
            most = max(rates)
            where = f"{isolated(rates[most].scenario)}, {rates[most].load}"
            said.append(f"{isolated(stack)} {share(most, served)} ({where})")
    return (Fact(name=BELOW, text="; ".join(said)),) if said else ()


def _why_not(run: Run, blank: Sequence[Record]) -> str:
    reasons = [record.reason for record in blank if record.reason]
    if not reasons and run.plan.get("blank_s") == 0:
        reasons = [f"the plan leaves it out (blank_s{SPACE}={SPACE}0)"]
    return f"not measured: {shortened(reasons[0])}" if reasons else "not measured"


def _good(records: Sequence[Record]) -> list[Measurement]:
    return [found for record in records if (found := _measured(record))]


def _measured(record: Record) -> Measurement | None:
    return record.measurement if record.status is Status.OK else None


def _median(found: Sequence[Measurement], value: Callable[[Measurement], float]) -> float:
    over = spread([value(measurement) for measurement in found])
    return over.middle if over else 0.0
