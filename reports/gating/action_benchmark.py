"""Judgement -> the JSON of github-action-benchmark, whose tools know one direction per file.

`customSmallerIsBetter` reads the one, `customBiggerIsBetter` the other. A file without entries
makes that action fail, so it is not made. Its alert compares a value with the one of the commit
before; the ratios here are to this run's own baseline, for which 1 is no change.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from harness.countings import Counting
from harness.gate import Finding, Judgement
from harness.pairs import HIGHER_IS_BETTER, Metric
from reports.gating import change, naming
from reports.gating.levels import Level

SMALLER, BIGGER = "smaller-is-better.json", "bigger-is-better.json"
Entry = dict[str, str | float]


def files(judgement: Judgement, levels: Sequence[Level] = ()) -> dict[str, str]:
    """Return the text of each file by its name: ratios, levels of both sides, counts.

    Ratios that the gate does not trust are left out.
    """
    found: dict[str, list[Entry]] = {SMALLER: [], BIGGER: []}
    for finding in judgement.findings:
        if not finding.distrust:
            found[_file(finding.metric)].append(_ratio(finding))
    for level in levels:
        found[_file(level.metric)].append(_level(level))
    for counting in judgement.counts:
        found[SMALLER] += _counts(counting)
    return {
        name: json.dumps(entries, indent=2, ensure_ascii=False) + "\n"
        for name, entries in found.items()
        if entries
    }


def name(metric: Metric) -> str:
    """Name a metric so that it is told from all others and is the same in every run."""
    where = f"{naming.whole(metric.scenario)}, {naming.whole(metric.load)}"
    of = f" of {naming.whole(metric.part)}" if metric.part else ""
    return f"{where}: {naming.measure(metric.name)}{of}"


def _file(metric: Metric) -> str:
    return BIGGER if metric.name in HIGHER_IS_BETTER else SMALLER


def _ratio(finding: Finding) -> Entry:
    compared = finding.comparison
    entry: Entry = {
        "name": f"{name(finding.metric)}, candidate / baseline",
        "unit": "ratio",
        "value": _number(compared.ratio),
    }
    if change.bounded(compared):
        entry["range"] = f"{compared.low:.4g} to {compared.high:.4g}"
    again = change.change(finding.again) if finding.again else "none"
    said = f"{naming.answer(finding)}, margin {change.margin(finding.margin)}"
    return entry | {"extra": f"{said}\n{compared.sessions} sessions, A/A change {again}"}


def _level(level: Level) -> Entry:
    over = level.over
    return {
        "name": f"{name(level.metric)}, {'candidate' if level.candidate else 'baseline'}",
        "unit": level.unit,
        "value": _number(over.middle),
        "range": f"{over.low:.4g} to {over.high:.4g}",
        "extra": f"median of {over.sessions} sessions, least to greatest",
    }


def _counts(counting: Counting) -> Iterator[Entry]:
    where = " in ".join(naming.whole(n) for n in (counting.part, counting.scenario) if n)
    units = {"errors": "share", "size": "bytes", "bytes": "bytes"}
    for side, value in (("candidate", counting.candidate), ("baseline", counting.baseline)):
        yield {
            "name": f"{where}: {naming.whole(counting.name)}, {side}",
            "unit": units.get(counting.name, "1"),
            "value": _number(value),
            "extra": f"limit of growth {change.margin(counting.limit)}",
        }


def _number(value: float) -> float:
    return float(f"{value:.6g}")
