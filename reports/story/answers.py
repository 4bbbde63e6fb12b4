"""The answers of the first screen: one for each question that the run was asked, in plain words,
with the interval and with whom it is tied.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from harness.standings import Standing
from reports.digest.cases import Case
from reports.digest.measures import CPU, RESPONSE, THROUGHPUT, Measure, at_equal_load, searched
from reports.story.failures import failures
from reports.story.findings import finding, objective
from reports.story.rankings import Ranking, by_brackets, by_ranges, by_standing
from reports.story.sentences import after_kills
from reports.terms.page import Answer, Finding, Told
from reports.terms.text import counted

MOST = "Which carries the most within the objective?"
BUSIEST = "Which answers the most, users waiting?"
SOONEST = "Which answers first at equal load?"
CHEAPEST = "Which costs the least CPU?"
KILLED = "What came of killing a server?"
SPELLED = 2


def answers(
    found: Sequence[Case], stood: Sequence[Standing], links: dict[str, str]
) -> tuple[Answer, ...]:
    """Return the answers; `links` are the ids of what shows them, by measure."""
    groups = scenarios(found)
    searching = [ranked for case in found if searched(case) and (ranked := by_brackets(case)).tiers]
    said = list[Answer]()
    if searching:
        found_ = [finding(ranked, None) for ranked in searching]
        note = objective(searching[0].case)
        said.append(replace(_answer("capacity", MOST, found_, links), note=note))
    else:
        said += _asked(groups, stood, THROUGHPUT, BUSIEST, links)
    said += _asked(groups, stood, RESPONSE, SOONEST, links)
    said += _asked(groups, stood, CPU, CHEAPEST, links)
    said += _killed(found)
    said.append(failures(found))
    return tuple(said)


def scenarios(found: Sequence[Case]) -> list[list[Case]]:
    """Return the cases of each scenario at each tier, in order."""
    groups = groupby(sorted(found, key=_place), key=_place)
    return [list(cases) for _, cases in groups]


def ranking(case: Case, measure: Measure, stood: Sequence[Standing]) -> Ranking:
    """Return who is ahead in a case: by verdicts where there are some, else by ranges."""
    key = case.records[0].key
    for standing in stood:
        at = standing.metric
        if (at.scenario, at.load, at.name) == (key.scenario, key.load, measure.name):
            return by_standing(case, standing)
    return by_ranges(case, measure)


def _place(case: Case) -> tuple[str, str]:
    return case.title, case.records[0].tier


def _asked(
    groups: Sequence[list[Case]],
    stood: Sequence[Standing],
    measure: Measure,
    question: str,
    links: dict[str, str],
) -> list[Answer]:
    """Return the answer by one measure over all scenarios; none where nobody has it."""
    fit = [case for group in groups if (case := _case(group, measure))]
    ranked = [one for case in fit if (one := ranking(case, measure, stood)).tiers]
    found = [finding(one, measure) for one in ranked]
    return [_answer(measure.name, question, found, links)] if found else []


def _killed(found: Sequence[Case]) -> list[Answer]:
    """Return what came of servers that were killed on purpose; none where none was."""
    lines = [
        Finding(
            where=f"{case.title}, {case.load.partition(',')[0]}",
            who=fact.name,
            slots=(),
            says=fact.text,
            told=Told.FINE,
        )
        for case in found
        for fact in after_kills(case)
    ]
    head = "How long each was away, and what was lost"
    return (
        [Answer(key="killed", question=KILLED, head=head, findings=tuple(lines))] if lines else []
    )


def _case(group: list[Case], measure: Measure) -> Case | None:
    """Return the case of a scenario to rank by: throughput says something where users wait."""
    if measure is not THROUGHPUT:
        return at_equal_load(group)
    closed = [case for case in group if case.records and case.records[0].model == "closed"]
    return next((case for case in closed if not searched(case)), None)


def _answer(key: str, question: str, found: list[Finding], links: dict[str, str]) -> Answer:
    return Answer(
        key=key,
        question=question,
        head=_head(found),
        findings=tuple(found),
        link=links.get(key, ""),
    )


def _head(found: Sequence[Finding]) -> str:
    """Return the answer in a few words: who, or in how many cases whom."""
    if len(found) == 1:
        return _alone(found[0])
    ahead = Counter(one.who for one in found if one.told in (Told.DECIDED, Told.INDICATED))
    if not ahead:
        return "Nobody is ahead" if all(f.told is Told.TIED for f in found) else "Cannot tell yet"
    of = counted(len(found), "case")
    said = [f"{who} in {times}" for who, times in ahead.most_common(SPELLED)]
    rest = "" if len(ahead) <= SPELLED else ", others in fewer"
    return f"{', '.join(said)} of {of}{rest}"


def _alone(one: Finding) -> str:
    if one.told is Told.OPEN:
        return "Cannot tell yet"
    return f"{one.who} tie" if one.told is Told.TIED else one.who
