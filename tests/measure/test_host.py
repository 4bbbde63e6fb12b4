"""Facts about the host, and what makes two runs comparable."""

from __future__ import annotations

import socket
from dataclasses import replace

import pytest

from harness.measure.host import MATTER, differences, facts, fingerprint
from harness.records import SCHEMA, Run


def test_every_fact_is_text_and_all_that_matter_are_there():
    """Nothing is left out on a system that does not say."""
    found = facts()
    assert set(MATTER) < set(found)
    assert all(isinstance(value, str) for value in found.values())


def test_the_name_of_the_host_is_not_in_the_facts():
    """Results can be published."""
    assert socket.gethostname() not in " ".join(facts().values()).split()


def test_the_fingerprint_is_the_same_twice():
    """The load of the moment does not matter."""
    once, again = facts(), facts() | {"load_at_start": "99 99 99"}
    prints = {fingerprint(found, launcher="processes", plan={"a": 1}) for found in (once, again)}
    assert len(prints) == 1


@pytest.mark.parametrize("name", MATTER)
def test_every_fact_that_matters_changes_the_fingerprint(name):
    """Each by itself."""
    found = facts()
    other = found | {name: "something else"}
    assert fingerprint(found, launcher="x", plan={}) != fingerprint(other, launcher="x", plan={})


def test_launcher_and_plan_change_the_fingerprint():
    """Containers are never compared with processes, nor eight users with nine."""
    found = facts()
    prints = {
        fingerprint(found, launcher=launcher, plan={"users": users})
        for launcher in ("containers", "processes")
        for users in (8, 9)
    }
    assert len(prints) == 4


def test_differences_are_named_one_by_one():
    """A refusal to compare must say what differs."""
    one = Run(
        id="one", started_at="", finished_at="", schema=SCHEMA, version="0", launcher="processes",
        plan={"users": 8}, facts=facts() | {"cpu": "A"}, fingerprint="", llm_capacity=0.0,
    )  # fmt: skip
    other = replace(one, id="two", plan={"users": 9}, facts=one.facts | {"cpu": "B"})
    assert differences(one, one) == ()
    assert differences(one, other) == (
        "cpu: A in one, B in two",
        "plan's users: 8 in one, 9 in two",
    )
