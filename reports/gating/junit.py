"""Judgement -> JUnit XML: a test case for each comparison, each count and each failed trial.

A regression is a failure, a broken contract an error; what cannot be told or is not to be trusted
is skipped with its reason. The figures stand in the suite's properties, because the schema in use
(junit-10.xsd of Jenkins) has none for a case. JUnit has no word for "cannot tell": only the gate's
exit code holds a pipeline up for that.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from xml.etree import ElementTree as ET

from harness.countings import Counting
from harness.gate import ENVIRONMENT, Failed, Finding, Judgement
from harness.pairs import Metric
from harness.stats.verdict import Answer
from reports.gating import change, naming
from reports.gating.headline import grown, headline
from reports.terms.text import plain

COUNTS, TRIALS, GATE = "counts", "trials", "gate"
Outcome = Literal["", "failure", "error", "skipped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """A test case: its suite, its names, how it ended and why, and figures by name."""

    suite: str
    classname: str
    name: str
    outcome: Outcome
    kind: str
    message: str
    figures: str


def junit(judgement: Judgement) -> str:
    """Return the XML document, ending with a newline."""
    cases = [
        *(_finding(f) for f in judgement.findings),
        *(_counting(one) for one in judgement.counts),
        *(_trial(number, one) for number, one in enumerate(judgement.faults, 1)),
    ]
    if judgement.exit_code == ENVIRONMENT:
        cases.append(_nothing(headline(judgement)))
    suites: dict[str, list[_Case]] = {}
    for case in cases:
        suites.setdefault(case.suite, []).append(case)
    root = ET.Element("testsuites", {"name": "bakeoff gate", **_totals(cases)})
    for name, members in suites.items():
        _suite(root, name, members)
    ET.indent(root)
    return f"<?xml version='1.0' encoding='UTF-8'?>\n{ET.tostring(root, encoding='unicode')}\n"


def title(metric: Metric) -> str:
    """Name a comparison within its scenario, the same in every run of a gate."""
    of = f" of {naming.whole(metric.part)}" if metric.part else ""
    return f"{naming.measure(metric.name)}{of}, {naming.whole(metric.load)}"


def _finding(finding: Finding) -> _Case:
    scenario = naming.whole(finding.metric.scenario)
    change_ = f"{change.change(finding.comparison)} ({change.interval(finding.comparison)})"
    why = "; ".join(doubt.detail for doubt in (*finding.distrust, *finding.doubts))
    message = f"{naming.answer(finding)}: {change_}, margin {change.margin(finding.margin)}"
    return _Case(
        suite=scenario,
        classname=scenario,
        name=title(finding.metric),
        outcome=_outcome(finding),
        kind=finding.verdict.answer.value,
        message=f"{message}; {why}" if why else message,
        figures=_figures(finding),
    )


def _outcome(finding: Finding) -> Outcome:
    if finding.verdict.regression:
        return "failure"
    unsettled = finding.verdict.answer in (Answer.UNDECIDED, Answer.UNTRUSTED)
    return "skipped" if unsettled else ""


def _figures(finding: Finding) -> str:
    compared = finding.comparison
    figures = {
        "ratio": compared.ratio,
        "low": compared.low,
        "high": compared.high,
        "margin": finding.margin,
        "p": finding.verdict.p,
    }
    if finding.again:
        figures["again"] = finding.again.ratio
    shown = [f"{name}={value:.6g}" for name, value in figures.items()]
    return " ".join([*shown, f"sessions={compared.sessions}", f"pairs={compared.pairs}"])


def _counting(one: Counting) -> _Case:
    scenario = naming.whole(one.scenario) or COUNTS
    of = f" of {naming.whole(one.part)}" if one.part else ""
    return _Case(
        suite=scenario,
        classname=scenario,
        name=f"{naming.whole(one.name)}{of}",
        outcome="failure" if one.exceeded else "",
        kind="count",
        message=grown(one),
        figures=f"baseline={one.baseline:.6g} candidate={one.candidate:.6g} limit={one.limit:.6g}",
    )


def _trial(number: int, failed: Failed) -> _Case:
    return _Case(
        suite=TRIALS,
        classname=TRIALS,
        name=f"failed trial {number}",
        outcome="error" if failed.own and failed.fault.breach else "skipped",
        kind=failed.fault.value,
        message=failed.reason,
        figures="",
    )


def _nothing(message: str) -> _Case:
    return _Case(
        suite=GATE,
        classname=GATE,
        name="something was measured",
        outcome="error",
        kind="environment",
        message=message,
        figures="",
    )


def _suite(root: ET.Element, name: str, cases: list[_Case]) -> None:
    totals = _totals(cases)
    totals["skipped"] = str(sum(case.outcome == "skipped" for case in cases))
    suite = ET.SubElement(root, "testsuite", {"name": name, **totals})
    measured = [case for case in cases if case.figures]
    if measured:
        properties = ET.SubElement(suite, "properties")
        for case in measured:
            ET.SubElement(properties, "property", {"name": case.name, "value": case.figures})
    for case in cases:
        element = ET.SubElement(
            suite, "testcase", {"classname": case.classname, "name": case.name, "time": "0"}
        )
        message = naming.whole(case.message)
        if case.outcome:
            told = ET.SubElement(element, case.outcome, {"type": case.kind, "message": message})
            told.text = plain(case.message)
        else:
            ET.SubElement(element, "system-out").text = message


def _totals(cases: Iterable[_Case]) -> dict[str, str]:
    outcomes = [case.outcome for case in cases]
    return {
        "tests": str(len(outcomes)),
        "failures": str(outcomes.count("failure")),
        "errors": str(outcomes.count("error")),
        "time": "0",
    }
