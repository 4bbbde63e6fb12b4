"""Every stack keeps the whole contract in both launchers, and all of them answer alike."""

from __future__ import annotations

import os
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from harness.commands.conformance import excerpt, suite
from harness.launch import Budget, Launcher, launched
from harness.launch.processes import Processes
from harness.registry import stacks
from stacks.contract.differences import Entry, compare, transcript
from stacks.contract.verify import Outcome

pytestmark = pytest.mark.e2e
ROOT = Path(__file__).resolve().parents[2]
STACKS = ("primary", "cost-optimized", "developer-experience", "scalability")
CONTAINERS = pytest.param("containers", marks=pytest.mark.engine)


@dataclass(frozen=True, kw_only=True)
class Examined:
    """What a stack was found to answer."""

    outcome: Outcome
    said: list[Entry]


def by_name(launcher: str) -> Launcher:
    """Return a launcher, the one of containers with the test images."""
    if launcher == "processes":
        return Processes()
    from harness.launch.containers import Containers  # noqa: PLC0415 - reads the environment

    images = tomllib.loads((ROOT / "tests/images/bakeoff.toml").read_text())["images"]
    return Containers(images=images, ca_bundle=os.environ.get("SSL_CERT_FILE", ""))


@cache
def examined(launcher: str) -> dict[str, Examined]:
    """Bring all stacks up at the same time, and ask each of them all there is to ask."""
    found, way = stacks(), by_name(launcher)

    def examine(name: str) -> Examined:
        with launched(found[name], way, Budget()) as placed:
            said = transcript(placed.url, salt="alike")
            return Examined(outcome=suite(placed.url, full=True), said=said)

    with ThreadPoolExecutor(len(STACKS)) as pool:
        return dict(zip(STACKS, pool.map(examine, STACKS), strict=True))


def test_the_four_stacks_are_those_registered() -> None:
    """None was dropped quietly."""
    assert set(STACKS) <= set(stacks())


@pytest.mark.parametrize("launcher", ["processes", CONTAINERS])
@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_keeps_the_whole_contract(
    stack: str, launcher: str, request: pytest.FixtureRequest
) -> None:
    """Through its own gateway, as `bakeoff verify` asks."""
    if launcher == "containers":
        request.getfixturevalue("engine")
    outcome = examined(launcher)[stack].outcome

    assert outcome.conforms, excerpt(outcome)
    assert outcome.passed > 500


@pytest.mark.parametrize("stack", STACKS[1:])
def test_a_stack_answers_as_the_primary_does(stack: str) -> None:
    """Word for word, up to identifiers and times."""
    told = [examined("processes")[name].said for name in (STACKS[0], stack)]

    assert compare(*told) == []
    assert len(told[0]) > 50
