"""Every stack keeps the whole contract, and all of them answer alike.

That they keep it in containers too is a part of test_whole.py.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

import pytest

from harness.commands.conformance import excerpt, suite
from harness.launch import Budget, launched
from harness.launch.processes import Processes
from harness.registry import stacks
from stacks.contract.differences import Entry, compare, transcript
from stacks.contract.verify import Outcome

pytestmark = pytest.mark.e2e
STACKS = ("primary", "cost-optimized", "developer-experience", "scalability")


@dataclass(frozen=True, kw_only=True)
class Examined:
    """What a stack was found to answer."""

    outcome: Outcome
    said: list[Entry]


@cache
def examined() -> dict[str, Examined]:
    """Bring all stacks up at the same time, and ask each of them all there is to ask."""
    found, way = stacks(), Processes()

    def examine(name: str) -> Examined:
        with launched(found[name], way, Budget()) as placed:
            said = transcript(placed.url, salt="alike")
            return Examined(outcome=suite(placed.url, full=True), said=said)

    with ThreadPoolExecutor(len(STACKS)) as pool:
        return dict(zip(STACKS, pool.map(examine, STACKS), strict=True))


def test_the_four_stacks_are_those_registered() -> None:
    """None was dropped quietly."""
    assert set(STACKS) <= set(stacks())


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_keeps_the_whole_contract(stack: str) -> None:
    """Through its own gateway, as `bakeoff verify` asks."""
    outcome = examined()[stack].outcome

    assert outcome.conforms, excerpt(outcome)
    assert outcome.passed > 500


@pytest.mark.parametrize("stack", STACKS[1:])
def test_a_stack_answers_as_the_primary_does(stack: str) -> None:
    """Word for word, up to identifiers and times."""
    told = [examined()[name].said for name in (STACKS[0], stack)]

    assert compare(*told) == []
    assert len(told[0]) > 50
