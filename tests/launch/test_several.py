"""Several launchers in one session."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import LaunchFailed, UsageError
from harness.launch.attach import Attach
from harness.launch.processes import Processes
from harness.launch.revision import Revision
from harness.launch.several import Several
from harness.registry import stacks


def test_each_stack_goes_to_its_own_launcher() -> None:
    """Two that attach differ in what they know."""
    one, other = Attach(urls={"primary": "http://127.0.0.1:9"}), Attach(urls={})
    launcher = Several(by_stack={"primary": one, "cost-optimized": other})

    assert launcher.name == "attach"
    with pytest.raises(LaunchFailed, match="does not answer"):
        launcher.prepare(stacks()["primary"])
    with pytest.raises(LaunchFailed, match="no URL"):
        launcher.prepare(stacks()["cost-optimized"])


def test_launchers_of_two_kinds_are_refused() -> None:
    """Their results could not be compared."""
    with pytest.raises(UsageError, match="not of one kind"):
        Several(by_stack={"primary": Attach(urls={}), "cost-optimized": Processes()})


def test_the_facts_of_all_are_told() -> None:
    """As those of one."""
    launcher = Several(by_stack={"a": Attach(urls={}), "b": Attach(urls={})})
    assert launcher.facts() == Attach(urls={}).facts()


def test_facts_that_differ_are_told_side_by_side() -> None:
    """Such as the revisions of a gate."""
    by_stack = {
        name: Revision(folder=Path("/"), stack="primary", label=label)
        for name, label in (("base", "abc"), ("again", "abc"), ("head", "def"))
    }
    assert Several(by_stack=by_stack).facts()["revision"] == "abc; def"
