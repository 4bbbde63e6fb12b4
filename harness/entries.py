"""The stacks of one round, each with its part in it, and their data sets."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import httpx

from harness.errors import BakeoffError, ContractBroken
from harness.launch import PlacedStack
from harness.records import Doubt, Fault, Measurement
from harness.registry import Work
from harness.subjects import counted, prepared


@dataclass(slots=True, kw_only=True)
class Entry:
    """One stack's part in a round, as it comes about."""

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

    def fail(self, fault: Fault, reason: str) -> None:
        """Note the first fault; later ones are its consequences."""
        if self.fault is Fault.NONE:
            self.fault, self.reason = fault, reason


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
        entry.before = counted(entry.placed, scenario, entry.data)
    except ContractBroken as error:
        entry.fail(Fault.VERIFY, str(error))
    except (BakeoffError, httpx.HTTPError) as error:
        died = entry.placed.fault()
        entry.fail(Fault.DIED if died else Fault.VERIFY, died or f"while preparing: {error}")
