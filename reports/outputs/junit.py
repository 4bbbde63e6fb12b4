"""Records -> JUnit XML: a test case for each trial, and for each thing that was not run.

The stack is the class. A trial in which the stack broke the contract is a failure, one that could
not be made for another reason an error, a skipped one is skipped. Numbers stand in the suite's
properties, because the schema in use (junit-10.xsd of Jenkins) has none for a case.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from xml.etree import ElementTree as ET

from harness.records import Record, Run, Status
from harness.stats.summary import generator_limited
from reports.gating.naming import whole
from reports.outputs.metrics import THROUGHPUT, WHOLE
from reports.terms.text import plain

NOT_RUN = "not run"
Outcome = Literal["", "failure", "error", "skipped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """A test case: its suite, its names, how it ended and why, the seconds of load on the stack,
    and figures by name. Texts are foreign.
    """

    suite: str
    classname: str
    name: str
    outcome: Outcome
    kind: str = ""
    reason: str = ""
    seconds: float = 0.0
    figures: str = ""


def junit(run: Run, records: Sequence[Record]) -> str:
    """Return the XML document, ending with a newline."""
    cases = [*map(_trial, records), *(_skip(what, why) for what, why in run.skips.items())]
    suites: dict[str, list[_Case]] = {}
    for case in cases:
        suites.setdefault(case.suite, []).append(case)
    root = ET.Element("testsuites", {"name": f"bakeoff {whole(run.id)}", **_totals(cases)})
    for name, members in suites.items():
        _suite(root, name, members)
    ET.indent(root)
    return f"<?xml version='1.0' encoding='UTF-8'?>\n{ET.tostring(root, encoding='unicode')}\n"


def _trial(record: Record) -> _Case:
    key, measured = record.key, record.measurement
    tier = f", durability {record.tier}" if record.tier else ""
    suite = f"{key.scenario}, {key.load}{tier}"
    return _Case(
        suite=suite,
        classname=key.stack,
        name=f"{suite}, session {key.session}",
        outcome=_outcome(record),
        kind=record.fault.value or record.status.value,
        reason=record.reason,
        seconds=measured.loaded_s + measured.warmup_s if measured else 0.0,
        figures=_figures(record),
    )


def _outcome(record: Record) -> Outcome:
    if record.status is Status.FAILED:
        return "failure" if record.fault.breach else "error"
    return "skipped" if record.status is Status.SKIPPED else ""


def _figures(record: Record) -> str:
    """Return the numbers of a trial; a throughput that was the load generator's is none."""
    limited = bool(generator_limited(record))
    told = ((m, m.of(record)) for m in WHOLE if not (limited and m is THROUGHPUT))
    shown = [
        f"{metric.full_name.replace(' ', '_')}={value:{'d' if isinstance(value, int) else '.6g'}}"
        for metric, value in told
        if value is not None
    ]
    return " ".join([*shown, *(doubt.code for doubt in record.doubts)]) if shown else ""


def _skip(what: str, why: str) -> _Case:
    return _Case(
        suite=NOT_RUN, classname=NOT_RUN, name=what, outcome="skipped", kind=NOT_RUN, reason=why
    )


def _suite(root: ET.Element, name: str, cases: list[_Case]) -> None:
    totals = _totals(cases)
    totals["skipped"] = str(sum(case.outcome == "skipped" for case in cases))
    suite = ET.SubElement(root, "testsuite", {"name": whole(name), **totals})
    measured = [case for case in cases if case.figures]
    if measured:
        properties = ET.SubElement(suite, "properties")
        for case in measured:
            named = whole(f"{case.classname}: {case.name}")
            ET.SubElement(properties, "property", {"name": named, "value": case.figures})
    for case in cases:
        _element(suite, case)


def _element(suite: ET.Element, case: _Case) -> None:
    names = {"classname": whole(case.classname), "name": whole(case.name)}
    element = ET.SubElement(suite, "testcase", {**names, "time": f"{case.seconds:.3f}"})
    if case.outcome:
        told = {"type": case.kind, "message": whole(case.reason)}
        ET.SubElement(element, case.outcome, told).text = plain(case.reason)


def _totals(cases: Iterable[_Case]) -> dict[str, str]:
    counted = list(cases)
    outcomes = [case.outcome for case in counted]
    return {
        "tests": str(len(counted)),
        "failures": str(outcomes.count("failure")),
        "errors": str(outcomes.count("error")),
        "time": f"{sum(case.seconds for case in counted):.3f}",
    }
