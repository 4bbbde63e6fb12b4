"""How trials ended, in a few words and as counts."""

from __future__ import annotations

from harness.records import Counts
from reports.digest.cases import Trials
from reports.terms.text import counted, shortened

LIMITED = "generator-limited"


def errors_of(counts: Counts) -> int:
    """Return the requests that were due and not answered rightly."""
    return counts.scheduled - counts.answered


def outcome(trials: Trials) -> str:
    """Say how many sessions were measured, and why the others were not."""
    if not trials.records:
        return f"not run: {shortened(trials.unasked)}"
    done, asked = len(trials.measured), len(trials.records)
    text = f"{done} of {counted(asked, 'session')} measured"
    reasons = "; ".join(shortened(reason) for reason in trials.reasons)
    return f"{text}: {reasons}" if reasons else text
