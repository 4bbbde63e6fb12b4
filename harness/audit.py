"""Audit: what the store says happened must be what clients were told.

The stack's own database counts its rows before and after the drive. Asynchronous work may lag, so
the second count is repeated until the books agree or the patience is over.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from harness.contract import Acknowledged
from harness.launch import PlacedStack
from harness.records import Doubt
from harness.registry import Work
from harness.stats.warnings import Warn
from harness.subjects import counted

PATIENCE_S = 20.0
LATE_S = 3.0
LEVEL = "_milli"  # ends the name of a kind that is a level in thousandths, which does not grow
POLL_S = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """What was counted before, and requests by endpoint that were answered or may have been."""

    before: Mapping[str, int]
    answered: Mapping[str, int]
    unsure: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """The outcome: a sentence on what was checked, the growth of each kind, contradictions, and
    doubts.
    """

    text: str
    counted: Mapping[str, int]
    contradictions: tuple[str, ...]
    doubts: tuple[Doubt, ...]


def audited(placed: PlacedStack, scenario: Work, data: Mapping[str, object], books: Books) -> Audit:
    """Compare the books with what clients were told; raises EnvironmentFault if they are shut."""
    began = time.monotonic()
    while True:
        after = counted(placed, scenario, data) or {}
        found = scenario.audit(
            Acknowledged(
                answered=books.answered, unsure=books.unsure, before=books.before, after=after
            )
        )
        waited = time.monotonic() - began
        if not found or waited > PATIENCE_S:
            break
        time.sleep(POLL_S)
    grown = {
        kind: number if kind.endswith(LEVEL) else number - books.before.get(kind, 0)
        for kind, number in after.items()
    }
    amounts = {kind: number for kind, number in grown.items() if not kind.endswith(LEVEL)}
    stored = ", ".join(f"{number} {kind.replace('_', ' ')}" for kind, number in amounts.items())
    keeper = placed.stack.ledger.component if placed.stack.ledger else placed.stack.entry
    late = () if waited < LATE_S else (Warn.AUDIT_LATE.seen(f"after {waited:.1f} s"),)
    return Audit(
        text=f"{keeper} counted {stored} more",
        counted=grown,
        contradictions=found,
        doubts=late if not found else (),
    )
