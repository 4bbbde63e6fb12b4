"""Attaching to what is up already."""

import pytest

from harness.errors import EnvironmentFault, LaunchFailed
from harness.launch import Budget, launched
from harness.launch.attach import Attach
from harness.launch.processes import Processes


def test_a_stack_that_is_up_is_found_at_its_url(tiny, stack_of):
    """Nothing is known of its parts, and it stays up at the end."""
    stack = stack_of(tiny())
    with launched(stack, Processes(), Budget()) as up:
        with launched(stack, Attach(urls={"tiny": up.url + "/"}), Budget()) as placed:
            assert (placed.url, dict(placed.components), placed.countable) == (up.url, {}, False)
        assert up.fault() is None


def test_a_stack_without_a_url_is_refused(tiny, stack_of):
    """The message has the flag."""
    with pytest.raises(LaunchFailed, match="--attach tiny=URL"):
        Attach(urls={}).prepare(stack_of(tiny()))


def test_a_url_that_does_not_answer_is_refused(tiny, stack_of):
    """Before anything is measured."""
    with pytest.raises(LaunchFailed, match="does not answer"):
        Attach(urls={"tiny": "http://127.0.0.1:1"}).prepare(stack_of(tiny()))


def test_the_books_of_an_attached_stack_are_out_of_reach(tiny, stack_of):
    """Counting says so."""
    stack = stack_of(tiny())
    with launched(stack, Processes(), Budget()) as up:
        placed = Attach(urls={"tiny": up.url}).up(stack, Budget())
        with pytest.raises(EnvironmentFault, match="out of reach"):
            placed.count("users")
