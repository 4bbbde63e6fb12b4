"""Every doubt that a result can carry, in one enumeration: its name goes into records, its text
onto the page.
"""

from __future__ import annotations

from enum import Enum

from harness.records import Doubt


class Warn(Enum):
    """A doubt by name, and what it means for the reader."""

    FEW_SESSIONS = "Fewer than eight sessions: this indicates, it does not decide."
    FEW_REQUESTS = "Too few requests for this percentile (p99 needs 1,000 answered requests)."
    SATURATED_GENERATOR = (
        "The load generator was busy or late: latencies may be its own, and throughput is a "
        "lower bound."
    )
    RATE_NOT_REACHED = (
        "Less than 99 % of the scheduled requests were sent: the stack or the generator could "
        "not keep up."
    )
    ERRORS = "Some requests failed; the share is shown beside the numbers."
    STAND_IN = (
        "A component is a stand-in for the product it is named after; the number says nothing "
        "about that product."
    )
    VERSION_DIFFERS = "A server reported another version than the one declared."
    LLM_HEADROOM = (
        "The model server has less than twice the headroom of the fastest stack: it may be the "
        "bottleneck."
    )
    SHARED_CORES = "Generator and stack shared cores: there were not enough for one each."
    NO_STEADY_STATE = "The stack had not settled when measuring began."
    AUDIT_LATE = "The books agreed only after waiting: asynchronous work lagged behind."
    NOISY_HOST = "Other work or the hypervisor took processor time during the trial."
    CONTRADICTION = "Numbers contradict each other; the trial is not valid."

    def seen(self, detail: str) -> Doubt:
        """Return this doubt for a record, with what was seen."""
        return Doubt(code=self.name, detail=detail)
