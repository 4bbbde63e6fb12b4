"""The verdicts as test cases."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from reports.gating.junit import junit

# What Jenkins' junit-10.xsd allows: children and attributes of each element.
CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"properties", "testcase"},
    "properties": {"property"},
    "testcase": {"skipped", "error", "failure", "system-out"},
}
ATTRIBUTES = {
    "testsuites": {"name", "time", "tests", "failures", "errors"},
    "testsuite": {"name", "time", "tests", "failures", "errors", "skipped"},
    "property": {"name", "value"},
    "testcase": {"name", "classname", "time"},
    "skipped": {"type", "message"},
    "error": {"type", "message"},
    "failure": {"type", "message"},
}


def parsed(judgement) -> ET.Element:
    """Return the document's root."""
    return ET.fromstring(junit(judgement).encode("utf-8"))  # noqa: S314 - we made it


def case(root: ET.Element, name: str) -> ET.Element:
    """Return the test case of that name."""
    return next(c for c in root.iter("testcase") if c.get("name") == name)


def test_the_document_is_as_it_was(kind, golden):
    """Suites by scenario, a case for each comparison, count and failed trial."""
    name, judgement = kind
    golden(f"gate-{name}.xml", junit(judgement))


def test_only_what_the_schema_knows_is_written(kind):
    """Elements and attributes, for every kind of judgement."""
    for element in parsed(kind[1]).iter():
        assert {child.tag for child in element} <= CHILDREN.get(element.tag, set())
        assert set(element.attrib) == ATTRIBUTES.get(element.tag, set())


def test_totals_add_up(kind):
    """Of the whole and of each suite."""
    root = parsed(kind[1])
    for element in (root, *root.iter("testsuite")):
        assert int(element.get("tests")) == len(list(element.iter("testcase")))
        assert int(element.get("failures")) == len(list(element.iter("failure")))
        assert int(element.get("errors")) == len(list(element.iter("error")))


def test_no_two_cases_have_the_same_name(kind):
    """A page that compares runs finds each again."""
    cases = [(c.get("classname"), c.get("name")) for c in parsed(kind[1]).iter("testcase")]
    assert len(cases) == len(set(cases))


@pytest.mark.parametrize(
    ("kind_of", "name", "outcome", "told"),
    [
        ("regression", "p50 of sendMessage, 8 users", "failure", "worse: +12.4 %"),
        ("regression", "CPU per request of api, 8 users", "failure", "worse: +10.2 %"),
        ("regression", "size of api", "failure", "size of api grew by 23 %"),
        ("regression", "failed trial 1", "skipped", "primary-again, session 7"),
        ("undecided", "p95, 8 users", "skipped", "cannot tell, needs 6 more sessions"),
        ("untrusted", "p95, 8 users", "skipped", "untrusted: +13 %"),
        ("broken", "failed trial 1", "error", "primary-head, session 1: sendMessage"),
        ("broken", "failed trial 2", "skipped", "primary, session 2"),
        ("unchanged", "p95, 8 users", "system-out", "no worse: +2 %"),
    ],
)
def test_each_verdict_has_its_element(kind_of, name, outcome, told, judged):
    """Regressions fail, breaches are errors, what is open is skipped with its reason."""
    (child,) = case(parsed(judged(kind_of)), name)
    assert child.tag == outcome
    assert (child.get("message") or child.text).startswith(told)


def test_the_figures_are_properties_of_the_suite(judged):
    """Under the name of the case that they belong to."""
    found = parsed(judged("regression")).iter("property")
    values = {p.get("name"): p.get("value") for p in found}
    assert values["p50, 8 users"] == (
        "ratio=1.098 low=1.081 high=1.115 margin=0.05 p=2e-05 again=1.003 sessions=18 pairs=432"
    )


def test_a_gate_that_measured_nothing_is_an_error(make_judgement):
    """An empty document would be taken for success."""
    (found,) = parsed(make_judgement(counts=())).iter("error")
    assert found.get("type") == "environment"
