"""Every doubt that a result can carry, in one enumeration: its name goes into records, its meaning
and how grave it is into file, page and exit code.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, IntEnum

from harness.records import Doubt

SESSIONS_LEAST = 8
"""Sessions of which a verdict is said to decide; with fewer it indicates."""


class Severity(IntEnum):
    """How grave a doubt is.

    NOTE: the numbers stand, and this is to be known. DOUBT: what it touches may be off by more than
    its interval says. INVALID: nothing may be concluded; a trial that carries it has failed.
    """

    NOTE = 1
    DOUBT = 2
    INVALID = 3

    @property
    def label(self) -> str:
        """Return its name for people."""
        return self.name.lower()


def _note(meaning: str) -> tuple[Severity, str]:
    return Severity.NOTE, meaning


def _doubt(meaning: str) -> tuple[Severity, str]:
    return Severity.DOUBT, meaning


def _invalid(meaning: str) -> tuple[Severity, str]:
    return Severity.INVALID, meaning


class Warn(Enum):
    """A doubt by name: how grave it is, and what it means for the reader."""

    FEW_SESSIONS = _note("Fewer than eight sessions: this indicates, it does not decide.")
    FEW_REQUESTS = _note(
        "Too few requests for this percentile (p99 needs 1,000 answered requests)."
    )
    SATURATED_GENERATOR = _doubt(
        "The load generator was busy or late: latencies may be its own, and throughput is a "
        "lower bound."
    )
    RATE_NOT_REACHED = _doubt(
        "Less than 99 % of the scheduled requests were sent: the stack or the generator could "
        "not keep up."
    )
    GENERATOR_LIMITED = _doubt(
        "The load generator's own limit came first: the number is a lower bound of what the stack "
        "can do."
    )
    WIDE_BRACKET = _doubt(
        "The search for the capacity ended before its bracket was as narrow as was wanted."
    )
    IDLE_USERS = _doubt(
        "Users of a closed load were neither waiting for an answer nor kept by the generator: "
        "requests may be missing from the record, or users think without saying so."
    )
    ERRORS = _note("Some requests failed; the share is shown beside the numbers.")
    STAND_IN = _doubt(
        "A component is a stand-in for the product it is named after; the number says nothing "
        "about that product."
    )
    OTHER_PRODUCT = _doubt(
        "A server calls itself by another product's name than its component, and is not labelled "
        "as a stand-in."
    )
    LLM_HEADROOM = _doubt(
        "The model server has less than twice the headroom of the fastest stack: it may be the "
        "bottleneck."
    )
    SHARED_CORES = _doubt("Generator and stack shared cores: there were not enough for one each.")
    APART = _doubt(
        "The stacks were up one after the other, not together, for want of memory: other work hit "
        "them differently."
    )
    NO_STEADY_STATE = _doubt("The stack had not settled when measuring began.")
    NOT_WARMED = _note(
        "Nobody waited until the stack had settled; it was warmed up for a fixed time."
    )
    SLICE_LENGTH = _doubt(
        "Longer slices tell another story than the short ones: what a slice leaves behind may "
        "weigh on the next."
    )
    UNTRUSTED_AA = _invalid(
        "A stack compared with itself was found different, so this comparison cannot be trusted."
    )
    SCATTERED_PAIRS = _doubt(
        "Slices of one session differ so much that an average of them says little."
    )
    CHAINED_PAIRS = _doubt(
        "Slices that follow each other are alike, so a session holds less than its number of "
        "slices promises."
    )
    SCATTERED_SESSIONS = _note(
        "Sessions differ by more than their slices explain: no two starts are alike, and only more "
        "of them help."
    )
    ODD_SESSION = _note("One session says something else than all others; it was kept.")
    BOOKS_UNSETTLED = _doubt(
        "The books were still changing when the load began: what came before may be counted as "
        "what came of it."
    )
    AUDIT_LATE = _note("The books agreed only after waiting: asynchronous work lagged behind.")
    NOISY_HOST = _doubt("Other work or the hypervisor took processor time during the trial.")
    NEAR_BLANK = _doubt(
        "The stack has more than half of what the load generator reaches against a server that "
        "does nothing: latencies and throughput may be the generator's own."
    )
    CONTRADICTION = _invalid("Numbers contradict each other; the trial is not valid.")

    def __init__(self, severity: Severity, meaning: str) -> None:
        self.severity = severity
        self.meaning = meaning

    def seen(self, detail: str) -> Doubt:
        """Return this doubt for a record, with what was seen."""
        return Doubt(code=self.name, detail=detail)


GENERATOR = (Warn.SATURATED_GENERATOR, Warn.RATE_NOT_REACHED, Warn.GENERATOR_LIMITED)
"""With any of these a throughput is the generator's, not the stack's."""


def severity(doubt: Doubt) -> Severity:
    """Return how grave a stored doubt is; one that this version does not know is a DOUBT."""
    known = Warn.__members__.get(doubt.code)
    return known.severity if known else Severity.DOUBT


def gravest(doubts: Iterable[Doubt]) -> Severity | None:
    """Return how grave the gravest is; None without any."""
    return max(map(severity, doubts), default=None)


def details(doubts: Iterable[Doubt], among: Iterable[Warn]) -> tuple[str, ...]:
    """Return what was seen for these members, in the order of the doubts."""
    codes = {warn.name for warn in among}
    return tuple(doubt.detail for doubt in doubts if doubt.code in codes)
