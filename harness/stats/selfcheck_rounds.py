"""Whether the trials of a run are all there: every session, and every block on every stack.

Leaving out what came out badly ("best of n") leaves nothing contradictory in any single trial, but
a gap in the numbering, or a stack with fewer blocks than those that shared its round.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from harness.records import Record, Status
from harness.stats.warnings import Severity, severity


def gaps(records: Sequence[Record]) -> tuple[str, ...]:
    """Return a sentence for each trial and each block that others have and one lacks.

    A trial that failed or was skipped is there, with its reason; a stack that was left out of the
    rest of its round has failed too.
    """
    return (*_sessions(records), *_blocks(records))


def _sessions(records: Iterable[Record]) -> Iterator[str]:
    by_case: dict[tuple[str, str], dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for record in records:
        key = record.key
        by_case[key.scenario, key.load][key.stack].add(key.session)
    for (scenario, load), stacks in sorted(by_case.items()):
        known = set[int]().union(*stacks.values())
        asked = set(range(1, max(known) + 1))
        for stack, there in sorted(stacks.items()):
            if lacking := sorted(asked - there):
                yield f"{stack}, {scenario}, {load}: no record of {_listed('session', lacking)}"


def _blocks(records: Iterable[Record]) -> Iterator[str]:
    rounds: dict[tuple[int, str, str], dict[str, set[int]]] = defaultdict(dict)
    for record in records:
        if record.status is not Status.OK or record.measurement is None or _void(record):
            continue
        if record.capacity is not None:
            continue  # each stack's search has steps of its own
        key = record.key
        measured = {one.block for one in record.measurement.slices if not one.warmup}
        rounds[key.session, key.scenario, key.load][key.stack] = measured
    for (session, scenario, load), stacks in sorted(rounds.items()):
        known = set[int]().union(*stacks.values())
        for stack, there in sorted(stacks.items()):
            if lacking := sorted(known - there):
                where = f"{stack}, {scenario}, {load}, session {session}"
                yield f"{where}: no slice of {_listed('block', lacking)}, which others have"


def _void(record: Record) -> bool:
    return any(severity(doubt) is Severity.INVALID for doubt in record.doubts)


def _listed(what: str, numbers: Sequence[int]) -> str:
    plural = "s" if len(numbers) > 1 else ""
    return f"{what}{plural} {', '.join(map(str, numbers))}"
