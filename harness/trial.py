"""One round: prepare, drive, audit and summarise one scenario on all stacks; a Record for each.

What goes wrong on one stack is that stack's record; it never touches the others.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx

from harness.contract import Acknowledged, Scenario
from harness.drive import Drive, drive
from harness.drive.job import Job, Target
from harness.errors import BakeoffError, ContractBroken, EnvironmentFault
from harness.launch import PlacedStack
from harness.measure.monitor import Monitor
from harness.measure.samples import Samples
from harness.plan import Round, cpus
from harness.records import Doubt, Fault, Measurement, Record, Status, TrialKey
from harness.session import Session
from harness.stats.warnings import Warn

KINDS = ("users", "conversations", "messages", "usage_events")
SETTLE_S = 20.0
LATE_S = 2.0
POLL_S = 0.25


@dataclass(slots=True, kw_only=True)
class Entry:
    """One stack's part in a round, as it comes about."""

    key: TrialKey
    placed: PlacedStack
    data: Mapping[str, object] = field(default_factory=dict)
    before: Mapping[str, int] = field(default_factory=dict)
    fault: Fault = Fault.NONE
    reason: str = ""
    audited: str = ""
    doubts: list[Doubt] = field(default_factory=list)
    measurement: Measurement | None = None

    def fail(self, fault: Fault, reason: str) -> None:
        """Note the first fault; later ones are its consequences."""
        if self.fault is Fault.NONE:
            self.fault, self.reason = fault, reason
