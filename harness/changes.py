"""Two runs of one stack -> how its figures changed, by their ratios to the blank.

Nothing pairs the sessions of two runs, so this finds less than a gate does; the ratio to a server
that never changes takes out what was the machine's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from harness.config import MARGINS
from harness.gate import rule_of
from harness.pairs import Metric
from harness.records import Record
from harness.stats.comparison import Comparison
from harness.stats.unpaired import compare_groups
from harness.stats.verdict import Verdict, judge_family
from harness.stored import ratios


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How a figure of a stack is in another run: `comparison` is of the later over the first."""

    metric: Metric
    comparison: Comparison
    verdict: Verdict


def changes(
    before: Sequence[Record], after: Sequence[Record], *, stack: str, blank: str
) -> Mapping[Metric, Change]:
    """Return the changes of a stack's whole figures; none where a run has no blank beside it.

    Chances are corrected over the scenarios and loads of each metric (Holm).
    """
    was, now = ratios(before, stack, blank), ratios(after, stack, blank)
    found: dict[Metric, Change] = {}
    for name, margin in MARGINS.items():
        rule = replace(rule_of(name, margin), asks="difference")
        mine = [m for m in was if m in now and m.name == name and not m.part]
        compared = {
            m: compare_groups(list(was[m].values()), list(now[m].values()), rule) for m in mine
        }
        verdicts = judge_family({str(m): one for m, one in compared.items()}, rule)
        found |= {
            m: Change(metric=m, comparison=one, verdict=verdicts[str(m)])
            for m, one in compared.items()
        }
    return found
