"""The trials of a run as test cases."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from harness.records import Fault, Status
from reports.outputs.junit import junit

# What Jenkins' junit-10.xsd allows: children and attributes of each element.
CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"properties", "testcase"},
    "properties": {"property"},
    "testcase": {"skipped", "error", "failure"},
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


def parsed(run, records) -> ET.Element:
    """Return the document's root."""
    return ET.fromstring(junit(run, records).encode("utf-8"))  # noqa: S314 - we made it


@pytest.mark.parametrize("name", ["example", "troubled", "hostile"])
def test_the_document_is_as_it_was(name, request, golden):
    """Suites by case, a test case for each trial."""
    golden(f"run-{name}.xml", junit(*request.getfixturevalue(name)))


def test_only_what_the_schema_knows_is_written(document):
    """Elements and attributes, for every example."""
    for element in parsed(*document[1:]).iter():
        assert {child.tag for child in element} <= CHILDREN.get(element.tag, set())
        assert set(element.attrib) == ATTRIBUTES.get(element.tag, set())


def test_totals_add_up(document):
    """Of the whole and of each suite."""
    root = parsed(*document[1:])
    for element in (root, *root.iter("testsuite")):
        assert int(element.get("tests")) == len(list(element.iter("testcase")))
        assert int(element.get("failures")) == len(list(element.iter("failure")))
        assert int(element.get("errors")) == len(list(element.iter("error")))


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [(Fault.WRONG, "failure"), (Fault.AUDIT, "failure"), (Fault.LAUNCH, "error")],
)
def test_a_failed_trial_says_whose_fault_it_was(make_run, make_record, fault, outcome):
    """The stack's is a failure, the machine's an error."""
    record = make_record("primary", status=Status.FAILED, fault=fault, reason="because")
    (told,) = parsed(make_run(), [record]).iter(outcome)
    assert (told.get("type"), told.get("message"), told.text) == (fault.value, "because", "because")


def test_what_was_not_run_is_skipped_with_its_reason(make_run):
    """A run without a trial still tells."""
    run = make_run(skips={"scalability": "no Java here"})
    (case,) = parsed(run, []).iter("testcase")
    assert case.get("name") == "scalability"
    assert case.find("skipped").get("message") == "no Java here"


def test_the_stack_is_the_class_and_numbers_are_properties(make_run, make_record):
    """By the names of the metrics."""
    root = parsed(make_run(), [make_record("primary", session=3)])
    (case,) = root.iter("testcase")
    (held,) = root.iter("property")
    assert case.get("classname") == "primary"
    assert case.get("name") == "chat, 8 users, durability process, session 3"
    assert held.get("name") == f"primary: {case.get('name')}"
    assert "throughput_per_second=" in held.get("value")
    assert "response_seconds_p95=" in held.get("value")


def test_a_throughput_of_the_generator_is_no_property(searched):
    """Nor is anything of a failed trial."""
    held = [one.get("value") for one in parsed(*searched).iter("property")]
    assert ["throughput_per_second=" in value for value in held] == [True, False]
