"""The conformance suite as the pipeline wants it: a URL in, a sentence or a fault out."""

from __future__ import annotations

from harness.errors import ContractBroken, EnvironmentFault
from stacks.contract.verify import Outcome, VerifyError, run

SHOWN = 3
SHOWN_CHARACTERS = 600


def suite(url: str, *, full: bool) -> Outcome:
    """Run the suite against `url`; raises EnvironmentFault when it cannot run at all."""
    try:
        return run(url, only_smoke=not full)
    except VerifyError as error:
        raise EnvironmentFault(f"the conformance suite cannot run: {error}") from error


def conformance(url: str, full: bool) -> str:  # noqa: FBT001 - the pipeline's own signature
    """Return what was checked; raises ContractBroken with the first failures."""
    outcome = suite(url, full=full)
    if not outcome.conforms:
        raise ContractBroken(f"{sentence(outcome)}: {excerpt(outcome)}")
    return f"{'full' if full else 'smoke'} suite: {sentence(outcome)}"


def sentence(outcome: Outcome) -> str:
    """Say in a line how it went."""
    skipped = f", {outcome.skipped} skipped" if outcome.skipped else ""
    return f"{outcome.passed} kept, {outcome.failed} broken{skipped}, {outcome.duration:.0f} s"


def excerpt(outcome: Outcome) -> str:
    """Return the first failures, shortened."""
    first = (str(failure)[:SHOWN_CHARACTERS] for failure in outcome.failures[:SHOWN])
    more = len(outcome.failures) - SHOWN
    return "\n".join(first) + (f"\n... and {more} more" if more > 0 else "")
