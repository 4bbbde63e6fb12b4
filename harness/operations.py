"""How much the servers of a stack did for a load, by their own counts.

Each is asked before the load and after it, warm-up included, when its count is at rest: nothing
else asks it in between but the stack itself. Some tell late what they did (`Operations.late_s`);
those are waited for only where the plan says so, and then only in the first session.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass

from harness.contract import KEEPERS, Operations
from harness.launch import Placed, PlacedStack

LOOK_S, REST_S = 0.25, 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What a server has done; `of` names what is counted. Where `count` is None, `of` says why."""

    count: int | None
    of: str


NOT_TOLD = Tally(count=None, of="")


def tallies(stacks: Collection[PlacedStack], *, patient: bool) -> dict[str, Mapping[str, Tally]]:
    """Ask all stacks at the same time; return what their components say, by stack and component.

    What cannot be asked is left out. With `patient` those are waited for that tell late.
    """
    since = time.monotonic()
    with ThreadPoolExecutor(max_workers=max(1, len(stacks))) as pool:
        found = pool.map(lambda placed: _of_stack(placed, since, patient=patient), stacks)
        return {placed.stack.name: said for placed, said in zip(stacks, found, strict=True)}


def grown(before: Mapping[str, Tally], after: Mapping[str, Tally]) -> dict[str, Tally]:
    """Return what was done in between, for what was asked twice."""
    return {name: _growth(before[name], now) for name, now in after.items() if name in before}


def _growth(first: Tally, last: Tally) -> Tally:
    if first.count is None or last.count is None:
        return first if first.count is None else last
    if last.count < first.count:
        return Tally(count=None, of="its count began anew")
    return Tally(count=last.count - first.count, of=last.of)


def _of_stack(placed: PlacedStack, since: float, *, patient: bool) -> dict[str, Tally]:
    keepers = {n: part for n, part in placed.components.items() if part.component.role in KEEPERS}
    asked = ((name, _asked(part, since, patient=patient)) for name, part in keepers.items())
    return {name: said for name, said in asked if said}


def _asked(part: Placed, since: float, *, patient: bool) -> Tally | None:
    try:
        with closing(part.connect()) as client:
            if not isinstance(client, Operations):
                return None
            if client.late_s and not patient:
                return Tally(count=None, of=f"{client.counted_as}, told too late to wait for")
            return Tally(count=_at_rest(client, since), of=client.counted_as)
    # A client library's own errors; a server that is down is the trial's fault, told elsewhere.
    except Exception as error:  # noqa: BLE001 - as said
        return Tally(count=None, of=f"it could not be asked: {type(error).__name__}")


def _at_rest(client: Operations, since: float) -> int | None:
    """Return the count when it has been told in full, or has stopped growing, or after REST_S."""
    if client.late_s:
        time.sleep(max(0.0, since + client.late_s - time.monotonic()))
        return client.operations()
    limit, last = time.monotonic() + REST_S, client.operations()
    while last is not None and time.monotonic() < limit:
        time.sleep(LOOK_S)
        last, before = client.operations(), last
        if last == before:
            break
    return last
