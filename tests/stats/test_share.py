"""The rate that is a share of the lowest capacity."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.capacity import at_share
from harness.config import Load
from harness.plan import Round
from harness.records import Capacity, TrialKey

LOAD = Load(model="open", of_capacity=0.6)
ROUND = Round(session=3, scenario="chat", load=LOAD, stacks=("a", "b"), seed=1)


@pytest.fixture
def found(record):
    """Return a record of a search: its session, stack, scenario and what it found."""

    def make(session, stack, low, scenario="chat"):
        key = TrialKey(session=session, scenario=scenario, load="capacity", stack=stack)
        capacity = Capacity(low=low, high=low * 1.05, slo_p95=0.25, slo_errors=0.001, probes=())
        return replace(record(None), key=key, capacity=capacity)

    return make


def test_it_is_that_of_the_lowest_capacity(found):
    """All stacks get the same rate, which none of them finds hard."""
    one = at_share(ROUND, [found(1, "a", 200.0), found(1, "b", 150.0)])
    assert one.load.rate == pytest.approx(90.0)


def test_its_name_does_not_depend_on_what_was_found(found):
    """Trials of several sessions are of one load."""
    one = at_share(ROUND, [found(1, "a", 200.0)])
    assert one.key("a") == ROUND.key("a")


def test_all_sessions_have_the_rate_of_the_first(found):
    """A later search does not change it."""
    one = at_share(ROUND, [found(2, "a", 100.0), found(1, "a", 200.0)])
    assert one.load.rate == pytest.approx(120.0)


def test_another_scenario_tells_nothing(found, record):
    """Nor does a trial that was no search."""
    assert at_share(ROUND, [found(1, "a", 200.0, "browse"), record(None)]) is None
