"""The known slowdown that apps can be given, and whether it costs what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from math import inf, nan

import httpx
import pytest

from harness.contract import Component
from harness.errors import PlanError
from harness.launch import Budget, PlacedStack, launched
from harness.launch.processes import Processes
from harness.measure.usage import read
from harness.registry import stacks
from harness.settings import configured

BURN_US = 2_000.0
REQUESTS, TIMES = 100, 3
Cost = Callable[[str, str], float]


def burning(app: Component) -> Component:
    """Return the app under another name, slowed down; it starts when the app has migrated."""
    needs = (*app.needs, app.name)
    return replace(app, name="slowed", needs=needs, burn_us=BURN_US)  # type: ignore[call-arg]


@pytest.fixture(scope="module", params=sorted(stacks()))
def both(request: pytest.FixtureRequest) -> Iterator[PlacedStack]:
    """Each stack's servers with two apps on them, one of which is slowed down."""
    stack = stacks()[request.param]
    parts = tuple(p for p in stack.components if p.name not in {"nginx", "worker"})
    twice = replace(stack, components=(*parts, burning(stack.component("app"))), entry="app")
    with launched(twice, Processes(), Budget()) as placed:
        yield placed


@pytest.fixture
def cost(both: PlacedStack) -> Cost:
    """Return a function that gives the CPU seconds of a request for a path to one of the apps: the
    least of three times, since other work on the machine only ever adds to it.
    """

    def cost(app: str, path: str) -> float:
        return min(once(app, path) for _ in range(TIMES))

    def once(app: str, path: str) -> float:
        placed = both.components[app]
        assert placed.meter is not None
        with httpx.Client(base_url=placed.url) as client:
            client.get(path)
            before = read(placed.meter)
            for _ in range(REQUESTS):
                client.get(path)
            after = read(placed.meter)
        assert before is not None
        assert after is not None
        return (after.cpu_s - before.cpu_s) / REQUESTS

    return cost


@pytest.mark.e2e
def test_every_request_costs_the_processor_time_that_was_asked_for(cost: Cost) -> None:
    """As measured from outside, by the kernel's account of the app's processes."""
    more = cost("slowed", "/v1/me") - cost("app", "/v1/me")

    assert 0.9 * BURN_US < more * 1e6 < 1.5 * BURN_US


@pytest.mark.e2e
@pytest.mark.parametrize("path", ["/healthz", "/version"])
def test_what_bakeoff_asks_for_itself_is_spared(path: str, cost: Cost) -> None:
    """Waiting for the app and asking for its version are as without."""
    assert (cost("slowed", path) - cost("app", path)) * 1e6 < BURN_US / 2


def told(stack: str, app: Component) -> str:
    """Return what the environment of an app says of the slowdown."""
    links = dict.fromkeys(app.needs, "http://127.0.0.1:1")
    container, process = app.container(links), app.process(links)
    assert container.env["BURN_US"] == process.env["BURN_US"], stack  # type: ignore[union-attr]
    return process.env["BURN_US"]  # type: ignore[union-attr]


def test_a_plan_slows_every_app_down() -> None:
    """By one setting, in both launchers; without it nothing is burned."""
    asked = configured(stacks(), {"app": {"burn_us": 50.0}})

    assert {told(name, stack.component("app")) for name, stack in asked.items()} == {"50.0"}
    assert {told(name, s.component("app")) for name, s in stacks().items()} == {"0.0"}


@pytest.mark.parametrize("amount", [-1.0, inf, nan])
def test_what_is_no_amount_is_refused(amount: float) -> None:
    """Before anything is started."""
    with pytest.raises(PlanError, match="burn_us must be a number of 0 or more"):
        configured(stacks(), {"app": {"burn_us": amount}})


def test_a_worker_has_no_requests_to_slow_down() -> None:
    """A setting that would do nothing is refused."""
    with pytest.raises(PlanError, match="worker answers no requests"):
        configured(stacks(), {"worker": {"burn_us": 50.0}})
