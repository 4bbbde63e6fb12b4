"""What the trials behind a comparison carry against it, whatever their numbers say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from harness.pairs import TIMED, Metric
from harness.records import Doubt, Record, Status
from harness.stats.summary import generator_limited
from harness.stats.warnings import Warn

LIMITED_SHARE = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What speaks against a comparison; what is in `distrust` makes it untrusted."""

    distrust: tuple[Doubt, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    def __add__(self, other: Said) -> Said:
        """Return both together."""
        return Said(distrust=self.distrust + other.distrust, doubts=self.doubts + other.doubts)


def reservations(records: Sequence[Record], stacks: Iterable[str], metric: Metric) -> Said:
    """Return what the trials of these stacks carry against a metric: a load generator that set the
    limit in a quarter of them or more, so that what it timed looks alike, and stand-ins.
    """
    mine = [
        r
        for r in records
        if r.key.stack in set(stacks)
        and (r.key.scenario, r.key.load) == (metric.scenario, metric.load)
        and r.status is Status.OK
    ]
    limited = [r for r in mine if generator_limited(r)]
    told = Warn.GENERATOR_LIMITED.seen(
        f"the load generator set the limit in {len(limited)} of {len(mine)} trials"
    )
    busy = metric.name in TIMED and bool(limited) and len(limited) >= LIMITED_SHARE * len(mine)
    uses = [use for r in mine for use in (r.measurement.components if r.measurement else ())]
    stand_ins = {
        f"{use.name} is {use.stand_in}, which says nothing about that product"
        for use in uses
        if use.stand_in and metric.component in ("", use.name)
    }
    return Said(
        distrust=(told,) if busy else (),
        doubts=tuple(Warn.STAND_IN.seen(one) for one in sorted(stand_ins)),
    )
