"""The stacks of one round, each with its part in it, and their data sets."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import httpx

from harness.contract import Scenario
from harness.errors import BakeoffError, ContractBroken
from harness.launch import PlacedStack
from harness.operations import Tally, grown, tallies
from harness.records import Doubt, Fault, Measurement
from harness.registry import Work
from harness.stats.warnings import Warn
from harness.subjects import counted, prepared

LOOK_S, LOOKS, SETTLE_S = 0.5, 3, 20.0


@dataclass(slots=True, kw_only=True)
class Entry:
    """One stack's part in a round, as it comes about.

    `tallies` are what its servers said before the load that they had ever done, `operations` what
    they did for it.
    """

    placed: PlacedStack
    data: Mapping[str, object] = field(default_factory=dict)
    before: Mapping[str, int] | None = None
    fault: Fault = Fault.NONE
    reason: str = ""
    audited: str = ""
    counted: Mapping[str, int] = field(default_factory=dict)
    recovery_s: float | None = None
    doubts: list[Doubt] = field(default_factory=list)
    measurement: Measurement | None = None
    tallies: Mapping[str, Tally] = field(default_factory=dict)
    operations: Mapping[str, Tally] = field(default_factory=dict)

    def fail(self, fault: Fault, reason: str) -> None:
        """Note the first fault; later ones are its consequences."""
        if self.fault is Fault.NONE:
            self.fault, self.reason = fault, reason


def tally(entries: Collection[Entry], *, patient: bool) -> None:
    """Ask the servers of all entries what they have done so far; the second time, what they did
    since the first.
    """
    found = tallies([entry.placed for entry in entries], patient=patient)
    for entry in entries:
        now = found[entry.placed.stack.name]
        entry.tallies, entry.operations = now, grown(entry.tallies, now)


def prepare(entries: Collection[Entry], scenario: Work, seed: int) -> None:
    """Load the data sets of all entries at the same time, check them and take stock; what fails is
    the entry's fault.
    """
    pool = ThreadPoolExecutor(max_workers=len(entries), thread_name_prefix="prepare")
    try:
        list(pool.map(lambda entry: _prepare(entry, scenario, seed), entries))
    finally:
        # On Ctrl-C nobody waits: who is still loading ends with the stack that it loads.
        pool.shutdown(wait=False, cancel_futures=True)


def _prepare(entry: Entry, scenario: Work, seed: int) -> None:
    try:
        entry.data = prepared(entry.placed, scenario, seed)
        entry.before = _settled(entry, scenario)
    except ContractBroken as error:
        entry.fail(Fault.VERIFY, str(error))
    except (BakeoffError, httpx.HTTPError) as error:
        died = entry.placed.fault()
        entry.fail(Fault.DIED if died else Fault.VERIFY, died or f"while preparing: {error}")


def _settled(entry: Entry, scenario: Work) -> Mapping[str, int] | None:
    """Return the books when they have not changed for a while: a stack's workers may still be at
    what came before, which would be counted as what comes now. After 20 s without rest a doubt is
    left in the entry.
    """
    seen, quiet, limit = counted(entry.placed, scenario, entry.data), 0, time.monotonic() + SETTLE_S
    while isinstance(scenario, Scenario) and seen is not None and quiet < LOOKS:
        if time.monotonic() > limit:
            entry.doubts.append(Warn.BOOKS_UNSETTLED.seen(f"after {SETTLE_S:.0f} s without load"))
            break
        time.sleep(LOOK_S)
        now = counted(entry.placed, scenario, entry.data)
        seen, quiet = now, quiet + 1 if now == seen else 0
    return seen
