"""What pages that show trends are given: github-action-benchmark and Bencher."""

from __future__ import annotations

import json
import math

import pytest

from harness.gate import Sides
from harness.pairs import HIGHER_IS_BETTER
from reports.gating import action_benchmark, bencher
from reports.gating.levels import levels


@pytest.fixture
def own(make_finding, make_judgement):
    """A judgement of the metrics that the records below have."""
    metrics = (("throughput", {}), ("p95", {}), ("cpu", {}), ("cpu", {"component": "api"}))
    found = [make_finding(name, 1.0, **part) for name, part in metrics]
    endpoint = make_finding("p50", 1.0, endpoint="sendMessage")
    sides = Sides(baseline="primary", again="again", candidate="scalability")
    return make_judgement(*found, endpoint, sides=sides)


@pytest.fixture
def measured(own, make_record):
    """Levels of both sides in three sessions."""
    records = [make_record(s, session=n) for s in ("primary", "scalability") for n in (1, 2, 3)]
    return levels(records, own)


def test_the_files_are_as_they_were(judged, golden):
    """Ratios and counts of a regression, by direction."""
    for name, text in action_benchmark.files(judged("regression")).items():
        golden(f"gate-regression-{name}", text)


def test_the_document_is_as_it_was(judged, golden):
    """Ratios with their bounds, and counts."""
    document = bencher.document(judged("regression"))
    golden("gate-regression-bencher.json", json.dumps(document, indent=2) + "\n")


def test_each_direction_has_its_file(own, measured):
    """Throughput is the only thing of which more is better."""
    files = action_benchmark.files(own, measured)
    bigger = [e["name"] for e in json.loads(files[action_benchmark.BIGGER])]
    assert sorted(HIGHER_IS_BETTER) == ["throughput"]
    assert bigger == [
        "chat, 8 users: throughput, candidate / baseline",
        "chat, 8 users: throughput, baseline",
        "chat, 8 users: throughput, candidate",
    ]


def test_a_file_without_entries_is_not_made(make_finding, make_judgement):
    """The action would fail on it."""
    files = action_benchmark.files(make_judgement(make_finding("p50", 1.0)))
    assert set(files) == {action_benchmark.SMALLER}


def test_levels_are_medians_over_sessions(measured):
    """With the least and the greatest session, in milliseconds or requests per second."""
    assert {(lv.metric.name, lv.unit) for lv in measured} == {
        ("throughput", "requests/s"),
        ("p95", "ms"),
        ("cpu", "ms"),
        ("p50", "ms"),
    }
    assert all(lv.over.low <= lv.over.middle <= lv.over.high for lv in measured)
    assert {lv.over.sessions for lv in measured} == {3}


def test_every_compared_metric_has_both_levels(own, measured):
    """Of the whole, of components and of endpoints."""
    assert [(lv.metric, lv.candidate) for lv in measured] == [
        (f.metric, candidate) for f in own.findings for candidate in (False, True)
    ]


def test_bencher_has_the_candidate_in_its_own_units(own, measured):
    """Nanoseconds, as its built-in latency, and requests per second."""
    found = bencher.document(own, measured)["chat (8 users)"]
    p95 = next(lv for lv in measured if lv.metric.name == "p95" and lv.candidate)
    assert found["p95"]["value"] == pytest.approx(p95.over.middle * 1e6)
    assert set(found) == {"throughput-ratio", "p95-ratio", "cpu-ratio", "throughput", "p95", "cpu"}


def test_ratios_that_are_not_trusted_are_left_out(judged):
    """A trend must not be built on them."""
    judgement = judged("untrusted")
    assert "p95" not in "".join(action_benchmark.files(judgement).values())
    assert "p95-ratio" not in bencher.document(judgement)["chat (8 users)"]


def test_there_is_no_infinity_in_any_document(kind):
    """JSON has none."""
    documents = [bencher.document(kind[1]), *action_benchmark.files(kind[1]).values()]
    for document in documents:
        text = document if isinstance(document, str) else json.dumps(document, allow_nan=False)
        assert "Infinity" not in text


def test_a_name_cannot_silence_bencher(make_finding, make_judgement):
    """A benchmark whose name ends so is ignored, and endpoints are named by others."""
    silent = make_finding("p50", 1.0, endpoint="x-bencher-ignore")
    (name, *_) = bencher.document(make_judgement(silent))
    assert name == "x-bencher-ignore in chat (8 users)"


def test_names_keep_to_what_bencher_takes(make_finding, make_judgement):
    """At most 1024 characters, and different names stay different."""
    ends = [make_finding("p50", 1.0, endpoint="x" * 2000 + last) for last in "ab"]
    names = list(bencher.document(make_judgement(*ends, counts=())))
    assert len(set(names)) == 2
    assert all(len(name) <= 1024 for name in names)


def test_an_endless_interval_has_no_bounds(judged):
    """A value alone is allowed."""
    found = bencher.document(judged("unbounded"))["chat (8 users)"]["p50-ratio"]
    assert set(found) == {"value"}
    assert math.isclose(found["value"], 1.03)
