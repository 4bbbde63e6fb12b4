"""What failed, as the last answer: trials that gave no numbers, and errors in those that did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.records import Status
from reports.digest.cases import Case, Trials
from reports.digest.outcomes import errors_of
from reports.terms.numbers import share
from reports.terms.page import Answer, Finding, Told
from reports.terms.text import counted, shortened

SHOWN = 6


def failures(found: Sequence[Case]) -> Answer:
    """Return what failed in a run; that nothing did is an answer too."""
    lines = [line for case in found for trials in case.trials for line in _of(case, trials)]
    records = [record for case in found for record in case.records]
    failed = sum(record.status is Status.FAILED for record in records)
    shown, left = lines[:SHOWN], lines[SHOWN:]
    return Answer(
        key="failed",
        question="What failed?",
        head=_head(failed, len(records), lines),
        findings=tuple(shown),
        link="not-run" if failed else "",
        note=f"{counted(len(left), 'further line')} below." if left else _behind(found, failed),
    )


def _behind(found: Sequence[Case], failed: int) -> str:
    """Say how much was asked, so that none failing has its weight."""
    measured = [m for case in found for trials in case.trials for m in trials.measured]
    if failed or not measured:
        return ""
    due = sum(m.counts.scheduled for m in measured)
    wrong = sum(errors_of(m.counts) for m in measured)
    many = f"{counted(len(measured), 'trial')} with {due:,} requests"
    return f"Of {many}." if wrong else f"All {many} ended well, and every answer was right."


def _head(failed: int, asked: int, lines: Sequence[Finding]) -> str:
    if not asked:
        return "Nothing was measured"
    if failed:
        return f"{failed} of {counted(asked, 'trial')}"
    return "Some requests, no trial" if lines else "Nothing"


def _of(case: Case, trials: Trials) -> Iterator[Finding]:
    """Yield a line for trials that failed, and one for requests without a right answer."""
    where = f"{case.title}, {case.load.partition(',')[0]}"
    slots = (trials.slot,)
    bad = [record for record in trials.records if record.status is Status.FAILED]
    if bad:
        stage = f" ({bad[0].fault.value})" if bad[0].fault.value else ""
        sessions = f"{len(bad)} of {counted(len(trials.records), 'session')}"
        yield Finding(
            where=where,
            who=trials.title,
            slots=slots,
            says=f"{sessions}{stage}: {shortened(bad[0].reason or 'no reason was given')}",
            told=Told.FAILED,
        )
    wrong = sum(errors_of(m.counts) for m in trials.measured)
    due = sum(m.counts.scheduled for m in trials.measured)
    if wrong:
        yield Finding(
            where=where,
            who=trials.title,
            slots=slots,
            says=f"{share(wrong, due)} of requests had no right answer ({wrong:,} of {due:,}).",
            told=Told.FAILED,
        )
