"""The verdict of a gate in a word, in one sentence, and where it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from math import isinf

from harness.countings import Counting
from harness.gate import BROKEN, ENVIRONMENT, NOT_SURE, REGRESSION, Failed, Finding, Judgement
from harness.stats.verdict import Answer
from reports.gating import change, naming
from reports.terms.text import counted, isolated, listed, plain, shortened

NAMED = 8
WORDS = {BROKEN: "broken", REGRESSION: "worse", ENVIRONMENT: "not measured", 0: "no worse"}


def word(judgement: Judgement) -> str:
    """Return broken, worse, no worse, cannot tell yet, untrusted or not measured."""
    if judgement.exit_code != NOT_SURE:
        return WORDS[judgement.exit_code]
    return "cannot tell yet" if _undecided(judgement) else "untrusted"


def headline(judgement: Judgement) -> str:
    """Return the verdict in one sentence without its full stop."""
    tell = {
        "broken": _broken,
        "worse": _worse,
        "no worse": _no_worse,
        "cannot tell yet": _open,
        "untrusted": _untrusted,
        "not measured": _not_measured,
    }
    found = word(judgement)
    return f"{found}: {tell[found](judgement)}"


def where(judgement: Judgement) -> str:
    """Name the endpoints and components that are worse; empty when nothing timed is."""
    worse = judgement.regressions
    if not worse:
        return ""
    parts = [f for f in worse if f.metric.part]
    if not parts:
        return "where: no endpoint and no component is worse by itself"
    ends = [f for f in parts if f.metric.endpoint]
    components = [f for f in parts if f.metric.component]
    kinds = (("endpoint", ends), ("component", components))
    said = [_kind(kind, found, judgement) for kind, found in kinds if found]
    return f"where: {'; '.join(said)}"


def _kind(kind: str, found: Sequence[Finding], judgement: Judgement) -> str:
    ambiguous = naming.several(judgement)
    several = len({(f.metric.scenario, f.metric.load) for f in judgement.findings}) > 1
    names = [
        f"{isolated(f.metric.part)}"
        f"{f' in {naming.place(f.metric, ambiguous)}' if several else ''} "
        f"({naming.measure(f.metric.name)} {change.change(f.comparison)})"
        for f in found[:NAMED]
    ]
    if len(found) > NAMED:
        names.append(f"{len(found) - NAMED:,} more")
    return f"{kind if len(found) == 1 else kind + 's'} {listed(names)}"


def _worse(judgement: Judgement) -> str:
    regressions, exceeded = judgement.regressions, judgement.exceeded
    if not regressions:
        return f"{grown(exceeded[0])}{_others(len(exceeded) - 1, 'other count')}"
    leading = next((f for f in regressions if not f.metric.part), regressions[0])
    where_ = naming.place(leading.metric, naming.several(judgement))
    who = f"{naming.part(leading.metric)} in {where_}" if leading.metric.part else where_
    text = (
        f"{who} {naming.worse(leading.metric, change.size(leading.comparison))} "
        f"(95 % interval {change.interval(leading.comparison)}, "
        f"margin {change.margin(leading.margin)})"
    )
    text += _others(len(regressions) - 1, "other regression")
    return f"{text}; {grown(exceeded[0])}" if exceeded else text


def _no_worse(judgement: Judgement) -> str:
    deciding = [f for f in judgement.findings if f.decides]
    return (
        f"none of {counted(len(deciding), 'comparison')} that {_verb(len(deciding))} is worse by "
        f"its margin, after {counted(judgement.sessions, 'session')}"
    )


def _open(judgement: Judgement) -> str:
    undecided = _undecided(judgement)
    endless = [f for f in undecided if f.verdict.more_sessions is None]
    if endless:
        leading, others = endless[0], endless[1:]
        need = f"{naming.more(leading.verdict)} would be needed for"
    else:
        leading = max(undecided, key=lambda f: f.verdict.more_sessions or 0)
        others = [f for f in undecided if f is not leading]
        need = f"{naming.more(leading.verdict)} would settle"
    text = f"{need} {_named(leading, judgement)}{_others(len(others), 'other comparison')}"
    untrusted = len(judgement.open) - len(undecided)
    if not untrusted:
        return text
    return f"{text}; {untrusted:,} more {'is' if untrusted == 1 else 'are'} untrusted"


def _untrusted(judgement: Judgement) -> str:
    first = judgement.open[0]
    why = first.distrust[0].detail if first.distrust else "its verdict is not to be trusted,"
    others = _others(len(judgement.open) - 1, "other comparison")
    return f"{plain(why)} in {_named(first, judgement)}{others}"


def _broken(judgement: Judgement) -> str:
    breaches = [f for f in judgement.faults if f.own and f.fault.breach]
    failed = counted(len(breaches), "trial")
    return f"the candidate broke the contract in {failed}: {_told(breaches[0])}"


def _not_measured(judgement: Judgement) -> str:
    if not judgement.faults:
        return "no trial of baseline and candidate could be compared"
    failed = counted(len(judgement.faults), "trial")
    return f"nothing could be compared, {failed} failed: {_told(judgement.faults[0])}"


def grown(counting: Counting) -> str:
    """Say by how much a count grew, such as "size of api grew by 23 % (limit 10 %)"."""
    told = naming.growth(counting)
    by = "" if isinf(counting.growth) else "by "
    return (
        f"{naming.measure(counting.name)} of {naming.count_part(counting)} grew {by}{told} "
        f"(limit {change.margin(counting.limit)})"
    )


def _told(failed: Failed) -> str:
    return f"{failed.fault.value}, {plain(shortened(failed.reason))}"


def _named(finding: Finding, judgement: Judgement) -> str:
    return naming.said(finding.metric, naming.place(finding.metric, naming.several(judgement)))


def _undecided(judgement: Judgement) -> list[Finding]:
    return [f for f in judgement.open if f.verdict.answer is Answer.UNDECIDED]


def _others(number: int, what: str) -> str:
    return f", and {counted(number, what)}" if number else ""


def _verb(number: int) -> str:
    return "decides" if number == 1 else "decide"
