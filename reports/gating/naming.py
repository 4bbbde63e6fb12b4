"""What is compared, in words: short and safe for people, whole and unambiguous for programs."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from math import isinf

from harness.countings import Counting
from harness.gate import Finding, Judgement
from harness.pairs import Metric
from harness.stats.verdict import MORE_AT_MOST, Answer, Verdict
from reports.terms.text import counted, isolated, plain

MEASURES = {"throughput": "throughput", "p50": "p50", "p95": "p95", "cpu": "CPU per request"}
WORSE = {
    "throughput": "answers {size} fewer requests per second",
    "p50": "is {size} slower at p50",
    "p95": "is {size} slower at p95",
    "cpu": "takes {size} more CPU per request",
}
BYTES = frozenset({"size", "bytes"})
WHOLE_FROM = 1000
ANSWERS = {
    Answer.EQUIVALENT: "no worse",
    Answer.UNTRUSTED: "untrusted",
}


def measure(name: str) -> str:
    """Return a metric's name for people."""
    return MEASURES.get(name) or isolated(name)


def said(metric: Metric, where: str) -> str:
    """Name a metric within a sentence, such as "p95 of chat" or "p50 of sendMessage in chat"."""
    of = f"{isolated(metric.part)} in {where}" if metric.part else where
    return f"{measure(metric.name)} of {of}"


def several(judgement: Judgement) -> frozenset[str]:
    """Return the scenarios that the gate has under several loads."""
    places = {(f.metric.scenario, f.metric.load) for f in judgement.findings}
    seen = Counter(scenario for scenario, _ in places)
    return frozenset(scenario for scenario, loads in seen.items() if loads > 1)


def place(metric: Metric, ambiguous: frozenset[str]) -> str:
    """Return the scenario, with its load where that alone would be ambiguous."""
    scenario = isolated(metric.scenario)
    if metric.scenario not in ambiguous:
        return scenario
    return f"{scenario} at {isolated(metric.load)}"


def worse(metric: Metric, size: str) -> str:
    """Say of a metric by how much it is worse, such as "is 9.8 % slower at p95"."""
    pattern = WORSE.get(metric.name, f"is {{size}} worse at {measure(metric.name)}")
    return pattern.format(size=size)


def part(metric: Metric) -> str:
    """Name the component or endpoint with its kind, "all" for the whole."""
    if metric.component:
        return f"component {isolated(metric.component)}"
    return f"endpoint {isolated(metric.endpoint)}" if metric.endpoint else "all"


def answer(finding: Finding) -> str:
    """Return the verdict in a word or two, and what would settle it where it is open."""
    verdict = finding.verdict
    if verdict.answer is Answer.DIFFERENT:
        return verdict.direction
    if verdict.answer is Answer.UNDECIDED:
        return f"cannot tell, needs {more(verdict)}"
    return ANSWERS[verdict.answer]


def more(verdict: Verdict) -> str:
    """Say how many sessions an open verdict needs."""
    if verdict.more_sessions is None:
        return f"over {MORE_AT_MOST} more sessions"
    return counted(verdict.more_sessions, "more session")


def count_part(counting: Counting) -> str:
    """Name what a count is of: a scenario, a component, or a part of a scenario."""
    return " in ".join(isolated(name) for name in (counting.part, counting.scenario) if name)


def count_value(name: str, value: float) -> str:
    """Return a count with its unit; errors are a share of what was due."""
    if name == "errors":
        return f"{100 * value:.3g} %"
    text = f"{value:,.0f}" if value >= WHOLE_FROM else f"{value:.4g}"
    return f"{text} bytes" if name in BYTES else text


def growth(counting: Counting) -> str:
    """Return by how much a count grew: errors in points of a share, others relatively."""
    if isinf(counting.growth):
        return "from none"
    points = " points" if counting.name == "errors" else ""
    return f"{100 * counting.growth:.3g} %{points}"


def whole(text: str) -> str:
    """Return a foreign name uncut, on one line and without unseen characters, for programs."""
    return " ".join(plain(text).split())


def distinct(text: str, limit: int) -> str:
    """Return `text`, where it is too long cut and told apart by a digest of all of it."""
    if len(text) <= limit:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:8]
    return f"{text[: limit - len(digest) - 1]}~{digest}"


def families(metrics: Iterable[Metric]) -> dict[str, int]:
    """Return how many things each metric compares, by its name for people."""
    sizes: dict[str, int] = {}
    for metric in metrics:
        sizes[measure(metric.name)] = sizes.get(measure(metric.name), 0) + 1
    return sizes
