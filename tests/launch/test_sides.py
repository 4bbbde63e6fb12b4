"""One stack may stand beside itself under other names."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx
import pytest

from harness.launch import Budget, launched
from harness.launch.containers import Containers
from harness.launch.processes import Processes
from harness.sides import side
from stacks.cost_optimized.stack import STACK

NAMES = ("cost-optimized", "cost-optimized-again", "cost-optimized-head")


def test_a_side_is_the_same_stack_under_another_name():
    """Its title tells them apart."""
    again = side(STACK, "cost-optimized-again")
    assert (again.name, again.title) == ("cost-optimized-again", f"{STACK.title} (again)")
    assert again.components == STACK.components


def test_a_side_with_a_name_of_its_own_has_it_in_its_title():
    """Nothing is cut from a name that does not begin with the stack's."""
    assert side(STACK, "base").title == f"{STACK.title} (base)"


@pytest.mark.e2e
def test_a_stack_stands_beside_itself_twice(own_state):
    """All are up at the same time, each with books of its own."""
    with ExitStack() as exits, ThreadPoolExecutor(len(NAMES)) as pool:
        sides = [side(STACK, name) if name != STACK.name else STACK for name in NAMES]
        contexts = [launched(one, Processes(), Budget()) for one in sides]
        placed = list(pool.map(exits.enter_context, contexts))
        assert len({one.url for one in placed}) == len(NAMES)
        ada = {"name": "ada", "password": "correct horse"}
        httpx.post(f"{placed[0].url}/v1/users", json=ada).raise_for_status()
        assert [one.count("users") for one in placed] == [1, 0, 0]
        assert [one.fault() for one in placed] == [None, None, None]
    assert list(own_state.iterdir()) == []


@pytest.mark.engine
def test_containers_of_sides_do_not_meet(tiny, stack_of, images):
    """Each side has a network of its own, in which names are its own."""
    with ExitStack() as exits:
        pair = stack_of(tiny(name="one"), tiny(name="two", needs=("one",)))
        up = [
            exits.enter_context(launched(side(pair, name), Containers(images=images), Budget()))
            for name in ("tiny-base", "tiny-again")
        ]
        for one, word in zip(up, "ab", strict=True):
            one.components["one"].connect().keep(word)
        assert [one.components["one"].connect().said()["KEPT"] for one in up] == ["/a", "/b"]
